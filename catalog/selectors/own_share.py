"""What this person would pay: the same arithmetic on list, page, form and receipt (X17)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from accounts.models import ClientProfile, Person
from catalog.models import SavedProgramme
from funding import rates
from funding import selectors as funding
from funding.models import FundingSource
from stars.classifiers.models import Sector
from stars.kernel.actor import Actor
from stars.kernel.compiled import Compiled

from .rounds import Rounds, rounds_of_sources


@dataclass(frozen=True, slots=True)
class Purse:
    """What decides one person's own share; an empty one stands for anybody."""

    profile: ClientProfile | None = None
    balances: Mapping[int, funding.Balance] = field(default_factory=dict)  # by source id
    returning: frozenset[int] = frozenset()  # sources whose reserved money comes back on withdrawing, still possible

    @property
    def low_income(self) -> bool | None:
        return self.profile.low_income if self.profile else None

    def own_share(self, source: FundingSource, price_cents: int) -> int:
        """Cents the person pays; before a grant is given the full grant is assumed."""
        usable = self.usable_cents(source)
        return rates.own_share_cents(source, price_cents, balance_cents=usable, low_income=self.low_income)

    def usable_cents(self, source: FundingSource) -> int | None:
        """What a new application can count on, cents. There is one live application a source, so who applies
        elsewhere has withdrawn before: what that one holds is counted in as long as withdrawing gives it back."""
        balance = self.balances.get(source.pk)
        if balance is None or balance.usable_cents is None:
            return None
        return balance.usable_cents + (balance.reserved_cents if source.pk in self.returning else 0)


@dataclass(frozen=True, slots=True)
class Own:
    """What the catalogue knows of the client it is shown to; an empty one stands for anybody."""

    person: Person | None = None  # with the profile, the account and `funding.money_annotations`
    sectors: tuple[str, ...] = ()  # ticked in the profile; "Nezinu" and "Nevēlos mācīties" name none
    kept: frozenset[int] = frozenset()  # numbers of the programmes put aside

    def purse(self, rounds: Rounds) -> Purse:
        """What the person's money is worth while these are the rounds; no query."""
        if self.person is None:
            return Purse()
        balances = funding.balances_read(self.person, rounds)
        reserved = {pk: balance.reserved_at for pk, balance in balances.items() if balance.reserved_at}
        mine = (one for source in rounds if source.pk in reserved for one in rounds[source])
        returning = {one.source_id for one in mine if one.is_open() and one.is_open(reserved[one.source_id])}
        return Purse(getattr(self.person, "profile", None), balances, frozenset(returning))


def own_of(actor: Actor) -> Own:
    """One query for a client, none for everybody else."""
    if not actor.is_client or actor.person_id is None:
        return Own()
    person: Any = next(iter(_KNOWN.rows(person_id=actor.person_id)), None)
    if person is None:
        return Own()
    return Own(person, tuple(map(str, person.sector_numbers)), frozenset(person.kept_numbers))


def _known(person_id: UUID) -> QuerySet[Person]:
    sectors = Sector.objects.filter(clientprofile__person=OuterRef("pk"), excludes_others=False).order_by("number")
    kept = SavedProgramme.objects.filter(person=OuterRef("pk")).order_by()
    people = Person.objects.filter(pk=person_id).select_related("profile", "learning_account").order_by()
    return people.annotate(
        **funding.money_annotations(),
        sector_numbers=ArraySubquery(sectors.values("number")),
        kept_numbers=ArraySubquery(kept.values("programme__number")),
    )


_KNOWN = Compiled(_known, person_id=UUID(int=1))  # asked at every page of the catalogue a client opens


def purse_of(actor: Actor) -> Purse:
    """A client's profile and balances; anybody's purse for others. Three queries, for a page that has no rounds at hand."""
    own = own_of(actor)
    return own.purse(rounds_of_sources()) if own.person else Purse()
