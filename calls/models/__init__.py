"""Calls of the agency, offers of institutions, and what was sealed."""

from .calls import Call, CallCondition, CallDocument, CallKind, CallQuerySet, CallStep, WantedAttachment
from .drafts import NextOfferNumber, Offer, OfferQuerySet, Pad, Paper, ProgrammeDraft, VenueCheck
from .sealed import OfferedProgramme, OfferVersion, SealedFile

__all__ = [
    "Call",
    "CallCondition",
    "CallDocument",
    "CallKind",
    "CallQuerySet",
    "CallStep",
    "NextOfferNumber",
    "Offer",
    "OfferQuerySet",
    "OfferVersion",
    "OfferedProgramme",
    "Pad",
    "Paper",
    "ProgrammeDraft",
    "SealedFile",
    "VenueCheck",
    "WantedAttachment",
]
