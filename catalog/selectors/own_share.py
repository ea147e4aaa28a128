"""What this person would pay: the same arithmetic on list, page, form and receipt (X17)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from accounts import selectors as accounts
from accounts.models import ClientProfile
from catalog.models import ApplicationRound
from funding import rates
from funding import selectors as funding
from funding.models import FundingSource
from stars.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Purse:
    """What decides one person's own share; an empty one stands for anybody."""

    profile: ClientProfile | None = None
    balances: Mapping[int, funding.Balance] = field(default_factory=dict)  # by source id
    returning: frozenset[int] = frozenset()  # sources whose reserved money comes back on withdrawing, still possible
    declared_low_income: bool | None = None  # where the profile itself is not read

    @property
    def low_income(self) -> bool | None:
        return self.profile.low_income if self.profile else self.declared_low_income

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


def purse_of(actor: Actor) -> Purse:
    """A client's profile and balances, in three queries, four while money is reserved; anybody's purse for others."""
    if not actor.is_client or actor.person_id is None:
        return Purse()
    return purse_with(accounts.profile_of(actor.person_id), funding.balances_of(actor.person_id))


def purse_with(profile: ClientProfile | None, balances: Mapping[int, funding.Balance]) -> Purse:
    """The purse of facts read already; one query more while money is reserved."""
    reserved = {pk: balance.reserved_at for pk, balance in balances.items() if balance.reserved_at}
    rounds = ApplicationRound.objects.filter(source__in=reserved).order_by("pk") if reserved else ()
    returning = {one.source_id for one in rounds if one.is_open() and one.is_open(reserved[one.source_id])}
    return Purse(profile, balances, frozenset(returning))
