import applications.models
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('catalog', '0001_initial'),
        ('classifiers', '0001_initial'),
        ('funding', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(
            sql='CREATE SEQUENCE applications_number',
            reverse_sql='DROP SEQUENCE applications_number',
        ),
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.UUIDField(editable=False, unique=True)),
                ('fingerprint', models.CharField(editable=False, max_length=64)),
                ('number', models.CharField(db_default=applications.models.NextNumber(), max_length=20, unique=True, verbose_name='number')),
                ('state', models.CharField(choices=[('submitted', 'Submitted'), ('admitted', 'Admitted'), ('ineligible', 'Does not meet the conditions'), ('rejected', 'Not admitted'), ('withdrawn', 'Withdrawn'), ('completed', 'Completed'), ('expelled', 'Expelled')], default='submitted', max_length=12, verbose_name='state')),
                ('answers', models.JSONField(verbose_name='answers')),
                ('price_cents', models.PositiveIntegerField(verbose_name='price, cents')),
                ('own_share_cents', models.PositiveIntegerField(verbose_name='own share, cents')),
                ('arrived_at', models.DateTimeField(verbose_name='arrived')),
                ('submitted_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='submitted')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('explanation', models.TextField(blank=True, verbose_name='explanation for the client')),
                ('withdrawal_reason', models.CharField(blank=True, max_length=500, verbose_name='reason of withdrawal')),
                ('institution_told_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='institution told')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='accounts.person', verbose_name='client')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='catalog.coursegroup', verbose_name='group')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='catalog.programme', verbose_name='programme')),
                ('rejection_reason', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='classifiers.rejectionreason', verbose_name='reason of rejection')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='catalog.applicationround', verbose_name='round')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='funding.fundingsource', verbose_name='source')),
            ],
            options={
                'verbose_name': 'application',
                'verbose_name_plural': 'applications',
                'ordering': ['-submitted_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('state__in', ('submitted', 'admitted'))), models.Q(models.Q(('state__in', ('submitted', 'admitted')), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='applications_closed_iff_not_live'), models.UniqueConstraint(condition=models.Q(('state__in', ('submitted', 'admitted'))), fields=('client', 'source'), name='applications_one_live_per_source', violation_error_message='You already have an application under this funding source.'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'rejected'), _negated=True), ('rejection_reason__isnull', False), _connector='OR'), name='applications_rejection_has_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('admitted', 'rejected', 'ineligible', 'completed', 'expelled')), _negated=True), ('decided_at__isnull', False), _connector='OR'), name='applications_decided_knows_when')],
                'indexes': [models.Index(fields=['programme', 'state', 'submitted_at'], name='applications_work_list'), models.Index(fields=['group', 'state'], name='applications_by_group'), models.Index(condition=models.Q(('institution_told_at', None)), fields=['submitted_at'], name='applications_untold')],
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('reference', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('answers', models.JSONField(blank=True, default=dict, verbose_name='answers')),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='started')),
                ('saved_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='saved')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='accounts.person', verbose_name='client')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.programme', verbose_name='programme')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='funding.fundingsource', verbose_name='source')),
            ],
            options={
                'verbose_name': 'draft',
                'verbose_name_plural': 'drafts',
                'ordering': ['-saved_at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('client', 'programme', 'source'), name='applications_one_draft_each')],
            },
        ),
        migrations.CreateModel(
            name='FormRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.CharField(choices=[('email', 'e-mail address'), ('phone', 'phone'), ('region', 'region of residence'), ('venue', 'venue'), ('group', 'study period'), ('knows_content', 'knows the content'), ('not_done_before', 'not done before with public money'), ('reasons', 'reasons for choosing the programme'), ('economic_status', 'economic status'), ('employed_now', 'employed and 18 or older now'), ('workplace', 'actual place of work'), ('profession', 'profession, post'), ('education', 'highest education'), ('low_income', 'low-income household')], max_length=20, verbose_name='question')),
                ('is_required', models.BooleanField(default=True, verbose_name='must be answered')),
                ('label', models.CharField(blank=True, max_length=300, verbose_name='label of its own')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='form_rules', to='funding.fundingsource', verbose_name='source')),
            ],
            options={
                'verbose_name': 'question of the application form',
                'verbose_name_plural': 'questions of the application form',
                'ordering': ['source', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('source', 'question'), name='applications_question_once_per_source')],
            },
        ),
        migrations.CreateModel(
            name='Closing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(choices=[('refused', 'the learning account or its grant was refused'), ('died', 'the register says that the client has died'), ('group', 'the course group is cancelled')], max_length=7, verbose_name='why')),
                ('explanation', models.TextField(blank=True, verbose_name='explanation for the client')),
                ('noted_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='noted')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='due')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='closings', to='applications.application', verbose_name='application')),
            ],
            options={
                'verbose_name': 'application to be closed',
                'verbose_name_plural': 'applications to be closed',
                'ordering': ['noted_at', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('done_at', None)), fields=('application', 'why'), name='applications_closing_is_noted_once')],
                'indexes': [models.Index(condition=models.Q(('done_at', None)), fields=['due_at'], name='applications_to_close')],
            },
        ),
        migrations.CreateModel(
            name='EligibilityCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('met', 'Met'), ('not_met', 'Not met'), ('unknown', 'Not known')], default='unknown', max_length=8, verbose_name='verdict')),
                ('findings', models.JSONField(default=list, verbose_name='rule by rule')),
                ('checked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='checked')),
                ('application', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='eligibility', to='applications.application', verbose_name='application')),
            ],
            options={
                'verbose_name': 'eligibility check',
                'verbose_name_plural': 'eligibility checks',
            },
        ),
    ]
