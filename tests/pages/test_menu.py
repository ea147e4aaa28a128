"""The frame: menus of pages that exist, the person's box, and what they cost."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from accounts.models import User
from accounts.selectors import actor_of
from funding.models import Grant
from stars.kernel.actor import Actor
from stars.pages import content
from stars.pages.navigation import Frame, Link, navigation
from tests.factories.accounts import AgencyUserFactory, ClientFactory, ProviderFactory, UserFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.funding import approved_account
from tests.factories.notices import NoticeFactory
from tests.factories.pages import ContentPageFactory

pytestmark = pytest.mark.django_db
Menu = list[Link]


def frame(path: str = "/", actor: Actor | None = None) -> Frame:
    request = RequestFactory().get(path)
    request.actor = actor or Actor()  # type: ignore[attr-defined]
    return Frame(request)


def labels(menu: Any) -> list[str]:
    return [str(link.label) for link in menu]


def test_every_entry_of_every_menu_leads_to_a_page() -> None:
    content.load()
    client, provider, agency = ClientFactory(), ProviderFactory(), AgencyUserFactory()
    ApplicationFactory(client=client.person)
    found: list[Link] = []
    for user in (client, provider, agency):
        one = frame(actor=actor_of(user))
        box = one.user_menu()
        assert box
        found += [*box.items, *one.client_menu(), *one.provider_menu()]
    public = frame()
    found += [*public.util_links(), *public.footer_links(), *public.sign_in_links()]
    for link in public.top_menu():
        found += [link, *link.children]
    assert len({link.url for link in found}) > 25
    for link in found:
        assert resolve(link.url.partition("?")[0])
    visitor = Client()
    for link in [*public.util_links(), *public.footer_links()]:
        assert visitor.get(link.url).status_code == 200, link.url


def test_top_menu_in_the_order_of_the_manual() -> None:
    content.load()
    menu = frame().top_menu()
    assert labels(menu) == [
        "Izglītības programmas",
        "Izglītības un atbalsta iespējas",
        "Izglītības iestādēm",
        "Par projektiem",
        "Kontakti",
    ]
    assert labels(menu[1].children)[:4] == [
        "Pārskats",
        "Digitālās prasmes lietpratējiem",
        "Mācības nodarbinātajiem",
        "Digitālās pamatprasmes",
    ]
    assert "Pieslēgties izglītības iestādes darba vietai" in labels(menu[2].children)
    assert not menu[4].children


def test_a_page_that_is_unpublished_leaves_the_menu_at_once() -> None:
    page = ContentPageFactory(menu_label="Jauna lapa")
    child = ContentPageFactory(parent=page, title="Apakšlapa")
    assert [link.label for link in frame().top_menu()[1:]] == ["Jauna lapa"]
    assert labels(frame().top_menu()[1].children) == ["Pārskats", "Apakšlapa"]

    child.is_published = False
    child.save()
    assert frame().top_menu()[1].children == ()

    page.is_published = False
    page.save()
    assert len(frame().top_menu()) == 1


def test_the_page_one_is_on_is_marked() -> None:
    page = ContentPageFactory(slug="iespejas")
    ContentPageFactory(parent=page, slug="imk")
    (_, entry) = frame("/iespejas/imk").top_menu()
    assert entry.current
    assert [child.current for child in entry.children] == [False, True]
    assert not frame("/iespejas-un-citi").top_menu()[1].current


def test_client_menu_shows_the_funding_after_the_first_grant_application_only() -> None:
    client = ClientFactory()
    actor = actor_of(client)
    before = labels(frame(actor=actor).client_menu())
    assert before == [
        "Sākums",
        "Mans profils",
        "Izglītības programmas",
        "Saglabātās programmas",
        "Mācību un pieteikumu vēsture",
        "Kas rīkojas manā vārdā",
        "Kas skatījis manus datus",
        "Mani dati",
        "Paziņojumi",
    ]
    ApplicationFactory(client=client.person)
    after = labels(frame(actor=actor).client_menu())
    assert after == [*before[:2], "Pieejamais finansējums", *before[2:]]


def test_unread_notices_are_counted_beside_their_entry() -> None:
    client = ClientFactory()
    NoticeFactory.create_batch(3, recipient=client)
    NoticeFactory(recipient=ClientFactory())
    one = frame(actor=actor_of(client))
    assert one.client_menu()[-1].badge == 3
    box = one.user_menu()
    assert box and box.unread == 3
    assert one.unread_count() == 3


def test_somebody_not_registered_yet_gets_no_profile_menu() -> None:
    user = UserFactory(person__first_name="Anna", person__last_name="Kalna-Bērziņa")
    one = frame(actor=actor_of(user))
    box = one.user_menu()
    assert one.client_menu() == []
    assert box and (box.name, box.initials) == ("Anna Kalna-Bērziņa", "AK")
    assert [str(item.label) for item in box.items] == ["Pieslēgšanās un drošība"]


@pytest.mark.parametrize(
    ("make", "role"),
    [
        (ClientFactory, "Klients"),
        (
            lambda: ProviderFactory(membership__institution__name="Skola", membership__role="administrator"),
            "Izglītības iestādes administrators, Skola",
        ),
        (AgencyUserFactory, "Aģentūras darbinieks"),
    ],
)
def test_the_box_says_in_which_role_one_works(make: Callable[[], User], role: str) -> None:
    box = frame(actor=actor_of(make())).user_menu()
    assert box and box.role == role


def test_menus_cost_one_query_signed_in_or_not() -> None:
    content.load()
    client = ClientFactory()
    NoticeFactory.create_batch(2, recipient=client)
    for actor in (Actor(), actor_of(client), actor_of(ProviderFactory())):
        frame(actor=actor).top_menu()  # the tree of this version is kept from now on
        request = RequestFactory().get("/")
        request.actor = actor  # type: ignore[attr-defined]
        with CaptureQueriesContext(connection) as asked:
            context = navigation(request)
            assert len(asked) == 0  # nothing is asked before a template asks
            for part in context.values():
                bool(part)
            str(context["user_menu"])
        assert len(asked) == 1, [query["sql"] for query in asked.captured_queries]


def test_the_box_says_how_much_money_an_approved_client_has_and_leads_to_it() -> None:
    client = ClientFactory()
    before = frame(actor=actor_of(client)).user_menu()
    assert before
    assert not [label for label in labels(before.items) if label.startswith("Pieejamā summa")]

    approved_account(client.person)
    box = frame(actor=actor_of(client)).user_menu()
    assert box
    assert (labels(box.items)[0], box.items[0].url) == (
        "Pieejamā summa 500,00\N{NO-BREAK SPACE}€",
        "/profils/finansejums",
    )

    Grant.objects.update(valid_to=date(2020, 1, 1))
    assert labels(frame(actor=actor_of(client)).user_menu().items) == labels(before.items)


@pytest.mark.parametrize("path", ["/profils/drosiba", "/profils/sesijas", "/profils/parole", "/darba-vietas"])
def test_on_phones_a_page_of_no_side_menu_is_named_all_the_same(path: str) -> None:
    request = RequestFactory().get(path)
    request.actor, request.resolver_match = actor_of(ProviderFactory()), resolve(path)  # type: ignore[attr-defined]
    one = Frame(request)
    named = "Manas darba vietas" if path == "/darba-vietas" else "Pieslēgšanās un drošība"
    assert one.page_apart() == named
    box = one.user_menu()
    assert box and [str(link.label) for link in box.items if link.current] == [named] * (path != "/darba-vietas")
    assert frame("/provider/grupas", actor_of(ProviderFactory())).page_apart() == ""
    client = ClientFactory()
    assert frame("/profils/finansejums", actor_of(client)).page_apart() == "Pieejamais finansējums"
    ApplicationFactory(client=client.person)
    assert frame("/profils/finansejums", actor_of(client)).page_apart() == ""


def test_the_page_of_a_programme_belongs_to_the_catalogue() -> None:
    assert frame("/programma/701").top_menu()[0].current
    assert not frame("/programmatura").top_menu()[0].current


def test_the_page_of_an_application_belongs_to_the_history() -> None:
    """On a phone the folded menu says where one is."""
    application = ApplicationFactory()
    path = f"/profils/pieteikumi/{application.reference}"
    request = RequestFactory().get(path)
    request.resolver_match = resolve(path)
    request.actor = actor_of(application.client.user)  # type: ignore[attr-defined]
    assert [str(link.label) for link in Frame(request).client_menu() if link.current] == [
        "Mācību un pieteikumu vēsture"
    ]
