"""Forms of an institution's three steps and of the commission; they read, services write."""

from .deciding import BatchForm
from .offers import CheckForm, ConfirmForm, OfferForm
from .programmes import BeginForm, ProgrammeForm
from .scoring import AgreeForm, DeclareForm, ScoresForm
from .venues import VenueForm

__all__ = [
    "AgreeForm",
    "BatchForm",
    "BeginForm",
    "CheckForm",
    "ConfirmForm",
    "DeclareForm",
    "OfferForm",
    "ProgrammeForm",
    "ScoresForm",
    "VenueForm",
]
