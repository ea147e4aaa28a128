import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='FailedCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('window_start', models.DateTimeField()),
                ('count', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'codes not found',
                'verbose_name_plural': 'codes not found',
                'constraints': [models.UniqueConstraint(fields=('key', 'window_start'), name='documents_one_counter_a_minute')],
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('application_sent', 'Receipt of an application'), ('application_withdrawn', 'Receipt of a withdrawal'), ('offer_sent', 'Receipt of an offer'), ('offer_withdrawn', "Receipt of an offer's withdrawal")], max_length=30, verbose_name='kind')),
                ('subject', models.UUIDField(verbose_name='what it is about')),
                ('number', models.CharField(max_length=20, verbose_name='number')),
                ('code', models.CharField(max_length=16, unique=True, verbose_name='verification code')),
                ('content', models.JSONField(verbose_name='content')),
                ('fingerprint', models.CharField(max_length=64, verbose_name='fingerprint of the content')),
                ('seal', models.CharField(editable=False, max_length=64)),
                ('issued_at', models.DateTimeField(verbose_name='issued')),
                ('institution', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='accounts.institution', verbose_name='institution')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='accounts.person', verbose_name='person')),
            ],
            options={
                'verbose_name': 'receipt',
                'verbose_name_plural': 'receipts',
                'ordering': ['-issued_at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('subject', 'kind'), name='documents_one_receipt_an_act'), models.CheckConstraint(condition=models.Q(models.Q(('institution', None), ('person__isnull', False)), models.Q(('institution__isnull', False), ('person', None)), _connector='OR'), name='documents_receipt_is_somebodys'), models.CheckConstraint(condition=models.Q(('code__regex', '^[0123456789ABCDEFGHJKMNPQRSTVWXYZ]{16}$')), name='documents_code_is_well_formed'), models.CheckConstraint(condition=models.Q(('fingerprint__regex', '^[0-9a-f]{64}$'), ('seal__regex', '^[0-9a-f]{64}$')), name='documents_receipt_is_sealed')],
            },
        ),
    ]
