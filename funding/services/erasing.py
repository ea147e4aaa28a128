"""What is remembered of the money of people who have been erased: that a round's was given, and to nobody twice (ADR 0011)."""

from datetime import date
from uuid import UUID

from django.utils import timezone

from accounts.models import PersonalCode
from funding.models import Allotment, ErasedGrant, Grant
from stars.kernel.actor import Actor
from stars.kernel.errors import require
from stars.kernel.secrets import blind_index


def remember_grants(*, person_id: UUID, by: Actor) -> None:
    """Called in the transaction of the erasure, while the codes are still there. Doing it twice changes nothing."""
    require(by.person_id == person_id or by.is_system)
    codes = _codes_of(person_id)
    ErasedGrant.objects.bulk_create(
        (
            ErasedGrant(
                allotment_id=grant.allotment_id, digest=_digest(grant.allotment_id, code), kept_until=grant.valid_to
            )
            for grant in Grant.objects.filter(account__person_id=person_id).order_by("pk")
            for code in codes
        ),
        ignore_conflicts=True,
    )


def was_given(*, person_id: UUID, allotment: Allotment) -> bool:
    """Whether an erased person with one of these codes had the money of this round."""
    remembered = ErasedGrant.objects.filter(allotment=allotment)
    if not remembered.exists():
        return False
    return remembered.filter(digest__in=[_digest(allotment.pk, code) for code in _codes_of(person_id)]).exists()


def forget_erased_grants(*, by: Actor, today: date | None = None) -> int:
    """Rows go with the last day of the round's money; gives how many."""
    require(by.is_system)
    return ErasedGrant.objects.filter(kept_until__lt=today or timezone.localdate()).delete()[0]


def _codes_of(person_id: UUID) -> list[str]:
    return [code.clear for code in PersonalCode.objects.filter(person_id=person_id).order_by("pk")]


def _digest(allotment_id: int, code: str) -> str:
    return blind_index(f"funding.erasedgrant:{allotment_id}:{code}")
