"""Who asks for the catalogue: everything about one client that its page depends on, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet

from accounts.models import Person
from catalog.models import SavedProgramme
from funding import selectors as funding
from stars.classifiers.models import Sector
from stars.kernel.actor import Actor
from stars.kernel.compiled import Compiled

from .own_share import Purse
from .standing import Standing


@dataclass(frozen=True, slots=True)
class Asker:
    """Nobody in particular, or one client."""

    sectors: tuple[str, ...] = ()  # ticked in the profile; "Nezinu" and "Nevēlos mācīties" name none
    kept: frozenset[int] = frozenset()  # numbers of programmes put aside
    low_income: bool | None = None
    account_state: str | None = None
    grants: Sequence[dict[str, Any]] = ()

    def purse(self, standing: Standing) -> Purse:
        """What decides the own share, by the same rules as `purse_of`; no query, as sources and rounds are known."""
        rounds = {source.pk: held for source, held in standing.index.rounds.items()}
        sources = {source.pk: source for source in standing.index.rounds}
        balances = funding.balances_in(self.account_state, self.grants, sources)
        returning = frozenset(
            pk
            for pk, balance in balances.items()
            if (at := balance.reserved_at) is not None
            and any(one.is_open(standing.moment) and one.is_open(at) for one in rounds[pk])
        )
        return Purse(declared_low_income=self.low_income, balances=balances, returning=returning)


def asker_of(actor: Actor) -> Asker:
    """One query for a client, none for anybody else."""
    if not actor.is_client or actor.person_id is None:
        return Asker()
    row = next(iter(_ASKED.rows(person_id=actor.person_id)), None)
    if row is None:
        return Asker()
    low_income, sectors, kept, account_state, grants = row
    return Asker(tuple(map(str, sectors)), frozenset(kept), low_income, account_state, grants)


def _asked(person_id: UUID) -> QuerySet[Person, tuple[Any, ...]]:
    ticked = Sector.objects.filter(clientprofile__person=OuterRef("pk"), excludes_others=False)
    saved = SavedProgramme.objects.filter(person=OuterRef("pk")).order_by()
    people = Person.objects.filter(pk=person_id).order_by()
    return people.annotate(
        declared=F("profile__low_income"),
        ticked=ArraySubquery(ticked.order_by("number").values("number")),
        saved=ArraySubquery(saved.values("programme__number")),
        **funding.money_of_person(),
    ).values_list("declared", "ticked", "saved", "account_state", "grants")


_ASKED = Compiled(_asked, person_id=UUID(int=1))  # asked at every page of the catalogue a client opens
