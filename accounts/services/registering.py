"""Registration and the profile that comes of it (client manual 3.1, 3.2; terms 26)."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policies
from accounts.errors import ChangedMeanwhile
from accounts.models import ClientProfile, Person, User
from accounts.selectors import grown_up_on, needs_consent
from accounts.signals import client_registered
from accounts.states import Purpose
from stars.classifiers.models import EconomicStatus, EducationLevel, InformationSource, RegistrationReason, Sector
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.notices import services as notices

from .asking_registries import ask_registries
from .confirming_email import request_email_confirmation, send_link
from .keeping_facts import judge_facts
from .mandates import tell_acted


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a client says of themselves in the registration form, checked and in the form it is kept."""

    email: str
    phone: str
    economic_status: EconomicStatus
    education: EducationLevel
    low_income: bool | None
    registration_reasons: list[RegistrationReason]
    other_reason: str
    sectors: list[Sector]
    information_sources: list[InformationSource]


@transaction.atomic
def register_client(*, person_id: UUID, declared: Declared, by: Actor) -> ClientProfile:
    """Make the client's profile. A second registration, even at the same moment, changes nothing (X7).

    Raises DomainError without a consent, and for whoever the register says is under 18.
    """
    person = Person.objects.select_for_update(no_key=True).get(pk=person_id)
    require(policies.may_keep_profile(by, person.pk))
    known = ClientProfile.objects.filter(person=person).first()
    if known:
        return known
    user = User.objects.get(person=person)
    if needs_consent(user, by_mandate=by.acting_for_id is not None):
        raise DomainError(_("First read and confirm the terms of use and the privacy policy."), code="no_consent")
    if grown_up_on(person):
        raise DomainError(
            _(
                "A profile is opened from the age of 18. By the Register of Natural Persons this age is not reached yet."
            ),
            code="under_age",
        )
    profile = _write(ClientProfile(person=person, registered_at=timezone.now()), declared)
    audit.record(person, "register", by=by)
    tell_acted(by=by, what=_("you are registered in the portal"), key=f"person:{person.pk}:register")
    ask_registries(person_id=person.pk, purpose=Purpose.REGISTRATION, by=by)
    judge_facts(person_id=person.pk, by=by)
    client_registered.send(sender=ClientProfile, person_id=person.pk, by=by)
    notices.notify(
        recipient=user,
        key=f"person:{person.pk}:registered",
        title=_("Your individual learning account has been created"),
        body=_("Next we check whether you belong to the target group. You can look for a programme already now."),
        path=reverse("accounts:profile"),
    )
    send_link(profile=profile)
    return profile


@transaction.atomic
def save_profile(*, person_id: UUID, version: int, declared: Declared, by: Actor) -> ClientProfile:
    """Keep what the client has changed. Raises ChangedMeanwhile where the form was opened on an older version (K6)."""
    Person.objects.select_for_update(no_key=True).get(pk=person_id)
    require(policies.may_keep_profile(by, person_id))
    profile = ClientProfile.objects.select_related("person").get(pk=person_id)
    if profile.version != version:
        raise ChangedMeanwhile
    changed = _changes(profile, declared)
    if not changed:
        return profile
    is_new_address = profile.email != declared.email
    if is_new_address:
        profile.email_confirmed_at = None
    profile.version += 1
    _write(profile, declared)
    judge_facts(person_id=person_id, by=by)
    audit.record(profile.person, "save_profile", by=by, data={"fields": changed})
    tell_acted(by=by, what=_("your profile is changed"), key=f"person:{person_id}:profile:{profile.version}")
    if is_new_address:
        request_email_confirmation(person_id=person_id, by=by)
    return profile


_PLAIN = ("email", "phone", "economic_status", "education", "low_income", "other_reason")
_MANY = ("registration_reasons", "sectors", "information_sources")


def _write(profile: ClientProfile, declared: Declared) -> ClientProfile:
    for name in _PLAIN:
        setattr(profile, name, getattr(declared, name))
    profile.save()
    for name in _MANY:
        getattr(profile, name).set(getattr(declared, name))
    return profile


def _changes(profile: ClientProfile, declared: Declared) -> list[str]:
    """Names of the fields that differ; the audit keeps no values."""
    plain = [name for name in _PLAIN if getattr(profile, name) != getattr(declared, name)]
    many = [name for name in _MANY if _keys(getattr(profile, name).all()) != _keys(getattr(declared, name))]
    return plain + many


def _keys(rows: Iterable[Model]) -> set[int]:
    return {row.pk for row in rows}
