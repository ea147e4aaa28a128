"""The client too is told of an application by the task that tells the institution; the column keeps its name (F20)."""

from django.db import migrations, models
from django.db.models import Q

IN_WORDS = [
    migrations.RemoveIndex("application", "applications_untold"),
    migrations.RenameField("application", "institution_told_at", "told_at"),
    migrations.AlterField(
        "application",
        "told_at",
        models.DateTimeField(
            blank=True, db_column="institution_told_at", editable=False, null=True, verbose_name="told"
        ),
    ),
    migrations.AddIndex(
        "application",
        models.Index(fields=["submitted_at"], condition=Q(told_at=None), name="applications_untold"),
    ),
]


class Migration(migrations.Migration):
    dependencies = [("applications", "0003_places_gone")]
    operations = [migrations.SeparateDatabaseAndState(state_operations=IN_WORDS)]
