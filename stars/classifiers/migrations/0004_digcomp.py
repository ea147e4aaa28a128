"""DigComp 2.2: five areas, 21 competences, eight levels in four bands."""

from django.db import migrations

AREAS = [
    (
        1,
        "Informācija un datu pratība",
        [
            "Datu, informācijas un digitālā satura pārlūkošana, meklēšana un atlase",
            "Datu, informācijas un digitālā satura izvērtēšana",
            "Datu, informācijas un digitālā satura pārvaldība",
        ],
    ),
    (
        2,
        "Komunikācija un sadarbība",
        [
            "Mijiedarbība, izmantojot digitālās tehnoloģijas",
            "Dalīšanās ar saturu, izmantojot digitālās tehnoloģijas",
            "Pilsoniskā līdzdalība, izmantojot digitālās tehnoloģijas",
            "Sadarbība, izmantojot digitālās tehnoloģijas",
            "Tīkla etiķete",
            "Digitālās identitātes pārvaldība",
        ],
    ),
    (
        3,
        "Digitālā satura radīšana",
        [
            "Digitālā satura veidošana",
            "Digitālā satura integrēšana un pārveidošana",
            "Autortiesības un licences",
            "Programmēšana",
        ],
    ),
    (
        4,
        "Drošība",
        [
            "Ierīču aizsardzība",
            "Personas datu un privātuma aizsardzība",
            "Veselības un labbūtības aizsardzība",
            "Vides aizsardzība",
        ],
    ),
    (
        5,
        "Problēmu risināšana",
        [
            "Tehnisku problēmu risināšana",
            "Vajadzību un tehnoloģisko risinājumu noteikšana",
            "Digitālo tehnoloģiju radoša izmantošana",
            "Digitālo prasmju trūkumu apzināšana",
        ],
    ),
]

LEVELS = [
    (1, "Pamata līmenis"),
    (2, "Pamata līmenis"),
    (3, "Vidējs līmenis"),
    (4, "Vidējs līmenis"),
    (5, "Augsts līmenis"),
    (6, "Augsts līmenis"),
    (7, "Īpaši specializēts līmenis"),
    (8, "Īpaši specializēts līmenis"),
]


def fill(apps, schema_editor):
    area_model = apps.get_model("classifiers", "DigCompArea")
    competence_model = apps.get_model("classifiers", "DigCompCompetence")
    level_model = apps.get_model("classifiers", "DigCompLevel")
    for number, label, competences in AREAS:
        area = area_model.objects.create(framework="2.2", number=number, label=label)
        competence_model.objects.bulk_create(
            competence_model(area=area, number=place, label=text) for place, text in enumerate(competences, 1)
        )
    level_model.objects.bulk_create(level_model(number=number, band=band) for number, band in LEVELS)


class Migration(migrations.Migration):
    dependencies = [("classifiers", "0003_places")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
