"""A person's own data as a JSON file: a row first, the file by a worker, nothing left after a day (GDP-04)."""

import json
from datetime import timedelta
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person
from stars.files import services as files
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import require
from stars.kernel.security import Event, happened
from stars.kernel.tasks import enqueue
from stars.notices.services import notify
from stars.pages import own_data, policies
from stars.pages.models import DataExport

LIFE = timedelta(hours=24)
FILE_NAME = "mani-dati-stars.json"
MOST_BYTES = 20 * 1024 * 1024


@transaction.atomic
def request_export(*, person_id: UUID, by: Actor) -> DataExport:
    """Have the file made. While one is waiting or ready, asking again changes nothing."""
    require(policies.may_own(by, person_id))
    person = Person.objects.select_for_update(no_key=True).get(pk=person_id)
    now = timezone.now()
    _drop(DataExport.objects.filter(person=person, expires_at__lte=now))
    export, made = DataExport.objects.get_or_create(person=person, defaults={"asked_at": now, "expires_at": now + LIFE})
    if made:
        audit.record(person, "export", by=by, data={"export": str(export.reference)})
        happened(Event.EXPORTED, user=by.user_id, what="own_data")
    if export.state == DataExport.State.WAITING:
        enqueue("pages.make_export", export.pk)
    return export


@transaction.atomic
def make_export(*, export_id: int) -> bool:
    """Gather, write, store; the scanner looks at it as at any file. Doing it twice changes nothing."""
    waiting = DataExport.objects.select_for_update(skip_locked=True, of=("self",))
    export = waiting.filter(pk=export_id, state=DataExport.State.WAITING).select_related("person__user").first()
    if export is None:
        return False
    content = json.dumps(own_data.as_data(export.person_id), ensure_ascii=False, indent=2).encode()
    export.file = files.store(
        content=ContentFile(content), name=FILE_NAME, content_type="application/json", most_bytes=MOST_BYTES
    )
    export.state = DataExport.State.READY
    export.expires_at = timezone.now() + LIFE
    export.save(update_fields=["file", "state", "expires_at"])
    notify(
        recipient=export.person.user,
        key=f"export:{export.reference}",
        title=_("The file with your data is ready"),
        body=_("You can download it for 24 hours. Then it is removed; you can ask for a new one at any time."),
        path=reverse("pages:export"),
    )
    return True


def exports_to_make() -> list[int]:
    """Those no bell rang for."""
    waiting = DataExport.objects.filter(state=DataExport.State.WAITING)
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:20])


@transaction.atomic
def drop_expired_exports() -> int:
    """Files past their day go, rows and bytes; gives how many."""
    past = DataExport.objects.select_for_update(skip_locked=True, of=("self",)).filter(expires_at__lte=timezone.now())
    return _drop(past)


def _drop(exports: QuerySet[DataExport]) -> int:
    dropped = 0
    for export in list(exports.order_by("pk")):
        file_id = export.file_id
        export.delete()
        if file_id is not None:
            files.discard(file_id=file_id)
        dropped += 1
    return dropped
