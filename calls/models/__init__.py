"""Calls of the agency, offers of institutions, and what was sealed."""

from .calls import Call, CallCondition, CallDocument, CallKind, CallQuerySet, CallStep, WantedAttachment
from .drafts import NextOfferNumber, Offer, OfferQuerySet, Pad, Paper, ProgrammeDraft, VenueCheck
from .evaluating import (
    ConditionAnswer,
    Consensus,
    Contract,
    Criterion,
    Declaration,
    Points,
    ScoreSheet,
    Seat,
)
from .sealed import OfferedProgramme, OfferVersion, SealedFile

__all__ = [
    "Call",
    "CallCondition",
    "CallDocument",
    "CallKind",
    "CallQuerySet",
    "CallStep",
    "ConditionAnswer",
    "Consensus",
    "Contract",
    "Criterion",
    "Declaration",
    "NextOfferNumber",
    "Offer",
    "OfferQuerySet",
    "OfferVersion",
    "OfferedProgramme",
    "Pad",
    "Paper",
    "Points",
    "ProgrammeDraft",
    "ScoreSheet",
    "SealedFile",
    "Seat",
    "VenueCheck",
    "WantedAttachment",
]
