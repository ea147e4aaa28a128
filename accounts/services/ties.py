"""An officer declares whose matters they will not handle (ACC-08)."""

from django.db import transaction

from accounts.models import StaffTie
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import require
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
