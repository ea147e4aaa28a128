"""What a call says beside its own fields: kinds with rates, conditions, criteria, attachments, timeline, documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from calls import policies, selectors
from calls.models import Call, CallCondition, CallDocument, CallKind, CallStep, Criterion, WantedAttachment
from calls.states import CallEdit
from stars.files import services as files
from stars.kernel import audit, by_hand
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.kernel.models import JsonObject

Part = CallKind | CallCondition | Criterion | WantedAttachment | CallStep | CallDocument
PURPOSE = "calls.document"


@dataclass(frozen=True, slots=True)
class Written(by_hand.Written):
    """One row as the agency's form has checked it, and the file of a document."""

    row: Part
    upload: files.Upload | None = None


@transaction.atomic
def save_parts(*, call_id: int, written: Sequence[Written], removed: Sequence[Part], by: Actor) -> Call:
    """Writes and removes rows of one kind; the audit keeps what each of them said before.

    Raises DomainError for criteria and conditions once a score is begun: members answered what stood there.
    """
    call = Call.objects.locked(call_id)
    require(policies.may_keep_call(by, CallEdit.SAVE, call))
    rows = [*(one.row for one in written), *removed]
    require(all(row.call_id == call.pk for row in rows))
    if selectors.is_being_scored(call) and any(isinstance(row, Criterion | CallCondition) for row in rows):
        raise DomainError(_("Scores are being given: criteria and conditions stay as they are."), code="being_scored")
    said: list[JsonObject] = [_write(one) for one in written]
    said += [_remove(row) for row in removed]
    if said:
        audit.record(call, CallEdit.SAVE, by=by, data={"part": rows[0]._meta.model_name, "rows": said})
    return call


def _write(one: Written) -> JsonObject:
    row, fields = one.row, {name for name in one.fields if name not in {"upload", "call"}}
    if not isinstance(row, CallDocument):
        return by_hand.written_down(by_hand.Written(row, sorted(fields)))
    old_file = CallDocument.objects.filter(pk=row.pk).values_list("file", flat=True).first()
    _point(row, one.upload)
    said = by_hand.written_down(by_hand.Written(row, sorted(fields | ({"file"} if row.file_id != old_file else set()))))
    if row.file_id != old_file:
        _drop(old_file)
    return said


def _point(document: CallDocument, upload: files.Upload | None) -> None:
    """A document is a file of ours or an address elsewhere; what was given last stands."""
    if upload is not None:
        document.file, document.url = files.keep(upload=upload, purpose=PURPOSE), ""
    elif document.url:
        document.file = None


def _remove(row: Part) -> JsonObject:
    old_file = row.file_id if isinstance(row, CallDocument) else None
    said = by_hand.removed_from(row)
    _drop(old_file)
    return said


def _drop(file_id: UUID | None) -> None:
    """The bytes go with the last document that points to them: a copied call shares its papers."""
    if file_id is not None and not CallDocument.objects.filter(file=file_id).exists():
        files.discard(file_id=file_id)
