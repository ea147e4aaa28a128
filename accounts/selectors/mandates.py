"""Who acts for whom (security.md 8)."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Mandate
from accounts.states import MandateState
from stars.kernel.actor import Actor
from stars.kernel.models import AuditEntry

OPEN_MANDATES = (MandateState.WAITING, MandateState.LIVE)


def mandates_of_client(person_id: UUID) -> QuerySet[Mandate]:
    """Everyone who acts, has acted or asks to act for this person, the open ones first."""
    return (
        Mandate.objects.filter(client_id=person_id)
        .select_related("right__user__person", "right__municipality", "file__signature_check")
        .order_by("ended_at", "-asked_at")
    )


def closed_by(mandates: Iterable[Mandate]) -> dict[int, AuditEntry]:
    """Who ended or declined each of these, as the trail says. One query."""
    closed = [str(one.pk) for one in mandates if one.ended_at is not None]
    entries = AuditEntry.objects.filter(
        object_type=Mandate._meta.label_lower, object_id__in=closed, from_state__in=OPEN_MANDATES
    ).exclude(to_state__in=OPEN_MANDATES)
    return {int(one.object_id): one for one in entries}


def mandate_that_was(actor: Actor, reference: str) -> Mandate | None:
    """The coordinator's own mandate that has been in use and is in force no more."""
    if not reference:
        return None
    return Mandate.objects.visible_to(actor).filter(reference=reference).first()


def acts_for(person_id: UUID) -> QuerySet[AuditEntry]:
    """What others have done in this person's place, newest first (ACT-04)."""
    return AuditEntry.objects.filter(acting_for_id=person_id).order_by("-at", "-pk")
