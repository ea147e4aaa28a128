from typing import Any

from django.db import migrations

# Days; the agency's lawyer may change them in the admin (security.md 14, docs/inventory.csv).
TERMS = {
    "notices": 1096,
    "letters": 365,
    "address_links": 30,
    "entry_links": 30,
    "mailed_links": 30,
    "questions": 730,
    "invitations": 1826,
    "factor_resets": 1826,
    "conflicts": 1826,
    "admin_log": 1826,
    "erased_grants": 0,
}


def fill(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("pages", "RetentionTerm")
    term.objects.bulk_create(term(subject=subject, days=days) for subject, days in TERMS.items())


class Migration(migrations.Migration):
    dependencies = [("pages", "0003_menu_raises_the_version")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
