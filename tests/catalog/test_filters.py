"""Every filter narrows to what it says, and every count is what choosing the value would show (X13)."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from django.core.cache import cache
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Institution
from catalog.forms import SIZES, SORTS, filters, read_query
from catalog.models import Mode, Programme, ScheduleKind
from catalog.selectors import CataloguePage, CatalogueQuery, catalogue, count
from catalog.services import raise_catalogue_version
from funding.models import FundingSource
from stars.classifiers.models import (
    DigCompCompetence,
    Municipality,
    PriorEducation,
    ProgrammeKind,
    Qualification,
    Sector,
)
from stars.kernel.actor import Actor
from tests.factories.accounts import InstitutionFactory
from tests.factories.catalog import (
    ProgrammeCompetenceFactory,
    ProgrammeFactory,
    ProgrammeOfferFactory,
    RoundFactory,
    VenueFactory,
)


def ask(**chosen: Iterable[str] | str) -> CataloguePage:
    query = CatalogueQuery(
        chosen=tuple(
            (facet, (values,) if isinstance(values, str) else tuple(values)) for facet, values in chosen.items()
        ),
        per_page=50,
    )
    return catalogue(query, actor=Actor(), moment=timezone.now())


def names(page: CataloguePage) -> set[str]:
    return {row.programme.name for row in page.rows}


@pytest.fixture
def three(db: None) -> None:
    """A, B and C differ in everything one can filter by; C shares a little with each."""
    RoundFactory.create()
    mn = FundingSource.objects.get(code="mn")
    riga, cesis = Municipality.objects.get(code="riga"), Municipality.objects.get(code="cesu-novads")
    school = InstitutionFactory.create(code="skola", name="Jēkabpils Tehnoloģiju tehnikums")
    college = InstitutionFactory.create(code="koledza", name="Vidzemes Augstienes koledža")
    at_riga = VenueFactory.create(institution=school, municipality=riga)
    at_cesis = VenueFactory.create(institution=college, municipality=cesis)
    remote = VenueFactory.create(remote=True)

    a = ProgrammeFactory.create(
        name="A",
        institution=school,
        venues=[at_riga],
        qualification=Qualification.objects.get(code="prog"),
        schedule_kinds=[ScheduleKind.DAYS_OFF],
    )
    b = ProgrammeFactory.create(
        name="B",
        institution=college,
        venues=[at_cesis],
        kind=ProgrammeKind.objects.get(code="study_course"),
        sector=Sector.objects.get(number=15),
        mode=Mode.PARTLY_REMOTE,
        qualification=Qualification.objects.get(code="dator"),
        prior_education=PriorEducation.objects.get(code="bachelor"),
        schedule_kinds=[ScheduleKind.MIXED],
        offer=False,
        group__capacity=6,
        group__minimum=1,
        group__taken=6,
    )
    c = ProgrammeFactory.create(
        name="C",
        institution=college,
        venues=[at_riga, remote],
        sector=Sector.objects.get(number=15),
        mode=Mode.REMOTE,
        schedule_kinds=[ScheduleKind.DAYS_OFF, ScheduleKind.MIXED],
    )
    c.extra_sectors.add(Sector.objects.get(number=3), Sector.objects.get(number=18))
    ProgrammeOfferFactory.create(programme=b, source=mn)
    ProgrammeOfferFactory.create(programme=c, source=mn)
    data = DigCompCompetence.objects.get(area__number=1, number=1)
    ProgrammeCompetenceFactory.create(programme=a, level=4)
    ProgrammeCompetenceFactory.create(programme=b, competence=data, level=6)
    ProgrammeCompetenceFactory.create(programme=c, level=6)
    ProgrammeCompetenceFactory.create(programme=c, competence=data, level=5)


@pytest.mark.django_db
def test_an_institution_chosen_by_its_code_is_no_part_of_the_names_of_others() -> None:
    for code, name in (("ogr", "Ogres krasts"), ("skola", "Programmētāju skola")):
        ProgrammeFactory.create(name=name, institution=InstitutionFactory.create(code=code, name=name))
    assert names(ask(institution="ogr")) == {"Ogres krasts"}
    assert names(ask(institution="ogr")) != names(ask(institution="ogrammē")) == {"Programmētāju skola"}


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("facet", "values", "expected"),
    [
        ("institution", "skola", "A"),
        ("institution", "vidzemes augst", "BC"),
        ("institution", "jekabpils", "A"),
        ("institution", "nav tādas", ""),
        ("kind", "study_course", "B"),
        ("kind", ("study_course", "module"), "ABC"),
        ("source", "imk", "AC"),
        ("source", "mn", "BC"),
        ("source", ("imk", "mn"), "ABC"),
        ("source", "varam", ""),
        ("venue", "riga", "AC"),
        ("venue", "attalinati", "C"),
        ("venue", ("attalinati", "cesu-novads"), "BC"),
        ("sector", "3", "AC"),
        ("sector", "15", "BC"),
        ("sector", "18", "C"),
        ("qualification", "prog", "A"),
        ("area", "1", "BC"),
        ("area", "3", "AC"),
        ("level", "6", "BC"),
        ("level", ("4", "5"), "AC"),
        ("prior_education", "bachelor", "B"),
        ("mode", "remote", "C"),
        ("time", "mixed", "BC"),
        ("time", ("mixed", "days_off"), "ABC"),
        ("open", "1", "AC"),
        ("free", "1", "AC"),
    ],
)
def test_a_filter_narrows_to_what_it_says(facet: str, values: str, expected: str) -> None:
    page = ask(**{facet: values})
    assert names(page) == set(expected)
    assert page.total == len(expected)


@pytest.mark.usefixtures("three")
def test_x13_every_count_is_what_one_press_more_would_show() -> None:
    """For no filter, every single one and some pairs: press each value and compare with the number beside it."""
    single: list[dict[str, str]] = [
        {facet: option.value} for facet, options in ask().facets.options.items() for option in options[:1]
    ]
    pairs = [{**one, **other} for one, other in combinations(single, 2)]
    for chosen in [{}, *single, *pairs[::12]]:
        page = ask(**chosen)
        for facet, options in page.facets.options.items():
            for option in options:
                query = CatalogueQuery(
                    chosen=tuple((name, (value,)) for name, value in {**chosen, facet: option.value}.items())
                )
                assert option.count == count(query, moment=timezone.now()), (chosen, facet, option)
        assert page.free == ask(**{**chosen, "free": "1"}).total


@pytest.mark.usefixtures("three")
def test_a_programme_with_two_competences_in_one_area_counts_once() -> None:
    c = Programme.objects.get(name="C")
    ProgrammeCompetenceFactory.create(
        programme=c, competence=DigCompCompetence.objects.get(area__number=1, number=2), level=5
    )
    raise_catalogue_version()
    assert {option.value: option.count for option in ask().facets.of("area")} == {"1": 2, "3": 2}
    assert {option.value: option.count for option in ask().facets.of("level")} == {"4": 1, "5": 1, "6": 2}


@pytest.mark.usefixtures("three")
def test_values_stand_in_the_order_of_their_lists() -> None:
    facets = ask().facets
    assert [option.value for option in facets.of("kind")] == ["module", "study_course"]
    assert [option.label for option in facets.of("source")] == ["IMK", "MN"]
    assert [option.label for option in facets.of("venue")] == ["Attālināti", "Cēsu novads", "Rīga"]
    assert [option.value for option in facets.of("sector")] == ["3", "15", "18"]


# --- never stale --------------------------------------------------------------------


@pytest.mark.usefixtures("three")
def test_counts_come_from_the_cache_until_the_version_is_raised(django_assert_max_num_queries: Any) -> None:
    ask()
    with django_assert_max_num_queries(4):
        assert ask().total == 3
    Programme.objects.filter(name="A").update(kind=ProgrammeKind.objects.get(code="module_set"))
    raise_catalogue_version()
    assert {option.value: option.count for option in ask().facets.of("kind")} == {
        "module": 1,
        "module_set": 1,
        "study_course": 1,
    }


@pytest.mark.usefixtures("three")
def test_x15_a_closed_institution_leaves_list_and_counts_at_once() -> None:
    assert ask().total == 3
    Institution.objects.filter(code="koledza").update(is_active=False)
    page = ask()
    assert (page.total, names(page)) == (1, {"A"})
    assert sum(option.count for option in page.facets.of("kind")) == 1


@pytest.mark.usefixtures("three")
def test_places_are_live_on_the_row_and_in_the_filter() -> None:
    assert ask(free="1").total == 2
    Programme.objects.get(name="A").groups.update(taken=20)
    page = ask()
    assert {row.programme.name: row.places.free for row in page.rows} == {"A": 0, "B": 0, "C": 20}
    assert page.free == 1
    assert ask(free="1").total == 1


@pytest.mark.usefixtures("three")
def test_a_round_that_ends_changes_the_count_without_a_version() -> None:
    assert ask(open="1").total == 2
    tomorrow = timezone.now() + timedelta(days=10)
    later = catalogue(CatalogueQuery(chosen=(("open", ("1",)),)), actor=Actor(), moment=tomorrow)
    assert later.total == 0


def test_a_group_that_begins_is_no_longer_open(db: None) -> None:
    RoundFactory.create(closes_at=timezone.now() + timedelta(days=90))
    ProgrammeFactory.create(name="A")
    assert ask(open="1").total == 1
    after = timezone.now() + timedelta(days=30)
    assert catalogue(CatalogueQuery(chosen=(("open", ("1",)),)), actor=Actor(), moment=after).total == 0


# --- the address --------------------------------------------------------------------


def read(address: str) -> CatalogueQuery:
    return read_query(QueryDict(address))


def test_the_address_names_are_those_of_the_contract() -> None:
    assert [one.name for one in filters()] == [
        *("iestade", "veids", "finansejums", "vieta", "nozare", "kvalifikacija", "digcomp-joma", "digcomp-limenis"),
        *("prasibas", "forma", "laiks", "atverta", "vietas"),
    ]


def test_the_ninth_filter_has_a_switch(settings: Any) -> None:
    assert dict(read("prasibas=bachelor").chosen) == {"prior_education": ("bachelor",)}
    settings.STARS_FILTER_PRIOR_EDUCATION = False
    assert read("prasibas=bachelor").chosen == ()


@pytest.mark.parametrize(
    ("address", "chosen"),
    [
        ("veids=module&veids=study_course", {"kind": ("module", "study_course")}),
        ("veids=module&veids=module", {"kind": ("module",)}),
        ("nozare=3,18", {"sector": ("3", "18")}),
        ("finansejums=IMK", {"source": ("imk",)}),
        ("veids=%27%3B+DROP", {}),
        ("veids=%00module", {"kind": ("module",)}),
        ("veids[]=module", {}),
        ("veids__icontains=module&password=x", {}),
        ("nozare=abc&nozare=99999&nozare=-3&nozare=3e2&nozare=%D9%A3", {}),
        ("digcomp-limenis=5&digcomp-limenis=9999999999999999999", {"level": ("5",)}),
        ("atverta=jā&vietas=0", {}),
        ("vieta=&kvalifikacija=", {}),
        ("veids=" + "a" * 61, {}),
        ("&".join(f"veids=k{number}" for number in range(50)), {"kind": tuple(f"k{number}" for number in range(20))}),
    ],
)
def test_web_07_odd_values_are_not_read(address: str, chosen: dict[str, tuple[str, ...]]) -> None:
    assert dict(read(address).chosen) == chosen


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("lapa=3", 3),
        ("lapa=0", 1),
        ("lapa=-1", 1),
        ("lapa=1e9", 1),
        ("lapa=%D9%A3", 1),
        ("lapa=" + "9" * 400, 1),
        ("", 1),
    ],
)
def test_page_numbers(address: str, page: int) -> None:
    assert read(address).page == page


def test_sort_and_size_come_from_a_list() -> None:
    assert (read("kartot=-maksa").sort, read("kartot=password").sort, read("q=x").sort) == (
        *("-maksa", "nosaukums"),
        "atbilstiba",
    )
    assert [read(f"skaits={size}").per_page for size in ("25", "50", "1000", "x")] == [25, 50, 10, 10]


NAMES = st.sampled_from([*(one.name for one in filters()), "q", "kartot", "lapa", "skaits", "pilns", "cits"])


@given(st.lists(st.tuples(NAMES, st.text(max_size=130)), max_size=12))
def test_no_address_can_break_the_reading(pairs: list[tuple[str, str]]) -> None:
    address = QueryDict(mutable=True)
    for name, value in pairs:
        address.appendlist(name, value)
    query = read_query(address)
    assert query.per_page in SIZES
    assert query.sort in SORTS
    assert 1 <= query.page < 1_000_000
    assert "\x00" not in repr(query)


def test_the_cache_may_be_lost(db: None) -> None:
    ProgrammeFactory.create()
    assert ask().total == 1
    cache.clear()
    assert ask().total == 1
