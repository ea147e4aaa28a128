from typing import Any

from django.db import migrations, models

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
    dependencies = [("pages", "0006_data_export")]
    operations = [
        migrations.CreateModel(
            name="RetentionTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "subject",
                    models.CharField(
                        choices=[
                            ("notices", "Notices in the portal"),
                            ("letters", "E-mails that were sent"),
                            ("address_links", "Links that confirm a client's address"),
                            ("entry_links", "Links of registrations, rights and invitations"),
                            ("mailed_links", "Links for a new password or address"),
                            ("questions", "Questions to the state's registers"),
                            ("invitations", "Invitations that are closed"),
                            ("factor_resets", "Removals of second factors"),
                            ("conflicts", "People the sign-on could not tell apart, once resolved"),
                            ("admin_log", "What the agency changed by hand in the admin"),
                            ("erased_grants", "That erased people were given the money of a round"),
                        ],
                        max_length=20,
                        unique=True,
                        verbose_name="what is kept",
                    ),
                ),
                (
                    "days",
                    models.PositiveIntegerField(
                        help_text="Counted from the day it was sent, closed, resolved or ended.", verbose_name="days"
                    ),
                ),
            ],
            options={
                "verbose_name": "term of keeping",
                "verbose_name_plural": "terms of keeping",
                "ordering": ["subject"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("days__gte", 30), ("subject", "erased_grants"), _connector="OR"),
                        name="pages_nothing_goes_within_a_month",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("days__gte", 366), models.Q(("subject", "notices"), _negated=True), _connector="OR"),
                        name="pages_notices_stay_a_year",
                    ),
                ],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
