"""Each source gets the questions the client manual lists (3.4)."""

from typing import Any

from django.db import migrations

R, O = True, False
EVERYWHERE = {"email": R, "phone": R, "venue": R, "knows_content": R}
QUESTIONS: dict[str, dict[str, bool]] = {
    "imk": EVERYWHERE
    | {"region": R, "not_done_before": R, "reasons": R, "economic_status": R, "profession": R, "education": R},
    "mn": EVERYWHERE
    | {
        "group": R,
        "not_done_before": R,
        "reasons": R,
        "employed_now": R,
        "workplace": O,
        "profession": R,
        "education": R,
        "low_income": O,
    },
    "varam": EVERYWHERE,
}
LABELS = {("mn", "profession"): "Profesija, amats darba vietā"}


def add(apps: Any, schema_editor: Any) -> None:
    source_model, rule = apps.get_model("funding", "FundingSource"), apps.get_model("applications", "FormRule")
    for code, questions in QUESTIONS.items():
        source = source_model.objects.get(code=code)
        for question, is_required in questions.items():
            label = LABELS.get((code, question), "")
            rule.objects.get_or_create(
                source=source, question=question, defaults={"is_required": is_required, "label": label}
            )


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_initial"), ("funding", "0002_sources")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
