"""How an institution stands in a call: how much of each kind is taken, and whom to tell."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Institution, Right, RightKind, User
from calls.models import Call, Offer, OfferedProgramme
from calls.states import LIVE
from stars.kernel.models import AuditEntry

REFUSED_LATE = "refuse_late"


@dataclass(frozen=True, slots=True)
class Limit:
    """One kind: how many the call allows, how many other offers hold, how many this one wants."""

    code: str
    label: str
    most: int
    taken: int
    wanted: int = 0

    @property
    def is_over(self) -> bool:
        return self.taken + self.wanted > self.most

    @property
    def total(self) -> int:
        return self.taken + self.wanted


def limits_of(call: Call, institution_id: int, *, wanted: Counter[str], besides: int | None = None) -> list[Limit]:
    """Every kind of the call. Live offers of the institution are counted, but for the offer `besides`. Two queries."""
    live = OfferedProgramme.objects.filter(
        call=call, version__offer__institution_id=institution_id, version__withdrawn_at=None, state__in=LIVE
    ).exclude(version__offer_id=besides or 0)
    taken = Counter(live.order_by().values_list("kind_id", flat=True))
    return [
        Limit(one.kind.code, one.kind.label, one.most, taken[one.kind_id], wanted[one.kind.code])
        for one in call.kinds.select_related("kind").order_by("position", "pk")
    ]


def members_of(institution_id: int) -> list[User]:
    """Everybody who works in the institution and may come in."""
    members = User.objects.filter(
        memberships__institution_id=institution_id, memberships__is_active=True, is_active=True
    )
    return list(members.order_by("pk"))


def evaluators() -> list[User]:
    """Officers charged with evaluation now."""
    charged = Right.objects.in_force().filter(kind=RightKind.EVALUATOR).order_by().values("user_id")
    return list(User.objects.filter(pk__in=charged, is_active=True).order_by("pk"))


@dataclass(frozen=True, slots=True)
class Late:
    """An offer somebody tried to send after the last moment."""

    number: str
    institution: Institution
    arrived_at: datetime


def late_offers(call: Call) -> list[Late]:
    """Each once, with its first late press, in the order they came. Two queries."""
    offers = {str(one.pk): one for one in Offer.objects.filter(call=call).select_related("institution").order_by("pk")}
    presses = AuditEntry.objects.filter(
        object_type=Offer._meta.label_lower, object_id__in=offers, action=REFUSED_LATE
    ).order_by("at", "pk")
    found: dict[str, Late] = {}
    for press in presses:
        offer = offers[press.object_id]
        arrived_at = datetime.fromisoformat(press.data["arrived_at"])
        found.setdefault(press.object_id, Late(offer.number, offer.institution, arrived_at))
    return list(found.values())
