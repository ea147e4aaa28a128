"""A PDF is a row first: asked for by key in the caller's transaction, made by a worker, kept as a stored file."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from stars.files.models import RenderedDocument
from stars.files.states import RenderState
from stars.kernel.tasks import enqueue

from .storing import clean_name, store

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)  # longer than a document may take
PAUSE = timedelta(minutes=2)
MOST_ATTEMPTS = 5
GIVEN_UP_FOR = timedelta(hours=1)  # whoever asks later starts a new round of attempts
MOST_BYTES = 20 * 1024 * 1024


@transaction.atomic
def request_document(*, key: str, template: str, context: Mapping[str, Any], file_name: str) -> RenderedDocument:
    """Have a PDF made of one of our own templates. Asking twice for one key changes nothing.

    `context` is plain data (JSON) and never holds a personal code (COD-04).
    """
    row = RenderedDocument(key=key, template=template, context=dict(context), file_name=clean_name(file_name))
    RenderedDocument.objects.bulk_create([row], ignore_conflicts=True)
    kept = RenderedDocument.objects.select_related("file").get(key=key)
    if kept.state == RenderState.FAILED and kept.due_at < timezone.now() - GIVEN_UP_FOR:
        kept.state, kept.attempts, kept.context = RenderState.WAITING, 0, dict(context)
        kept.due_at = timezone.now()
        kept.save(update_fields=["state", "attempts", "context", "due_at"])
    if kept.state == RenderState.WAITING:
        enqueue("files.render", kept.pk)
    return kept


@transaction.atomic
def claim_document(*, document_id: int | None = None) -> RenderedDocument | None:
    """Take this waiting document, or the one that waits longest, for the length of a lease."""
    now = timezone.now()
    waiting = RenderedDocument.objects.filter(state=RenderState.WAITING, due_at__lte=now)
    if document_id is not None:
        waiting = waiting.filter(pk=document_id)
    document = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "pk").first()
    if document is not None:
        document.due_at = now + LEASE
        document.attempts += 1
        document.save(update_fields=["due_at", "attempts"])
    return document


@transaction.atomic
def keep_document(*, document_id: int, content: bytes) -> RenderedDocument:
    """The PDF is made: store it, have it scanned like any other file, and forget what it was made of. The first wins."""
    document = RenderedDocument.objects.select_for_update(of=("self",)).get(pk=document_id)
    if document.state == RenderState.READY:
        return document
    document.file = store(
        content=ContentFile(content), name=document.file_name, content_type="application/pdf", most_bytes=MOST_BYTES
    )
    document.state = RenderState.READY
    document.last_error = ""
    document.context = {}  # it may name a person, and the file says it all
    document.save(update_fields=["file", "state", "last_error", "context"])
    return document


def postpone_document(*, document_id: int, why: str) -> None:
    """This machine cannot make PDFs now; the row says why and waits. Waiting is no failed attempt."""
    logger.warning("document_waits document=%s why=%s", document_id, why)
    RenderedDocument.objects.filter(pk=document_id, state=RenderState.WAITING).update(
        due_at=timezone.now() + PAUSE, last_error=why[:300], attempts=0
    )


def give_up_document(*, document_id: int, why: str) -> None:
    """The document could not be made: once more later, and after some attempts never, with an alarm."""
    waiting = RenderedDocument.objects.filter(pk=document_id, state=RenderState.WAITING)
    if waiting.filter(attempts__gte=MOST_ATTEMPTS).update(state=RenderState.FAILED, last_error=why[:300]):
        logger.error("document_given_up document=%s why=%s", document_id, why)
    elif waiting.update(due_at=timezone.now() + PAUSE, last_error=why[:300]):
        logger.warning("document_not_made document=%s why=%s", document_id, why)
