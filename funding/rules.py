"""Which fact decides each rule of the target group, and what follows; pure (X29, X31, I15).

The rules themselves (which source asks what, in which words) are rows of `EligibilityRule`. Three answers: met, not met,
not known. A fact that is missing or disputed answers "not known", and that never refuses anybody.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.selectors import KnownFact
from accounts.states import FactKind

from .models import Basis, EligibilityRule
from .states import Verdict

DECLARED, AGENCY, PORTAL = "declared", "agency", "portal"
Finding = dict[str, str]


@dataclass(frozen=True, slots=True)
class EarlierMoney:
    """What became of grants of the same source given in earlier rounds (news [004])."""

    is_unused: bool = False
    is_learning: bool = False
    has_broken_off: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a check may look at, gathered once; nothing here is fetched by a rule."""

    moment: datetime
    facts: Mapping[str, KnownFact] = field(default_factory=dict)
    declared: Mapping[str, Any] = field(default_factory=dict)  # answers of the application form
    earlier: EarlierMoney | None = None
    is_granted: bool | None = None  # the account is approved and its money given; None while that is not decided


@dataclass(frozen=True, slots=True)
class Weighed:
    """One rule's answer and what it rests on."""

    is_met: bool | None
    origin: str
    fact: KnownFact | None = None


def findings(rules: Iterable[EligibilityRule], evidence: Evidence) -> list[Finding]:
    """Every rule with its verdict, origin, wording and version, as they stood at this moment (X33)."""
    return [_finding(rule, WEIGH[Basis(rule.basis)](rule, evidence)) for rule in rules]


def _finding(rule: EligibilityRule, weighed: Weighed) -> Finding:
    verdict = Verdict.UNKNOWN if weighed.is_met is None else Verdict.MET if weighed.is_met else Verdict.NOT_MET
    found = {
        "rule": rule.code,
        "version": str(rule.version),
        "says": rule.wording,
        "verdict": verdict.value,
        "origin": weighed.origin,
    }
    if verdict != Verdict.MET and rule.remedy:
        found["remedy"] = rule.remedy
    if weighed.fact is not None:
        found |= {"fact": str(weighed.fact.id), "on": weighed.fact.valid_on.isoformat()}
        if weighed.fact.is_disputed:
            found["disputed"] = "yes"
    return found


def given_before() -> Finding:
    """What an erased person who has come back is told; no row of the conditions, for no condition may switch it off."""
    return {
        "rule": "given_before",
        "version": "1",
        "says": _("The money of this round has not been given before"),
        "verdict": Verdict.NOT_MET.value,
        "origin": PORTAL,
    }


def verdict_of(found: Sequence[Finding]) -> Verdict:
    """No if any rule says no; cannot tell if any is not known; else yes (X31)."""
    verdicts = {finding["verdict"] for finding in found}
    if Verdict.NOT_MET in verdicts:
        return Verdict.NOT_MET
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else Verdict.MET


def is_adult(birth_date: date | None, moment: datetime, years: int = 18) -> bool | None:
    """`years` old on the day in Riga; None where the register has not told the birth date (COD-05)."""
    if birth_date is None:
        return None
    today = timezone.localdate(moment)
    had_birthday = (today.month, today.day) >= (birth_date.month, birth_date.day)
    return today.year - birth_date.year - (0 if had_birthday else 1) >= years


# --- one rule ------------------------------------------------------------------


def _age(rule: EligibilityRule, evidence: Evidence) -> Weighed:
    fact = evidence.facts.get(FactKind.BIRTH_DATE)
    if fact is None or not fact.is_known:
        declared = evidence.declared.get("employed_now")  # "I declare that I am employed and 18 or older" (MN)
        if fact is None and declared:
            return Weighed(is_met=True, origin=DECLARED)
        return Weighed(None, fact.origin if fact else "fpr", fact)
    return Weighed(is_adult(date.fromisoformat(fact.value), evidence.moment, rule.parameter or 18), fact.origin, fact)


def _employment(rule: EligibilityRule, evidence: Evidence) -> Weighed:
    """The register's word where it has one; else what the person declared when applying."""
    fact = evidence.facts.get(FactKind.EMPLOYMENT)
    if fact is not None and fact.is_known:
        return Weighed(fact.value != "none", fact.origin, fact)
    if fact is not None and fact.is_disputed:
        return Weighed(None, fact.origin, fact)
    return Weighed(bool(evidence.declared.get("employed_now")) or None, DECLARED)


def _not_done_before(rule: EligibilityRule, evidence: Evidence) -> Weighed:
    return Weighed(bool(evidence.declared.get("not_done_before")), DECLARED)


def _account(rule: EligibilityRule, evidence: Evidence) -> Weighed:
    return Weighed(evidence.is_granted, AGENCY)


def _earlier(name: str) -> Callable[[EligibilityRule, Evidence], Weighed]:
    def weigh(rule: EligibilityRule, evidence: Evidence) -> Weighed:
        return Weighed(None if evidence.earlier is None else not getattr(evidence.earlier, name), PORTAL)

    return weigh


WEIGH: Mapping[Basis, Callable[[EligibilityRule, Evidence], Weighed]] = {
    Basis.AGE: _age,
    Basis.EMPLOYMENT: _employment,
    Basis.NOT_DONE_BEFORE: _not_done_before,
    Basis.ACCOUNT: _account,
    Basis.UNUSED_GRANT: _earlier("is_unused"),
    Basis.LEARNING_NOW: _earlier("is_learning"),
    Basis.BROKEN_OFF: _earlier("has_broken_off"),
}
