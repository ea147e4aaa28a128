import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("funding", "0004_conditions")]
    operations = [
        migrations.AlterField(
            "grant",
            "allotment",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="grants",
                to="funding.allotment",
                verbose_name="round of money",
            ),
        ),
    ]
