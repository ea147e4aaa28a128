"""Looks at somebody's data in plain words: the role and where it is worked in, never a private name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Institution
from stars.classifiers.models import Municipality
from stars.kernel.actor import Role
from stars.kernel.models import AccessEntry

ROLES = {
    Role.ANONYMOUS: gettext_lazy("Somebody who was not signed in"),
    Role.CLIENT: gettext_lazy("Another person"),
    Role.PROVIDER: gettext_lazy("Employee of an education institution"),
    Role.PROVIDER_ADMIN: gettext_lazy("Administrator of an education institution"),
    Role.CONSULTANT: pgettext_lazy("role", "Career consultant"),
    Role.COORDINATOR: pgettext_lazy("role", "Municipal coordinator"),
    Role.ASSESSOR: pgettext_lazy("role", "Skills assessor"),
    Role.COMMISSION: pgettext_lazy("role", "Member of the evaluation commission"),
    Role.AGENCY: gettext_lazy("Agency staff"),
    Role.SYSTEM: gettext_lazy("The portal itself, automatically"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """One line of the page: who (by role), what, why, when; the number is what the person names when they ask."""

    number: int
    at: datetime
    who: str
    what: str
    why: str


def role_in_words(role: str) -> str:
    """The role a look was made in, as its person reads it."""
    return str(ROLES[Role(role)])


def looks_in_words(entries: Iterable[AccessEntry]) -> list[Look]:
    """Two statements more than the entries themselves, however many there are."""
    rows = list(entries)
    institutions = Institution.objects.in_bulk({row.institution_id for row in rows if row.institution_id})
    municipalities = Municipality.objects.in_bulk({row.municipality_id for row in rows if row.municipality_id})
    found = []
    for row in rows:
        place = institutions.get(row.institution_id or 0) or municipalities.get(row.municipality_id or 0)
        role = role_in_words(row.actor_role)
        who = _("%(role)s, %(place)s") % {"role": role, "place": place} if place else role
        found.append(Look(number=row.pk, at=row.at, who=who, what=row.what, why=row.purpose))
    return found
