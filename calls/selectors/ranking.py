"""Programmes of a call in the order of their results, kind by kind, as the agency decides on them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from calls.models import Call, OfferedProgramme, Seat
from calls.results import Result, places
from stars.classifiers.models import ProgrammeKind

from .evaluating import OPENED, results_of
from .short import awaited_of


@dataclass(frozen=True, slots=True)
class Ranked:
    """One programme with its place among those of its kind; equal totals share one."""

    programme: OfferedProgramme
    result: Result
    place: int | None
    awaited: tuple[Seat, ...]  # members who can still score it


@dataclass(frozen=True, slots=True)
class Ranking:
    kind: ProgrammeKind
    rows: list[Ranked]


def rankings_of(call: Call) -> list[Ranking]:
    """The best first; without a total last. Of equals the cheaper, then the earlier offer. Seven queries."""
    rows = (
        OfferedProgramme.objects.filter(call=call, version__withdrawn_at=None, state__in=OPENED)
        .select_related("kind", "version__offer__institution", "programme")
        .defer("version__content")
        .order_by("pk")
    )
    programmes = list(rows)
    results = results_of(programmes, {call.pk: call})
    awaited = awaited_of(programmes)
    by_kind: dict[ProgrammeKind, list[OfferedProgramme]] = defaultdict(list)
    for one in programmes:
        by_kind[one.kind].append(one)
    return [
        Ranking(kind, _ranked(found, results, awaited))
        for kind, found in sorted(by_kind.items(), key=lambda item: (item[0].position, item[0].pk))
    ]


def _ranked(
    programmes: list[OfferedProgramme], results: Mapping[int, Result], awaited: Mapping[int, tuple[Seat, ...]]
) -> list[Ranked]:
    def order(one: OfferedProgramme) -> tuple[bool, Fraction, int, datetime]:
        total = results[one.pk].total
        return (total is None, -(total or Fraction()), one.requested_cents, one.version.arrived_at)

    ordered = sorted(programmes, key=order)
    given = places([results[one.pk].total for one in ordered])
    return [Ranked(one, results[one.pk], place, awaited[one.pk]) for one, place in zip(ordered, given, strict=True)]
