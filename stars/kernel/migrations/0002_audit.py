from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0001_ground'),
    ]

    operations = [
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='of what')),
                ('mark', models.TextField()),
            ],
            options={
                'verbose_name': 'mark of the surroundings',
                'verbose_name_plural': 'marks of the surroundings',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='AccessEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.UUIDField(verbose_name='person')),
                ('actor_role', models.CharField(max_length=20, verbose_name='role')),
                ('actor_user_id', models.BigIntegerField(blank=True, null=True, verbose_name='user id')),
                ('actor_label', models.CharField(max_length=200, verbose_name='who')),
                ('institution_id', models.BigIntegerField(blank=True, null=True, verbose_name="institution's id")),
                ('municipality_id', models.BigIntegerField(blank=True, null=True, verbose_name="municipality's id")),
                ('what', models.CharField(max_length=100, verbose_name='what')),
                ('purpose', models.CharField(max_length=200, verbose_name='purpose')),
                ('request_id', models.CharField(blank=True, max_length=64, verbose_name='request')),
                ('at', models.DateTimeField(verbose_name='when')),
            ],
            options={
                'verbose_name': 'look at personal data',
                'verbose_name_plural': 'looks at personal data',
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['person_id', '-at', '-id'], name='kernel_looks_of_person')],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('object_type', models.CharField(max_length=60, verbose_name='object')),
                ('object_id', models.CharField(max_length=40, verbose_name='object id')),
                ('sequence', models.PositiveIntegerField(verbose_name='number')),
                ('action', models.CharField(max_length=40, verbose_name='action')),
                ('from_state', models.CharField(blank=True, max_length=30, verbose_name='from')),
                ('to_state', models.CharField(blank=True, max_length=30, verbose_name='to')),
                ('actor_role', models.CharField(max_length=20, verbose_name='role')),
                ('actor_user_id', models.BigIntegerField(blank=True, null=True, verbose_name='user id')),
                ('actor_label', models.CharField(blank=True, max_length=200, verbose_name='who')),
                ('acting_for_id', models.UUIDField(blank=True, null=True, verbose_name='acting for')),
                ('data', models.JSONField(blank=True, default=dict, verbose_name='details')),
                ('request_id', models.CharField(blank=True, max_length=64, verbose_name='request')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('seal', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit trail',
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['-at'], name='kernel_audit_by_time')],
                'constraints': [models.UniqueConstraint(fields=('object_type', 'object_id', 'sequence'), name='kernel_audit_chain_has_no_fork')],
            },
        ),
        migrations.CreateModel(
            name='JobRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('job', models.CharField(max_length=60, verbose_name='job')),
                ('day', models.DateField(verbose_name='day')),
                ('started_at', models.DateTimeField(verbose_name='started')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='last success')),
                ('runs', models.PositiveIntegerField(default=1, verbose_name='runs')),
                ('failures', models.PositiveIntegerField(default=0, verbose_name='failures')),
                ('last_error', models.CharField(blank=True, max_length=200, verbose_name='last error')),
            ],
            options={
                'verbose_name': 'run of a job',
                'verbose_name_plural': 'runs of jobs',
                'ordering': ['-day', 'job'],
                'constraints': [models.UniqueConstraint(fields=('job', 'day'), name='kernel_one_run_log_a_day')],
            },
        ),
    ]
