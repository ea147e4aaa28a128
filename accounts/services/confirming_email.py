"""Proof that an address is the client's: a link by mail, used once, within an hour (PWD-06)."""

import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policies
from accounts.errors import LinkSpent
from accounts.models import ClientProfile, EmailConfirmation, Person
from accounts.selectors import live_confirmation, user_of
from stars.kernel import audit
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import DomainError, require
from stars.kernel.secrets import token_digest
from stars.notices import services as notices

LIFE = timedelta(minutes=60)
MOST_AN_HOUR = 5


@transaction.atomic
def request_email_confirmation(*, person_id: UUID, by: Actor) -> EmailConfirmation | None:
    """Send a new link to the address of the profile; older links stop working. Nothing for a confirmed address."""
    require(policies.may_keep_profile(by, person_id))
    Person.objects.select_for_update(no_key=True).get(pk=person_id)
    profile = ClientProfile.objects.get(pk=person_id)
    if profile.email_confirmed_at:
        return None
    now = timezone.now()
    sent = EmailConfirmation.objects.filter(person_id=person_id, created_at__gt=now - LIFE)
    if sent.count() >= MOST_AN_HOUR:
        raise DomainError(
            _("We have sent you several links already. Look in your mailbox or try again in an hour."),
            code="too_many_links",
        )
    return send_link(profile=profile)


def send_link(*, profile: ClientProfile) -> EmailConfirmation:
    """Make the link and hand the letter to the outbox; the caller holds the person's lock."""
    now = timezone.now()
    EmailConfirmation.objects.filter(person_id=profile.pk, used_at=None, expires_at__gt=now).update(expires_at=now)
    token = secrets.token_urlsafe(32)
    confirmation = EmailConfirmation.objects.create(
        person_id=profile.pk, email=profile.email, digest=token_digest(token), expires_at=now + LIFE
    )
    path = reverse("accounts:confirm_email", args=[token])
    words = {"address": f"{settings.STARS_PUBLIC_BASE_URL}{path}", "minutes": int(LIFE.total_seconds() // 60)}
    notices.mail(
        address=profile.email,
        key=f"email_confirmation:{confirmation.pk}",
        subject=_("Confirm your e-mail address"),
        text=render_to_string("emails/accounts/confirm_email.txt", words),
        recipient=user_of(profile.pk),
    )
    return confirmation


@transaction.atomic
def confirm_email(*, token: str) -> ClientProfile:
    """Use the link: the address counts as the client's and mail held back goes out. Raises LinkSpent."""
    seen = live_confirmation(token)
    if seen is None:
        raise LinkSpent
    person = Person.objects.select_for_update(no_key=True).get(pk=seen.person_id)
    confirmation = EmailConfirmation.objects.select_for_update().get(pk=seen.pk)
    profile = ClientProfile.objects.get(pk=person.pk)
    now = timezone.now()
    if confirmation.used_at or confirmation.expires_at <= now or confirmation.email != profile.email:
        raise LinkSpent
    confirmation.used_at = now
    confirmation.save(update_fields=["used_at"])
    profile.email_confirmed_at = now
    profile.save(update_fields=["email_confirmed_at"])
    user = user_of(person.pk)
    by = Actor(role=Role.CLIENT, user_id=user.pk if user else None, person_id=person.pk, label=person.full_name)
    audit.record(person, "confirm_email", by=by)
    if user:
        notices.release_held(recipient_id=user.pk, address=profile.email)
    return profile
