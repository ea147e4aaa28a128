"""An institution's contacts are its own to keep true and current (terms 17.2), version by version (K6)."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policies
from accounts.errors import ChangedMeanwhile
from accounts.models import Institution
from stars.classifiers.models import Municipality
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import require

from .telling_administrators import tell_administrators

MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """What the institution says of itself; its name and numbers are the agency's to change."""

    kind: str
    municipality: Municipality | None
    address: str
    email: str
    phone: str
    website: str
    description: str


@transaction.atomic
def save_contacts(*, institution_id: int, version: int, contacts: Contacts, by: Actor) -> Institution:
    """Keep what has changed; saving without a change confirms that all of it is still true.

    Raises ChangedMeanwhile where the form was opened on an older version (K6).
    """
    institution = Institution.objects.select_for_update(of=("self",), no_key=True).get(pk=institution_id)
    require(policies.may_keep_contacts(by, institution))
    if institution.version != version:
        raise ChangedMeanwhile
    changed = [name for name in Contacts.__slots__ if getattr(institution, name) != getattr(contacts, name)]
    for name in changed:
        setattr(institution, name, getattr(contacts, name))
    institution.version += bool(changed)
    institution.contacts_confirmed_at = timezone.now()
    institution.save(update_fields=[*changed, "version", "contacts_confirmed_at"])
    audit.record(institution, "save_contacts", by=by, data={"changed": changed})
    return institution


def remind_of_contacts(*, by: Actor) -> int:
    """Administrators of institutions that have not confirmed their contacts for months are reminded, once a month."""
    require(by.is_system)
    now = timezone.now()
    old = Institution.objects.filter(
        is_active=True, contacts_confirmed_at__lte=now - settings.STARS_CONTACTS_MONTHS * MONTH
    )
    told = 0
    for institution in old.order_by("pk"):
        told += _remind(institution, f"{now:%Y-%m}")
    return told


@transaction.atomic
def _remind(institution: Institution, month: str) -> int:
    return tell_administrators(
        institution=institution,
        key=f"contacts:{month}",
        title=_("Check the contacts of your institution"),
        body=_("Clients and the agency use them. Look whether they are still true, and save: %(institution)s.")
        % {"institution": institution.name},
        path=reverse("accounts:institution_profile"),
    )
