"""Why an application cannot be sent or changed now: each refusal is a sentence that says what to do next.

The same sentences stand beside the button that is not there and on the page after a refused submit (X14).
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from stars.kernel.errors import Busy, DomainError


def in_words(moment: datetime) -> str:
    """20.06.2025. plkst. 23:59 in Riga: the exact hour stands on every page that names a deadline (X36)."""
    local = timezone.localtime(moment)
    return _("%(day)s at %(time)s") % {"day": f"{local:%d.%m.%Y}.", "time": f"{local:%H:%M}"}


class ApplyRefused(DomainError):
    """An application cannot be sent now. The draft stays."""


class NotOpenYet(ApplyRefused):
    def __init__(self, opens_at: datetime) -> None:
        text = _("Applications open on %(moment)s.") % {"moment": in_words(opens_at)}
        super().__init__(text, code="not_open_yet")


class RoundClosed(ApplyRefused):
    """`last_moment` is the last minute that was inside."""

    def __init__(self, last_moment: datetime | None = None) -> None:
        text = _("Applications are not open now.")
        if last_moment:
            text = _("Applications were open until %(moment)s.") % {"moment": in_words(last_moment)}
        super().__init__(text, code="round_closed")


class NotPublished(ApplyRefused):
    def __init__(self) -> None:
        super().__init__(_("This programme is no longer available."), code="not_published")


class NotUnderSource(ApplyRefused):
    def __init__(self) -> None:
        super().__init__(_("This programme is not paid for by this funding source."), code="not_under_source")


class Full(ApplyRefused):
    """`everywhere`: no group of the programme has a place; else only the place of learning that was chosen."""

    def __init__(self, *, everywhere: bool = False) -> None:
        text = (
            _("There are no free places left in this programme.")
            if everywhere
            else _("There are no free places left at the place of learning you chose.")
        )
        super().__init__(text, code="full")


class NoGroups(ApplyRefused):
    """Published, and no group is formed yet or forms any more: nothing was ever full."""

    def __init__(self) -> None:
        super().__init__(_("There are no groups to join at the moment."), code="full")


class TestFirst(ApplyRefused):
    """VARAM: the placement test decides the level before the form (client manual 3.4.3)."""

    __test__ = False  # not a class of tests

    def __init__(self) -> None:
        text = _(
            "First the knowledge test of skills self-assessment finds the level that suits you. "
            "The test is not yet available in the portal."
        )
        super().__init__(text, code="test_first")


class AlreadyApplied(ApplyRefused):
    """Client manual 3.4.2: one programme per funding source. `is_same`: the live application is for this very programme."""

    def __init__(self, source_label: str, programme_name: str, reference: UUID, *, is_same: bool = False) -> None:
        text = (
            _(
                "Your application for the programme “%(programme)s” under %(source)s funding has already been sent. "
                "There is no need to apply again."
            )
            if is_same
            else _(
                "You already have a current application under %(source)s funding: “%(programme)s”. "
                "To apply for another programme, first withdraw from it."
            )
        )
        super().__init__(text % {"source": source_label, "programme": programme_name}, code="already_applied")
        self.programme_name = programme_name
        self.reference = reference
        self.is_same = is_same


class NoFunding(ApplyRefused):
    """News [004]: people who left an earlier grant unused, or broke off learning, get no money; a page says so."""

    def __init__(self, reason: str) -> None:
        super().__init__(_("Funding cannot be granted to you: %(reason)s") % {"reason": reason}, code="no_funding")


class TooYoung(ApplyRefused):
    def __init__(self) -> None:
        super().__init__(_("Adults of 18 years and older can apply."), code="too_young")


class OnlyResidents(ApplyRefused):
    def __init__(self) -> None:
        text = _("Residents apply after signing in with Latvija.lv. You are signed in with a work account.")
        super().__init__(text, code="only_residents")


class Incomplete(ApplyRefused):
    """Answers are missing; `problems` says which, question by question."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(_("Some answers are missing. Fill them in and apply again."), code="incomplete")
        self.problems = problems


class Changed(ApplyRefused):
    """The draft is no longer what the check page showed."""

    def __init__(self) -> None:
        text = _("While you were filling in the form, the data changed. Check them and send once more.")
        super().__init__(text, code="changed")


class AnotherBody(ApplyRefused):
    """The same token with other answers (I4): the first application stands."""

    def __init__(self) -> None:
        text = _("This application has already been sent with other answers. Open it in your profile.")
        super().__init__(text, code="another_body")


class NoDraft(ApplyRefused):
    def __init__(self) -> None:
        super().__init__(_("This draft no longer exists. Start the application again."), code="no_draft")


class ManyApply(Busy):
    """The kernel's Busy in words for the rush: the place or the account was not to be had in three seconds (K5)."""

    def __init__(self) -> None:
        super().__init__(_("Many people are applying right now. Nothing is lost: press the button once more."))


class TooLateToWithdraw(DomainError):
    """screens.md 3.11: after the round has ended there is no button but a line that says why and whom to write."""

    def __init__(self, last_moment: datetime) -> None:
        text = _("Withdrawing was possible until %(moment)s. Write to stars@viaa.gov.lv, and the agency will help.") % {
            "moment": in_words(last_moment)
        }
        super().__init__(text, code="too_late_to_withdraw")


class AlreadyDecided(DomainError):
    """I9, K6: one decider, one outcome; the second is told who and when."""

    def __init__(self, who: str, at: datetime, status: str) -> None:
        text = _("This application has already been decided: %(status)s, %(who)s, %(moment)s.") % {
            "status": status,
            "who": who,
            "moment": in_words(at),
        }
        super().__init__(text, code="already_decided")


class WaitsForApproval(DomainError):
    """Terms 26.4: the learning account is approved first; the place is kept meanwhile."""

    def __init__(self) -> None:
        text = _(
            "The agency is still checking whether the client belongs to the target group. You can admit them after that."
        )
        super().__init__(text, code="waits_for_approval")


class OnHold(DomainError):
    """A fact the check rests on is disputed; until the agency has answered it decides nothing."""

    def __init__(self) -> None:
        text = _(
            "The application is on hold: the agency is looking into data the client has disputed. The place is kept."
        )
        super().__init__(text, code="on_hold")


class NotEligible(DomainError):
    """The target-group check says no: such an application is declared ineligible, never admitted."""

    def __init__(self) -> None:
        super().__init__(_("The client does not meet the conditions, so they cannot be admitted."), code="not_eligible")
