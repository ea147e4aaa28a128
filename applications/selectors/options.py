"""Whether somebody may apply for a programme now, source by source, with the reason in words where not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.urls import reverse

from accounts.models import ClientProfile
from applications.errors import (
    AlreadyApplied,
    ApplyRefused,
    Full,
    NoFunding,
    NoGroups,
    NotOpenYet,
    NotPublished,
    OnlyResidents,
    RoundClosed,
    TestFirst,
    TooYoung,
)
from applications.models import Application, Draft
from catalog.models import ApplicationRound, Programme, ProgrammeOffer
from catalog.selectors import ProgrammeNow, Purse, free_places, purse_of
from catalog.states import ProgrammeState
from funding.models import FundingSource
from funding.rates import MoneyPreview, money_preview
from funding.rules import is_adult
from funding.selectors import Balance
from stars.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class ApplyOption:
    """One source under which a programme is offered. `url` leads to the form, or, where already applied, to that application."""

    source: FundingSource
    may_apply: bool
    why: str  # the reason in words; empty when may_apply
    url: str
    money: MoneyPreview
    round: ApplicationRound | None  # the open one, else the next one
    draft: Draft | None
    balance: Balance | None = None
    code: str = ""  # names the reason: not_open_yet, full, already_applied …
    is_applied_for: bool = False  # the application that stands in the way is for this very programme

    @property
    def price_cents(self) -> int:
        return self.money.price_cents

    @property
    def own_share_cents(self) -> int:
        return self.money.own_cents

    @property
    def is_assumed(self) -> bool:
        """Whether the account in the sums is a whole grant nobody has given yet."""
        return self.money.balance_cents is not None and (self.balance is None or self.balance.usable_cents is None)

    @property
    def after_cents(self) -> int | None:
        """What is left of the person's own grant after applying; None where there is none."""
        return None if self.balance is None else self.money.left_cents


@dataclass(frozen=True, slots=True)
class _Facts:
    """Everything the options of one page need, read once whatever the number of sources."""

    is_resident: bool
    live: dict[int, Application]
    drafts: dict[int, Draft]
    purse: Purse
    rounds: dict[int, ApplicationRound]
    has_groups: bool
    has_places: bool


def apply_options(
    programme: Programme,
    actor: Actor,
    moment: datetime,
    *,
    purse: Purse | None = None,
    now: ProgrammeNow | None = None,
) -> list[ApplyOption]:
    """Every source of the programme in order. At most 8 queries, 3 for somebody not signed in.

    What a page has read already it hands over: a `purse` spares three of them, `now` the rounds and the places.
    """
    offers = _offers(programme)
    purse = purse or purse_of(actor)
    rounds: Iterable[ApplicationRound]
    if now is None:
        mine = ApplicationRound.objects.filter(source__in=[offer.source_id for offer in offers])
        rounds, free = mine.order_by("opens_at"), [one.free for one in free_places([programme.pk], moment).values()]
    else:
        rounds, free = chain.from_iterable(now.standing.rounds.values()), [group.free for group in now.groups]
    facts = _facts(programme, actor, moment, purse, rounds, free)
    return [_option(programme, offer, facts, moment) for offer in offers]


def _offers(programme: Programme) -> list[ProgrammeOffer]:
    """The programme page has them already; otherwise one query."""
    if "offers" in getattr(programme, "_prefetched_objects_cache", {}):
        return [offer for offer in programme.offers.all() if offer.source.is_active]
    offers = ProgrammeOffer.objects.filter(programme=programme, source__is_active=True)
    return list(offers.select_related("source").order_by("source__position", "pk"))


def option_for(programme: Programme, source: FundingSource, actor: Actor, moment: datetime) -> ApplyOption | None:
    """The one option the form is about; None where the programme is not offered under the source."""
    return next((option for option in apply_options(programme, actor, moment) if option.source == source), None)


def _facts(
    programme: Programme,
    actor: Actor,
    moment: datetime,
    purse: Purse,
    rounds: Iterable[ApplicationRound],
    free: Iterable[int],
) -> _Facts:
    person_id = actor.person_id if actor.is_client else None
    places = tuple(free)
    return _Facts(
        is_resident=actor.is_client or not actor.is_authenticated,
        live={
            application.source_id: application
            for application in Application.objects.live()
            .filter(client_id=person_id)
            .select_related("programme", "source")
        }
        if person_id
        else {},
        drafts={draft.source_id: draft for draft in Draft.objects.filter(client_id=person_id, programme=programme)}
        if person_id
        else {},
        purse=purse,
        rounds=_next(rounds, moment),
        has_groups=bool(places),
        has_places=any(one > 0 for one in places),
    )


def _next(rounds: Iterable[ApplicationRound], moment: datetime) -> dict[int, ApplicationRound]:
    """The open round of each source, else its next one: rounds of one source never overlap, so the earliest not over."""
    found: dict[int, ApplicationRound] = {}
    for one in rounds:  # by their opening
        if one.closes_at > moment:
            found.setdefault(one.source_id, one)
    return found


def _option(programme: Programme, offer: ProgrammeOffer, facts: _Facts, moment: datetime) -> ApplyOption:
    source = offer.source
    balance = facts.purse.balances.get(source.pk)
    refusal = _refusal(programme, source, facts, moment)
    url = reverse("applications:form", args=(programme.number, source.code))
    if isinstance(refusal, AlreadyApplied):
        url = reverse("applications:detail", args=(refusal.reference,))
    return ApplyOption(
        source=source,
        may_apply=refusal is None,
        why=refusal.message if refusal else "",
        code=refusal.code if refusal else "",
        url=url,
        money=money_preview(
            source,
            offer.price_cents,
            balance_cents=_countable(programme, source, facts),
            low_income=facts.purse.low_income,
        ),
        round=facts.rounds.get(source.pk),
        draft=facts.drafts.get(source.pk),
        balance=balance,
        is_applied_for=isinstance(refusal, AlreadyApplied) and refusal.is_same,
    )


def _countable(programme: Programme, source: FundingSource, facts: _Facts) -> int | None:
    """What the price stands against, cents. Who has applied for this very programme sees what they applied with."""
    usable, live = facts.purse.usable_cents(source), facts.live.get(source.pk)
    if usable is None or live is None or live.programme_id != programme.pk or source.pk in facts.purse.returning:
        return usable
    return usable + facts.purse.balances[source.pk].reserved_cents


def _refusal(programme: Programme, source: FundingSource, facts: _Facts, moment: datetime) -> ApplyRefused | None:
    """The first thing that stands in the way, the one the person can do least about first."""
    live, round_ = facts.live.get(source.pk), facts.rounds.get(source.pk)
    if programme.state != ProgrammeState.PUBLISHED:
        return NotPublished()
    if not facts.is_resident:
        return OnlyResidents()
    if live:
        is_same = live.programme_id == programme.pk
        return AlreadyApplied(source.label, live.programme.name, live.reference, is_same=is_same)
    if source.needs_test:
        return TestFirst()
    if refusal := refusal_by_person(facts.purse.profile, facts.purse.balances.get(source.pk), moment):
        return refusal
    if round_ is None:
        return RoundClosed()
    if not round_.is_open(moment):
        return NotOpenYet(round_.opens_at)
    if not facts.has_groups:
        return NoGroups()
    return None if facts.has_places else Full(everywhere=True)


def window_refusal(source_id: int, moment: datetime) -> RoundClosed | NotOpenYet:
    """Names the opening to come, else the deadline that has passed (F14, F15)."""
    rounds = ApplicationRound.objects.filter(source_id=source_id)
    over = rounds.filter(closes_at__lte=moment).order_by("-closes_at").first()
    to_come = rounds.filter(opens_at__gt=moment).order_by("opens_at").first()
    if to_come:
        return NotOpenYet(to_come.opens_at)
    return RoundClosed(over.last_day if over else None)


def refusal_by_person(profile: ClientProfile | None, balance: Balance | None, moment: datetime) -> ApplyRefused | None:
    """What is known of the person and forbids applying; what is not known never does (I15)."""
    if profile and is_adult(profile.person.birth_date, moment) is False:
        return TooYoung()
    if balance and balance.refusal_reason:
        return NoFunding(balance.refusal_reason)
    return None
