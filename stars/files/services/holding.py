"""Files chosen in a form: kept while the rest of it is corrected, taken over when it is sent, dropped when forgotten."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stars.files.models import HeldUpload, StoredFile
from stars.files.selectors import held_token
from stars.kernel.errors import DomainError

from .storing import require_institution_room, require_room, store

LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file a person has chosen, looked at already: sent just now, or held since the form was sent before."""

    name: str
    content_type: str
    size: int
    content: File | None = None  # type: ignore[type-arg]
    held_id: UUID | None = None

    @property
    def token(self) -> str:
        return held_token(self.held_id) if self.held_id else ""


@transaction.atomic
def hold(*, upload: Upload, purpose: str, person_id: UUID | None = None) -> Upload:
    """Store the file for a day, for this purpose only. Holding what is held changes nothing.

    `person_id` is the natural person whose file it is: theirs are counted (UPL-01), and NoRoom is raised.
    """
    if upload.content is None:
        return upload
    stored = _store(upload, person_id)
    held = HeldUpload.objects.create(file=stored, purpose=purpose, until=timezone.now() + LIFE)
    return Upload(name=stored.display_name, content_type=stored.content_type, size=stored.size, held_id=held.pk)


@transaction.atomic
def keep(
    *, upload: Upload, purpose: str, person_id: UUID | None = None, institution_id: UUID | None = None
) -> StoredFile:
    """The file for good: stored now, or taken over from where it was held; `person_id` as in `hold`.

    `institution_id` is the reference of the institution whose file it is. Raises DomainError for one that is gone,
    NoRoom for one too many.
    """
    if upload.content is not None:
        return _store(upload, person_id, institution_id)
    held = HeldUpload.objects.select_for_update(of=("self",)).select_related("file")
    live = held.filter(purpose=purpose, until__gt=timezone.now())
    found = live.filter(pk=upload.held_id).first() if upload.held_id else None
    if found is None:
        raise DomainError(_("The file you added before is no longer here. Add it again."), code="file_gone")
    stored = found.file
    if person_id is not None and stored.person_id != person_id:  # whose it is was not known while it was held
        require_room(person_id, stored.size)
        stored.person_id = person_id
        stored.save(update_fields=["person_id"])
    if institution_id is not None:
        require_institution_room(institution_id, stored.size)
        stored.institution_id = institution_id
        stored.save(update_fields=["institution_id"])
    HeldUpload.objects.filter(pk=found.pk).delete()
    return stored


def _store(upload: Upload, person_id: UUID | None, institution_id: UUID | None = None) -> StoredFile:
    assert upload.content is not None
    return store(
        content=upload.content,
        name=upload.name,
        content_type=upload.content_type,
        person_id=person_id,
        institution_id=institution_id,
    )


@transaction.atomic
def discard(*, file_id: UUID) -> None:
    """Forget a file: the row now, the bytes once that is certain. Whoever owned it points to it no more."""
    stored = StoredFile.objects.select_for_update(of=("self",)).get(pk=file_id)
    path = stored.path
    stored.delete()
    transaction.on_commit(lambda: default_storage.delete(path), robust=True)


def drop_held() -> int:
    """Uploads nobody came back for go, a day after they were held; gives how many."""
    dropped = 0
    for pk in list(HeldUpload.objects.filter(until__lte=timezone.now()).values_list("pk", flat=True)):
        dropped += _drop(pk)
    return dropped


@transaction.atomic
def _drop(pk: UUID) -> bool:
    held = HeldUpload.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if held is None:
        return False
    discard(file_id=held.file_id)
    return True
