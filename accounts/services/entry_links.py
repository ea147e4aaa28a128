"""Links to come in: one open at a time, used once, within an hour, sent to the address they prove (PWD-06)."""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.errors import LinkSpent
from accounts.models import EntryLink
from accounts.selectors import live_entry_link
from stars.kernel.secrets import token_digest
from stars.notices import services as notices

LIFE = timedelta(minutes=60)
MOST_AN_HOUR = 5  # letters to one address: whoever asks in somebody's name cannot fill their mailbox


def send_entry_link(
    *, of: Model, email: str, address: str, subject: str, template: str, words: dict[str, Any] | None = None
) -> EntryLink | None:
    """A new link in a letter; an older one stops working. None where the address has had enough letters this hour.

    `of` is the registration, right or invitation the link leads to, and its lock is held; `address` names the page.
    """
    name = of._meta.model_name or ""
    now = timezone.now()
    EntryLink.objects.filter(closed_at=None, **{name: of}).update(closed_at=now)
    if EntryLink.objects.filter(email=email, created_at__gt=now - LIFE).count() >= MOST_AN_HOUR:
        return None
    token = secrets.token_urlsafe(32)
    link = EntryLink.objects.create(email=email, digest=token_digest(token), expires_at=now + LIFE, **{name: of})
    where = f"{settings.STARS_PUBLIC_BASE_URL}{reverse(address, args=[token])}"
    told = {"address": where, "minutes": int(LIFE.total_seconds() // 60)} | (words or {})
    notices.mail(address=email, key=f"entry_link:{link.pk}", subject=subject, text=render_to_string(template, told))
    return link


def use_entry_link(*, token: str, kind: str) -> EntryLink:
    """The link counts as used. Raises LinkSpent where it no longer works, or leads to something else than `kind`."""
    seen = live_entry_link(token, kind)
    if seen is None:
        raise LinkSpent
    link = EntryLink.objects.select_for_update(of=("self",)).get(pk=seen.pk)
    now = timezone.now()
    if link.closed_at or link.expires_at <= now:
        raise LinkSpent
    link.closed_at = now
    link.save(update_fields=["closed_at"])
    return link
