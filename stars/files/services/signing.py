"""Signatures are looked at by a worker, after the scanner and never before: a reader meets no bytes nobody has scanned."""

import logging
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from stars.files.models import SignatureCheck, StoredFile
from stars.files.signatures import read_signatures
from stars.files.signatures.trusting import Roots, roots_in
from stars.files.states import CheckState, ScanState
from stars.kernel.tasks import enqueue

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
BATCH = 50


@transaction.atomic
def request_signature_check(*, stored: StoredFile) -> SignatureCheck:
    """Have the signatures of a file looked at once it is clean. Asking twice changes nothing."""
    check, _is_new = SignatureCheck.objects.get_or_create(file=stored)
    enqueue("files.check_signatures")
    return check


def check_signatures() -> int:
    """Looks at what waits and is clean; gives how many files were looked at."""
    for done in range(BATCH):
        check = _claim()
        if check is None:
            return done
        _check(check)
    return BATCH


@transaction.atomic
def _claim() -> SignatureCheck | None:
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    check = (
        SignatureCheck.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("file")
        .filter(free, state=CheckState.WAITING, file__state=ScanState.CLEAN)
        .order_by("requested_at", "pk")
        .first()
    )
    if check is not None:
        check.leased_until = now + LEASE
        check.save(update_fields=["leased_until"])
    return check


def _check(check: SignatureCheck) -> None:
    """No transaction is open while the file is read."""
    with default_storage.open(check.file.path, "rb") as content:
        found = read_signatures(content, content_type=check.file.content_type, roots=_roots())
    for one in found:
        if one.problem:
            logger.warning("signature_does_not_hold file=%s why=%s", check.file_id, one.problem)
    SignatureCheck.objects.filter(pk=check.pk, state=CheckState.WAITING).update(
        state=CheckState.DONE,
        found=[one.as_json() for one in found],
        checked_at=timezone.now(),
        leased_until=None,
    )


def _roots() -> Roots:
    return [root for name in settings.STARS_SIGNATURE_ROOT_FILES for root in roots_in(Path(name).read_bytes())]
