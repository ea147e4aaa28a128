from typing import Any

from django.db import migrations, models

# Days; the agency's lawyer may change them in the admin (docs/inventory.csv).
TERMS = {"mandates": 1826, "denials": 1826, "registrations": 1826, "looks": 1826}


def fill(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("pages", "RetentionTerm")
    term.objects.bulk_create(term(subject=subject, days=days) for subject, days in TERMS.items())


def empty(apps: Any, schema_editor: Any) -> None:
    apps.get_model("pages", "RetentionTerm").objects.filter(subject__in=TERMS).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('pages', '0004_retention_terms'),
    ]

    operations = [
        migrations.AlterField(
            model_name='retentionterm',
            name='subject',
            field=models.CharField(choices=[('notices', 'Notices in the portal'), ('letters', 'E-mails that were sent'), ('address_links', "Links that confirm a client's address"), ('entry_links', 'Links of registrations, rights and invitations'), ('mailed_links', 'Links for a new password or address'), ('questions', "Questions to the state's registers"), ('invitations', 'Invitations that are closed'), ('factor_resets', 'Removals of second factors'), ('conflicts', 'People the sign-on could not tell apart, once resolved'), ('mandates', 'Mandates of coordinators whose term is over'), ('denials', 'Denials of access that have ended'), ('registrations', 'Registrations that were approved, with their documents'), ('looks', 'Who has looked at whose data'), ('admin_log', 'What the agency changed by hand in the admin'), ('erased_grants', 'That erased people were given the money of a round')], max_length=20, unique=True, verbose_name='what is kept'),
        ),
        migrations.AddConstraint(
            model_name='retentionterm',
            constraint=models.CheckConstraint(condition=models.Q(('days__gte', 731), models.Q(('subject', 'looks'), _negated=True), _connector='OR'), name='pages_looks_stay_two_years'),
        ),
        migrations.RunPython(fill, empty),
    ]
