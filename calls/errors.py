"""Why a call, a programme or an offer cannot be changed or sent now: each refusal says what to do next."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stars.kernel.errors import DomainError


def in_words(moment: datetime) -> str:
    """11.10.2024. plkst. 23:59 in Riga: the exact hour stands wherever a deadline is named (X36)."""
    local = timezone.localtime(moment)
    return _("%(day)s at %(time)s") % {"day": f"{local:%d.%m.%Y}.", "time": f"{local:%H:%M}"}


class OfferRefused(DomainError):
    """An offer cannot be sent or withdrawn now. What was written stays."""


class CallNotOpen(OfferRefused):
    def __init__(self, opens_at: datetime) -> None:
        text = _("Offers can be submitted from %(moment)s.") % {"moment": in_words(opens_at)}
        super().__init__(text, code="not_open_yet")


class CallClosed(OfferRefused):
    """`last_moment` is the last one that was inside (seed 003: until 23:59)."""

    def __init__(self, last_moment: datetime) -> None:
        text = _("Offers could be submitted until %(moment)s. What you have written stays here as a draft.") % {
            "moment": in_words(last_moment)
        }
        super().__init__(text, code="call_closed")


class TooLateToWithdraw(OfferRefused):
    def __init__(self, last_moment: datetime) -> None:
        text = _(
            "An offer could be withdrawn until %(moment)s. The commission evaluates it as it was sent. "
            "Questions: stars@viaa.gov.lv."
        ) % {"moment": in_words(last_moment)}
        super().__init__(text, code="too_late_to_withdraw")


class Sealed(OfferRefused):
    """Seed 003: what was submitted cannot be made more precise, only withdrawn and submitted again."""

    def __init__(self) -> None:
        text = _("The offer is submitted and sealed. To change it, withdraw it first, then submit it again.")
        super().__init__(text, code="sealed")


class UnknownProgrammes(OfferRefused):
    """What is ticked must be the institution's own: a colleague may have deleted it, or somebody has written an id."""

    def __init__(self, number: int) -> None:
        text = ngettext(
            "%(number)s ticked programme is not among your institution's programmes (any more), so nothing was saved. "
            "Everything else you chose stands below: look through it and save again.",
            "%(number)s ticked programmes are not among your institution's programmes (any more), so nothing was saved. "
            "Everything else you chose stands below: look through it and save again.",
            number,
        )
        super().__init__(text % {"number": number}, code="unknown_programmes")


class OfferIncomplete(OfferRefused):
    """`problems` names each obstacle with the place where it is mended."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(_("The offer is not complete yet. Nothing was sent."), code="incomplete")
        self.problems = list(problems)


class OfferChanged(OfferRefused):
    """What is sent is no longer what the check page showed."""

    def __init__(self) -> None:
        text = _("While you were looking at the offer, somebody changed it. Check it and submit once more.")
        super().__init__(text, code="changed")


class OverLimit(OfferRefused):
    """The call's limit for one kind of programmes from one institution."""

    def __init__(self, kind: str, most: int, taken: int) -> None:
        text = _(
            "The call allows at most %(most)s of this kind from one institution: %(kind)s. "
            "Your other offers have %(taken)s already. Leave some out or withdraw another offer."
        ) % {"kind": kind, "most": most, "taken": taken}
        super().__init__(text, code="over_limit")


class OfferedElsewhere(OfferRefused):
    def __init__(self, name: str) -> None:
        text = _("The programme “%(name)s” is already in another offer of yours to this call.") % {"name": name}
        super().__init__(text, code="offered_elsewhere")


class NoOffer(OfferRefused):
    """The row is gone: a colleague has deleted the draft."""

    def __init__(self) -> None:
        super().__init__(_("This draft no longer exists: a colleague has deleted it."), code="no_draft")


class Conflict(DomainError):
    """A colleague has saved meanwhile: nothing is overwritten, both are shown (K6)."""

    def __init__(self, *, who: str, at: datetime, kept: Mapping[str, Any], revision: int) -> None:
        text = _(
            "While you were writing, %(who)s saved this too (%(moment)s). Nothing is overwritten. "
            "Compare, take over what you need, and save again."
        ) % {"who": who, "moment": in_words(at)}
        super().__init__(text, code="conflict")
        self.kept, self.revision = dict(kept), revision


class InUse(DomainError):
    def __init__(self, message: str) -> None:
        super().__init__(message, code="in_use")


class NotOverYet(DomainError):
    """Evaluation opens only after the deadline."""

    def __init__(self, closes_at: datetime) -> None:
        text = _("Offers are opened after the call has closed, from %(moment)s.") % {"moment": in_words(closes_at)}
        super().__init__(text, code="not_over_yet")


class AlreadyDecided(DomainError):
    """One decider, one outcome; the second is told (I9)."""

    def __init__(self, state: str) -> None:
        super().__init__(_("This has already been decided: %(state)s.") % {"state": state}, code="already_decided")


class NotToBeScored(DomainError):
    """The programme is no longer where members give scores. What was typed stays as a draft."""


class EnoughScores(NotToBeScored):
    """As many members as the call asks for were faster (a race ends here)."""

    def __init__(self) -> None:
        text = _("Other members have already given all the scores this programme needs. Your draft is kept.")
        super().__init__(text, code="enough_scores")


class ScoresGiven(NotToBeScored):
    def __init__(self) -> None:
        super().__init__(_("Your scores are given: they are final and cannot be changed."), code="given")


class ScoresIncomplete(DomainError):
    """`problems` names each obstacle by its field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(_("Not everything is filled in yet. Nothing was given."), code="incomplete")
        self.problems = dict(problems)


class OwnInstitution(DomainError):
    """Nobody evaluates an offer of an institution they work in (X5)."""

    def __init__(self) -> None:
        text = _(
            "You work in this institution yourself. Declare a conflict of interest: another member will evaluate it."
        )
        super().__init__(text, code="own_institution")


class DeclaredAlready(DomainError):
    def __init__(self) -> None:
        text = _("You have declared a conflict of interest. It cannot be taken back here: write to stars@viaa.gov.lv.")
        super().__init__(text, code="declared")


class ScoresMissing(DomainError):
    """Nothing is approved before every score the call asks for is in. `awaited` are members who can still give theirs."""

    def __init__(self, *, given: int, needed: int, awaited: Sequence[str]) -> None:
        said = [
            _("The programme has %(given)s of %(needed)s scores: it cannot be approved yet.")
            % {"given": given, "needed": needed}
        ]
        if awaited:
            said.append(_("Not given yet by: %(names)s.") % {"names": ", ".join(awaited)})
        if len(awaited) < needed - given:
            said.append(_("The commission has too few members for it: name another one on the page of the call."))
        super().__init__(" ".join(said), code="scores_missing")


class NotSettled(DomainError):
    """An approval against the scores needs its reason in writing."""

    def __init__(self, why: str) -> None:
        text = _("%(why)s To approve it all the same, write the reason.") % {"why": why}
        super().__init__(text, code="not_settled")


class Disputed(DomainError):
    """Neither approved nor rejected before a score is agreed on: the call's own rule."""

    def __init__(self) -> None:
        text = _("The scores are far apart. First the agreed score is recorded; then the programme is decided.")
        super().__init__(text, code="disputed")


class NoContract(DomainError):
    def __init__(self) -> None:
        text = _("First record the contract with the institution on the page of the offer.")
        super().__init__(text, code="no_contract")
