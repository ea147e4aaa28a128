"""Links by mail to the address a user signs in with: one open at a time, used once, within an hour (PWD-06)."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.errors import LinkSpent
from accounts.models import LinkPurpose, MailedLink, User
from accounts.selectors import live_link
from stars.kernel.secrets import token_digest

LIFE = timedelta(minutes=60)


def send_mailed_link(*, user: User, purpose: LinkPurpose, email: str) -> tuple[MailedLink, str]:
    """A new link and its token; an older one for the same purpose stops working. The caller holds the user's lock."""
    close_links(user=user, purpose=purpose)
    token = secrets.token_urlsafe(32)
    link = MailedLink.objects.create(
        user=user, purpose=purpose, email=email, digest=token_digest(token), expires_at=timezone.now() + LIFE
    )
    return link, token


def use_link(*, token: str, purpose: LinkPurpose, email: str) -> MailedLink:
    """The link counts as used. Raises LinkSpent where it no longer works or was for another address."""
    seen = live_link(token, purpose)
    if seen is None:
        raise LinkSpent
    link = MailedLink.objects.select_for_update(of=("self",)).get(pk=seen.pk)
    if link.closed_at or link.expires_at <= timezone.now() or link.email != email:
        raise LinkSpent
    link.closed_at = timezone.now()
    link.save(update_fields=["closed_at"])
    return link


def close_links(*, user: User, purpose: LinkPurpose) -> None:
    """Whatever was sent for this purpose no longer works."""
    MailedLink.objects.filter(user=user, purpose=purpose, closed_at=None).update(closed_at=timezone.now())


def sent_lately(*, user: User, purpose: LinkPurpose) -> int:
    """How many links of this kind the user got within the hour."""
    hour_ago = timezone.now() - LIFE
    return MailedLink.objects.filter(user=user, purpose=purpose, created_at__gt=hour_ago).count()


def base_address(user: User) -> str:
    """The fixed address of the portal this user works in, never taken from a request (SSO-03, PWD-06)."""
    return str(settings.STARS_ADMIN_BASE_URL if user.is_staff else settings.STARS_PUBLIC_BASE_URL)
