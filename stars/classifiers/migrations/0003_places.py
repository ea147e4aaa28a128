"""Regions and municipalities with the dates they hold: 43 from 1 July 2021, 42 from 1 July 2025."""

from datetime import date

from django.db import migrations

REFORM = date(2021, 7, 1)
VARAKLANI_END = date(2025, 6, 30)  # joined Madonas novads
MOVED = date(2024, 1, 1)  # three counties left the region of Rīga

REGIONS = [
    ("rigas", "Rīgas"),
    ("vidzemes", "Vidzemes"),
    ("kurzemes", "Kurzemes"),
    ("zemgales", "Zemgales"),
    ("latgales", "Latgales"),
]

CITIES = {
    "rigas": [("riga", "Rīga"), ("jurmala", "Jūrmala")],
    "kurzemes": [("liepaja", "Liepāja"), ("ventspils", "Ventspils")],
    "zemgales": [("jelgava", "Jelgava")],
    "latgales": [("daugavpils", "Daugavpils"), ("rezekne", "Rēzekne")],
}

COUNTIES = {
    "rigas": [
        ("adazu", "Ādažu"),
        ("kekavas", "Ķekavas"),
        ("marupes", "Mārupes"),
        ("olaines", "Olaines"),
        ("ropazu", "Ropažu"),
        ("salaspils", "Salaspils"),
        ("saulkrastu", "Saulkrastu"),
        ("siguldas", "Siguldas"),
    ],
    "vidzemes": [
        ("aluksnes", "Alūksnes"),
        ("cesu", "Cēsu"),
        ("gulbenes", "Gulbenes"),
        ("limbazu", "Limbažu"),
        ("madonas", "Madonas"),
        ("ogres", "Ogres"),
        ("smiltenes", "Smiltenes"),
        ("valkas", "Valkas"),
        ("valmieras", "Valmieras"),
        ("varaklanu", "Varakļānu"),
    ],
    "kurzemes": [
        ("dienvidkurzemes", "Dienvidkurzemes"),
        ("kuldigas", "Kuldīgas"),
        ("saldus", "Saldus"),
        ("talsu", "Talsu"),
        ("tukuma", "Tukuma"),
        ("ventspils", "Ventspils"),
    ],
    "zemgales": [
        ("aizkraukles", "Aizkraukles"),
        ("bauskas", "Bauskas"),
        ("dobeles", "Dobeles"),
        ("jelgavas", "Jelgavas"),
        ("jekabpils", "Jēkabpils"),
    ],
    "latgales": [
        ("augsdaugavas", "Augšdaugavas"),
        ("balvu", "Balvu"),
        ("kraslavas", "Krāslavas"),
        ("livanu", "Līvānu"),
        ("ludzas", "Ludzas"),
        ("preilu", "Preiļu"),
        ("rezeknes", "Rēzeknes"),
    ],
}
LEFT_RIGA = {"limbazu", "ogres", "tukuma"}


def fill(apps, schema_editor):
    region_model = apps.get_model("classifiers", "PlanningRegion")
    municipality_model = apps.get_model("classifiers", "Municipality")
    membership_model = apps.get_model("classifiers", "RegionMembership")
    regions = {
        code: region_model.objects.create(code=code, label=label, position=place)
        for place, (code, label) in enumerate(REGIONS, 1)
    }
    for region in regions:
        for code, name in CITIES.get(region, []):
            city = municipality_model.objects.create(code=code, name=name, valid_from=REFORM)
            membership_model.objects.create(municipality=city, region=regions[region], valid_from=REFORM)
        for code, genitive in COUNTIES[region]:
            end = VARAKLANI_END if code == "varaklanu" else None
            county = municipality_model.objects.create(
                code=f"{code}-novads", name=f"{genitive} novads", valid_from=REFORM, valid_to=end
            )
            since = REFORM
            if code in LEFT_RIGA:
                membership_model.objects.create(
                    municipality=county, region=regions["rigas"], valid_from=REFORM, valid_to=date(2023, 12, 31)
                )
                since = MOVED
            membership_model.objects.create(
                municipality=county, region=regions[region], valid_from=since, valid_to=end
            )


class Migration(migrations.Migration):
    dependencies = [("classifiers", "0002_choices")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
