from django.db import migrations


class Migration(migrations.Migration):
    """The HTML of a letter is made from its text when it is sent, and not kept."""

    dependencies = [("notices", "0001_initial")]
    operations = [migrations.RemoveField(model_name="delivery", name="html")]
