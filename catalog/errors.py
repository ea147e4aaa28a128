"""Refusals other apps may want to tell apart."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from stars.kernel.errors import DomainError


class GroupMoved(DomainError):
    """The group is past the point where this is possible; says where it stands."""

    def __init__(self, state: str | Promise) -> None:
        says = _("The group is no longer being formed: %(state)s. Open the list of groups to see how it stands now.")
        super().__init__(says % {"state": state}, code="wrong_state")


class PeopleChoseThis(DomainError):
    """People hold places in the group: they chose its venue and its days."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "People have applied for this group because of its venue and days, so these cannot change. "
                "If learning cannot take place then, cancel the group and form a new one: everybody will be told."
            ),
            code="people_chose_this",
        )


class NoPlaceLeft(DomainError):
    """Every group of the venue that is still forming is full; the draft stays with the person."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "There are no free places left at this venue. Your answers are kept in a draft. "
                "Choose another venue or another programme."
            ),
            code="no_place_left",
        )


class PriceFrozen(DomainError):
    """The price of a programme is that of its publication, for whoever has applied and whoever will."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The price was fixed when the programme was published and cannot change. "
                "If it must, archive this programme and add a new one."
            ),
            code="price_frozen",
        )


class TooManyKept(DomainError):
    """A list nobody can read any more; the oldest must go first."""

    def __init__(self, most: int) -> None:
        super().__init__(
            _("You have saved %(most)s already. Remove one you no longer need, and save again.") % {"most": most},
            code="too_many_kept",
        )
