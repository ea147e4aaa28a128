"""What this person would pay: the same arithmetic on list, page, form and receipt (X17)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from accounts import selectors as accounts
from accounts.models import ClientProfile
from funding import rates
from funding import selectors as funding
from funding.models import FundingSource
from stars.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Purse:
    """What decides one person's own share; an empty one stands for anybody."""

    profile: ClientProfile | None = None
    balances: Mapping[int, funding.Balance] = field(default_factory=dict)  # by source id

    @property
    def low_income(self) -> bool | None:
        return self.profile.low_income if self.profile else None

    def own_share(self, source: FundingSource, price_cents: int) -> int:
        """Cents the person pays; before a grant is given the full grant is assumed."""
        balance = self.balances.get(source.pk)
        usable = balance.usable_cents if balance else None
        return rates.own_share_cents(source, price_cents, balance_cents=usable, low_income=self.low_income)


def purse_of(actor: Actor) -> Purse:
    """A client's profile and balances, in three queries; anybody's purse for everybody else."""
    if not actor.is_client or actor.person_id is None:
        return Purse()
    return Purse(accounts.profile_of(actor.person_id), funding.balances_of(actor.person_id))
