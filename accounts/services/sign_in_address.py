"""Signing in with another e-mail address: the new one is proved by a link, the old one is told (MFA-04, PWD-06)."""

from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policies
from accounts.errors import LinkSpent
from accounts.models import LinkPurpose, User
from accounts.selectors import actor_of, live_link
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.kernel.security import Event, happened
from stars.notices import services as notices

from .ending_sessions import drop_sessions
from .mailing_links import base_address, send_mailed_link, sent_lately, use_link

LINKS_AN_HOUR = 5


@transaction.atomic
def ask_address(*, user_id: int, email: str, by: Actor) -> None:
    """Send a link to the new address. One that somebody signs in with already gets none, and the answer is the same."""
    user = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user_id)
    require(policies.may_keep_sign_in(by, user))
    wanted = email.strip().lower()
    if sent_lately(user=user, purpose=LinkPurpose.ADDRESS) >= LINKS_AN_HOUR:
        raise DomainError(
            _("We have sent you several links already. Look in your mailbox or try again in an hour."),
            code="too_many_links",
        )
    link, token = send_mailed_link(user=user, purpose=LinkPurpose.ADDRESS, email=wanted)
    audit.record(user, "ask_address", by=by)
    if User.objects.filter(email=wanted).exists():
        return
    words = {"address": base_address(user) + reverse("accounts:confirm_address", args=[token]), "minutes": 60}
    notices.mail(
        address=wanted,
        key=f"address:link:{link.pk}",
        subject=_("Confirm the new address for signing in"),
        text=render_to_string("emails/accounts/confirm_address.txt", words),
    )


@transaction.atomic
def confirm_address(*, token: str) -> User:
    """Use the link: the user signs in with the new address from now on, sessions end, the old address is told."""
    seen = live_link(token, LinkPurpose.ADDRESS)
    if seen is None:
        raise LinkSpent
    user = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=seen.user_id)
    use_link(token=token, purpose=LinkPurpose.ADDRESS, email=seen.email)
    old, user.email = user.email or "", seen.email
    try:
        with transaction.atomic():
            user.save(update_fields=["email"])
    except IntegrityError as error:  # somebody else has begun to sign in with it meanwhile
        raise LinkSpent from error
    audit.record(user, "change_address", by=actor_of(user))
    happened(Event.ADDRESS_CHANGED, user=user.pk)
    drop_sessions(user_id=user.pk)
    notices.mail(
        address=old,
        key=f"address:changed:{user.pk}:{timezone.now():%Y%m%d%H%M%S%f}",
        subject=_("You now sign in with another address"),
        text=render_to_string("emails/accounts/address_changed.txt"),
        recipient=user,
    )
    return user
