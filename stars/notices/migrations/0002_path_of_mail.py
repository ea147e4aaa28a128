from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]
    operations = [
        migrations.RemoveField(model_name="delivery", name="html"),
        migrations.AddField(
            model_name="delivery",
            name="path",
            field=models.CharField(blank=True, max_length=300, verbose_name="address in the portal"),
        ),
        migrations.RemoveConstraint(model_name="delivery", name="notices_mailed_once"),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("recipient", "key"), name="notices_mailed_once", nulls_distinct=False
            ),
        ),
    ]
