"""Conditions of the three sources as rows, the round of IMK's money under way, and checks of accounts decided before."""

from datetime import date
from typing import Any

from django.db import migrations

IN_PROFILE = "Dzimšanas datumu ziņo Fizisko personu reģistrs. Ja tas nav pareizs, profilā norādiet, ka ieraksts ir nepareizs."
BY_MAIL = "Ja nepiekrītat, rakstiet uz stars@viaa.gov.lv un pievienojiet dokumentu, kas to apliecina."
EMPLOYER = "Darba devēja izziņa vai Valsts ieņēmumu dienesta apliecinājums palīdz. Nepareizu ierakstu var apstrīdēt profilā."

# source, scope, code, basis, figure, condition, what helps
CONDITIONS = (
    ("imk", "account", "adult", "age", 18, "Ir 18 gadi vai vairāk", IN_PROFILE),
    ("imk", "account", "unused", "unused_grant", None, "Iepriekš piešķirtais finansējums nav palicis neizmantots", BY_MAIL),
    ("imk", "account", "learning", "learning_now", None, "Nav nepabeigtu mācību, ko apmaksā šis projekts", BY_MAIL),
    ("imk", "account", "broken_off", "broken_off", None, "Nav pārtrauktu mācību, ko apmaksāja šis projekts", BY_MAIL),
    ("imk", "application", "not_done_before", "not_done_before", None, "Šī programma nav apgūta par publisko finansējumu", ""),
    ("imk", "application", "account", "account", None, "Mācību konts ir apstiprināts", ""),
    ("mn", "application", "age", "age", 18, "Ir 18 gadi vai vairāk", IN_PROFILE),
    ("mn", "application", "employed", "employment", None, "Ir nodarbināta vai pašnodarbināta persona", EMPLOYER),
    ("mn", "application", "not_done_before", "not_done_before", None, "Šī programma nav apgūta par publisko finansējumu", ""),
    ("varam", "application", "age", "age", 18, "Ir 18 gadi vai vairāk", IN_PROFILE),
)


def fill(apps: Any, schema_editor: Any) -> None:
    source_model, rule = apps.get_model("funding", "FundingSource"), apps.get_model("funding", "EligibilityRule")
    sources = {source.code: source for source in source_model.objects.all()}
    for place, (source, scope, code, basis, parameter, wording, remedy) in enumerate(CONDITIONS):
        if source in sources:
            rule.objects.create(
                source=sources[source],
                scope=scope,
                code=code,
                basis=basis,
                parameter=parameter,
                wording=wording,
                remedy=remedy,
                position=place,
            )
    for source in sources.values():
        if source.grant_cents:
            _give_rounds(apps, source)


def _give_rounds(apps: Any, source: Any) -> None:
    """Grants given so far belong to one round; each decided account keeps a check that says how it was decided."""
    until = f" līdz {source.grant_valid_to:%d.%m.%Y}." if source.grant_valid_to else ""
    allotment = apps.get_model("funding", "Allotment").objects.create(
        source=source, name=f"Finansējums{until}", opened_on=date(2024, 9, 4)
    )
    apps.get_model("funding", "Grant").objects.filter(source=source).update(allotment=allotment)
    check = apps.get_model("funding", "TargetGroupCheck")
    for account in apps.get_model("funding", "LearningAccount").objects.exclude(state="pending").order_by("pk"):
        is_given = account.state == "approved"
        check.objects.create(
            account=account,
            source=source,
            allotment=allotment,
            state="given" if is_given else "denied",
            checked_at=account.decided_at,
            decided_at=account.decided_at,
            reason=account.refusal_reason,
        )


class Migration(migrations.Migration):
    dependencies = [("funding", "0002_sources")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
