"""The three sources of the client manuals. Names follow the manual, with the spelling repaired; all of it is data."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import migrations

SOURCES: tuple[dict[str, Any], ...] = (
    {
        "code": "imk",
        "label": "IMK",
        "name": "Digitālās prasmes lietpratējiem",
        "legal_name": (
            "Atveseļošanas fonda projekts Nr. 2.3.1.4.i.0/1/23/I/CFLA/001 "
            '"Individuālo mācību kontu pieejas attīstība"'
        ),
        "summary": "Vidēja un augsta līmeņa digitālās prasmes. Mācības apmaksā no Jūsu individuālā mācību konta.",
        "co_payment": "above_grant",
        "grant_cents": 50000,
        "grant_valid_to": date(2026, 4, 30),
        "position": 1,
    },
    {
        "code": "mn",
        "label": "MN",
        "name": "Mācības nodarbinātajiem",
        "legal_name": (
            "Atveseļošanas fonda projekts Nr. 4.2.4.2/1/24/I/001 "
            '"Atbalsts pieaugušo individuālajās vajadzībās balstītai pieaugušo izglītībai"'
        ),
        "summary": "Mācības cilvēkiem, kuri strādā algotu darbu vai ir pašnodarbināti.",
        "co_payment": "percent",
        "percent": Decimal("10.00"),
        "percent_low_income": Decimal("0.00"),
        "asks_period": True,
        "position": 2,
    },
    {
        "code": "varam",
        "label": "VARAM",
        "name": "Digitālās pamatprasmes",
        "legal_name": 'Projekts "Digitālās pamatprasmes"',
        "summary": "Digitālās pamatprasmes. Vispirms tests parāda, kurš mācību līmenis Jums der.",
        "co_payment": "none",
        "needs_test": True,
        "position": 3,
    },
)


def add(apps: Any, schema_editor: Any) -> None:
    source = apps.get_model("funding", "FundingSource")
    for row in SOURCES:
        source.objects.get_or_create(code=row["code"], defaults=row)


class Migration(migrations.Migration):
    dependencies = [("funding", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
