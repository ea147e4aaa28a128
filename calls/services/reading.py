"""The agency opens what an institution sent or was sent: nobody before the deadline, and each look stands in the trail."""

from django.db import transaction

from calls import policies
from calls.models import Offer
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import require


@transaction.atomic
def note_reading(*, offer_id: int, what: str, by: Actor) -> None:
    """Before an officer is given a file of an offer: an entry of who opened what and when."""
    offer = Offer.objects.select_related("call").locked(offer_id)
    require(policies.may_read_content(by, offer, is_over=offer.call.is_over()))
    audit.record(offer, "open", by=by, data={"what": what})
