"""The lists a form or filter begins with: complete, in order, dated, and in the words of the manuals."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from stars.classifiers import models
from tests.conftest import signed_in
from tests.factories.accounts import AgencyUserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("model", "rows"),
    [
        (models.Sector, 20),
        (models.PlanningRegion, 5),
        (models.Municipality, 43),
        (models.EducationLevel, 9),
        (models.EconomicStatus, 3),
        (models.PriorEducation, 5),
        (models.ProgrammeKind, 5),
        (models.Qualification, 3),
        (models.RegistrationReason, 6),
        (models.InformationSource, 10),
        (models.ChoiceReason, 9),
        (models.RejectionReason, 6),
        (models.DigCompArea, 5),
        (models.DigCompCompetence, 21),
        (models.DigCompLevel, 8),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_each_list_is_complete(model: type[models.Classifier], rows: int) -> None:
    assert model._default_manager.count() == rows


@pytest.mark.parametrize(
    ("day", "count"), [(date(2021, 6, 30), 0), (date(2021, 7, 1), 43), (date(2025, 6, 30), 43), (date(2025, 7, 1), 42)]
)
def test_municipalities_hold_for_their_time(day: date, count: int) -> None:
    assert models.Municipality.objects.valid_on(day).count() == count


def test_varaklani_joined_madona() -> None:
    gone = models.Municipality.objects.exclude(valid_to=None).get()
    assert (gone.name, gone.valid_to) == ("Varakļānu novads", date(2025, 6, 30))


@pytest.mark.parametrize("day", [date(2022, 1, 1), date(2023, 12, 31), date(2024, 1, 1), date(2025, 7, 1)])
def test_every_municipality_is_in_one_region_on_any_day(day: date) -> None:
    for municipality in models.Municipality.objects.valid_on(day):
        held = [one for one in municipality.regions.all() if one.valid_from <= day <= (one.valid_to or date.max)]
        assert len(held) == 1, municipality


@pytest.mark.parametrize("code", ["limbazu-novads", "ogres-novads", "tukuma-novads"])
def test_three_counties_left_the_region_of_riga(code: str) -> None:
    memberships = models.Municipality.objects.get(code=code).regions.order_by("valid_from")
    assert [(one.region.code == "rigas", one.valid_from) for one in memberships] == [
        (True, date(2021, 7, 1)),
        (False, date(2024, 1, 1)),
    ]


def test_city_and_county_of_one_name_are_two() -> None:
    for city, county in (
        ("ventspils", "ventspils-novads"),
        ("jelgava", "jelgavas-novads"),
        ("rezekne", "rezeknes-novads"),
    ):
        assert models.Municipality.objects.filter(code__in=(city, county)).count() == 2


def test_names_sort_the_latvian_way() -> None:
    names = list(models.Municipality.objects.values_list("name", flat=True))
    assert names.index("Cēsu novads") < names.index("Daugavpils")
    assert names.index("Krāslavas novads") < names.index("Ķekavas novads") < names.index("Liepāja")


def test_only_two_sectors_exclude_the_rest() -> None:
    assert list(models.Sector.objects.filter(excludes_others=True).values_list("name", flat=True)) == [
        "Nezinu",
        "Nevēlos mācīties",
    ]


def test_one_sector_has_two_labels() -> None:
    sector = models.Sector.objects.get(number=3)
    assert sector.registration_label.endswith("komunikācijas tehnoloģijām")
    assert sector.programme_label.endswith("komunikācijas tehnoloģijas nozare")


def test_x41_every_rejection_says_what_to_do_next() -> None:
    for reason in models.RejectionReason.objects.all():
        assert reason.next_step.endswith(".")
        assert len(reason.next_step) > 60


def test_professions_have_codes_of_seven_characters() -> None:
    codes = list(models.Profession.objects.values_list("code", flat=True))
    assert len(codes) >= 60
    assert all(len(code) == 7 and code[4] == " " for code in codes)


def test_who_counts_as_employed() -> None:
    assert list(models.EconomicStatus.objects.filter(is_employed=True).values_list("code", flat=True)) == ["employed"]


@pytest.mark.parametrize(
    "kind", [name for name, one in vars(models).items() if getattr(one, "_meta", None) and not one._meta.abstract]
)
def test_the_agency_edits_every_list_and_deletes_nothing(client: Client, kind: str) -> None:
    model = getattr(models, kind)
    signed_in(client, AgencyUserFactory.create())
    name = f"admin:classifiers_{model._meta.model_name}"
    assert client.get(reverse(f"{name}_changelist")).status_code == 200
    row = model._default_manager.order_by("pk")[0]
    assert client.get(reverse(f"{name}_change", args=(row.pk,))).status_code == 200
    assert client.get(reverse(f"{name}_delete", args=(row.pk,))).status_code == 403
