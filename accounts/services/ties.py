"""An officer declares whose matters they will not handle (ACC-08); security says whose looks ring an alarm (AUD-03)."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import policies
from accounts.models import Person, StaffTie
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.kernel.secrets import blind_index


@transaction.atomic
def declare_tie(*, digits: str, kind: str, by: Actor) -> StaffTie:
    """Keeps the blind index of the code, nothing else. Declaring twice changes nothing; only others may take it back."""
    require(by.is_agency)
    assert by.user_id is not None
    tie, is_new = StaffTie.objects.get_or_create(
        user_id=by.user_id, digest=blind_index(digits), defaults={"kind": kind}
    )
    if is_new:
        audit.record(tie, "declare", by=by, data={"kind": tie.kind})
    return tie


@transaction.atomic
def watch_person(*, person_id: UUID, is_watched: bool, words: str, by: Actor) -> Person:
    """From now on each opening of this person's data rings, or no longer; `words` say why, in the trail only."""
    require(policies.guards_the_door(by))
    person = Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=person_id)
    if person.is_watched == is_watched:
        raise DomainError(_("Somebody has decided this already."), code="decided_already")
    person.is_watched = is_watched
    person.save(update_fields=["is_watched"])
    audit.record(person, "watch" if is_watched else "unwatch", by=by, data={"reason": words})
    return person
