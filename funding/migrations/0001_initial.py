import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='FundingSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=20, unique=True, verbose_name='code')),
                ('label', models.CharField(max_length=20, verbose_name='short name')),
                ('name', models.CharField(max_length=200, verbose_name='project')),
                ('legal_name', models.TextField(verbose_name='full project name for the choice of source')),
                ('summary', models.TextField(blank=True, verbose_name='summary')),
                ('co_payment', models.CharField(choices=[('above_grant', 'what exceeds the balance of the account'), ('percent', 'a percentage of the price'), ('none', 'nothing')], max_length=20, verbose_name='the person pays')),
                ('percent', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='percentage')),
                ('percent_low_income', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='percentage, low income')),
                ('grant_cents', models.PositiveIntegerField(blank=True, null=True, verbose_name='grant, cents')),
                ('grant_valid_to', models.DateField(blank=True, null=True, verbose_name='grant usable to, inclusive')),
                ('needs_test', models.BooleanField(default=False, verbose_name='placement test before the form')),
                ('asks_period', models.BooleanField(default=False, verbose_name='the person chooses the period')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
            ],
            options={
                'verbose_name': 'funding source',
                'verbose_name_plural': 'funding sources',
                'ordering': ['position'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('co_payment', 'percent'), _negated=True), models.Q(('percent__isnull', False), ('percent_low_income__isnull', False)), _connector='OR'), name='funding_percent_source_says_how_much'), models.CheckConstraint(condition=models.Q(models.Q(('co_payment', 'above_grant'), _negated=True), ('grant_cents__isnull', False), _connector='OR'), name='funding_grant_source_says_how_much')],
            },
        ),
        migrations.CreateModel(
            name='LearningAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('pending', 'Being checked'), ('approved', 'Approved'), ('refused', 'Not approved')], default='pending', max_length=10, verbose_name='state')),
                ('refusal_reason', models.TextField(blank=True, verbose_name='reason of refusal')),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='opened')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('check_due_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='check due')),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='learning_account', to='accounts.person', verbose_name='person')),
            ],
            options={
                'verbose_name': 'learning account',
                'verbose_name_plural': 'learning accounts',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state', 'pending')), models.Q(models.Q(('state', 'pending'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='funding_account_decided_iff_not_pending'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('refusal_reason', ''), _negated=True), _connector='OR'), name='funding_refusal_has_a_reason')],
                'indexes': [models.Index(condition=models.Q(('check_due_at__isnull', False)), fields=['check_due_at'], name='funding_accounts_to_check')],
            },
        ),
        migrations.CreateModel(
            name='Allotment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('opened_on', models.DateField(verbose_name='given from')),
                ('budget_cents', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='budget of the round, cents')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allotments', to='funding.fundingsource', verbose_name='source')),
            ],
            options={
                'verbose_name': 'round of money',
                'verbose_name_plural': 'rounds of money',
                'ordering': ['-opened_on', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('source', 'opened_on'), name='funding_one_allotment_begins_on_a_day'), models.UniqueConstraint(fields=('source', 'name'), name='funding_allotment_has_its_name')],
            },
        ),
        migrations.CreateModel(
            name='EligibilityRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(choices=[('account', 'learning account and its grant'), ('application', 'one application')], max_length=11, verbose_name='what is checked')),
                ('code', models.SlugField(max_length=30, verbose_name='code')),
                ('basis', models.CharField(choices=[('age', 'birth date in the Register of Natural Persons'), ('employment', 'employment in the State Revenue Service'), ('unused_grant', 'an earlier grant left unused'), ('learning_now', 'learning paid by an earlier grant goes on'), ('broken_off', 'learning paid by an earlier grant was broken off'), ('not_done_before', 'declaration that the programme was not done before'), ('account', 'approval of the learning account')], max_length=15, verbose_name='rests on')),
                ('parameter', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='figure of the rule')),
                ('wording', models.CharField(max_length=200, verbose_name='condition in words')),
                ('remedy', models.CharField(blank=True, max_length=300, verbose_name='what helps while it is not met or not known')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('version', models.PositiveSmallIntegerField(default=1, editable=False, verbose_name='version')),
                ('is_active', models.BooleanField(default=True, verbose_name='in force')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='eligibility_rules', to='funding.fundingsource', verbose_name='source')),
            ],
            options={
                'verbose_name': 'condition of a source',
                'verbose_name_plural': 'conditions of sources',
                'ordering': ['source', 'scope', 'position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('source', 'scope', 'code', 'version'), name='funding_rule_version_is_unique'), models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('source', 'scope', 'code'), name='funding_one_version_in_force')],
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_cents', models.PositiveIntegerField(validators=[django.core.validators.MaxValueValidator(10000000)], verbose_name='amount, cents')),
                ('valid_to', models.DateField(verbose_name='usable to, inclusive')),
                ('granted_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='granted')),
                ('allotment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='funding.allotment', verbose_name='round of money')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='funding.fundingsource', verbose_name='source')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='funding.learningaccount', verbose_name='account')),
            ],
            options={
                'verbose_name': 'grant',
                'verbose_name_plural': 'grants',
                'constraints': [models.UniqueConstraint(fields=('account', 'allotment'), name='funding_one_grant_each_round'), models.CheckConstraint(condition=models.Q(('amount_cents__gt', 0)), name='funding_grant_is_positive')],
            },
        ),
        migrations.CreateModel(
            name='TargetGroupCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', 'Being checked'), ('given', 'Given'), ('denied', 'Not given')], default='open', max_length=6, verbose_name='state')),
                ('verdict', models.CharField(choices=[('met', 'Met'), ('not_met', 'Not met'), ('unknown', 'Not known')], default='unknown', max_length=8, verbose_name='verdict')),
                ('findings', models.JSONField(blank=True, default=list, verbose_name='rule by rule')),
                ('checked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='checked')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('reason', models.TextField(blank=True, verbose_name='reason of the decision')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='funding.learningaccount', verbose_name='account')),
                ('allotment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='funding.allotment', verbose_name='round of money')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='funding.fundingsource', verbose_name='source')),
            ],
            options={
                'verbose_name': 'target-group check',
                'verbose_name_plural': 'target-group checks',
                'ordering': ['checked_at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('account', 'source', 'allotment'), name='funding_one_check_each_round', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='funding_check_decided_iff_not_open'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'denied'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='funding_denial_has_a_reason')],
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['verdict', 'checked_at'], name='funding_open_checks')],
            },
        ),
        migrations.CreateModel(
            name='ErasedGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('kept_until', models.DateField(verbose_name='kept to, inclusive')),
                ('allotment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='erased_grants', to='funding.allotment', verbose_name='round of money')),
            ],
            options={
                'verbose_name': 'grant of an erased person',
                'verbose_name_plural': 'grants of erased people',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('allotment', 'digest'), name='funding_erased_grant_once_a_round')],
            },
        ),
        migrations.CreateModel(
            name='Reservation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.UUIDField(unique=True, verbose_name='application')),
                ('programme_name', models.CharField(max_length=300, verbose_name='programme')),
                ('amount_cents', models.PositiveIntegerField(verbose_name='amount, cents')),
                ('state', models.CharField(choices=[('open', 'Reserved'), ('captured', 'Spent'), ('released', 'Returned')], default='open', max_length=10, verbose_name='state')),
                ('was_broken_off', models.BooleanField(db_default=False, verbose_name='learning was broken off')),
                ('reserved_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='reserved')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('grant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reservations', to='funding.grant', verbose_name='grant')),
            ],
            options={
                'verbose_name': 'reservation',
                'verbose_name_plural': 'reservations',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='funding_reservation_closed_iff_not_open'), models.CheckConstraint(condition=models.Q(('amount_cents__gt', 0)), name='funding_reservation_is_positive'), models.CheckConstraint(condition=models.Q(('was_broken_off', False), ('state', 'captured'), _connector='OR'), name='funding_broken_off_is_spent')],
            },
        ),
        migrations.CreateModel(
            name='LedgerTransaction',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('movement', models.CharField(choices=[('grant', 'granted'), ('reserve', 'reserved'), ('release', 'returned'), ('spend', 'spent'), ('expire', 'expired'), ('correct', 'corrected')], max_length=10, verbose_name='movement')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('grant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transactions', to='funding.grant', verbose_name='grant')),
                ('reservation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transactions', to='funding.reservation', verbose_name='reservation')),
            ],
            options={
                'verbose_name': 'movement of money',
                'verbose_name_plural': 'movements of money',
                'ordering': ['-at', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('reservation__isnull', False)), fields=('reservation', 'movement'), name='funding_reservation_moves_once_each_way'), models.UniqueConstraint(condition=models.Q(('movement', 'grant')), fields=('grant',), name='funding_grant_is_posted_once')],
            },
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bucket', models.CharField(choices=[('outside', 'project budget'), ('available', 'available'), ('reserved', 'reserved'), ('spent', 'spent')], max_length=10, verbose_name='bucket')),
                ('amount_cents', models.IntegerField(verbose_name='amount, cents')),
                ('transaction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='funding.ledgertransaction', verbose_name='movement')),
            ],
            options={
                'verbose_name': 'ledger entry',
                'verbose_name_plural': 'ledger entries',
                'constraints': [models.UniqueConstraint(fields=('transaction', 'bucket'), name='funding_one_entry_per_bucket'), models.CheckConstraint(condition=models.Q(('amount_cents', 0), _negated=True), name='funding_entry_is_not_zero')],
            },
        ),
    ]
