"""What becomes known about a person, their account and its money means for the applications that wait for it."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from applications.models import Application, Closing
from applications.services import telling
from applications.services.checking import recheck
from applications.services.closing import note_closings
from applications.states import State
from funding import services as funding
from funding.models import FundingSource
from stars.kernel import audit
from stars.kernel.actor import Actor


def _live(person_id: UUID) -> list[Application]:
    return list(
        Application.objects.live().filter(client_id=person_id).select_related("source", "programme").order_by("pk")
    )


@transaction.atomic
def account_was_approved(*, person_id: UUID, by: Actor) -> None:
    """Holds the money each application was sent for, and notes that its check is passed. Doing it twice changes nothing.

    The caller holds the account's lock; the application's comes after it (K4). The own share is frozen with the
    reservation (I7): where the balance covers less than was assumed at submit, the share grows and the person is told.
    """
    for found in _live(person_id):
        if found.source.co_payment == FundingSource.CoPayment.ABOVE_GRANT:
            application = Application.objects.select_related("source", "programme").locked(found.pk)
            if application.is_live:
                _reserve(application, by)
        recheck(found)


def _reserve(application: Application, by: Actor) -> None:
    reservation = funding.reserve(
        person_id=application.client_id,
        source=application.source,
        purpose=application.reference,
        programme_name=application.programme.name,
        price_cents=application.price_cents,
        by=by,
    )
    own_share = application.price_cents - (reservation.amount_cents if reservation else 0)
    if own_share == application.own_share_cents:
        return
    before, application.own_share_cents = application.own_share_cents, own_share
    application.save(update_fields=["own_share_cents"])
    data = {"own_share_cents": [before, own_share]}
    audit.record(
        application, "freeze_share", by=by, from_state=application.state, to_state=application.state, data=data
    )
    telling.share_changed(application)


@transaction.atomic
def account_was_refused(*, person_id: UUID, source_ids: Collection[int], reason: str, by: Actor) -> None:  # noqa: ARG001
    """Notes that the check is not passed; what nobody has decided yet is put on the worklist to become ineligible."""
    concerned = [application for application in _live(person_id) if application.source_id in source_ids]
    for application in concerned:
        recheck(application)
    undecided = [application for application in concerned if application.state == State.SUBMITTED]
    note_closings(undecided, Closing.Why.REFUSED, explanation=reason)


@transaction.atomic
def facts_have_changed(*, person_id: UUID, by: Actor) -> None:  # noqa: ARG001 - whoever changed a fact
    """Checks of applications nobody has decided yet are weighed again; decided ones keep the facts they used (X12)."""
    for application in _live(person_id):
        if application.state == State.SUBMITTED:
            recheck(application)


@transaction.atomic
def client_has_died(*, person_id: UUID, by: Actor) -> None:  # noqa: ARG001 - the job that asked the register
    """Every live application goes on the worklist: place and reservation become free (F24)."""
    note_closings(_live(person_id), Closing.Why.DIED)
