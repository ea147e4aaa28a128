import django.db.models.deletion
import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('files', '0001_initial'),
        ('funding', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='FrequentQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(max_length=100, verbose_name='category')),
                ('question', models.CharField(max_length=300, verbose_name='question')),
                ('answer', models.TextField(help_text='An empty line parts paragraphs, “- ” makes a list, “[words](/address)” a link.', verbose_name='answer')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
            ],
            options={
                'verbose_name': 'frequent question',
                'verbose_name_plural': 'frequent questions',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='NewsItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=120, unique=True, verbose_name='address')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('lead', models.TextField(verbose_name='lead')),
                ('body', models.TextField(help_text='“## ” starts a heading, an empty line parts paragraphs, “- ” makes a list, “[words](/address)” a link.', verbose_name='text')),
                ('published_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='published')),
            ],
            options={
                'verbose_name': 'news item',
                'verbose_name_plural': 'news',
                'ordering': ['-published_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ContentPage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='address')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('menu_label', models.CharField(blank=True, help_text='A page of the first level without a label is not shown in the top menu.', max_length=100, verbose_name='label in the menu')),
                ('lead', models.TextField(blank=True, verbose_name='lead')),
                ('notice', models.TextField(blank=True, verbose_name='notice above the text')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('is_published', models.BooleanField(default=True, verbose_name='published')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                ('parent', models.ForeignKey(blank=True, limit_choices_to={'parent': None}, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='pages.contentpage', verbose_name='under')),
                ('source', models.ForeignKey(blank=True, help_text="The page shows this source's programmes and its application round beside the text.", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='funding.fundingsource', verbose_name='funding source')),
            ],
            options={
                'verbose_name': 'page',
                'verbose_name_plural': 'pages',
                'ordering': ['position', 'title'],
                'constraints': [models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='pages_page_is_not_under_itself')],
            },
        ),
        migrations.CreateModel(
            name='DataExport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('state', models.CharField(choices=[('waiting', 'Being prepared'), ('ready', 'Ready')], default='waiting', max_length=7, verbose_name='state')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked for')),
                ('expires_at', models.DateTimeField(verbose_name='kept until')),
                ('file', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='files.storedfile', verbose_name='file')),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='data_export', to='accounts.person', verbose_name='person')),
            ],
            options={
                'verbose_name': 'file of own data',
                'verbose_name_plural': 'files of own data',
                'ordering': ['-asked_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('file__isnull', False), ('state', 'ready')), models.Q(('file', None), ('state', 'waiting')), _connector='OR'), name='pages_export_ready_iff_it_has_a_file'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('asked_at'))), name='pages_export_expires_after_it_is_asked')],
            },
        ),
        migrations.CreateModel(
            name='Indicator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('measure', models.CharField(choices=[('users', 'people who have used the funding'), ('completers', 'people who have completed a programme')], max_length=12, verbose_name='measure')),
                ('target', models.PositiveIntegerField(verbose_name='target, people')),
                ('due', models.DateField(verbose_name='to be reached by, inclusive')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='indicators', to='funding.fundingsource', verbose_name='funding source')),
            ],
            options={
                'verbose_name': 'project indicator',
                'verbose_name_plural': 'project indicators',
                'ordering': ['due', 'measure', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('source', 'measure', 'due'), name='pages_indicator_is_set_once'), models.CheckConstraint(condition=models.Q(('target__gt', 0)), name='pages_indicator_has_a_target')],
            },
        ),
        migrations.CreateModel(
            name='RetentionTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(choices=[('notices', 'Notices in the portal'), ('letters', 'E-mails that were sent'), ('address_links', "Links that confirm a client's address"), ('entry_links', 'Links of registrations, rights and invitations'), ('mailed_links', 'Links for a new password or address'), ('questions', "Questions to the state's registers"), ('invitations', 'Invitations that are closed'), ('factor_resets', 'Removals of second factors'), ('conflicts', 'People the sign-on could not tell apart, once resolved'), ('admin_log', 'What the agency changed by hand in the admin'), ('erased_grants', 'That erased people were given the money of a round')], max_length=20, unique=True, verbose_name='what is kept')),
                ('days', models.PositiveIntegerField(help_text='Counted from the day it was sent, closed, resolved or ended.', verbose_name='days')),
            ],
            options={
                'verbose_name': 'term of keeping',
                'verbose_name_plural': 'terms of keeping',
                'ordering': ['subject'],
                'constraints': [models.CheckConstraint(condition=models.Q(('days__gte', 30), ('subject', 'erased_grants'), _connector='OR'), name='pages_nothing_goes_within_a_month'), models.CheckConstraint(condition=models.Q(('days__gte', 366), models.Q(('subject', 'notices'), _negated=True), _connector='OR'), name='pages_notices_stay_a_year')],
            },
        ),
        migrations.CreateModel(
            name='PageSection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('heading', models.CharField(blank=True, max_length=200, verbose_name='heading')),
                ('kind', models.CharField(choices=[('text', 'text'), ('steps', 'steps: title | explanation'), ('facts', 'facts: label | value'), ('timeline', 'timeline: date | event'), ('figures', 'figures: number | what it counts'), ('progress', 'progress: count | target | what it counts')], default='text', max_length=10, verbose_name='kind')),
                ('body', models.TextField(help_text='Text: an empty line parts paragraphs, lines that start with “- ” make a list, “[words](/address)” makes a link. Other kinds: one row a line, parted by “|”; in a timeline “+” before the row means done and “>” under way; in progress the count is “accounts” or “learners”.', verbose_name='text')),
                ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sections', to='pages.contentpage', verbose_name='page')),
            ],
            options={
                'verbose_name': 'section',
                'verbose_name_plural': 'sections',
                'ordering': ['page', 'position', 'pk'],
            },
        ),
    ]
