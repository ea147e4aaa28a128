"""Refusals other apps may want to tell apart."""

from django.utils.translation import gettext as _

from stars.kernel.errors import DomainError


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
