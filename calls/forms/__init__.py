"""Forms of an institution's three steps; they read, services write."""

from .offers import CheckForm, ConfirmForm, OfferForm
from .programmes import BeginForm, ProgrammeForm
from .venues import VenueForm

__all__ = ["BeginForm", "CheckForm", "ConfirmForm", "OfferForm", "ProgrammeForm", "VenueForm"]
