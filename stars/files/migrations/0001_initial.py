import django.db.models.deletion
import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('display_name', models.CharField(max_length=150, verbose_name='name')),
                ('content_type', models.CharField(max_length=100, verbose_name='kind')),
                ('size', models.PositiveIntegerField(verbose_name='size, bytes')),
                ('sha256', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('quarantined', 'Being checked'), ('clean', 'Clean'), ('refused', 'Refused')], default='quarantined', max_length=11, verbose_name='state')),
                ('verdict', models.CharField(blank=True, max_length=200, verbose_name='what the scanner said')),
                ('stored_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='stored')),
                ('scanned_at', models.DateTimeField(blank=True, null=True, verbose_name='scanned')),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'stored file',
                'verbose_name_plural': 'stored files',
                'ordering': ['-stored_at', 'pk'],
                'indexes': [models.Index(condition=models.Q(('state', 'quarantined')), fields=['stored_at'], name='files_to_be_scanned')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('scanned_at', None), ('state', 'quarantined')), models.Q(models.Q(('state', 'quarantined'), _negated=True), ('leased_until', None), ('scanned_at__isnull', False)), _connector='OR'), name='files_scanned_iff_not_quarantined')],
            },
        ),
        migrations.CreateModel(
            name='SignatureCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Checked')], default='waiting', max_length=7, verbose_name='state')),
                ('found', models.JSONField(blank=True, default=list, verbose_name='what was found')),
                ('requested_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='requested')),
                ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='checked')),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='signature_check', to='files.storedfile', verbose_name='stored file')),
            ],
            options={
                'verbose_name': 'check of signatures',
                'verbose_name_plural': 'checks of signatures',
                'ordering': ['-requested_at', 'pk'],
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['requested_at'], name='files_signatures_to_check')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('checked_at', None), ('state', 'waiting')), models.Q(('checked_at__isnull', False), ('leased_until', None), ('state', 'done')), _connector='OR'), name='files_signatures_checked_iff_done')],
            },
        ),
        migrations.CreateModel(
            name='RenderedDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=150, unique=True, verbose_name='what')),
                ('template', models.CharField(max_length=150)),
                ('context', models.JSONField(default=dict)),
                ('file_name', models.CharField(max_length=150, verbose_name='file name')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('ready', 'Ready'), ('failed', 'Failed')], default='waiting', max_length=7, verbose_name='state')),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('last_error', models.CharField(blank=True, max_length=300, verbose_name='last error')),
                ('requested_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='requested')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='due')),
                ('file', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='files.storedfile', verbose_name='file')),
            ],
            options={
                'verbose_name': 'PDF document',
                'verbose_name_plural': 'PDF documents',
                'ordering': ['-requested_at', 'pk'],
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['due_at'], name='files_to_be_made')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('file__isnull', False), ('state', 'ready')), models.Q(models.Q(('state', 'ready'), _negated=True), ('file', None)), _connector='OR'), name='files_ready_iff_it_has_a_file')],
            },
        ),
        migrations.CreateModel(
            name='HeldUpload',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('purpose', models.CharField(max_length=40, verbose_name='for what')),
                ('until', models.DateTimeField(verbose_name='held until')),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='held', to='files.storedfile', verbose_name='stored file')),
            ],
            options={
                'verbose_name': 'held upload',
                'verbose_name_plural': 'held uploads',
                'ordering': ['until', 'pk'],
                'indexes': [models.Index(fields=['until'], name='files_held_until')],
            },
        ),
    ]
