"""The agency's side: services behind every save, buttons for every move, and no way around them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.errors import ChangedMeanwhile
from catalog import models, services
from catalog.admin import VenueAdmin
from catalog.errors import PriceFrozen
from catalog.models import ApplicationRound, CourseGroup, Programme, ProgrammeOffer, Venue
from funding.models import FundingSource
from stars.kernel.actor import Actor, Role
from stars.kernel.by_hand import Written
from stars.kernel.models import AuditEntry
from tests.conftest import signed_in
from tests.factories.accounts import AgencyUserFactory, ProviderFactory
from tests.factories.catalog import (
    CourseGroupFactory,
    ProgrammeCompetenceFactory,
    ProgrammeFactory,
    ProgrammePartFactory,
    RoundFactory,
)

pytestmark = pytest.mark.django_db
OFFICER = Actor(role=Role.AGENCY, user_id=1, label="Inta")


@pytest.fixture
def agency(client: Client) -> Client:
    return signed_in(client, AgencyUserFactory.create())


def actions(kind: str, row: Any) -> list[str]:
    entries = AuditEntry.objects.filter(object_type=f"catalog.{kind}", object_id=str(row.pk))
    return list(entries.order_by("sequence").values_list("action", flat=True))


def fields_of(client: Client, url: str) -> dict[str, Any]:
    """The form as the browser would send it back, inlines included."""
    return fields_of_form(client.get(url).context)


def fields_of_form(context: Any) -> dict[str, Any]:
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    sent: dict[str, Any] = {}
    for form in forms:
        for field in form:
            value = field.value()
            if value is not None and value != "" and value is not False:
                sent[field.html_name] = [getattr(one, "pk", one) for one in value] if isinstance(value, list) else value
    return sent


def sent_by_a_browser(page: Any) -> dict[str, Any]:
    """Every control of the form as it stands in the page, hidden ones included."""
    sent: dict[str, Any] = {}
    for control in BeautifulSoup(page.content, "html.parser").select("#content-main form [name]"):
        if control.name == "select":
            value: Any = [one["value"] for one in control.select("option[selected]")]
        elif control.name == "textarea":
            value = control.get_text().removeprefix("\n")
        else:
            value = control.get("value", "on" if control.get("type") == "checkbox" else "")
        is_off = control.get("type") in {"checkbox", "radio"} and not control.has_attr("checked")
        if not is_off and control.get("type") != "submit":
            sent.setdefault(str(control["name"]), []).extend(value if isinstance(value, list) else [value])
    return sent


SHOWN = [
    models.Venue,
    models.Programme,
    models.CourseGroup,
    models.ApplicationRound,
    models.ProgrammeOffer,
    models.ProgrammePart,
    models.ProgrammeCompetence,
]


@pytest.mark.parametrize("model", SHOWN, ids=lambda model: model.__name__)
def test_every_list_and_page_opens(agency: Client, model: Any, django_assert_max_num_queries: Any) -> None:
    RoundFactory.create()
    for _ in range(3):
        programme = ProgrammeFactory.create()
        ProgrammeCompetenceFactory.create(programme=programme)
        ProgrammePartFactory.create(programme=programme)
    name = f"admin:catalog_{model._meta.model_name}"
    with django_assert_max_num_queries(14):
        assert agency.get(reverse(f"{name}_changelist"), {"q": "datu"}).status_code in {200, 302}
    assert agency.get(reverse(f"{name}_change", args=(model.objects.order_by("pk")[0].pk,))).status_code == 200


@pytest.mark.parametrize("model", SHOWN, ids=lambda model: model.__name__)
def test_nothing_of_the_catalogue_is_deleted(agency: Client, model: Any, rf: Any) -> None:
    assert not admin.site._registry[model].has_delete_permission(rf.get("/"))


def test_an_institutions_employee_is_kept_out(client: Client) -> None:
    response = signed_in(client, ProviderFactory.create()).get(reverse("admin:catalog_programme_changelist"))
    assert response.status_code in {302, 403}


# --- rounds -----------------------------------------------------------------------------


def round_form(**changes: Any) -> dict[str, Any]:
    opens = timezone.localtime() - timedelta(days=1)
    given = {
        "source": FundingSource.objects.get(code="imk").pk,
        "name": "2. kārta",
        "opens_at_0": f"{opens:%Y-%m-%d}",
        "opens_at_1": "09:00",
        "closes_at_0": f"{opens + timedelta(days=12):%Y-%m-%d}",
        "closes_at_1": "00:00",
    }
    return {**given, **changes}


def test_a_round_is_opened_by_the_button(agency: Client) -> None:
    url = reverse("admin:catalog_applicationround_add")
    assert agency.get(url).status_code == 200
    response = agency.post(url, round_form())
    assert response.status_code == 302
    assert "Kārta ir izsludināta: 2. kārta" in agency.get(response["Location"]).content.decode()
    made = ApplicationRound.objects.get()
    assert actions("applicationround", made) == ["open_round"]
    assert timezone.localtime(made.opens_at).hour == 9  # Riga's clock
    assert timezone.localtime(made.last_day).strftime("%H:%M:%S") == "23:59:59"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": ""}, "Ievadiet kārtas nosaukumu"),
        ({"source": ""}, "Izvēlieties finansējuma avotu"),
        ({"opens_at_0": ""}, "Ievadiet kārtas sākuma dienu un laiku"),
        ({"closes_at_0": "40.40.2025"}, "dienu un laiku"),
        ({"closes_at_0": "2020-01-01"}, "Kārtai jābeidzas pēc tās sākuma"),
    ],
)
def test_a_wrong_round_keeps_what_was_typed(agency: Client, changes: dict[str, str], says: str) -> None:
    response = agency.post(reverse("admin:catalog_applicationround_add"), round_form(**changes))
    assert response.status_code in {200, 422}
    html = response.content.decode()
    assert says in html
    assert not ApplicationRound.objects.exists()


def test_a_second_round_over_the_first_is_refused_in_words(agency: Client) -> None:
    RoundFactory.create()
    response = agency.post(reverse("admin:catalog_applicationround_add"), round_form())
    assert "jau ir šī finansējuma avota kārta" in response.content.decode()
    assert ApplicationRound.objects.count() == 1


def test_a_round_is_changed_and_closed_by_buttons(agency: Client) -> None:
    made = RoundFactory.create()
    form = round_form(name="Pagarināta")
    form.pop("source")
    edit = reverse("admin:catalog_applicationround_decide", args=(made.pk, "edit_round"))
    assert made.name in agency.get(edit).content.decode()
    assert agency.post(edit, form).status_code == 302
    assert (
        agency.post(reverse("admin:catalog_applicationround_decide", args=(made.pk, "close_round"))).status_code == 302
    )
    made.refresh_from_db()
    assert made.name == "Pagarināta"
    assert not made.is_open()
    assert actions("applicationround", made) == ["edit_round", "close_round"]


# --- programmes, groups, venues -----------------------------------------------------------


def test_a_programme_is_edited_through_the_service(agency: Client) -> None:
    programme = ProgrammeFactory.create()
    ProgrammePartFactory.create(programme=programme, position=1)
    url = reverse("admin:catalog_programme_change", args=(programme.pk,))
    sent = fields_of(agency, url) | {"name": "Jaunais nosaukums", "main_topics": "Viens, un vēl\r\nDivi\r\n"}
    response = agency.post(url, sent)
    assert response.status_code == 302, response.context["errors"]
    programme.refresh_from_db()
    assert (programme.name, programme.main_topics) == ("Jaunais nosaukums", ["Viens, un vēl", "Divi"])
    assert programme.state == "published"
    assert " vien " in programme.search_text
    assert actions("programme", programme) == ["save"]


def test_a_programme_is_published_and_archived_by_buttons(agency: Client) -> None:
    programme = ProgrammeFactory.create(unpublished=True)
    for action in ("publish", "archive"):
        url = reverse("admin:catalog_programme_decide", args=(programme.pk, action))
        shown = agency.get(reverse("admin:catalog_programme_change", args=(programme.pk,))).content.decode()
        assert url in shown
        assert agency.post(url).status_code == 302
    assert Programme.objects.get(pk=programme.pk).state == "archived"
    assert actions("programme", programme) == ["publish", "archive"]


def test_a_group_is_edited_without_touching_the_counter(agency: Client) -> None:
    group = CourseGroupFactory.create(capacity=20, taken=12)
    url = reverse("admin:catalog_coursegroup_change", args=(group.pk,))
    sent = fields_of(agency, url)
    assert agency.post(url, sent | {"capacity": 25, "taken": 0, "state": "cancelled"}).status_code == 302
    saved = CourseGroup.objects.get(pk=group.pk)
    assert (saved.capacity, saved.taken, saved.state) == (25, 12, "forming")
    assert actions("coursegroup", group) == ["save"]
    refused = agency.post(url, sent | {"capacity": 11})
    assert "Aizņemto vietu jau ir vairāk" in refused.content.decode()


def test_a_venue_is_edited_through_the_service(agency: Client) -> None:
    venue = ProgrammeFactory.create().venues.get()
    url = reverse("admin:catalog_venue_change", args=(venue.pk,))
    assert agency.post(url, fields_of(agency, url) | {"address": "Jaunā iela 1, Rīga"}).status_code == 302
    assert Venue.objects.get(pk=venue.pk).address == "Jaunā iela 1, Rīga"
    assert actions("venue", venue) == ["save"]


STALE = [
    ("programme", "name", "Jaunais nosaukums"),
    ("coursegroup", "schedule", "Sestdienās"),
    ("venue", "address", "Jaunā iela 1"),
]


@pytest.mark.parametrize(("kind", "name", "mine"), STALE, ids=lambda value: value)
def test_k6_a_form_opened_before_somebody_elses_save_overwrites_nothing(
    agency: Client, kind: str, name: str, mine: str
) -> None:
    programme = ProgrammeFactory.create()
    row = {"programme": programme, "coursegroup": programme.groups.get(), "venue": programme.venues.get()}[kind]
    url = reverse(f"admin:catalog_{kind}_change", args=(row.pk,))
    sent = fields_of(agency, url)
    assert agency.post(url, sent | {name: "Viņas vārdi"}).status_code == 302

    refused = agency.post(url, sent | {name: mine})
    html = refused.content.decode()
    assert "Kamēr aizpildījāt formu, dati mainījās." in html
    assert "Tagad saglabāts: Viņas vārdi" in html
    assert mine in html
    row.refresh_from_db()
    assert getattr(row, name) == "Viņas vārdi"

    again = fields_of_form(refused.context) | {name: mine}
    assert agency.post(url, again).status_code == 302
    row.refresh_from_db()
    assert getattr(row, name) == mine


def test_k6_the_rows_of_a_stale_form_say_what_is_kept_too(agency: Client) -> None:
    programme = ProgrammeFactory.create(unpublished=True, offer__price_cents=42743)
    part = ProgrammePartFactory.create(programme=programme, position=1, hours=48)
    url = reverse("admin:catalog_programme_change", args=(programme.pk,))
    sent = fields_of(agency, url)
    first = sent | {"parts-0-hours": 50, "offers-0-price_cents": "500,00"}
    assert agency.post(url, first).status_code == 302
    refused = agency.post(url, sent)
    html = refused.content.decode().replace("\xa0", " ")
    assert "Tagad saglabāts: 50" in html
    assert "Tagad saglabāts: 500,00" in html
    part.refresh_from_db()
    assert part.hours == 50
    assert agency.post(url, fields_of_form(refused.context)).status_code == 302


def test_k6_what_nobody_touched_in_a_stale_form_follows_what_is_kept(agency: Client) -> None:
    programme = ProgrammeFactory.create(unpublished=True)
    part = ProgrammePartFactory.create(programme=programme, position=1, name="Ievads", hours=48)
    url = reverse("admin:catalog_programme_change", args=(programme.pk,))
    opened = sent_by_a_browser(agency.get(url))
    hers = {
        "description": "Viņas apraksts.",
        "main_topics": "Viena\nDivas",
        "parts-0-hours": 50,
        "schedule_kinds": "days_off",
    }
    assert agency.post(url, opened | hers).status_code == 302

    refused = agency.post(url, opened | {"name": "Mans nosaukums", "parts-0-name": "Mana daļa"})
    html = refused.content.decode()
    assert html.count("Tagad saglabāts:") == 2
    assert ["Mans nosaukums" in html, "Mana daļa" in html, "Viņas apraksts." in html] == [True] * 3

    assert agency.post(url, sent_by_a_browser(refused)).status_code == 302
    for row in (programme, part):
        row.refresh_from_db()
    assert (programme.name, programme.description) == ("Mans nosaukums", "Viņas apraksts.")
    assert (programme.main_topics, programme.schedule_kinds) == (["Viena", "Divas"], ["days_off"])
    assert (part.name, part.hours) == ("Mana daļa", 50)


def test_k6_a_form_that_grows_old_before_the_lock_comes_back_with_what_was_typed(
    agency: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    venue = ProgrammeFactory.create().venues.get()
    url = reverse("admin:catalog_venue_change", args=(venue.pk,))
    sent = sent_by_a_browser(agency.get(url))
    get_object = VenueAdmin.get_object
    monkeypatch.setattr(services, "save_venue", Mock(side_effect=ChangedMeanwhile))

    def overtaken(admin: VenueAdmin, request: Any, *args: Any) -> Any:
        """Somebody else's save is seen by the second look only, as it is while the first one waits for the lock."""
        if hasattr(request, "looked"):
            Venue.objects.filter(pk=venue.pk).update(address="Viņas iela 2", version=venue.version + 1)
        request.looked = True
        return get_object(admin, request, *args)

    monkeypatch.setattr(VenueAdmin, "get_object", overtaken)
    refused = agency.post(url, sent | {"address": "Mana iela 1"})
    html = refused.content.decode()
    assert refused.status_code == 200
    assert "Tagad saglabāts: Viņas iela 2" in html
    assert "Mana iela 1" in html


def test_k6_what_the_institution_changed_meanwhile_stays_too(agency: Client) -> None:
    group = ProgrammeFactory.create().groups.get()
    url = reverse("admin:catalog_coursegroup_change", args=(group.pk,))
    sent = fields_of(agency, url)
    plan = services.GroupPlan(**{one: getattr(group, one) for one in services.GroupPlan.__dataclass_fields__})
    by = Actor(role=Role.PROVIDER, institution_id=group.programme.institution_id, user_id=1)
    services.change_group(group_id=group.pk, plan=replace(plan, schedule="Sestdienās"), by=by)
    assert "dati mainījās" in agency.post(url, sent).content.decode()
    assert CourseGroup.objects.get(pk=group.pk).schedule == "Sestdienās"


@pytest.mark.parametrize("kind", ["programme", "coursegroup", "venue"])
def test_k6_the_service_looks_once_more_under_the_lock(kind: str) -> None:
    programme = ProgrammeFactory.create()
    row = {"programme": programme, "coursegroup": programme.groups.get(), "venue": programme.venues.get()}[kind]
    word = {"coursegroup": "group"}.get(kind, kind)
    old = type(row).objects.get(pk=row.pk)
    save = getattr(services, f"save_{word}")
    save(**{word: row}, changed=[], by=OFFICER)
    with pytest.raises(ChangedMeanwhile):
        save(**{word: old}, changed=[], by=OFFICER)


def test_i7_the_price_of_a_published_programme_stays(agency: Client) -> None:
    """Read only on the page, refused by the service; another source can still be added."""
    programme = ProgrammeFactory.create(offer__price_cents=42743)
    url = reverse("admin:catalog_programme_change", args=(programme.pk,))
    sent = fields_of(agency, url)
    price = programme.offers.get()
    other = {"offers-0-id": price.pk, "offers-0-price_cents": 1, "offers-INITIAL_FORMS": 1, "offers-TOTAL_FORMS": 1}
    assert agency.post(url, sent | other).status_code in {200, 302}
    price.refresh_from_db()
    assert price.price_cents == 42743
    price.price_cents = 1
    for change in ({"written": [Written(price, ["price_cents"])], "removed": []}, {"written": [], "removed": [price]}):
        with pytest.raises(PriceFrozen):
            services.save_belongings(programme_id=programme.pk, by=OFFICER, **change)
    more = ProgrammeOffer(programme=programme, source=FundingSource.objects.get(code="mn"), price_cents=50000)
    services.save_belongings(
        programme_id=programme.pk, written=[Written(more, ["price_cents"])], removed=[], by=OFFICER
    )
    assert programme.offers.count() == 2


def test_a_part_changed_in_the_admin_stands_in_the_trail_with_what_it_was(agency: Client) -> None:
    programme = ProgrammeFactory.create()
    ProgrammePartFactory.create(programme=programme, position=1, hours=48)
    url = reverse("admin:catalog_programme_change", args=(programme.pk,))
    assert agency.post(url, fields_of(agency, url) | {"parts-0-hours": 50}).status_code == 302
    entries = AuditEntry.objects.filter(object_type="catalog.programme", object_id=str(programme.pk))
    [said] = [one.data for one in entries if "part" in one.data]
    assert (said["rows"][0]["before"], said["rows"][0]["after"]) == ({"hours": "48"}, {"hours": "50"})
