"""Institutions, venues, programmes with their groups, and the rounds of the three sources."""

from typing import Any

from accounts.models import Institution
from catalog.models import (
    ApplicationRound,
    CourseGroup,
    Programme,
    ProgrammeCompetence,
    ProgrammeOffer,
    ProgrammePart,
    Venue,
)
from catalog.services import raise_catalogue_version, reindex
from catalog.states import GroupState, ProgrammeState
from funding.models import Allotment, FundingSource
from stars.classifiers.models import (
    DigCompCompetence,
    Municipality,
    PriorEducation,
    ProgrammeKind,
    Qualification,
    Sector,
)

from .calendar import Calendar, read

REMOTE = "ATT"
PHASES = {"finished": GroupState.FINISHED, "running": GroupState.RUNNING, "planned": GroupState.FORMING}
# source, name, first day, day after the last (both counted from the base)
ROUNDS = (
    ("imk", "IMK 1. kārta", -207, -184),
    ("imk", "IMK 2. kārta", 0, 12),
    ("mn", "MN 1. kārta", -70, -30),
    ("mn", "MN 2. kārta", -10, 35),
    ("varam", "VARAM pavasara kārta", -200, -170),
    ("varam", "VARAM vasaras kārta", -30, 60),
)
GRANT_DAYS = 325  # 30.04.2026 counted from 09.06.2025


def load(calendar: Calendar) -> None:
    venues = _institutions()
    _programmes(calendar, venues)
    sources = {source.code: source for source in FundingSource.objects.all()}
    ApplicationRound.objects.bulk_create(
        ApplicationRound(
            source=sources[source], name=name, opens_at=calendar.moment(first), closes_at=calendar.moment(after)
        )
        for source, name, first, after in ROUNDS
    )
    FundingSource.objects.filter(code="imk").update(grant_valid_to=calendar.day(GRANT_DAYS))
    until = f"Finansējums līdz {calendar.day(GRANT_DAYS):%d.%m.%Y}."
    Allotment.objects.filter(source__code="imk").update(name=until, opened_on=calendar.day(ROUNDS[0][2]))
    for programme in Programme.objects.all():
        reindex(programme_id=programme.pk)
    raise_catalogue_version()


def _municipalities() -> dict[str, Municipality]:
    """By name as people write it: "Līvānu novads" and "Līvānu" are the same place."""
    found: dict[str, Municipality] = {}
    for municipality in Municipality.objects.all():
        found[municipality.name] = found[municipality.name.removesuffix(" novads")] = municipality
    return found


def _institutions() -> dict[str, Venue]:
    rows, places = read("institutions"), _municipalities()
    institutions = Institution.objects.bulk_create(
        Institution(
            code=row["code"],
            name=row["name"],
            kind=row["kind"],
            company_number=row["company"],
            institution_number=row["institution"],
            municipality=places[row["municipality"]],
            email=row["email"],
            phone=row["phone"],
            website=row["website"],
            description=row["about"],
        )
        for row in rows
    )
    venues = [Venue(code=REMOTE, name="Attālināti", is_remote=True)]
    for institution, row in zip(institutions, rows, strict=True):
        venues += [
            Venue(
                code=code,
                institution=institution,
                name=name,
                address=address,
                municipality=places[municipality],
                registered_in_viis=registered,
            )
            for code, name, address, municipality, registered in row["venues"]
        ]
    return {venue.code: venue for venue in Venue.objects.bulk_create(venues)}


def _programme(row: dict[str, Any], known: dict[str, dict[Any, Any]], calendar: Calendar) -> Programme:
    theory_onsite, practice_onsite, theory_remote, practice_remote = row["hours"]
    institution = known["institution"][row["institution"]]
    return Programme(
        number=row["number"],
        code=row["code"],
        name=row["name"],
        institution=institution,
        state=ProgrammeState.PUBLISHED,
        published_at=calendar.moment(-14, 9),
        kind=known["kind"][row["kind"]],
        sector=known["sector"][row["sector"]],
        mode=row["mode"],
        qualification=known["qualification"].get(row["qualification"]),
        prior_knowledge=row["knowledge"],
        prior_education=known["education"][row["education"]],
        description=row["about"],
        main_topics=row["topics"],
        hours_total=sum(row["hours"]),
        theory_onsite=theory_onsite,
        practice_onsite=practice_onsite,
        theory_remote=theory_remote,
        practice_remote=practice_remote,
        equipment=row["equipment"],
        final_examination=row["examination"],
        education_document=row["document"],
        language_label=row["language"],
        schedule_kinds=row["times"],
        duration_weeks=row["weeks"],
        digital_share_percent=row["digital"],
        max_group_size=row["size"],
        varam_level=row["level"],
    )


def _programmes(calendar: Calendar, venues: dict[str, Venue]) -> None:
    known: dict[str, dict[Any, Any]] = {
        "institution": {institution.code: institution for institution in Institution.objects.all()},
        "kind": {kind.code: kind for kind in ProgrammeKind.objects.all()},
        "sector": {sector.number: sector for sector in Sector.objects.all()},
        "qualification": {qualification.code: qualification for qualification in Qualification.objects.all()},
        "education": {education.code: education for education in PriorEducation.objects.all()},
    }
    rows = read("programmes")
    programmes = Programme.objects.bulk_create(_programme(row, known, calendar) for row in rows)
    _what_belongs(programmes, rows, known["sector"], venues)
    CourseGroup.objects.bulk_create(
        CourseGroup(
            code=code,
            programme=programme,
            venue=venues[venue],
            state=PHASES[phase],
            starts_on=calendar.day(start),
            ends_on=calendar.day(end),
            schedule_kind=kind,
            schedule=schedule,
            capacity=capacity,
            minimum=minimum,
        )
        for programme, row in zip(programmes, rows, strict=True)
        for code, venue, kind, start, end, phase, capacity, minimum, schedule in row["groups"]
    )


def _what_belongs(
    programmes: list[Programme], rows: list[dict[str, Any]], sectors: dict[int, Sector], venues: dict[str, Venue]
) -> None:
    """Offers, parts, competences, venues and further sectors."""
    sources = {source.code: source for source in FundingSource.objects.all()}
    competences = {
        f"{competence.area.number}.{competence.number}": competence
        for competence in DigCompCompetence.objects.select_related("area")
    }
    pairs = list(zip(programmes, rows, strict=True))
    ProgrammeOffer.objects.bulk_create(
        ProgrammeOffer(programme=programme, source=sources[code], price_cents=row["price"])
        for programme, row in pairs
        for code in row["sources"]
    )
    ProgrammePart.objects.bulk_create(
        ProgrammePart(programme=programme, position=position, name=name, hours=hours, cost_cents=cost)
        for programme, row in pairs
        for position, (name, hours, cost) in enumerate(row["parts"], start=1)
    )
    ProgrammeCompetence.objects.bulk_create(
        ProgrammeCompetence(programme=programme, competence=competences[code], level=level, description=description)
        for programme, row in pairs
        for code, level, description in row["competences"]
    )
    at = Programme.venues.through
    at.objects.bulk_create(
        at(programme_id=programme.pk, venue_id=venues[code].pk) for programme, row in pairs for code in row["venues"]
    )
    also = Programme.extra_sectors.through
    also.objects.bulk_create(
        also(programme_id=programme.pk, sector_id=sectors[number].pk)
        for programme, row in pairs
        for number in row["also"]
    )
