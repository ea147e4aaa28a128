"""The letter about a decision: what became of each programme and why. No member of the commission and no score in it (X77)."""

from django.utils import timezone
from django.utils.translation import gettext as _

from calls import policies
from calls.models import Offer, OfferedProgramme
from calls.states import OfferState
from stars.files import services as files
from stars.files.models import RenderedDocument
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.kernel.money import euros
from stars.kernel.templatetags.stars import day, moment


def request_letter(*, offer_id: int, by: Actor) -> RenderedDocument:
    """The letter of a decided offer, made by a worker. A decision never changes, so neither does its letter."""
    offer = Offer.objects.select_related("call__source", "institution").get(pk=offer_id)
    require(policies.may_read_content(by, offer, is_over=True))
    if offer.decided_at is None:
        raise DomainError(_("The offer is not decided yet."), code="not_decided")
    return files.request_document(
        key=f"offer-decision:{offer.pk}",
        template="pdf/offer_decision.html",
        context=_context(offer),
        file_name=f"lemums-{offer.number}.pdf",
    )


def _context(offer: Offer) -> dict[str, object]:
    assert offer.decided_at is not None
    version = offer.versions.get(withdrawn_at=None)
    programmes = [_programme(one) for one in version.programmes.select_related("kind").order_by("position")]
    return {
        "title": _("Decision on offer No. %(number)s") % {"number": offer.number},
        "rows": [
            {"label": _("Education institution"), "value": offer.institution.name},
            {"label": _("Registration number of the institution"), "value": offer.institution.institution_number},
            {"label": _("Call"), "value": offer.call.name},
            {"label": _("Funding source"), "value": offer.call.source.name},
            {"label": _("Offer arrived"), "value": moment(version.arrived_at)},
            {"label": _("Decided by"), "value": _("State Education Development Agency")},
            {"label": _("Decided on"), "value": day(timezone.localdate(offer.decided_at))},
        ],
        "approved": [one for one in programmes if one["state"] == OfferState.APPROVED],
        "rejected": [one for one in programmes if one["state"] == OfferState.REJECTED],
    }


def _programme(one: OfferedProgramme) -> dict[str, str]:
    return {
        "state": one.state,
        "name": one.name,
        "kind": one.kind.label,
        "hours": str(one.hours),
        "price": euros(one.requested_cents),
        "reason": one.reason,
    }
