import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('classifiers', '0001_initial'),
        ('funding', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=100, unique=True, verbose_name='word')),
            ],
            options={
                'verbose_name': 'word of the search',
                'verbose_name_plural': 'words of the search',
                'ordering': ['word'],
            },
        ),
        migrations.CreateModel(
            name='CatalogueVersion',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('version', models.BigIntegerField(default=1)),
            ],
            options={
                'verbose_name': 'catalogue version',
                'verbose_name_plural': 'catalogue version',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='catalog_version_is_one_row')],
            },
        ),
        migrations.CreateModel(
            name='Venue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('address', models.CharField(blank=True, max_length=250, verbose_name='address')),
                ('is_remote', models.BooleanField(default=False, verbose_name='remote')),
                ('registered_in_viis', models.BooleanField(default=False, verbose_name='registered in VIIS')),
                ('institution', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='venues', to='accounts.institution', verbose_name='institution')),
                ('municipality', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='classifiers.municipality', verbose_name='municipality')),
            ],
            options={
                'verbose_name': 'venue',
                'verbose_name_plural': 'venues',
                'ordering': ['address', 'name'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('address', ''), ('institution', None), ('is_remote', True)), models.Q(('institution__isnull', False), ('is_remote', False), models.Q(('address', ''), _negated=True)), _connector='OR'), name='catalog_venue_is_remote_or_has_an_address')],
            },
        ),
        migrations.CreateModel(
            name='ApplicationRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('opens_at', models.DateTimeField(verbose_name='opens')),
                ('closes_at', models.DateTimeField(verbose_name='closes; this moment is already outside')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='funding.fundingsource', verbose_name='source')),
            ],
            options={
                'verbose_name': 'application round',
                'verbose_name_plural': 'application rounds',
                'ordering': ['-opens_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at'))), name='catalog_round_closes_after_opening')],
            },
        ),
        migrations.CreateModel(
            name='SavedSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('words', models.CharField(blank=True, max_length=100, verbose_name='words')),
                ('chosen', models.JSONField(default=list, verbose_name='filters')),
                ('notifies', models.BooleanField(default=True, verbose_name='tell of new programmes')),
                ('saved_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='saved')),
                ('told_until', models.DateTimeField(default=django.utils.timezone.now, verbose_name='told of programmes published before')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_searches', to='accounts.person', verbose_name='person')),
            ],
            options={
                'verbose_name': 'saved search',
                'verbose_name_plural': 'saved searches',
                'ordering': ['-saved_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('notifies', True)), fields=['told_until'], name='catalog_searches_to_tell')],
                'constraints': [models.UniqueConstraint(fields=('person', 'words', 'chosen'), name='catalog_a_search_is_saved_once')],
            },
        ),
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True, verbose_name='number')),
                ('code', models.SlugField(max_length=80, unique=True, verbose_name='code')),
                ('name', models.CharField(db_collation='lv', max_length=300, verbose_name='name')),
                ('state', models.CharField(choices=[('unpublished', 'Not published'), ('published', 'Published'), ('archived', 'Archived')], default='unpublished', max_length=12, verbose_name='state')),
                ('mode', models.CharField(choices=[('onsite', 'on site'), ('remote', 'remote'), ('partly_remote', 'partly remote')], max_length=15, verbose_name='mode')),
                ('prior_knowledge', models.TextField(verbose_name='prior knowledge')),
                ('description', models.TextField(verbose_name='description')),
                ('main_topics', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), default=list, size=None, verbose_name='main topics')),
                ('hours_total', models.PositiveSmallIntegerField(verbose_name='academic hours in total')),
                ('theory_onsite', models.PositiveSmallIntegerField(default=0, verbose_name='theory on site, hours')),
                ('practice_onsite', models.PositiveSmallIntegerField(default=0, verbose_name='practice on site, hours')),
                ('theory_remote', models.PositiveSmallIntegerField(default=0, verbose_name='theory remote, hours')),
                ('practice_remote', models.PositiveSmallIntegerField(default=0, verbose_name='practice remote, hours')),
                ('equipment', models.TextField(verbose_name='equipment the person needs')),
                ('final_examination', models.TextField(verbose_name='final examination')),
                ('education_document', models.CharField(max_length=250, verbose_name='education document')),
                ('language_label', models.CharField(max_length=100, verbose_name='language')),
                ('schedule_kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('weekday_evenings', 'weekday evenings'), ('days_off', 'days off'), ('working_hours', 'on working days, in working hours'), ('mixed', 'mixed')], max_length=20), default=list, size=None, verbose_name='time of learning')),
                ('duration_weeks', models.PositiveSmallIntegerField(verbose_name='weeks')),
                ('digital_share_percent', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='digital share, %')),
                ('rating_mean', models.DecimalField(blank=True, decimal_places=1, editable=False, max_digits=2, null=True, verbose_name='mean rating')),
                ('rating_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='ratings')),
                ('max_group_size', models.PositiveSmallIntegerField(verbose_name='largest group')),
                ('varam_level', models.CharField(blank=True, max_length=30, verbose_name='VARAM level')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published')),
                ('search_text', models.TextField(default='', editable=False)),
                ('extra_sectors', models.ManyToManyField(blank=True, related_name='also_programmes', to='classifiers.sector', verbose_name='other sectors')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='programmes', to='accounts.institution', verbose_name='institution')),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='classifiers.programmekind', verbose_name='kind')),
                ('prior_education', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='classifiers.prioreducation', verbose_name='prior education')),
                ('qualification', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='classifiers.qualification', verbose_name='qualification the programme belongs to')),
                ('sector', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='programmes', to='classifiers.sector', verbose_name='sector')),
                ('venues', models.ManyToManyField(related_name='programmes', to='catalog.venue', verbose_name='venues')),
            ],
            options={
                'verbose_name': 'programme',
                'verbose_name_plural': 'programmes',
                'ordering': ['name', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('hours_total', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('theory_onsite'), '+', models.F('practice_onsite')), '+', models.F('theory_remote')), '+', models.F('practice_remote')))), name='catalog_hours_add_up'), models.CheckConstraint(condition=models.Q(('hours_total__gt', 0)), name='catalog_programme_has_hours'), models.CheckConstraint(condition=models.Q(('rating_mean', None), models.Q(('rating_count__gt', 0), ('rating_mean__range', (1, 5))), _connector='OR'), name='catalog_rating_is_one_to_five'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), ('published_at__isnull', False), _connector='OR'), name='catalog_published_knows_when')],
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search_text'], name='catalog_programme_search', opclasses=['gin_trgm_ops']), models.Index(condition=models.Q(('state', 'published')), fields=['name', 'id'], name='catalog_published_by_name')],
            },
        ),
        migrations.CreateModel(
            name='CourseGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('code', models.SlugField(max_length=80, unique=True, verbose_name='code')),
                ('state', models.CharField(choices=[('forming', 'Forming'), ('running', 'Learning is under way'), ('finished', 'Finished'), ('cancelled', 'Cancelled')], default='forming', max_length=10, verbose_name='state')),
                ('starts_on', models.DateField(verbose_name='starts')),
                ('ends_on', models.DateField(verbose_name='ends, inclusive')),
                ('schedule_kind', models.CharField(choices=[('weekday_evenings', 'weekday evenings'), ('days_off', 'days off'), ('working_hours', 'on working days, in working hours'), ('mixed', 'mixed')], max_length=20, verbose_name='time of learning')),
                ('schedule', models.CharField(blank=True, max_length=250, verbose_name='schedule')),
                ('capacity', models.PositiveSmallIntegerField(verbose_name='places')),
                ('minimum', models.PositiveSmallIntegerField(verbose_name='smallest group')),
                ('taken', models.PositiveSmallIntegerField(default=0, verbose_name='places taken')),
                ('turned_in', models.BigIntegerField(db_default=0, default=0, editable=False)),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='groups', to='catalog.programme', verbose_name='programme')),
                ('venue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='groups', to='catalog.venue', verbose_name='venue')),
            ],
            options={
                'verbose_name': 'course group',
                'verbose_name_plural': 'course groups',
                'ordering': ['starts_on', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('taken__lte', models.F('capacity'))), name='catalog_group_is_never_overfull'), models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='catalog_group_ends_after_start'), models.CheckConstraint(condition=models.Q(('minimum__lte', models.F('capacity'))), name='catalog_group_minimum_fits')],
                'indexes': [models.Index(condition=models.Q(('state', 'forming')), fields=['programme', 'starts_on'], name='catalog_forming_groups'), models.Index(condition=models.Q(('state', 'forming'), ('taken__gte', models.F('capacity'))), fields=['programme'], name='catalog_full_groups'), models.Index(fields=['turned_in'], name='catalog_groups_turned')],
            },
        ),
        migrations.CreateModel(
            name='ProgrammeCompetence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField(verbose_name='level')),
                ('description', models.TextField(verbose_name='what the person will be able to do')),
                ('competence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='classifiers.digcompcompetence', verbose_name='competence')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='competences', to='catalog.programme', verbose_name='programme')),
            ],
            options={
                'verbose_name': 'competence of a programme',
                'verbose_name_plural': 'competences of programmes',
                'ordering': ['programme', 'competence'],
                'constraints': [models.UniqueConstraint(fields=('programme', 'competence'), name='catalog_competence_once_per_programme'), models.CheckConstraint(condition=models.Q(('level__range', (1, 8))), name='catalog_level_is_one_to_eight')],
            },
        ),
        migrations.CreateModel(
            name='ProgrammeOffer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('price_cents', models.PositiveIntegerField(verbose_name='price, cents')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='catalog.programme', verbose_name='programme')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='funding.fundingsource', verbose_name='source')),
            ],
            options={
                'verbose_name': 'programme under a source',
                'verbose_name_plural': 'programmes under sources',
                'ordering': ['programme', 'source'],
                'constraints': [models.UniqueConstraint(fields=('programme', 'source'), name='catalog_one_offer_per_source')],
            },
        ),
        migrations.CreateModel(
            name='ProgrammePart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('name', models.CharField(max_length=300, verbose_name='name')),
                ('hours', models.PositiveSmallIntegerField(verbose_name='hours')),
                ('cost_cents', models.PositiveIntegerField(verbose_name='cost, cents')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='catalog.programme', verbose_name='programme')),
            ],
            options={
                'verbose_name': 'part of a programme',
                'verbose_name_plural': 'parts of programmes',
                'ordering': ['programme', 'position'],
                'constraints': [models.UniqueConstraint(fields=('programme', 'position'), name='catalog_part_position_is_unique')],
            },
        ),
        migrations.CreateModel(
            name='SavedProgramme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('saved_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='saved')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_programmes', to='accounts.person', verbose_name='person')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.programme', verbose_name='programme')),
            ],
            options={
                'verbose_name': 'saved programme',
                'verbose_name_plural': 'saved programmes',
                'ordering': ['-saved_at', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('person', 'programme'), name='catalog_a_programme_is_saved_once')],
            },
        ),
    ]
