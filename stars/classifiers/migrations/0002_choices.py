"""Start lists of the choices in forms and filters (client manuals; the agency edits them from here on)."""

from django.db import migrations

# number, label of the registration form, label of the programme page, name, excludes the other choices
SECTORS = [
    (
        1,
        "Būvniecību vai nekustamā īpašuma pārvaldību",
        "Būvniecības un nekustamā īpašuma pārvaldības nozare",
        "Būvniecība un nekustamā īpašuma pārvaldība",
        False,
    ),
    (2, "Drukas un mediju tehnoloģijām", "Drukas un mediju tehnoloģiju nozare", "Drukas un mediju tehnoloģijas", False),
    (
        3,
        "Elektronisko un optisko iekārtu ražošanu, informācijas un komunikācijas tehnoloģijām",
        "Elektronisko un optisko iekārtu ražošanas, informācijas un komunikācijas tehnoloģijas nozare",
        "Elektronisko un optisko iekārtu ražošana, informācijas un komunikācijas tehnoloģijas",
        False,
    ),
    (4, "Enerģētiku", "Enerģētikas nozare", "Enerģētika", False),
    (5, "Kokrūpniecību", "Kokrūpniecības nozare", "Kokrūpniecība", False),
    (
        6,
        "Ķīmisko rūpniecību un tās saskarnozarēm",
        "Ķīmiskās rūpniecības un tās saskarnozaru nozare",
        "Ķīmiskā rūpniecība un tās saskarnozares",
        False,
    ),
    (7, "Lauksaimniecību", "Lauksaimniecības nozare", "Lauksaimniecība", False),
    (
        8,
        "Mākslas nozares dizaina un radošajām industrijām",
        "Mākslas, dizaina un radošo industriju nozare",
        "Māksla, dizains un radošās industrijas",
        False,
    ),
    (
        9,
        "Metālapstrādi, mašīnbūvi un mašīnzinībām",
        "Metālapstrādes, mašīnbūves un mašīnzinību nozare",
        "Metālapstrāde, mašīnbūve un mašīnzinības",
        False,
    ),
    (10, "Pārtikas rūpniecību", "Pārtikas rūpniecības nozare", "Pārtikas rūpniecība", False),
    (11, "Skaistumkopšanu", "Skaistumkopšanas nozare", "Skaistumkopšana", False),
    (
        12,
        "Tekstilizstrādājumu, apģērbu, ādas un ādas izstrādājumu ražošanu",
        "Tekstilizstrādājumu, apģērbu, ādas un ādas izstrādājumu ražošanas nozare",
        "Tekstilizstrādājumu, apģērbu, ādas un ādas izstrādājumu ražošana",
        False,
    ),
    (13, "Transportu un loģistiku", "Transporta un loģistikas nozare", "Transports un loģistika", False),
    (14, "Tūrismu", "Tūrisma nozare", "Tūrisms", False),
    (
        15,
        "Uzņēmējdarbību, finansēm, grāmatvedību, administrēšanu",
        "Uzņēmējdarbības, finanšu, grāmatvedības un administrēšanas nozare",
        "Uzņēmējdarbība, finanses, grāmatvedība un administrēšana",
        False,
    ),
    (16, "Veselības un sociālo aprūpi", "Veselības un sociālās aprūpes nozare", "Veselības un sociālā aprūpe", False),
    (17, "Digitālās prasmes iesācējiem", "Digitālās prasmes iesācējiem", "Digitālās prasmes iesācējiem", False),
    (18, "Digitālās prasmes lietpratējiem", "Digitālās prasmes lietpratējiem", "Digitālās prasmes lietpratējiem", False),
    (19, "Nezinu", "Nezinu", "Nezinu", True),
    (20, "Nevēlos mācīties", "Nevēlos mācīties", "Nevēlos mācīties", True),
]

# code, label, LKI level
EDUCATION_LEVELS = [
    ("unfinished_basic", "Nepabeigta pamatizglītība", None),
    ("basic", "Pamatizglītība", 2),
    ("vocational_basic", "Arodizglītība vai profesionālā pamatizglītība", 3),
    ("general_secondary", "Vispārējā vidējā izglītība", 4),
    ("vocational_secondary", "Profesionālā vidējā izglītība", 4),
    ("short_cycle", "Īsā cikla augstākā izglītība", 5),
    ("bachelor", "Bakalaurs", 6),
    ("master", "Maģistrs", 7),
    ("doctor", "Doktors", 8),
]

# code, label, counts as employed
ECONOMIC_STATUSES = [
    ("employed", "Esmu nodarbināta, pašnodarbināta persona", True),
    ("unemployed_registered", "Esmu bezdarbnieks vai darba meklētājs, reģistrēts NVA", False),
    ("inactive", "Esmu ekonomiski neaktīva persona (mācos, esmu pensijā, kopju bērnu u. c.)", False),
]

PRIOR_EDUCATION = [
    ("none", "Nav prasību iepriekšējai izglītībai"),
    ("basic", "Pamatizglītība (apliecība par vispārējo pamatizglītību)"),
    ("general_secondary", "Vispārējā vidējā izglītība (atestāts par vispārējo vidējo izglītību)"),
    ("vocational_secondary", "Profesionālā vidējā izglītība (diploms par profesionālo vidējo izglītību)"),
    ("bachelor", "Augstākā izglītība (bakalaura vai profesionālā bakalaura diploms)"),
]

PROGRAMME_KINDS = [
    ("module", "Modulis"),
    ("module_set", "Moduļu kopa"),
    ("study_course", "Studiju kurss"),
    ("study_module", "Studiju modulis"),
    ("digital_course", "Digitālo prasmju kurss"),
]

QUALIFICATIONS = [
    ("prog", "Programmēšanas tehniķis (4.PKL)"),
    ("dator", "Datorsistēmu tehniķis (4.PKL)"),
    ("kiber", "Kiberdrošības tehniķis (4.PKL)"),
]

# code, label, asks for words
REGISTRATION_REASONS = [
    ("explore_account", "Vēlos iepazīties ar individuālā mācību konta iespējām", False),
    ("find_learning", "Vēlos atrast sev piemērotas mācības", False),
    ("funded_learning", "Vēlos mācīties valsts vai ES līdzfinansētās/finansētās mācībās", False),
    (
        "career_support",
        "Vēlos saņemt karjeras atbalsta pakalpojumus (novērtēt savas prasmes, izstrādāt savu mācību ceļu, "
        "izmantot karjeras konsultanta atbalstu)",
        False,
    ),
    ("collect_documents", "Vēlos vienuviet (Platformā) uzkrāt informāciju par savu izglītību", False),
    ("other", "Cita atbilde", True),
]

INFORMATION_SOURCES = [
    ("colleagues", "No darba kolēģiem vai vadītāja"),
    ("consultant_or_coordinator", "No karjeras konsultanta vai pieaugušo izglītības koordinatora"),
    ("institution", "No izglītības iestādes, kas platformā piedāvā apgūt izglītības programmu"),
    ("friends_family", "No tuviniekiem, draugiem, paziņām"),
    ("state_websites", "Valsts pārvaldes iestāžu (ministrijas, aģentūras u.c.) tīmekļvietnēs"),
    ("municipal_websites", "Pašvaldību tīmekļvietnēs"),
    ("search_engines", "Interneta meklētājos (kā Google)"),
    ("media", "Medijos (televīzija, laikraksti, ziņu portāli, radio)"),
    ("social_media", "Sociālajos medijos (Facebook, Draugiem, X, Instagram, LinkedIn u.tml.)"),
    ("public_transport_ads", "No reklāmām sabiedriskajā transportā"),
]

CHOICE_REASONS = [
    ("current_job", "Lai labāk paveiktu pašreizējo darbu"),
    ("career", "Lai uzlabotu karjeras iespējas esošajā darba vietā (atlīdzību, amatu)"),
    ("certificate", "Lai iegūtu apliecību/sertifikātu"),
    ("employer", "Pēc darba devēja ieteikuma vai pieprasījuma"),
    ("changes_at_work", "Organizatorisko un/vai tehnoloģisko pārmaiņu dēļ darbā"),
    ("keep_job", "Lai mazinātu risku zaudēt darbu"),
    ("new_job", "Lai palielinātu iespējas mainīt/iegūt darba vietu/profesiju"),
    ("own_business", "Lai sāktu vai pilnveidotu savu uzņēmējdarbību"),
    ("other", "Citi"),
]

# code, label, what the person is told to do next (X41: a rejection always says so)
REJECTION_REASONS = [
    (
        "prior_education",
        "Iepriekš iegūtā izglītība neatbilst programmas prasībām",
        "Katalogā izvēlieties filtru \"Prasības iepriekšējai izglītībai\" un atrodiet programmu, kuras prasībām atbilstat. "
        "Ja Jūsu izglītība profilā norādīta kļūdaini, labojiet to un piesakieties vēlreiz.",
    ),
    (
        "prior_knowledge",
        "Priekšzināšanas nav pietiekamas programmas apguvei",
        "Izvēlieties programmu ar zemāku DigComp līmeni. "
        "Piemērotāko programmu palīdzēs atrast izglītības iestāde vai karjeras konsultants.",
    ),
    (
        "target_group",
        "Neatbilstat finansējuma avota mērķa grupai",
        "Apskatiet, kam paredzēts katrs finansējuma avots, un izvēlieties programmu ar citu avotu. "
        "Jautājumos rakstiet uz stars@viaa.gov.lv.",
    ),
    (
        "done_before",
        "Šī programma jau apgūta par publisko finansējumu",
        "Izvēlieties citu programmu, kuru vēl neesat apguvis vai apguvusi. "
        "Ja programma nav apgūta, rakstiet uz stars@viaa.gov.lv.",
    ),
    (
        "documents",
        "Nav saņemta informācija, kas apliecina atbilstību prasībām",
        "Sagatavojiet izglītību apliecinošu dokumentu un piesakieties vēlreiz, kamēr pieteikšanās ir atvērta. "
        "Kādi dokumenti vajadzīgi, jautājiet izglītības iestādei.",
    ),
    (
        "group_not_formed",
        "Mācību grupa netiks nokomplektēta",
        "Izvēlieties šīs programmas citu norises vietu vai līdzīgu programmu katalogā. "
        "Jums rezervētais finansējums ir atbrīvots.",
    ),
]


def fill(apps, schema_editor):
    def model(name):
        return apps.get_model("classifiers", name)

    model("Sector").objects.bulk_create(
        model("Sector")(
            number=number, registration_label=registration, programme_label=programme, name=name, excludes_others=excludes
        )
        for number, registration, programme, name, excludes in SECTORS
    )
    plain = {
        "PriorEducation": PRIOR_EDUCATION,
        "ProgrammeKind": PROGRAMME_KINDS,
        "Qualification": QUALIFICATIONS,
        "InformationSource": INFORMATION_SOURCES,
        "ChoiceReason": CHOICE_REASONS,
    }
    wide = {
        "EducationLevel": (EDUCATION_LEVELS, "framework_level"),
        "EconomicStatus": (ECONOMIC_STATUSES, "is_employed"),
        "RegistrationReason": (REGISTRATION_REASONS, "asks_text"),
        "RejectionReason": (REJECTION_REASONS, "next_step"),
    }
    for name, rows in plain.items():
        model(name).objects.bulk_create(
            model(name)(code=code, label=label, position=place) for place, (code, label) in enumerate(rows, 1)
        )
    for name, (rows, field) in wide.items():
        model(name).objects.bulk_create(
            model(name)(code=code, label=label, position=place, **{field: value})
            for place, (code, label, value) in enumerate(rows, 1)
        )


class Migration(migrations.Migration):
    dependencies = [("classifiers", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
