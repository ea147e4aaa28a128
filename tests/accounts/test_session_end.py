"""The end of a session: the page knows when, one press moves it, and the way back leads to the same step (SES-02, P15)."""

import secrets
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup, Tag
from django import forms as forms_of_django
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.browsers import unsent
from accounts.models import Session, User
from tests.conftest import signed_in
from tests.factories.accounts import (
    AgencyUserFactory,
    ClientFactory,
    EmployeeFactory,
    MembershipFactory,
    ProviderFactory,
)
from tests.look.rendering import the, words

pytestmark = pytest.mark.django_db
EXTEND, OVER = "/sesija/turpinat", "/sesija-beigusies"
STEP = "/pieteikums/jauns/7/imk/2"
SCRIPT = {"X-Requested-With": "XMLHttpRequest"}


def promised(browser: Client, path: str = "/jaunumi") -> int:
    """The seconds a page gives its reader."""
    dialog = the(BeautifulSoup(browser.get(path).content, "html.parser"), "dialog#sesija")
    return int(str(dialog["data-seconds"]))


@pytest.mark.parametrize(("make", "minutes"), [(ClientFactory, 30), (ProviderFactory, 15)])
def test_ses_02_the_page_knows_when_the_session_ends(make: Callable[[], User], minutes: int) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser = signed_in(Client(), make())
        assert promised(browser) == minutes * 60
        clock.shift(timedelta(minutes=10))
        assert promised(browser) == minutes * 60  # looking at a page moves the end
        clock.shift(timedelta(seconds=40))
        assert promised(browser) == minutes * 60 - 40  # the clock is written once a minute: never too late a warning


def test_a_visitor_is_told_nothing_of_sessions(client: Client) -> None:
    page = client.get("/jaunumi").content.decode()
    assert "sesija" not in page
    assert "session.js" not in page


def test_ses_02_one_press_gives_the_full_rest_again() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser = signed_in(Client(), ClientFactory())
        promised(browser)
        clock.shift(timedelta(seconds=50))
        assert browser.post(EXTEND, headers=SCRIPT).json() == {"seconds": 1800}
        clock.shift(timedelta(minutes=29, seconds=59))
        assert browser.get("/profils").status_code == 200


def test_ses_02_nothing_extends_the_full_time() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser = signed_in(Client(), ClientFactory())
        for _ in range(28):  # 11 h 40 min of work
            clock.shift(timedelta(minutes=25))
            left = browser.post(EXTEND, headers=SCRIPT).json()["seconds"]
        assert left == 20 * 60
        clock.shift(timedelta(minutes=20, seconds=1))
        assert browser.post(EXTEND, headers=SCRIPT).status_code == 302


def test_somebody_who_is_not_signed_in_has_nothing_to_extend(client: Client) -> None:
    assert client.post(EXTEND).headers["Location"].startswith("/pieslegties")
    assert client.get(EXTEND).status_code in {302, 405}


def test_an_answer_to_a_script_says_how_long_the_session_lives_now() -> None:
    browser = signed_in(Client(), ClientFactory())
    assert 1790 < int(browser.get("/jaunumi", headers=SCRIPT).headers["X-Session-Seconds"]) <= 1800
    assert "X-Session-Seconds" not in browser.get("/jaunumi").headers
    assert "X-Session-Seconds" not in Client().get("/jaunumi", headers=SCRIPT).headers


def test_p15_says_that_the_draft_is_kept_and_leads_back_to_the_same_step(client: Client) -> None:
    page = BeautifulSoup(client.get(OVER, {"next": STEP}).content, "html.parser")
    assert words(the(page, "h1")) == "Jūsu sesija ir beigusies"
    assert "Ievadītais ir saglabāts melnrakstā." in words(the(page, "main"))
    onward = next(link for link in page.select("main a") if words(link) == "Pieslēgties un turpināt")
    assert onward["href"] == f"/pieslegties?next={STEP.replace('/', '%2F')}"


@pytest.mark.parametrize(
    ("back", "onward"),
    [
        ("/profils", "/pieslegties?next=%2Fprofils"),
        ("/provider/pieteikumi", "/provider/login?next="),
        ("", "/pieslegties"),
    ],
)
def test_p15_promises_a_draft_only_where_there_is_one(client: Client, back: str, onward: str) -> None:
    page = client.get(OVER, {"next": back}).content.decode()
    assert "melnrakstā" not in page
    assert f'href="{onward}' in page


def test_p15_never_leads_to_another_site(client: Client) -> None:
    assert 'href="/pieslegties"' in client.get(OVER, {"next": "//example.org"}).content.decode()


def test_p15_sends_whoever_is_still_signed_in_straight_back() -> None:
    browser = signed_in(Client(), ClientFactory())
    assert browser.get(OVER, {"next": STEP}).headers["Location"] == STEP
    assert browser.get(OVER).headers["Location"] == "/"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/profils/mans-profils", "Jūsu sesija ir beigusies, tāpēc nosūtītais netika saglabāts."),
        (STEP, "Melnraksts ir saglabāts; pārbaudiet, ko ievadījāt pēdējo."),
    ],
    ids=["no draft", "a draft"],
)
def test_f17_a_form_sent_too_late_is_told_of_at_the_door(path: str, told: str) -> None:
    browser = Client()
    browser.post(path, headers={"Referer": f"http://testserver{path}", "X-Requested-With": "autosave"})
    assert told not in browser.get("/pieslegties").content.decode()
    browser.post(path, headers={"Referer": f"http://testserver{path}"})
    assert told in browser.get("/pieslegties").content.decode()


TOO_LATE = {"address": "Ogre, <b>Skolas</b> iela 4", "phone": "26123456", "region": "vidzeme", "sectors": ["3", "5"]}
PROFILE = "/profils/mans-profils"


def sent_too_late(user: User, more: dict[str, str] | None = None, *, looks: int = 0) -> tuple[Client, Tag]:
    """The form, now, 31 minutes after signing in; or 29 after the last of many looks at another page, past the full time."""
    last = timedelta(minutes=29 if looks else 31)
    with time_machine.travel(timezone.now() - looks * timedelta(minutes=29) - last, tick=False) as clock:
        browser = signed_in(Client(), user)
        for _ in range(looks):
            clock.shift(timedelta(minutes=29))
            browser.get("/jaunumi")
        clock.shift(last)
        answer = browser.post(PROFILE, TOO_LATE | (more or {}), headers={"Referer": f"http://testserver{PROFILE}"})
    assert answer.status_code == 401
    return browser, the(BeautifulSoup(answer.content, "html.parser"), "main")


@pytest.mark.parametrize("looks", [0, 24], ids=["at rest", "at its full time"])
def test_t4_what_was_written_in_a_form_sent_too_late_is_shown_to_its_person_and_never_sent(looks: int) -> None:
    user = ClientFactory()
    browser, main = sent_too_late(user, {"password": "Noslēpums 1"}, looks=looks)
    assert "redzēsiet formā uzrakstīto" in words(main)
    assert "Skolas" not in words(main)
    assert main.select_one('a[href="/pieslegties?next=%2Fprofils%2Fmans-profils"]')
    shown = the(BeautifulSoup(signed_in(browser, user).get(PROFILE).content, "html.parser"), "main")
    assert words(the(shown, "h1")) == "Jūsu uzrakstītais"
    assert "Ogre, <b>Skolas</b> iela 4" in words(shown)
    assert [words(one) for one in shown.select("h2")] == ["Tālrunis"]  # what the page asks for by a label
    assert "vidzeme" not in words(shown)
    assert "Noslēpums" not in words(shown)
    assert not shown.select("form, input, button")  # what was ticked is not seen here, so nothing can be sent from here
    assert words(the(shown, f'a[href="{PROFILE}"]')) == "Atvērt lapu «Mans profils» jaunā cilnē"
    again = BeautifulSoup(browser.get(PROFILE).content, "html.parser")
    assert words(the(again, "h1")) == "Mans profils"  # once


def fields_of_secrets() -> list[str]:
    """Of every form there is: a password, a code for one time."""
    forms, found = [forms_of_django.Form], set()
    while forms:
        form = forms.pop()
        forms += form.__subclasses__()
        for name, field in getattr(form, "base_fields", {}).items():
            kind, hint = field.widget.input_type if hasattr(field.widget, "input_type") else "", field.widget.attrs
            if (
                kind == "password"
                or "password" in hint.get("autocomplete", "")
                or "code" in hint.get("autocomplete", "")
            ):
                found.add(name)
    return sorted(found)


def test_t4_no_secret_is_kept_or_shown() -> None:
    names = fields_of_secrets()
    assert {"password", "again", "current", "code", "proof_code"} <= set(names)
    hidden = dict.fromkeys(names, "Noslēpums 1")
    browser, main = sent_too_late(user := ClientFactory(), hidden)
    shown = words(main) + signed_in(browser, user).get(PROFILE).content.decode()
    assert "Noslēpums" not in shown
    _, main = sent_too_late(ClientFactory(), {"reason": secrets.token_hex(3000) + "."} | hidden)
    assert "Ogre" in words(main)
    assert "Noslēpums" not in words(main)


def test_t4_nothing_written_in_the_admin_is_lost_either() -> None:
    officer, path = AgencyUserFactory(), "/admin/pages/frequentquestion/add/"
    sent, headers = {"answer": "Garā atbilde, ko rakstīju."}, {"Referer": f"http://testserver{path}"}
    browser = signed_in(Client(), officer)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    answer = browser.post(path, sent, headers=headers)
    assert answer.status_code == 401
    assert 'href="/admin/login/?next=%2Fadmin%2Fpages%2Ffrequentquestion%2Fadd%2F"' in answer.content.decode()
    assert "Garā atbilde, ko rakstīju." in signed_in(browser, officer).get(path).content.decode()
    browser.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32  # its row is swept by now: nobody knows whose it was
    answer = browser.post(path, sent, headers=headers)
    assert "Garā atbilde, ko rakstīju." in answer.content.decode()
    assert unsent.name() not in browser.cookies or not browser.cookies[unsent.name()].value


def test_t4_what_is_too_long_to_keep_can_be_copied_at_once() -> None:
    browser, main = sent_too_late(ClientFactory(), {"reason": secrets.token_hex(3000) + "."})
    assert "Ogre, <b>Skolas</b> iela 4" in words(main)
    assert "vidzeme" not in words(main)
    assert unsent.name() not in browser.cookies


def test_t4_too_many_texts_are_shown_at_once() -> None:
    """For each its field would be looked for in the page, at every look."""
    browser, _main = sent_too_late(ClientFactory(), {f"field-{n}": "Teksts." for n in range(unsent.MOST)})
    assert unsent.name() not in browser.cookies


@pytest.mark.parametrize(("minutes", "is_shown"), [(29, True), (31, False)])
def test_t4_it_is_kept_half_an_hour_whatever_the_browser_does(minutes: int, *, is_shown: bool) -> None:
    browser, _main = sent_too_late(user := ClientFactory())
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
        assert ("Skolas" in signed_in(browser, user).get(PROFILE).content.decode()) is is_shown


def test_t4_what_was_sent_for_a_client_can_be_copied_at_once() -> None:
    browser, main = sent_too_late(ClientFactory(), {"acting_for": "3f0c1a52-0000-4000-8000-000000000000"})
    assert "Ogre, <b>Skolas</b> iela 4" in words(main)
    assert unsent.name() not in browser.cookies


def test_t4_acc_08_it_waits_for_the_institution_it_was_written_for() -> None:
    user = ProviderFactory(membership__role="administrator")
    other = MembershipFactory(user=user, role="administrator")
    invite, choose = "/provider/lietotaji/uzaicinat", ("/darba-vietas", {"key": f"membership:{other.pk}"})
    with time_machine.travel(timezone.now() - timedelta(minutes=16), tick=False) as clock:
        browser = signed_in(Client(), user)
        browser.post(*choose)
        clock.shift(timedelta(minutes=15, seconds=30))
        sent = {"name": "Anna Ozola", "email": "anna@example.lv"}
        assert browser.post(invite, sent, headers={"Referer": f"http://testserver{invite}"}).status_code == 401
    assert "Anna Ozola" not in signed_in(browser, user).get(invite).content.decode()  # the first institution
    browser.post(*choose)
    assert "Anna Ozola" in browser.get(invite).content.decode()


def test_t4_nobody_else_is_offered_it_and_no_other_page_asks() -> None:
    browser, _main = sent_too_late(ClientFactory())
    assert "Skolas" not in str(browser.cookies[unsent.name()])
    signed_in(browser, ClientFactory())
    assert "Skolas" not in browser.get(PROFILE).content.decode()
    owner = ClientFactory()
    browser, _main = sent_too_late(owner)
    assert "Skolas" not in signed_in(browser, owner).get("/profils").content.decode()
    browser.cookies[unsent.name()] = "k1:odd"
    assert browser.get(PROFILE).status_code == 200


def test_t4_who_was_never_signed_in_is_shown_nothing_of_what_a_stranger_sent() -> None:
    path = "/profils/mans-profils"
    answer = Client().post(path, {"address": "Skolas iela 4"}, headers={"Referer": f"http://testserver{path}"})
    assert answer.status_code == 302


def test_a_form_sent_too_late_leads_back_to_its_page() -> None:
    sent = Client().post(STEP, headers={"Referer": f"http://testserver{STEP}?a=1"})
    assert sent.headers["Location"] == "/pieslegties?next=%2Fpieteikums%2Fjauns%2F7%2Fimk%2F2%3Fa%3D1"
    for elsewhere in ("http://example.org/x", "", "nonsense"):
        assert Client().post(STEP, headers={"Referer": elsewhere}).headers["Location"] == "/pieslegties"


def test_somebody_in_a_role_without_a_person_may_extend_too() -> None:
    assert signed_in(Client(), EmployeeFactory()).post(EXTEND, headers=SCRIPT).status_code == 200
