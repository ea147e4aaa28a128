import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarException',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True, verbose_name='day')),
                ('is_working', models.BooleanField(verbose_name='worked')),
                ('reason', models.CharField(max_length=200, verbose_name='order or reason')),
            ],
            options={
                'verbose_name': 'moved working day',
                'verbose_name_plural': 'moved working days',
                'ordering': ['-day'],
            },
        ),
        migrations.CreateModel(
            name='ChoiceReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True, verbose_name='code')),
                ('label', models.CharField(max_length=250, verbose_name='label')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('is_active', models.BooleanField(default=True, verbose_name='offered')),
            ],
            options={
                'verbose_name': 'reason for choosing a programme',
                'verbose_name_plural': 'reasons for choosing a programme',
                'ordering': ['position', 'pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DigCompLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(unique=True, verbose_name='level')),
                ('band', models.CharField(max_length=60, verbose_name='band')),
                ('description', models.CharField(blank=True, max_length=200, verbose_name='description')),
            ],
            options={
                'verbose_name': 'DigComp level',
                'verbose_name_plural': 'DigComp levels',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='EconomicStatus',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True, verbose_name='code')),
                ('label', models.CharField(max_length=250, verbose_name='label')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('is_active', models.BooleanField(default=True, verbose_name='offered')),
                ('is_employed', models.BooleanField(default=False, verbose_name='counts as employed')),
            ],
            options={
                'verbose_name': 'economic status',
                'verbose_name_plural': 'economic statuses',
                'ordering': ['position', 'pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='EducationLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True, verbose_name='code')),
                ('label', models.CharField(max_length=250, verbose_name='label')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('is_active', models.BooleanField(default=True, verbose_name='offered')),
                ('framework_level', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='LKI level')),
            ],
            options={
                'verbose_name': 'education level',
                'verbose_name_plural': 'education levels',
                'ordering': ['position', 'pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='InformationSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True, verbose_name='code')),
                ('label', models.CharField(max_length=250, verbose_name='label')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('is_active', models.BooleanField(default=True, verbose_name='offered')),
            ],
            options={
                'verbose_name': 'source of information',
                'verbose_name_plural': 'sources of information',
                'ordering': ['position', 'pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PlanningRegion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True, verbose_name='code')),
                ('label', models.CharField(max_length=250, verbose_name='label')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('is_active', models.BooleanField(default=True, verbose_name='offered')),
            ],
            options={
                'verbose_name': 'planning region',
                'verbose_name_plural': 'planning regions',
                'ordering': ['position', 'pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PriorEducation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True, verbose_name='code')),
                ('label', models.CharField(max_length=250, verbose_name='label')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('is_active', models.BooleanField(default=True, verbose_name='offered')),
            ],
            options={
                'verbose_name': 'prior education',
                'verbose_name_plural': 'prior education',
                'ordering': ['position', 'pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Profession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=7, unique=True, verbose_name='code')),
                ('title', models.CharField(db_collation='lv', max_length=200, verbose_name='title')),
            ],
            options={
                'verbose_name': 'profession',
                'verbose_name_plural': 'professions',
                'ordering': ['title'],
            },
        ),
        migrations.CreateModel(
            name='ProgrammeKind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True, verbose_name='code')),
                ('label', models.CharField(max_length=250, verbose_name='label')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('is_active', models.BooleanField(default=True, verbose_name='offered')),
            ],
            options={
                'verbose_name': 'kind of programme',
                'verbose_name_plural': 'kinds of programmes',
                'ordering': ['position', 'pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Qualification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True, verbose_name='code')),
                ('label', models.CharField(max_length=250, verbose_name='label')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('is_active', models.BooleanField(default=True, verbose_name='offered')),
            ],
            options={
                'verbose_name': 'qualification',
                'verbose_name_plural': 'qualifications',
                'ordering': ['position', 'pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RegistrationReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True, verbose_name='code')),
                ('label', models.CharField(max_length=250, verbose_name='label')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('is_active', models.BooleanField(default=True, verbose_name='offered')),
                ('asks_text', models.BooleanField(default=False, verbose_name='asks for words')),
            ],
            options={
                'verbose_name': 'reason for registering',
                'verbose_name_plural': 'reasons for registering',
                'ordering': ['position', 'pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RejectionReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True, verbose_name='code')),
                ('label', models.CharField(max_length=250, verbose_name='label')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('is_active', models.BooleanField(default=True, verbose_name='offered')),
                ('next_step', models.TextField(verbose_name='next step')),
            ],
            options={
                'verbose_name': 'reason for rejection',
                'verbose_name_plural': 'reasons for rejection',
                'ordering': ['position', 'pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Sector',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(unique=True, verbose_name='number')),
                ('registration_label', models.CharField(max_length=200, verbose_name='label of the registration form')),
                ('programme_label', models.CharField(max_length=200, verbose_name='label of the programme page')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('excludes_others', models.BooleanField(default=False, verbose_name='excludes the other choices')),
            ],
            options={
                'verbose_name': 'sector',
                'verbose_name_plural': 'sectors',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='DigCompArea',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('framework', models.CharField(default='2.2', max_length=10, verbose_name='framework')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('label', models.CharField(max_length=100, verbose_name='label')),
            ],
            options={
                'verbose_name': 'DigComp area',
                'verbose_name_plural': 'DigComp areas',
                'ordering': ['framework', 'number'],
                'constraints': [models.UniqueConstraint(fields=('framework', 'number'), name='classifiers_one_area_per_number')],
            },
        ),
        migrations.CreateModel(
            name='Municipality',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True, verbose_name='code')),
                ('name', models.CharField(db_collation='lv', max_length=100, verbose_name='name')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to, inclusive')),
            ],
            options={
                'verbose_name': 'municipality',
                'verbose_name_plural': 'municipalities',
                'ordering': ['name'],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='classifiers_municipality_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='RegionMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to, inclusive')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='regions', to='classifiers.municipality', verbose_name='municipality')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='classifiers.planningregion', verbose_name='planning region')),
            ],
            options={
                'verbose_name': 'region of a municipality',
                'verbose_name_plural': 'regions of municipalities',
                'ordering': ['municipality', 'valid_from'],
            },
        ),
        migrations.CreateModel(
            name='DigCompCompetence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number in the area')),
                ('label', models.CharField(max_length=150, verbose_name='label')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='competences', to='classifiers.digcomparea', verbose_name='area')),
            ],
            options={
                'verbose_name': 'DigComp competence',
                'verbose_name_plural': 'DigComp competences',
                'ordering': ['area', 'number'],
                'constraints': [models.UniqueConstraint(fields=('area', 'number'), name='classifiers_one_competence_per_number')],
            },
        ),
    ]
