"""The programme page: the rows of the manual in order, what it costs this person, and whether one may apply."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from catalog.models import Mode, Programme
from catalog.states import GroupState, ProgrammeState
from funding.models import FundingSource, LearningAccount
from funding.services import approve_account
from stars.classifiers.models import Qualification
from stars.kernel.actor import Actor
from tests.conftest import signed_in
from tests.factories.accounts import ClientFactory
from tests.factories.catalog import (
    CourseGroupFactory,
    ProgrammeCompetenceFactory,
    ProgrammeFactory,
    ProgrammeOfferFactory,
    RoundFactory,
    VenueFactory,
)

pytestmark = pytest.mark.django_db
# screens.md 4.2, in this order and wording.
ROWS = [
    "Izglītības iestāde",
    "Programmas veids",
    "Mācību nozare",
    "Īstenošanas vietas",
    "Mācību izmaksas par vienu dalībnieku",
    "Personas līdzfinansējums",
    "Priekšzināšanu līmenis",
    "Prasības iepriekšējai izglītībai",
    "Galvenās tēmas",
    "Kopējais stundu (akadēmiskais) skaits, no kurām:",
    "Teorija klātienē",
    "Praktiskie darbi klātienē",
    "Teorija attālināti",
    "Praktiskie darbi attālināti",
    "Personai nepieciešamais materiāltehniskais nodrošinājums",
    "Noslēguma pārbaudījums",
    "Izglītības dokuments",
    "Uz izglītības programmu attiecināmā kvalifikācija",
    "Valoda",
    "Paredzētais mācību norises laiks",
    "Īstenošanas periods (nedēļās)",
    "Mācību forma",
    "Maksimālais dalībnieku skaits grupā",
]


def page(client: Client, programme: Programme, status: int = 200) -> str:
    response = client.get(f"/programma/{programme.number}")
    assert response.status_code == status
    return unescape(response.content.decode()).replace("\xa0", " ")


def facts(html: str) -> dict[str, str]:
    section = html.split("Programmas dati</h2>")[1].split("</dl>")[0]
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", section, re.DOTALL)
    return {label: " ".join(re.sub(r"<[^>]+>", " ", value).split()) for label, value in found}


def test_every_row_of_the_manual_in_order(client: Client) -> None:
    programme = ProgrammeFactory.create(
        mode=Mode.PARTLY_REMOTE,
        hours_total=96,
        theory_onsite=16,
        practice_onsite=32,
        theory_remote=18,
        practice_remote=30,
        qualification=Qualification.objects.get(code="prog"),
    )
    shown = facts(page(client, programme))
    assert list(shown) == ROWS
    assert shown["Mācību nozare"] == (
        "Elektronisko un optisko iekārtu ražošanas, informācijas un komunikācijas tehnoloģijas nozare"
    )
    assert shown["Uz izglītības programmu attiecināmā kvalifikācija"] == "Programmēšanas tehniķis (4.PKL)"
    assert shown["Mācību izmaksas par vienu dalībnieku"] == "427,43 €"
    assert shown["Personas līdzfinansējums"] == "0,00 €"
    assert shown["Galvenās tēmas"] == "Datu kvalitāte Grafiki un pārskati"
    assert [shown[row] for row in ROWS[10:14]] == ["16", "32", "18", "30"]
    assert shown["Mācību forma"] == "daļēji attālināti"


def test_what_does_not_apply_is_said_or_left_out(client: Client) -> None:
    shown = facts(page(client, ProgrammeFactory.create()))
    assert "Teorija attālināti" not in shown
    assert shown["Uz izglītības programmu attiecināmā kvalifikācija"] == "Nav"


def test_competences_levels_and_groups(client: Client) -> None:
    programme = ProgrammeFactory.create(group__taken=18)
    ProgrammeCompetenceFactory.create(programme=programme, level=5)
    group = programme.groups.get()
    html = page(client, programme)
    for text in (
        "DigComp līmenis 5",
        "risināt dažādus uzdevumus un palīdzēt citiem",
        "Digitālā satura radīšana",
        "3.4. Programmēšana",
        "5. līmenis. Patstāvīgi raksta un pielāgo programmas kodu.",
        f"{group.starts_on:%d.%m.%Y}. – {group.ends_on:%d.%m.%Y}.",
        group.schedule,
        group.venue.address,
        "2/20",
    ):
        assert text in html, text


def test_groups_one_cannot_join_are_not_shown(client: Client) -> None:
    programme = ProgrammeFactory.create(group__starts_on=timezone.localdate())
    assert "Šobrīd nav grupu, kurām var pieteikties." in page(client, programme)


def test_the_button_leads_to_the_form_while_the_round_is_open(client: Client) -> None:
    programme = ProgrammeFactory.create()
    assert "btn-key" not in page(client, programme)
    application_round = RoundFactory.create()
    html = page(client, programme)
    assert f'href="/pieteikums/jauns/{programme.number}/imk' in html
    assert html.count("btn-key") == 2  # in the card, and in the bar of phones; never both on one screen
    assert f"Pieteikšanās līdz {timezone.localtime(application_round.last_day):%d.%m.%Y}." in html
    assert 'class="has-stick"' in html


def test_before_the_round_it_says_when_it_opens(client: Client) -> None:
    programme = ProgrammeFactory.create()
    opens = RoundFactory.create(to_come=True).opens_at
    assert f"{timezone.localtime(opens):%d.%m.%Y}." in page(client, programme)


def test_a_full_programme_says_so_and_offers_no_button(client: Client) -> None:
    RoundFactory.create()
    programme = ProgrammeFactory.create(group__capacity=5, group__minimum=1, group__taken=5)
    html = page(client, programme)
    assert "btn-key" not in html
    assert "brīvu vietu" in html


def test_two_sources_lead_to_the_choice(client: Client) -> None:
    RoundFactory.create()
    programme = ProgrammeFactory.create()
    ProgrammeOfferFactory.create(programme=programme, source=FundingSource.objects.get(code="mn"))
    html = page(client, programme)
    assert f"/pieteikums/avots?programma={programme.number}" in html
    assert facts(html)["Personas līdzfinansējums"].startswith("IMK 0,00 €; MN ")


def test_a_client_sees_the_balance_after_applying(client: Client) -> None:
    RoundFactory.create()
    programme = ProgrammeFactory.create(offer__price_cents=42743)
    FundingSource.objects.filter(code="imk").update(grant_valid_to=timezone.localdate() + timedelta(days=200))
    learner = ClientFactory.create()
    account = LearningAccount.objects.get_or_create(person=learner.person)[0]
    approve_account(account_id=account.pk, by=Actor.system("test"))
    html = page(signed_in(client, learner), programme)
    assert "Varat pieteikties." in html
    for words, sum_ in (("Pieejamais finansējums", "500,00 €"), ("Atlikums pēc pieteikšanās", "72,57 €")):
        assert re.search(rf"<dt>{words}</dt><dd>{sum_}</dd>", html)


def test_the_share_above_the_grant_is_the_persons(client: Client) -> None:
    html = page(client, ProgrammeFactory.create(offer__price_cents=60899))
    assert facts(html)["Personas līdzfinansējums"] == "108,99 €"
    assert re.search(r"<dt>Sedz IMK finansējums</dt><dd>500,00 €</dd>", html)


def test_similar_programmes_are_of_the_same_sector(client: Client) -> None:
    programme = ProgrammeFactory.create()
    ProgrammeFactory.create(name="Datu bāzu tehnoloģijas")
    ProgrammeFactory.create(name="Metināšana", sector_id=programme.sector_id - 1)
    ProgrammeFactory.create(name="Slēpta", unpublished=True)
    html = page(client, programme).split("Līdzīgas programmas")[1]
    assert "Datu bāzu tehnoloģijas" in html
    assert "Metināšana" not in html
    assert "Slēpta" not in html


# --- gone -----------------------------------------------------------------------------


def archived(programme: Programme) -> None:
    Programme.objects.filter(pk=programme.pk).update(state=ProgrammeState.ARCHIVED)


def taken_back(programme: Programme) -> None:
    Programme.objects.filter(pk=programme.pk).update(state=ProgrammeState.UNPUBLISHED)


def without_institution(programme: Programme) -> None:
    programme.institution.is_active = False
    programme.institution.save()


@pytest.mark.parametrize("leave", [archived, taken_back, without_institution], ids=lambda leave: leave.__name__)
def test_what_is_gone_says_so_and_shows_similar_ones(client: Client, leave: Callable[[Programme], None]) -> None:
    programme = ProgrammeFactory.create(name="Vecā programma")
    ProgrammeFactory.create(name="Jaunā programma")
    leave(programme)
    html = page(client, programme, status=404)
    assert "<h1>Šī programma vairs nav pieejama</h1>" in html
    assert "Jaunā programma" in html
    assert "noindex" in html


@pytest.mark.parametrize("number", [1, 2**31, 10**30])
def test_an_unknown_number_is_an_ordinary_404(client: Client, number: int) -> None:
    response = client.get(f"/programma/{number}")
    assert response.status_code == 404
    assert "vairs nav pieejama" not in response.content.decode().split("<h1")[1].split("</h1>")[0]


def test_what_was_never_published_is_not_named(client: Client) -> None:
    programme = ProgrammeFactory.create(unpublished=True, name="Vēl noslēpums")
    assert "Vēl noslēpums" not in page(client, programme, status=404)


# --- what it costs -----------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 10])
def test_queries_do_not_grow(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    RoundFactory.create()
    programme = ProgrammeFactory.create(hours_total=96)
    for number in range(rows):
        ProgrammeOfferFactory.create(programme=ProgrammeFactory.create(), source=FundingSource.objects.get(code="mn"))
        CourseGroupFactory.create(programme=programme, starts_on=timezone.localdate() + timedelta(days=40 + number))
        programme.venues.add(VenueFactory.create(institution=programme.institution))
    page(client, programme)
    with django_assert_num_queries(1):  # the version and the places, without which nothing kept is shown
        page(client, programme)


@pytest.mark.parametrize("rows", [1, 10])
def test_a_clients_queries_do_not_grow_either(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    RoundFactory.create()
    programme = ProgrammeFactory.create()
    for number in range(rows):
        ProgrammeFactory.create()
        CourseGroupFactory.create(programme=programme, starts_on=timezone.localdate() + timedelta(days=40 + number))
    signed_in(client, ClientFactory.create())
    page(client, programme)
    # session and user; version and places; person with money and wishes; applications, drafts; menus
    with django_assert_num_queries(7):
        page(client, programme)


def test_a_place_taken_and_a_group_added_show_at_once(client: Client) -> None:
    programme = ProgrammeFactory.create(group__capacity=20)
    assert "20/20" in page(client, programme)
    programme.groups.update(taken=1)
    assert "19/20" in page(client, programme)
    CourseGroupFactory.create(programme=programme, capacity=7)
    assert "7/7" in page(client, programme)
    programme.groups.update(state=GroupState.CANCELLED)
    assert "Šobrīd nav grupu, kurām var pieteikties." in page(client, programme)


def test_a_round_that_closes_takes_the_button_away(client: Client, time_machine: Any) -> None:
    programme, application_round = ProgrammeFactory.create(), RoundFactory.create()
    assert "btn-key" in page(client, programme)
    time_machine.move_to(application_round.closes_at)
    assert "btn-key" not in page(client, programme)


# --- the money side by side, the group, structured data ---------------------------------------


def money(html: str) -> dict[str, list[str]]:
    """The sums of the preview by row, one of each source."""
    table = BeautifulSoup(html, "html.parser").select_one("#nauda table")
    assert table
    found = {}
    for row in table.select("tbody tr"):
        label = row.select_one("th")
        assert label
        found[label.get_text(" ", strip=True)] = [cell.get_text(" ", strip=True) for cell in row.select("td")]
    return found


def test_x17_sources_stand_side_by_side_with_what_remains_and_what_is_lost(client: Client) -> None:
    programme = ProgrammeFactory.create(offer__price_cents=60899)
    ProgrammeOfferFactory.create(programme=programme, source=FundingSource.objects.get(code="mn"), price_cents=42743)
    seen = money(page(client, programme))
    assert seen == {
        "Mācību maksa": ["608,99 €", "427,43 €"],
        "Maksā finansējuma avots": ["500,00 €", "384,69 €"],
        "Maksājat Jūs": ["108,99 € 608,99 €, atskaitot 500,00 € no konta", "42,74 € 10 % no 427,43 €"],
        "Paliek Jūsu kontā": ["0,00 €", "–"],
        "Zaudējat, ja pārtraucat mācības konta nauda skaitās iztērēta, un līdzfinansējumu neatmaksā": [
            "608,99 €",
            "42,74 €",
        ],
    }


def test_x17_the_preview_of_a_client_starts_from_their_account(client: Client) -> None:
    RoundFactory.create()
    FundingSource.objects.filter(code="imk").update(grant_valid_to=timezone.localdate() + timedelta(days=200))
    user = ClientFactory.create()
    approve_account(account_id=LearningAccount.objects.get(person=user.person).pk, by=Actor.system("test"))
    programme = ProgrammeFactory.create(offer__price_cents=42743)
    assert "Konts vēl nav pārbaudīts" in page(client, programme)
    html = page(signed_in(client, user), programme)
    assert money(html)["Paliek Jūsu kontā"] == ["72,57 €"]
    assert "Konts vēl nav pārbaudīts" not in html


@pytest.mark.parametrize(
    ("taken", "says"),
    [
        (0, "Pieteikušies 0 no 8 cilvēkiem, kas grupai vajadzīgi."),
        (1, "Pieteicies 1 no 8 cilvēkiem, kas grupai vajadzīgi."),
        (6, "Pieteikušies 6 no 8 cilvēkiem, kas grupai vajadzīgi."),
        (8, "Pieteikušies pietiekami daudz cilvēku, lai grupa sāktu mācības."),
        (12, "Grupa ir pilna."),
    ],
)
def test_a_group_says_how_many_it_still_needs_and_by_when_it_is_decided(client: Client, taken: int, says: str) -> None:
    programme = ProgrammeFactory.create(group__capacity=12, group__minimum=8, group__taken=taken)
    html = page(client, programme)
    assert says in html
    decided = f"{programme.groups.get().starts_on - timedelta(days=1):%d.%m.%Y}."
    assert (f"Vai grupa sāks mācības, izlems līdz {decided}" in html) == (taken < 8)


def test_search_engines_are_told_the_same_as_people(client: Client, settings: Any) -> None:
    settings.STARS_PUBLIC_BASE_URL = "https://stars.example/"
    programme = ProgrammeFactory.create(
        number=817, name="Dati </script><b>& tīkli", offer__price_cents=42743, group__capacity=20, group__taken=3
    )
    raw = client.get("/programma/817").content.decode()
    script = raw.split('<script type="application/ld+json">')[1].split("</script>")[0]
    assert "<" not in script
    told = json.loads(script)
    assert (told["@type"], told["name"], told["url"]) == (
        "Course",
        programme.name,
        "https://stars.example/programma/817",
    )
    assert (told["offers"][0]["price"], told["offers"][0]["priceCurrency"]) == ("427.43", "EUR")
    (instance,) = told["hasCourseInstance"]
    assert (instance["remainingAttendeeCapacity"], instance["courseMode"]) == (17, "Onsite")
    assert instance["startDate"] == programme.groups.get().starts_on.isoformat()
    assert told["inLanguage"]["name"] == programme.language_label
    assert "aggregateRating" not in told


def test_the_rating_is_one_of_the_facts_under_the_name(client: Client) -> None:
    programme = ProgrammeFactory.create(rating_mean="4.6", rating_count=38)
    facts = BeautifulSoup(page(client, programme), "html.parser").select("ul.meta > *")
    assert {one.name for one in facts} == {"li"}
    assert " ".join(facts[-1].get_text().split()) == "Vērtējums 4,6 no 5 (38 vērtējumi)"


def test_of_an_account_only_a_source_that_has_one_speaks(client: Client) -> None:
    programme = ProgrammeFactory.create(offer=False)
    ProgrammeOfferFactory.create(programme=programme, source=FundingSource.objects.get(code="mn"), price_cents=42743)
    assert list(money(page(client, programme)))[-1] == "Zaudējat, ja pārtraucat mācības līdzfinansējumu neatmaksā"
