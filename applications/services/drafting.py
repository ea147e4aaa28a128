"""The unsent form: saved at every step and every few seconds, never demanding completeness (X21)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from applications import policies, selectors
from applications.errors import AlreadyApplied, NoDraft
from applications.models import Application, Draft
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import require
from stars.kernel.transactions import repeatable


@repeatable
@transaction.atomic
def save_draft(*, programme_id: int, source_id: int, answers: Mapping[str, Any], by: Actor) -> Draft:
    """Lays these answers over the person's one draft for the programme and source (X19).

    A new draft starts from what registration and the last application said. Refused once an application under the
    source is live: a page left open in another tab must not start a second one (X25).
    """
    require(policies.may_apply(by))
    assert by.person_id is not None
    _refuse_second(by.person_id, source_id, programme_id)
    draft, is_new = Draft.objects.get_or_create(client_id=by.person_id, programme_id=programme_id, source_id=source_id)
    draft = _held(draft)
    if is_new:
        _refuse_second(by.person_id, source_id, programme_id)  # another tab may have sent the draft since we looked
        questions = selectors.questionnaire(source_id, programme_id)
        draft.answers = selectors.prefill(by.person_id, questions)
    else:
        draft.version += 1
    draft.answers = {**draft.answers, **answers}
    draft.saved_at = timezone.now()
    draft.save(update_fields=["answers", "version", "saved_at"])
    return draft


def _held(draft: Draft) -> Draft:
    """The draft's lock; another tab may have sent it or thrown it away while we waited for it."""
    held = Draft.objects.select_for_update(of=("self",), no_key=True).filter(pk=draft.pk).first()
    if held is None:
        _refuse_second(draft.client_id, draft.source_id, draft.programme_id)
        raise NoDraft
    return held


def _refuse_second(person_id: UUID, source_id: int, programme_id: int) -> None:
    live = (
        Application.objects.live()
        .filter(client_id=person_id, source_id=source_id)
        .select_related("programme", "source")
        .first()
    )
    if live:
        is_same = live.programme_id == programme_id
        raise AlreadyApplied(live.source.label, live.programme.name, live.reference, is_same=is_same)


@transaction.atomic
def discard_draft(*, reference: UUID, by: Actor) -> None:
    """Throws the draft away for good. Doing it twice changes nothing; somebody else's is not there.

    Its client can read who did it, if it was somebody who acts for them (ACT-04).
    """
    require(policies.may_apply(by))
    own = Draft.objects.select_for_update(of=("self",)).filter(reference=reference, client_id=by.person_id)
    if draft := own.first():
        audit.record(draft, "discard", by=by)
        draft.delete()


def sweep_drafts(*, by: Actor) -> int:
    """Deletes drafts not touched for 30 days; returns how many. A second run does nothing."""
    require(by.is_system)
    deleted, _ = Draft.objects.filter(saved_at__lt=timezone.now() - selectors.KEPT).delete()
    return deleted
