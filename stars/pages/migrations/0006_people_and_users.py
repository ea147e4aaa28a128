from typing import Any

from django.db import migrations, models

# Days; the agency's lawyer may change them in the admin (docs/inventory.csv).
TERMS = {"right_requests": 1826, "users": 1826, "people": 3653}


def fill(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("pages", "RetentionTerm")
    term.objects.bulk_create(term(subject=subject, days=days) for subject, days in TERMS.items())


def empty(apps: Any, schema_editor: Any) -> None:
    apps.get_model("pages", "RetentionTerm").objects.filter(subject__in=TERMS).delete()


class Migration(migrations.Migration):

    dependencies = [
        ("pages", "0005_more_terms"),
    ]

    operations = [
        migrations.AlterField(
            model_name='retentionterm',
            name='subject',
            field=models.CharField(choices=[('notices', 'Notices in the portal'), ('letters', 'E-mails that were sent'), ('address_links', "Links that confirm a client's address"), ('entry_links', 'Links of registrations, rights and invitations'), ('mailed_links', 'Links for a new password or address'), ('questions', "Questions to the state's registers"), ('invitations', 'Invitations that are closed'), ('factor_resets', 'Removals of second factors'), ('conflicts', 'People the sign-on could not tell apart, once resolved'), ('mandates', 'Mandates of coordinators whose term is over'), ('denials', 'Denials of access that have ended'), ('registrations', 'Registrations that were approved, with their documents'), ('looks', 'Who has looked at whose data'), ('admin_log', 'What the agency changed by hand in the admin'), ('erased_grants', 'That erased people were given the money of a round'), ('right_requests', 'Work contacts and papers of rights that have ended'), ('users', 'Names and addresses of employees and officers, after the last sign-in'), ('people', 'Clients, after the last application and sign-in')], max_length=20, unique=True, verbose_name='what is kept'),
        ),
        migrations.AddConstraint(
            model_name='retentionterm',
            constraint=models.CheckConstraint(condition=models.Q(('days__gte', 3652), models.Q(('subject', 'people'), _negated=True), _connector='OR'), name='pages_people_stay_ten_years'),
        ),
        migrations.RunPython(fill, empty),
    ]
