"""The check of one application: the source's own conditions, fact by fact; "not known" never decides anything (I15, X29)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.selectors import FACT, KnownFact, current_facts, fact_rows
from applications.errors import NotEligible, OnHold, WaitsForApproval
from applications.models import Application, EligibilityCheck
from funding import rules
from funding.models import EligibilityRule, Scope
from funding.rules import Finding, verdict_of
from funding.selectors import standing
from funding.states import Verdict
from stars.kernel.errors import DomainError

ACCOUNT = "account"
CONDITION = ("code", "basis", "parameter", "wording", "remedy", "version")

__all__ = ["Finding", "annotations", "findings", "obstacle", "read", "recheck", "verdict_of"]


def annotations() -> dict[str, Any]:
    """What a draft's own query brings along, so that a submit asks for nothing more: conditions and facts as JSON."""
    conditions = EligibilityRule.objects.in_force(Scope.APPLICATION).filter(source=OuterRef("source"))
    facts = fact_rows().filter(person=OuterRef("client"))
    as_json = JSONObject(**{name: name for name in CONDITION})
    return {
        "conditions": ArraySubquery(conditions.order_by("position", "pk").values(row=as_json)),
        "facts": ArraySubquery(facts.values(row=JSONObject(**{name: name for name in FACT}))),
    }


def read(draft: Any) -> tuple[list[EligibilityRule], dict[str, KnownFact]]:
    """The conditions and facts of an annotated draft."""
    facts = [KnownFact.read(row) for row in draft.facts]
    return [EligibilityRule(**row) for row in draft.conditions], {fact.kind: fact for fact in facts}


def findings(
    *,
    conditions: Sequence[EligibilityRule],
    facts: Mapping[str, KnownFact],
    answers: Mapping[str, Any],
    is_granted: bool | None,
    moment: datetime,
) -> list[Finding]:
    """Every condition with its verdict and where the fact comes from, as it stood at this moment (X33)."""
    evidence = rules.Evidence(moment=moment, facts=facts, declared=answers, is_granted=is_granted)
    return rules.findings(conditions, evidence)


def recheck(application: Application) -> EligibilityCheck | None:
    """Weighs the conditions of a live application again, after a fact or the account has changed; the caller says when.

    What the person declared in the form stays what they declared then.
    """
    check = EligibilityCheck.objects.select_for_update(of=("self",)).filter(application=application).first()
    if check is None:
        return None
    conditions = EligibilityRule.objects.in_force(Scope.APPLICATION).filter(source_id=application.source_id)
    check.findings = findings(
        conditions=list(conditions.order_by("position", "pk")),
        facts=current_facts(application.client_id),
        answers={one["question"]: one["value"] for one in application.answers},
        is_granted=standing(person_id=application.client_id, source_id=application.source_id),
        moment=application.arrived_at,
    )
    check.verdict, check.checked_at = verdict_of(check.findings), timezone.now()
    check.save(update_fields=["findings", "verdict", "checked_at"])
    return check


def obstacle(*, check: EligibilityCheck | None) -> DomainError | None:
    """Why the client cannot be admitted yet, in words for the institution; it hears the verdict and no fact."""
    if check is None:
        return None
    if check.verdict == Verdict.NOT_MET:
        return NotEligible()
    if any(one.get("disputed") for one in check.findings):
        return OnHold()
    if any(one["rule"] == ACCOUNT and one["verdict"] == Verdict.UNKNOWN for one in check.findings):
        return WaitsForApproval()
    return None
