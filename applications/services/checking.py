"""The target-group check of one application, fact by fact; "not known" never decides anything (I15, X29)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Person
from applications.models import Question
from applications.selectors.options import is_adult
from applications.states import Verdict
from funding.models import FundingSource, LearningAccount
from funding.states import AccountState

Finding = dict[str, str]
DECLARED, REGISTER, AGENCY = "declared", "register", "agency"
ACCOUNT = "account"


def findings(
    *,
    person: Person,
    source: FundingSource,
    account: LearningAccount | None,
    answers: dict[str, Any],
    moment: datetime,
) -> list[Finding]:
    """Every rule with its verdict and where the fact comes from, as it stood at this moment (X33)."""
    return list(_findings(person, source, account, answers, moment))


def _findings(
    person: Person, source: FundingSource, account: LearningAccount | None, answers: dict[str, Any], moment: datetime
) -> Iterator[Finding]:
    has_grant = source.co_payment == FundingSource.CoPayment.ABOVE_GRANT
    is_approved = account is not None and account.state == AccountState.APPROVED
    adult = is_adult(person.birth_date, moment)
    if adult is None and has_grant and is_approved:  # the agency's check has looked at the age too
        yield _finding("age", AGENCY, _("Is 18 or older: learning account approved"), is_met=True)
    else:
        yield _finding("age", REGISTER, _("Is 18 or older"), is_met=adult)
    if Question.EMPLOYED_NOW in answers:
        yield _finding("employed", DECLARED, _("Is employed"), is_met=bool(answers[Question.EMPLOYED_NOW]))
    if Question.NOT_DONE_BEFORE in answers:
        says = _("Has not completed this programme with public money")
        yield _finding("not_done_before", DECLARED, says, is_met=bool(answers[Question.NOT_DONE_BEFORE]))
    if has_grant:
        yield account_finding(account)


def account_finding(account: LearningAccount | None) -> Finding:
    known = {AccountState.APPROVED.value: True, AccountState.REFUSED.value: False}
    is_met = known.get(account.state) if account else None
    return _finding(ACCOUNT, AGENCY, _("Learning account is approved"), is_met=is_met)


def _finding(rule: str, origin: str, says: str, *, is_met: bool | None) -> Finding:
    verdict = Verdict.UNKNOWN if is_met is None else Verdict.MET if is_met else Verdict.NOT_MET
    return {"rule": rule, "verdict": verdict.value, "origin": origin, "says": says}


def verdict_of(found: list[Finding]) -> Verdict:
    """No if any rule says no; cannot tell if any is not known; else yes (X31)."""
    verdicts = {finding["verdict"] for finding in found}
    if Verdict.NOT_MET in verdicts:
        return Verdict.NOT_MET
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else Verdict.MET
