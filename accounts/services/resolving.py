"""People the portal cannot tell apart: noted when the state's sign-on names them, resolved by the agency (SSO-10)."""

import json
import logging
from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policies
from accounts.models import Person, PersonalCode, SignOnConflict
from accounts.selectors import owners_of
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.kernel.secrets import blind_index, decrypt, encrypt

logger = logging.getLogger(__name__)


@transaction.atomic
def note_conflict(*, reason: str, codes: Sequence[str]) -> SignOnConflict:
    """One open row for these codes, however often the person tries; the codes of it are sealed."""
    digest = blind_index("\n".join(sorted(codes)))
    found = SignOnConflict.objects.filter(digest=digest, reason=reason, resolved_at=None)
    if found.update(times=F("times") + 1, last_at=timezone.now()):
        return found.get()
    conflict = SignOnConflict(reason=reason, digest=digest)
    conflict.sealed = encrypt(json.dumps(list(codes)), bound_to=_binding(conflict))
    try:
        with transaction.atomic():
            conflict.save(force_insert=True)
    except IntegrityError:  # the same person in another tab was quicker
        found.update(times=F("times") + 1, last_at=timezone.now())
        return found.get()
    conflict.people.set(Person.objects.filter(pk__in=owners_of(list(codes))))
    audit.record(conflict, "note", by=Actor.system("sso"), data={"reason": reason}, is_first=True)
    logger.error("sign_on_conflict conflict=%s reason=%s", conflict.pk, reason)
    return conflict


@transaction.atomic
def resolve_conflict(
    *, conflict_id: UUID, explanation: str, by: Actor, person_id: UUID | None = None
) -> SignOnConflict:
    """The codes are this person's from now on; nobody = it was settled elsewhere. Their next sign-in finds them."""
    require(policies.may_resolve_sign_on(by))
    people = list(
        Person.objects.filter(
            pk__in=SignOnConflict.people.through.objects.filter(signonconflict_id=conflict_id).values("person_id")
        )
        .select_for_update(no_key=True)
        .order_by("pk")
    )
    conflict = SignOnConflict.objects.select_for_update(of=("self",), no_key=True).get(pk=conflict_id)
    if conflict.resolved_at is not None:
        raise DomainError(_("Somebody has resolved this already."), code="resolved_already")
    if person_id is not None:
        chosen = next((person for person in people if person.pk == person_id), None)
        if chosen is None:
            raise DomainError(_("Choose one of the people concerned."), code="other_person")
        _give_codes(chosen, people, json.loads(decrypt(conflict.sealed, bound_to=_binding(conflict))), by)
    conflict.resolved_at, conflict.resolved_by_id, conflict.explanation = timezone.now(), by.user_id, explanation
    conflict.save(update_fields=["resolved_at", "resolved_by", "explanation"])
    audit.record(conflict, "resolve", by=by, data={"person": str(person_id or ""), "explanation": explanation})
    return conflict


def _give_codes(chosen: Person, people: Sequence[Person], codes: Sequence[str], by: Actor) -> None:
    """The first of the codes is the current one. Others keep what else they have, and lose these."""
    rows = {row.digest: row for row in PersonalCode.objects.filter(digest__in=[blind_index(one) for one in codes])}
    losing = {row.person_id for row in rows.values()} - {chosen.pk}
    chosen.codes.filter(is_current=True).update(is_current=False)
    for row in rows.values():
        row.person, row.is_current = chosen, row.digest == blind_index(codes[0])
        row.save(update_fields=["person", "is_current"])
    if blind_index(codes[0]) not in rows:
        PersonalCode.of(chosen, codes[0]).save(force_insert=True)
    for person in people:
        if person == chosen or person.pk in losing:
            audit.record(person, "take_codes" if person == chosen else "lose_codes", by=by)


def _binding(conflict: SignOnConflict) -> str:
    return f"accounts.signonconflict:{conflict.pk}"
