"""The agency's calls: the first one as seed 003 tells it, and one that is open now."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from calls.models import Call, CallCondition, CallKind, CallStep, VenueCheck, WantedAttachment
from calls.states import CallState, CostRule, Place, VenueState
from catalog.models import Venue
from funding.models import FundingSource
from stars.classifiers.models import DigCompArea, ProgrammeKind
from stars.kernel.actor import Actor

from .calendar import Calendar
from .past import Told, write_past

LOADING = Actor.system("load_demo")
RIGA = ZoneInfo("Europe/Riga")
STUDIES = "Akreditēta studiju virziena pilna laika licencētas augstākās izglītības studiju programmas {}."
MODULES = (
    "{} no klātienes formā īstenojamas modulārās profesionālās izglītības programmas ar kvalifikāciju "
    '"Datorsistēmu tehniķis" vai "Programmēšanas tehniķis" (LKI 4. līmenis).'
)
# kind, rule, rate, cap, stays under the programme's own cost, what may be offered
KINDS = (
    ("study_course", CostRule.WHOLE, 515, 41213, False, STUDIES.format("studiju kurss")),
    ("study_module", CostRule.PARTS, 515, 41213, False, STUDIES.format("studiju modulis")),
    ("module", CostRule.WHOLE, 534, 42743, False, MODULES.format("Modulis")),
    ("module_set", CostRule.PARTS, 534, 42743, True, MODULES.format("Moduļu kopa")),
)
CONDITIONS = (
    (
        "institution",
        (
            "Iestāde ir akreditēta un licencētu un akreditētu profesionālās izglītības programmu īsteno vismaz trīs gadus "
            "pirms pieteikuma iesniegšanas."
        ),
    ),
    (
        "institution",
        "Iestāde ir reģistrēta Izglītības iestāžu reģistrā vismaz trīs gadus pirms pieteikuma iesniegšanas.",
    ),
    (
        "institution",
        (
            "Iestāde ir īstenojusi vismaz divas izglītības programmas attiecīgajā izglītības programmas veidā un DigComp "
            "kompetenču jomā vismaz trešajā līmenī, un mācības pabeigušo skaits vienā mācību grupā ir bijis vismaz "
            "10 izglītojamie."
        ),
    ),
    (
        "programme",
        "Profesionālās izglītības programma ir licencēta un akreditēta, tās kvalifikācija atbilst LKI 4. līmenim.",
    ),
    ("programme", "Studiju programma ir licencēta pilna laika studiju programma no akreditēta studiju virziena."),
    (
        "programme",
        (
            "Izglītības programma sniedz prasmes atbilstoši norādītajam DigComp līmenim (4.–6.) un ietver norādītās "
            "digitālo kompetenču jomas, kas aprakstītas kompetenču līmenī."
        ),
    ),
    (
        "programme",
        "Digitālo rīku, tēmu un metodoloģiju apguve veido vismaz 70 % no kopējā programmas satura.",
    ),
    (
        "programme",
        (
            "Netiek iekļauti vispārējās vidējās izglītības mācību priekšmetu pamatkursi un padziļinātie kursi, kā arī "
            "mūžizglītības kompetenču moduļi."
        ),
    ),
)
ATTACHMENTS = (
    ("iesniegums", Place.OFFER, "Iesniegums par piedalīšanos izglītības iestāžu uzaicinājumā (nolikuma 2. pielikums)"),
    (
        "digitalas-prasmes",
        Place.PROGRAMME,
        "Apliecinājums par digitālo prasmju apguvi vismaz 70 % apmērā (nolikuma 3. pielikums)",
    ),
    ("pieredze", Place.PROGRAMME, "Apliecinājums par īstenotajām izglītības programmām (nolikuma 4. pielikums)"),
    (
        "macibu-plans",
        Place.PROGRAMME,
        "Mācību plāna kopija vai studiju programmas plāna un studiju kursa vai studiju moduļa apraksta kopija",
    ),
)
RULES = """Uzaicinājumā izglītības iestādes piedāvā programmas, kas palīdz pieaugušajiem apgūt digitālās prasmes.

Pamats: Ministru kabineta 2024. gada 23. jūlija noteikumi Nr. 506 un vienības izmaksu metodika.
Izmaksas vienam dalībniekam aprēķina no stundu skaita, un tās nepārsniedz ierobežojumu."""
FIRST_STEPS = (
    ((2024, 9, 3), (2024, 9, 3), "IMK Uzraudzības padome apstiprina mācību vajadzības", False),
    ((2024, 9, 30), (2024, 9, 30), "Vērtēšanas nolikuma izstrāde, piedāvājumu vērtēšanas komisijas izveide", True),
    ((2024, 9, 30), (2024, 10, 11), "Izglītības iestāžu piedāvājuma iesniegšana, pēdējā dienā līdz plkst. 23.59", True),
    ((2024, 10, 14), (2024, 10, 29), "Izglītības iestāžu piedāvājuma vērtēšana", True),
    (
        (2024, 10, 30),
        (2024, 11, 13),
        "Lēmums, sadarbības līgumu slēgšana, izglītības programmu publicēšana platformā",
        True,
    ),
    ((2024, 11, 14), (2024, 12, 6), "Personu pieteikšanās mācībām", True),
    (None, (2024, 12, 19), "Mērķa grupas atbilstības pārbaude, mācību grupu komplektēšana, mācību uzsākšana", True),
    ((2024, 12, 20), (2025, 3, 20), "Mācību process", True),
)
# The open one: days counted from the base.
NOW_STEPS = (
    (-4, 10, "Izglītības iestāžu piedāvājuma iesniegšana"),
    (13, 28, "Izglītības iestāžu piedāvājuma vērtēšana"),
    (29, 43, "Lēmums, sadarbības līgumu slēgšana, izglītības programmu publicēšana platformā"),
    (44, 66, "Personu pieteikšanās mācībām"),
)


def load(calendar: Calendar) -> None:
    source = FundingSource.objects.get(code="imk")
    first = Call.objects.create(
        slug="pirmais-uzaicinajums",
        name="Pirmais uzaicinājums izglītības iestādēm",
        source=source,
        state=CallState.ANNOUNCED,
        lead="Programmas digitālo prasmju lietpratējiem: studiju kursi un moduļi, profesionālās izglītības moduļi.",
        rules=RULES,
        opens_at=datetime(2024, 9, 30, tzinfo=RIGA),
        closes_at=datetime(2024, 10, 12, tzinfo=RIGA),
        announced_at=datetime(2024, 9, 30, tzinfo=RIGA),
        **needs(date(2024, 9, 3)),
    )
    belongs(first)
    CallStep.objects.bulk_create(
        CallStep(
            call=first,
            position=position,
            starts_on=date(*starts) if starts else None,
            ends_on=date(*ends),
            text=text,
            is_provisional=is_provisional,
        )
        for position, (starts, ends, text, is_provisional) in enumerate(FIRST_STEPS)
    )
    now = Call.objects.create(
        slug="tresais-uzaicinajums",
        name="Trešais uzaicinājums izglītības iestādēm",
        source=source,
        state=CallState.ANNOUNCED,
        lead="Jaunas programmas digitālo prasmju lietpratējiem: moduļi, moduļu kopas, studiju kursi un moduļi.",
        rules=RULES,
        opens_at=calendar.moment(-4),
        closes_at=calendar.moment(11),
        announced_at=calendar.moment(-4, 9),
        **needs(calendar.day(-20)),
    )
    belongs(now)
    CallStep.objects.bulk_create(
        CallStep(call=now, position=position, starts_on=calendar.day(first), ends_on=calendar.day(last), text=text)
        for position, (first, last, text) in enumerate(NOW_STEPS)
    )
    write_past(
        Told(call, "announce", at=call.opens_at, by=LOADING, before="prepared", after="announced")
        for call in (first, now)
    )
    _addresses(calendar)


def needs(day: date) -> dict[str, Any]:
    return {
        "needs_approved_by": "IMK Uzraudzības padome",
        "needs_approved_on": day,
        "level_from": 4,
        "level_to": 6,
        "least_digital_share": 70,
    }


def belongs(call: Call) -> None:
    """Kinds, conditions and attachments: the same in every call so far."""
    kinds = {kind.code: kind for kind in ProgrammeKind.objects.all()}
    call.areas.set(DigCompArea.objects.filter(framework="2.2"))
    CallKind.objects.bulk_create(
        CallKind(
            call=call,
            kind=kinds[code],
            position=position,
            most=3,
            rule=rule,
            rate_cents=rate,
            cap_cents=cap,
            asks_programme_cost=is_under,
            allowed=allowed,
        )
        for position, (code, rule, rate, cap, is_under, allowed) in enumerate(KINDS)
    )
    CallCondition.objects.bulk_create(
        CallCondition(call=call, about=about, position=position, text=text)
        for position, (about, text) in enumerate(CONDITIONS)
    )
    WantedAttachment.objects.bulk_create(
        WantedAttachment(call=call, code=code, place=place, name=name, position=position)
        for position, (code, place, name) in enumerate(ATTACHMENTS)
    )


def _addresses(calendar: Calendar) -> None:
    """The register has answered about every address of the demo."""
    VenueCheck.objects.bulk_create(
        VenueCheck(
            venue=venue,
            asked_address=venue.address,
            state=VenueState.REGISTERED if venue.registered_in_viis else VenueState.NOT_FOUND,
            answer_id=f"demo-{venue.code}",
            checked_at=calendar.moment(-30, 9),
            due_at=calendar.moment(-30, 9),
        )
        for venue in Venue.objects.filter(is_remote=False).order_by("pk")
    )
