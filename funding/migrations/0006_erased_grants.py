import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("funding", "0005_every_grant_has_its_round")]
    operations = [
        migrations.CreateModel(
            name="ErasedGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("kept_until", models.DateField(verbose_name="kept to, inclusive")),
                (
                    "allotment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erased_grants",
                        to="funding.allotment",
                        verbose_name="round of money",
                    ),
                ),
            ],
            options={
                "verbose_name": "grant of an erased person",
                "verbose_name_plural": "grants of erased people",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("allotment", "digest"), name="funding_erased_grant_once_a_round")
                ],
            },
        )
    ]
