"""What a client puts aside: programmes, searches, and the letter about new ones (C21)."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Institution, User
from accounts.selectors import actor_of
from catalog import services
from catalog.models import Programme, SavedProgramme, SavedSearch
from catalog.selectors import CatalogueQuery
from catalog.services import keeping, raise_catalogue_version
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, NotPermitted
from stars.notices.models import Delivery, Notice
from tests.conftest import signed_in
from tests.factories.accounts import AgencyUserFactory, ClientFactory, ProviderFactory
from tests.factories.catalog import ProgrammeFactory, SavedProgrammeFactory, SavedSearchFactory

pytestmark = pytest.mark.django_db
PAGE = "/profils/saglabatie"
JOB = Actor.system("catalog.tell_of_new_programmes")


def page(client: Client, path: str = PAGE, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return unescape(answer.content.decode()).replace("\xa0", " ")


@pytest.fixture
def user() -> User:
    made: User = ClientFactory.create()
    return made


@pytest.fixture
def browser(user: User) -> Client:
    return signed_in(Client(), user)


# --- programmes ----------------------------------------------------------------------


def test_a_programme_is_saved_from_its_card_and_removed_again(browser: Client) -> None:
    ProgrammeFactory.create(number=817, name="Datu analīze")
    assert 'name="saglabat" value="817"' in page(browser, "/programmas?pilns=1")
    answer = browser.post(PAGE, {"saglabat": "817", "next": "/programmas?pilns=1&lapa=2"})
    assert answer.headers["Location"] == "/programmas?pilns=1&lapa=2"
    ticked = {"nonemt": "817", "next": "/programmas?pilns=1&id=3", "id": ["817", "12"]}  # what is ticked by now
    assert browser.post(PAGE, ticked).headers["Location"] == "/programmas?pilns=1&id=817&id=12"
    browser.post(PAGE, {"saglabat": "817"})
    assert 'name="nonemt" value="817"' in page(browser, "/programmas?pilns=1")
    assert 'name="nonemt" value="817"' in page(browser, "/programma/817")
    at = f"/iestade/{Programme.objects.get().institution.reference}"
    assert 'form="saglabat" name="nonemt" value="817"' in (html := page(browser, at))
    assert f'name="next" value="{at}"' in html
    assert 'href="/profils/saglabatie?programma=817"' in page(Client(), at)
    assert "Datu analīze" in page(browser)
    browser.post(PAGE, {"nonemt": "817", "next": PAGE})
    assert not SavedProgramme.objects.exists()
    assert 'name="saglabat" value="817"' in page(browser, "/programmas?pilns=1")


def test_removing_is_taken_back_by_one_press(browser: Client) -> None:
    ProgrammeFactory.create(number=817)
    browser.post(PAGE, {"saglabat": "817"})
    shown = browser.post(PAGE, {"nonemt": "817", "next": "/programmas?lapa=2"}, follow=True).content.decode()
    [undo] = re.findall(r'<form method="post" action="([^"]+)"><input[^>]*><button[^>]*>.*?Atsaukt', shown)
    assert browser.post(unescape(undo)).headers["Location"] == "/programmas?lapa=2"
    assert SavedProgramme.objects.count() == 1


def test_what_has_left_the_catalogue_is_removed_for_good(browser: Client, user: User) -> None:
    gone = ProgrammeFactory.create()
    services.keep_programme(number=gone.number, by=actor_of(user))
    Programme.objects.filter(pk=gone.pk).update(state="archived")
    assert "Atsaukt" not in browser.post(PAGE, {"nonemt": str(gone.number)}, follow=True).content.decode()


def test_saving_twice_changes_nothing(user: User) -> None:
    number = ProgrammeFactory.create().number
    for _ in range(2):
        services.keep_programme(number=number, by=actor_of(user))
    assert SavedProgramme.objects.count() == 1


def test_a_visitor_signs_in_first_and_presses_once_more(client: Client, browser: Client) -> None:
    ProgrammeFactory.create(number=817, name="Datu analīze")
    assert 'href="/profils/saglabatie?programma=817"' in page(client, "/programmas")
    assert client.get(f"{PAGE}?programma=817").status_code == 302
    assert "Vai saglabāt šo programmu?" in page(browser, f"{PAGE}?programma=817")
    assert not SavedProgramme.objects.exists()  # looking at an address changes nothing


@pytest.mark.parametrize("to", ["https://elsewhere.example/", "//elsewhere.example", "javascript:x", ""])
def test_x90_the_way_back_stays_inside(browser: Client, to: str) -> None:
    number = ProgrammeFactory.create().number
    assert browser.post(PAGE, {"saglabat": str(number), "next": to}).headers["Location"] == PAGE


def test_x15_what_left_the_catalogue_is_only_named(browser: Client, user: User) -> None:
    kept = SavedProgrammeFactory.create(person=user.person, programme__name="Datu analīze")
    assert f'href="/programma/{kept.programme.number}"' in page(browser)
    Institution.objects.update(is_active=False)
    html = page(browser)
    assert "Katalogā vairs nav" in html
    assert f'name="nonemt" value="{kept.programme.number}"' in html


@pytest.mark.parametrize("number", ["0", "99999", "abc", "-1", ""])
def test_what_is_no_programme_is_not_saved(browser: Client, number: str) -> None:
    assert browser.post(PAGE, {"saglabat": number}).status_code in {302, 404}
    assert not SavedProgramme.objects.exists()


def test_a_list_nobody_can_read_is_refused_in_words(browser: Client, monkeypatch: Any, user: User) -> None:
    monkeypatch.setattr(keeping, "MOST_PROGRAMMES", 1)
    SavedProgrammeFactory.create(person=user.person)
    answer = browser.post(PAGE, {"saglabat": str(ProgrammeFactory.create().number)}, follow=True)
    assert "Jums jau ir saglabāti 1." in answer.content.decode()
    assert SavedProgramme.objects.count() == 1


@pytest.mark.parametrize("factory", [AgencyUserFactory, ProviderFactory])
def test_nobody_else_saves(factory: Any) -> None:
    number, other = ProgrammeFactory.create().number, actor_of(factory.create())
    for refused in (
        lambda: services.keep_programme(number=number, by=other),
        lambda: services.drop_programme(number=number, by=other),
        lambda: services.keep_search(name="x", query=CatalogueQuery(words="x"), notifies=True, by=other),
        lambda: services.switch_telling(reference=SavedSearchFactory.create().reference, notifies=True, by=other),
        lambda: services.drop_search(reference=SavedSearchFactory.create().reference, by=other),
        lambda: services.tell_of_new_programmes(by=other),
    ):
        with pytest.raises(NotPermitted):
            refused()


def test_the_queries_do_not_grow(browser: Client, user: User, django_assert_num_queries: Any) -> None:
    costs = []
    for number in (1, 2):
        SavedProgrammeFactory.create_batch(number, person=user.person)
        for _ in range(number):
            SavedSearchFactory.create(person=user.person, words=f"vārds {SavedSearch.objects.count()}")
        page(browser)
        with django_assert_num_queries(9) as counted:
            page(browser)
        costs.append(len(counted))
    assert costs[0] == costs[1]


# --- searches -------------------------------------------------------------------------


def test_a_search_is_saved_with_its_filters_and_opens_again(browser: Client) -> None:
    ProgrammeFactory.create()
    assert "/profils/saglabatie/meklejums?q=datu&veids=module" in page(
        browser, "/programmas?q=datu&veids=module&lapa=1"
    )
    path = f"{PAGE}/meklejums?q=datu&veids=module"
    assert 'value="\\"datu\\", Modulis"'.replace("\\", "") in page(browser, path).replace("&quot;", '"')
    assert browser.post(path, {"name": "Manējais", "notifies": "on"}).headers["Location"] == PAGE
    kept = SavedSearch.objects.get()
    assert (kept.name, kept.words, kept.chosen, kept.notifies) == ("Manējais", "datu", [["kind", ["module"]]], True)
    assert 'href="/programmas?q=datu&veids=module&pilns=1"' in page(browser)


def test_a_name_is_asked_for_and_nothing_typed_is_lost(browser: Client) -> None:
    answer = browser.post(f"{PAGE}/meklejums?veids=module", {"name": " "})
    assert answer.status_code == 422
    assert "Ievadiet meklējuma nosaukumu" in answer.content.decode()


def test_a_search_for_nothing_is_none(browser: Client) -> None:
    assert browser.get(f"{PAGE}/meklejums?lapa=2").headers["Location"] == "/programmas"


def test_the_same_search_is_saved_once(user: User) -> None:
    query = CatalogueQuery(words="datu", chosen=(("kind", ("module",)),))
    for name in ("Pirmais", "Otrais"):
        services.keep_search(name=name, query=query, notifies=False, by=actor_of(user))
    assert SavedSearch.objects.get().name == "Otrais"


def test_searches_have_a_limit_too(user: User, monkeypatch: Any) -> None:
    monkeypatch.setattr(keeping, "MOST_SEARCHES", 1)
    SavedSearchFactory.create(person=user.person)
    with pytest.raises(DomainError, match="jau ir saglabāti"):
        services.keep_search(name="x", query=CatalogueQuery(words="x"), notifies=True, by=actor_of(user))


def test_the_buttons_stop_begin_and_remove(browser: Client, user: User) -> None:
    search = SavedSearchFactory.create(person=user.person, told_until=timezone.now() - timedelta(days=9))
    path = f"{PAGE}/meklejums/{search.reference}"
    browser.post(path, {"nezinot": "1"})
    assert not SavedSearch.objects.get().notifies
    browser.post(path, {"zinot": "1"})
    search.refresh_from_db()
    assert search.notifies
    assert search.told_until > timezone.now() - timedelta(minutes=1)  # what was published meanwhile is not told of
    browser.post(path, {"dzest": "1"})
    assert not SavedSearch.objects.exists()


def test_x90_somebody_elses_search_is_not_there(browser: Client) -> None:
    search = SavedSearchFactory.create()
    assert browser.post(f"{PAGE}/meklejums/{search.reference}", {"dzest": "1"}).status_code == 404
    assert SavedSearch.objects.exists()


# --- the letter -------------------------------------------------------------------------


def published(name: str, days_ago: float = 0.5, **fields: Any) -> Programme:
    made: Programme = ProgrammeFactory.create(
        name=name, published_at=timezone.now() - timedelta(days=days_ago), **fields
    )
    raise_catalogue_version()
    return made


@pytest.fixture
def search(user: User) -> SavedSearch:
    made: SavedSearch = SavedSearchFactory.create(
        person=user.person, name="Moduļi", told_until=timezone.now() - timedelta(days=1)
    )
    return made


def test_new_programmes_of_a_search_are_told_once(search: SavedSearch) -> None:
    published("Vecā", days_ago=3)
    published("Datu analīze")
    published("Tīkli")
    assert services.tell_of_new_programmes(by=JOB) == 1
    assert services.tell_of_new_programmes(by=JOB) == 0
    (notice,) = Notice.objects.all()
    assert notice.title == "2 jaunas programmas meklējumam «Moduļi»"
    assert notice.body.splitlines()[:2] == ["Datu analīze", "Tīkli"]
    assert "Vecā" not in notice.body
    assert "atslēdziet tās" in notice.body
    assert notice.path == PAGE
    assert Delivery.objects.count() == 1


def test_nothing_new_is_no_letter_and_x15_nobody_hears_of_a_closed_institution(search: SavedSearch) -> None:
    assert services.tell_of_new_programmes(by=JOB) == 0
    SavedSearch.objects.update(told_until=timezone.now() - timedelta(days=1))
    published("Datu analīze", institution__is_active=False)
    assert services.tell_of_new_programmes(by=JOB) == 0
    assert not Notice.objects.exists()


def test_who_stopped_it_or_left_hears_nothing(search: SavedSearch, user: User) -> None:
    published("Datu analīze")
    SavedSearch.objects.update(notifies=False)
    assert services.tell_of_new_programmes(by=JOB) == 0
    SavedSearch.objects.update(notifies=True)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert services.tell_of_new_programmes(by=JOB) == 0
    assert not Notice.objects.exists()


def test_many_new_ones_are_shortened(search: SavedSearch) -> None:
    for number in range(7):
        published(f"Programma {number}")
    services.tell_of_new_programmes(by=JOB)
    assert Notice.objects.get().body.splitlines()[4:6] == ["Programma 4", "un citas"]
