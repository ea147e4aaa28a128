"""The rest of the label contract: titles, menus, filters, rows, statuses, confirmations, empty states (screens.md 4 to 9)."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from lxml import html
from lxml.html import HtmlElement

from accounts.models import User
from accounts.selectors import actor_of
from applications.models import Application, Draft
from applications.states import FAMILY, State, status_word
from catalog.forms import filters
from catalog.models import Mode, ScheduleKind
from funding.models import FundingSource, Movement
from stars.files.states import ScanState
from stars.pages import content
from stars.pages.navigation import Frame
from tests.applications.test_submit import send
from tests.factories.accounts import ClientFactory, PolicyVersionFactory, ProviderFactory, UserFactory, agree
from tests.factories.applications import DraftFactory
from tests.factories.catalog import CourseGroupFactory, ProgrammeFactory, ProgrammeOfferFactory, RoundFactory
from tests.factories.funding import approved_account, imk, mn
from tests.factories.notices import NoticeFactory

pytestmark = pytest.mark.django_db
CONTRACT: dict[str, Any] = json.loads((Path(__file__).parent / "portal.json").read_text(encoding="utf-8"))
Browse = Callable[[User], Client]


def page_of(answer: Any) -> HtmlElement:
    return html.fromstring(answer.content.decode())


def words(element: HtmlElement) -> str:
    """What is read out, without hidden hints for screen readers and with plain spaces."""
    copy = html.fromstring(html.tostring(element, encoding="unicode", with_tail=False))
    for hidden in copy.xpath(".//*[contains(concat(' ', @class, ' '), ' vh ')]"):
        hidden.drop_tree()
    return " ".join(copy.text_content().replace("\u00a0", " ").split())


def all_words(answer: Any) -> str:
    return words(page_of(answer).xpath("//main")[0])


def buttons(answer: Any) -> list[str]:
    found = page_of(answer).xpath("//main//*[self::button or self::a][contains(@class, 'btn')]")
    return [words(one) for one in found]


@pytest.fixture
def sent() -> Application:
    """An application sent by a client who has a draft for another programme and an approved account."""
    client = ClientFactory.create(person__gender="f")
    approved_account(client.person)
    RoundFactory.create(source=imk())
    return send(DraftFactory.create(client=client.person, source=imk()), client)


def draft_for_mn(application: Application) -> Draft:
    programme = ProgrammeFactory.create(offer__source=mn())
    draft: Draft = DraftFactory.create(client=application.client, source=mn(), programme=programme)
    return draft


def browser_of(application: Application) -> Client:
    browser = Client()
    browser.force_login(application.client.user)
    return browser


# --- titles -------------------------------------------------------------------------------


def heading_and_title(answer: Any) -> tuple[str, str]:
    page = page_of(answer)
    [heading], [title] = page.xpath("//h1"), page.xpath("/html/head/title")
    return words(heading), words(title)


def test_titles_of_public_pages(client: Client) -> None:
    content.load()
    for path, title in CONTRACT["titles"]["anonymous"].items():
        in_browser = f"{title.removesuffix(' STARS')} – STARS"  # the first page names the platform once
        assert heading_and_title(client.get(path)) == (title, in_browser), path


def test_titles_on_the_way_in(as_client: Browse) -> None:
    for kind in ("terms", "privacy"):
        PolicyVersionFactory.create(kind=kind)
    newcomer, agreed = UserFactory.create(), UserFactory.create()
    agree(agreed)
    for who, user in (("newcomer", newcomer), ("agreed", agreed)):
        for path, title in CONTRACT["titles"][who].items():
            assert heading_and_title(as_client(user).get(path)) == (title, f"{title} – STARS"), path


def test_titles_of_a_clients_pages(sent: Application) -> None:
    names = {
        "programme": ProgrammeFactory.create(offer__source=mn()).number,
        "draft": draft_for_mn(sent).reference,
        "application": sent.reference,
        "programme_name": sent.programme.name,
    }
    RoundFactory.create(source=mn())
    browser = browser_of(sent)
    for path, wanted in CONTRACT["titles"]["client"].items():
        title = wanted.format(**names)
        assert heading_and_title(browser.get(path.format(**names), follow=True)) == (title, f"{title} – STARS"), path


def test_titles_of_the_institutions_pages(as_client: Browse) -> None:
    browser = as_client(ProviderFactory.create())
    for path, title in CONTRACT["titles"]["provider"].items():
        assert heading_and_title(browser.get(path)) == (title, f"{title} – STARS"), path


@pytest.mark.parametrize("code", CONTRACT["errors"])
def test_titles_of_error_pages(code: str) -> None:
    page = html.fromstring(render_to_string(f"{code}.html", {"request_id": "-", "action": ""}))
    assert words(page.xpath("//h1")[0]) == CONTRACT["errors"][code]


# --- menus --------------------------------------------------------------------------------


def frame(user: User | None = None) -> Frame:
    request = RequestFactory().get("/")
    request.actor = actor_of(user) if user else actor_of(None)  # type: ignore[attr-defined, arg-type]
    return Frame(request)


def labels(menu: Any) -> list[str]:
    return [str(link.label) for link in menu]


def in_order(found: list[str], wanted: list[str]) -> bool:
    """The entries of the contract that are there stand in its order."""
    return [label for label in found if label in wanted] == [label for label in wanted if label in found]


def test_menus(client: Client) -> None:
    content.load()
    page = page_of(client.get("/"))
    top = [
        words(one)
        for one in page.xpath(
            "//nav[contains(@class, 'top-nav')]/ul/li/*[self::a] | //nav[contains(@class, 'top-nav')]/ul/li/details/summary"
        )
    ]
    assert in_order(top, CONTRACT["top_menu"]), top
    assert set(CONTRACT["top_menu"]) <= set(top), top
    footer = [words(one) for one in page.xpath("//footer//a")]
    assert set(CONTRACT["footer"]) <= set(footer)


def test_the_clients_menu_and_the_way_out(sent: Application) -> None:
    answer = browser_of(sent).get("/profils")
    page = page_of(answer)
    menu = [words(one) for one in page.xpath("//div[@class='side']/nav//a")]
    menu = [re.sub(r"\s*\d+$", "", label) for label in menu]
    contract: list[str] = CONTRACT["client_menu"]
    assert in_order(menu, contract), menu
    assert {"Sākums", "Mans profils", "Pieejamais finansējums", "Izglītības programmas", "Paziņojumi"} <= set(menu)
    assert CONTRACT["sign_out"] in [words(one) for one in page.xpath("//header//button")]


def test_the_first_way_in_is_the_residents(client: Client) -> None:
    page = page_of(client.get("/"))
    ways = [
        words(one)
        for one in page.xpath("//header//details//a[contains(@href, 'pieslegties') or contains(@href, 'login')]")
    ]
    assert ways[0] == CONTRACT["sign_in_first"]


# --- catalogue and programme -------------------------------------------------------------------


def test_filters_in_the_order_of_the_manual(client: Client) -> None:
    found = [one.label for one in filters()]
    assert found[: len(CONTRACT["filters"])] == CONTRACT["filters"]
    names = set(CONTRACT["filter_names"].split())
    assert {one.name for one in filters()} - names == {"atverta"}  # an added one
    ProgrammeFactory.create()
    shown = all_words(client.get("/programmas?veids=x"))
    for label in (*CONTRACT["filters"], *CONTRACT["filter_words"]):
        assert label in shown, label
    assert settings.STARS_FILTER_PRIOR_EDUCATION


def test_a_card_of_the_catalogue_and_its_empty_state(client: Client) -> None:
    ProgrammeFactory.create()
    shown = all_words(client.get("/programmas"))
    for label in CONTRACT["card"]:
        assert label in shown, label
    assert CONTRACT["catalogue_empty"] in all_words(client.get("/programmas?q=qqqqqq"))


def test_rows_of_the_programme_page_in_their_order(client: Client) -> None:
    RoundFactory.create(source=imk())
    programme = ProgrammeFactory.create(
        hours_total=40, theory_remote=10, practice_remote=5, theory_onsite=20, practice_onsite=5
    )
    CourseGroupFactory.create(programme=programme)
    page = page_of(client.get(f"/programma/{programme.number}"))
    facts = [words(one) for one in page.xpath("//dl[contains(@class, 'facts')]//dt")]
    assert [label for label in facts if label in CONTRACT["programme_rows"]] == CONTRACT["programme_rows"]
    assert "Pieteikties" in words(page.xpath("//main")[0])


def test_words_of_times_and_modes() -> None:
    assert [kind.label for kind in ScheduleKind] == CONTRACT["schedule"]
    assert sorted(mode.label for mode in Mode) == sorted(CONTRACT["modes"])


# --- statuses and money ------------------------------------------------------------------------


@pytest.mark.parametrize("code", CONTRACT["statuses"])
def test_statuses_of_an_application(code: str) -> None:
    he, she, family = CONTRACT["statuses"][code]
    assert (status_word(code, is_woman=False), status_word(code, is_woman=True), FAMILY[code]) == (he, she, family)


def test_every_status_stands_in_the_contract() -> None:
    assert set(CONTRACT["statuses"]) == set(State)
    assert [str(state.label) for state in ScanState] == CONTRACT["file_states"]


def test_the_words_of_money(sent: Application) -> None:
    known = {str(movement.label) for movement in Movement}
    assert set(CONTRACT["money_words"]) <= known
    shown = all_words(browser_of(sent).get("/profils/finansejums"))
    for label in (*CONTRACT["money_columns"], CONTRACT["account_statuses"]["approved"]):
        assert label in shown, label


def test_an_account_that_is_checked_or_refused(as_client: Browse) -> None:
    client = ClientFactory.create()
    account = approved_account(client.person)
    for state in ("pending", "refused"):
        is_open = state == "pending"
        type(account).objects.update(
            state=state,
            decided_at=None if is_open else account.decided_at,
            refusal_reason="" if is_open else "Nestrādājat un nemācāties.",
        )
        DraftFactory.create(client=client.person, source=imk())
        assert CONTRACT["account_statuses"][state] in all_words(as_client(client).get("/profils/finansejums"))


# --- signing in and consent ---------------------------------------------------------------------


def test_consent(as_client: Browse) -> None:
    for kind in ("terms", "privacy"):
        PolicyVersionFactory.create(kind=kind)
    page = page_of(as_client(UserFactory.create()).get("/piekrisana"))
    [tick] = page.xpath("//main//label[.//input[@type='checkbox']]")
    for hint in tick.xpath(".//*[@class='hint']"):
        hint.drop_tree()
    assert words(tick) == CONTRACT["consent"]["tick"]
    found = [words(one) for one in page.xpath("//main//button")]
    assert found[: len(CONTRACT["consent"]["buttons"])] == CONTRACT["consent"]["buttons"]
    terms, policy = tick.xpath(".//a")
    assert (words(terms), terms.get("target")) == ("noteikumiem", "_blank")
    assert words(policy) == "privātuma politiku"
    assert policy.get("href").endswith(".pdf")


def test_changed_terms_are_named_and_accepted_again(as_client: Browse) -> None:
    """Terms 16: a new version is in force once published, and everybody is asked again."""
    PolicyVersionFactory.create(kind="terms", version="2030-01-01")
    client = ClientFactory.create()
    agree(client)
    PolicyVersionFactory.create(kind="terms", version="2031-01-01")
    answer = as_client(client).get("/profils", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/piekrisana")
    assert CONTRACT["consent"]["again"] in all_words(answer)


def test_signing_in(client: Client) -> None:
    shown = all_words(client.get("/provider/login"))
    assert all(label in shown for label in CONTRACT["provider_sign_in"])
    page = html.fromstring(render_to_string("accounts/sign_in_failed.html", {"request_id": "-"}))
    assert words(page.xpath("//h1")[0]) == CONTRACT["sign_in_failed"]
    assert CONTRACT["sign_in_failed_words"] in words(page.xpath("//main")[0])


# --- confirmations, empty states, buttons ----------------------------------------------------------


def test_the_question_before_withdrawing(sent: Application) -> None:
    answer = browser_of(sent).get(f"/profils/pieteikumi/{sent.reference}/atteikties")
    shown = all_words(answer)
    said = CONTRACT["withdraw"]
    assert said["title"].format(programme_name=sent.programme.name) in shown
    assert said["text"] in shown
    assert buttons(answer) == said["buttons"]


def test_the_choice_between_two_sources(as_client: Browse) -> None:
    programme = ProgrammeFactory.create(offer__source=imk())
    ProgrammeOfferFactory.create(programme=programme, source=mn())
    CourseGroupFactory.create(programme=programme)
    for source in (imk(), mn()):
        RoundFactory.create(source=source)
        assert FundingSource.objects.get(pk=source.pk).legal_name == CONTRACT["two_sources"][source.code]
    client = ClientFactory.create()
    approved_account(client.person)
    answer = as_client(client).get(f"/pieteikums/avots?programma={programme.number}")
    shown = all_words(answer)
    assert CONTRACT["two_sources"]["imk"] in shown
    assert CONTRACT["two_sources"]["mn"] in shown
    assert CONTRACT["two_sources"]["button"] in buttons(answer)


@pytest.mark.parametrize("path", CONTRACT["empty_states"])
def test_empty_states(path: str, as_client: Browse) -> None:
    assert CONTRACT["empty_states"][path] in all_words(as_client(ClientFactory.create()).get(path))


def test_headings_and_buttons(sent: Application) -> None:
    browser, said = browser_of(sent), CONTRACT["buttons"]
    NoticeFactory.create(recipient=sent.client.user)
    assert CONTRACT["headings"]["/profils"] in all_words(browser.get("/profils"))
    draft = draft_for_mn(sent)
    RoundFactory.create(source=mn())
    pages = {
        "check": f"/pieteikums/{draft.reference}/parbaudit",
        "detail": f"/profils/pieteikumi/{sent.reference}",
        "receipt": f"/pieteikums/{sent.reference}/apstiprinajums",
        "proof": f"/pieteikums/{sent.reference}/apliecinajums",
        "notices": "/profils/pazinojumi",
    }
    assert set(pages) == set(said)
    for name, path in pages.items():
        assert said[name] in buttons(browser.get(path)), name


def test_the_check_of_a_document(sent: Application, client: Client) -> None:
    code = sent.client.receipts.get().code
    said = CONTRACT["verification"]
    assert said["genuine"] in all_words(client.get(f"/parbaude/{code}"))
    assert said["unknown"] in all_words(client.get("/parbaude/0000000000000000"))
    assert said["code"] in all_words(client.get("/parbaude"))
