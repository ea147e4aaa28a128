"""What institutions and the agency are told about offers (screens.md 13); written in the transaction of the change."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from calls import selectors
from calls.errors import in_words
from calls.models import Call, Offer, OfferVersion, ProgrammeDraft
from calls.states import EDITABLE, VenueState
from stars.kernel.actor import Actor
from stars.kernel.errors import require
from stars.kernel.money import euros
from stars.kernel.templatetags.stars import moment
from stars.notices.services import notify

FIRST, LAST = timedelta(days=3), timedelta(hours=24)


def _tell_institution(institution_id: int, *, key: str, title: str, body: list[str], path: str) -> int:
    members = selectors.members_of(institution_id)
    for member in members:
        notify(recipient=member, key=key, title=title, body="\n".join(body), path=path)
    return len(members)


def received(version: OfferVersion, *, call: Call) -> None:
    offer = version.offer
    _tell_institution(
        offer.institution_id,
        key=f"offer:{offer.pk}:{version.number}:received",
        title=_("Offer No. %(number)s is received") % {"number": offer.number},
        body=[
            _("Call: %(call)s") % {"call": call.name},
            _("Arrived: %(moment)s") % {"moment": moment(version.arrived_at)},
            _("Requested in all: %(sum)s") % {"sum": euros(version.requested_cents)},
            "",
            _("Until %(moment)s you can withdraw the offer and submit it again.")
            % {"moment": in_words(call.last_moment)},
            _("The receipt with its verification code stands in the portal."),
        ],
        path=reverse("calls:receipt", args=(offer.reference,)),
    )


def withdrawn(version: OfferVersion, *, call: Call) -> None:
    offer = version.offer
    _tell_institution(
        offer.institution_id,
        key=f"offer:{offer.pk}:{version.number}:withdrawn",
        title=_("Offer No. %(number)s is withdrawn") % {"number": offer.number},
        body=[
            _("Call: %(call)s") % {"call": call.name},
            _("The offer does not take part in the call now. You can submit it again until %(moment)s.")
            % {"moment": in_words(call.last_moment)},
        ],
        path=reverse("calls:offer", args=(offer.reference,)),
    )


def addresses_unchecked(version: OfferVersion) -> None:
    """The agency hears of addresses the register has not answered for; the offer stands all the same (D2)."""
    waiting = [one["address"] for one in version.content["venues"] if one["viis"] == VenueState.UNCHECKED]
    if not waiting:
        return
    offer = version.offer
    for officer in selectors.evaluators():
        notify(
            recipient=officer,
            key=f"offer:{offer.pk}:{version.number}:unchecked",
            title=_("Addresses of offer No. %(number)s are not checked yet") % {"number": offer.number},
            body=_(
                "The education register has not answered about %(count)s of its addresses. It is asked again by itself."
            )
            % {"count": len(waiting)},
            path=reverse("admin:calls_offer_change", args=(offer.pk,)),
            mail=False,
        )


def deadline_moved(call: Call, *, before: datetime, reason: str) -> None:
    """Everybody who has sent or begun something hears of the other hour, with the agency's reason (F19)."""
    title = _("The deadline of the call “%(call)s” is moved") % {"call": call.name}
    for institution_id in sorted(_preparing(call) | _sent(call)):
        _tell_institution(
            institution_id,
            key=f"call:{call.pk}:moved:{call.version}",
            title=title,
            body=[
                _("Offers are taken until %(moment)s.") % {"moment": in_words(call.last_moment)},
                _("Before it was %(moment)s.") % {"moment": in_words(before - timedelta(microseconds=1))},
                _("Reason: %(reason)s") % {"reason": reason},
            ],
            path=reverse("calls:offers"),
        )


def _sent(call: Call) -> set[int]:
    """Institutions with an offer in the call."""
    sent = Offer.objects.filter(call=call).exclude(state__in=EDITABLE)
    return set(sent.order_by().values_list("institution_id", flat=True))


def _preparing(call: Call) -> set[int]:
    """Institutions that have begun an offer to the call, or since it opened a programme that is in no offer to another."""
    offers = Offer.objects.filter(call=call, state__in=EDITABLE)
    others = Offer.objects.filter(state__in=EDITABLE).exclude(call=call).order_by("pk")
    elsewhere = {reference for offer in others for reference in offer.chosen}
    drafts = ProgrammeDraft.objects.filter(saved_at__gte=call.opens_at).exclude(reference__in=elsewhere)
    found = set(offers.order_by().values_list("institution_id", flat=True))
    return found | set(drafts.order_by().values_list("institution_id", flat=True))


def remind_of_closing(*, by: Actor, now: datetime | None = None) -> int:
    """Three days and one day before a call closes: institutions that prepare something and have sent nothing. Once each."""
    require(by.is_system)
    now = now or timezone.now()
    closing = Call.objects.open_at(now).filter(closes_at__lte=now + FIRST).order_by("closes_at", "pk")
    return sum(_remind(call, now) for call in closing)


@transaction.atomic
def _remind(call: Call, now: datetime) -> int:
    hours = 24 if call.closes_at <= now + LAST else 72
    begun = _preparing(call) - _sent(call)
    return sum(_remind_one(call, institution_id, hours) for institution_id in sorted(begun))


def _remind_one(call: Call, institution_id: int, hours: int) -> int:
    title = (
        _("The call “%(call)s” closes in 24 hours") if hours == 24 else _("The call “%(call)s” closes in 3 days")
    ) % {"call": call.name}
    return _tell_institution(
        institution_id,
        key=f"call:{call.pk}:closes:{hours}:{call.closes_at:%Y%m%dT%H%M}",  # of a moved deadline anew
        title=title,
        body=[
            _("Offers are taken until %(moment)s.") % {"moment": in_words(call.last_moment)},
            _("What you have prepared is saved as a draft. It is not submitted."),
        ],
        path=reverse("calls:offers"),
    )
