"""Rules that hold for the whole portal, and the list of rules itself: each has a test that carries its id in its name."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from accounts.models import PersonalCode
from applications.models import Application, Draft
from catalog.models import ApplicationRound
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.lists import NarrowedByName
from stars.kernel.models import AccessEntry
from stars.kernel.secrets import blind_index
from tests.applications.test_submit import fingerprint_of
from tests.architecture import house
from tests.conftest import signed_in
from tests.factories.accounts import AgencyUserFactory, ClientFactory, ProviderFactory
from tests.factories.applications import ApplicationFactory, DraftFactory
from tests.factories.catalog import ProgrammeFactory, RoundFactory, SavedSearchFactory
from tests.factories.documents import ReceiptFactory
from tests.factories.funding import approved_account, imk

# Prefix and the last number of security.md; the rules of doors, people and rights.
RULES = {
    "sso": 19,
    "sam": 17,
    "wsf": 10,
    "pwd": 13,
    "mfa": 5,
    "ses": 4,
    "act": 4,
    "acc": 9,
    "web": 8,
    "adm": 3,
    "cod": 5,
    "log": 4,
    "aud": 3,
    "gdp": 4,
}
# Not built yet: a rule leaves this list together with its first test.
OPEN: dict[str, str] = {}
NAME = re.compile(r"def (test_[a-z0-9_]+)")


def named() -> set[str]:
    """Every rule some test is called by."""
    tests = Path(house.ROOT, "tests").rglob("test_*.py")
    names = " ".join(name for path in tests for name in NAME.findall(path.read_text(encoding="utf-8")))
    return set(re.findall(r"(?:(?<=_)|(?<=test_))([a-z]{3}_\d\d)(?=_)", names))


def test_every_rule_has_a_test_that_carries_its_id() -> None:
    wanted = {f"{prefix}_{number:02}" for prefix, last in RULES.items() for number in range(1, last + 1)}
    found = named()
    assert wanted - found - OPEN.keys() == set()
    assert OPEN.keys() & found == set(), "no longer open"


# --- headers, doors, forms --------------------------------------------------------------


@pytest.mark.django_db
def test_web_04_headers_of_every_kind_of_page() -> None:
    browser = signed_in(Client(), ClientFactory.create())
    for path in ("/", "/profils", "/nav-tadas-lapas", "/admin/login/"):
        headers = browser.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert headers["Referrer-Policy"] == "same-origin", path
        assert "camera=()" in headers["Permissions-Policy"], path
    assert "no-store" in browser.get("/profils").headers["Cache-Control"]
    assert browser.post("/iziet").headers["Clear-Site-Data"] == '"cache", "storage"'


def test_web_04_production_asks_for_https_for_a_year() -> None:
    text = (house.ROOT / "stars/settings/production.py").read_text(encoding="utf-8")
    seconds = re.search(r"SECURE_HSTS_SECONDS = ([\d* ]+)", text)
    assert seconds is not None
    factors = [int(one) for one in seconds[1].split("*")]
    assert factors[0] * factors[1] * factors[2] >= 31_536_000


@pytest.mark.django_db
def test_adm_02_an_empty_portal_has_nobody_to_sign_in_as() -> None:
    assert not get_user_model().objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        *("/.git/config", "/.env", "/backup.sql", "/dump.tar.gz", "/metrics", "/schema", "/openapi.json", "/debug"),
        *("/__debug__/", "/server-status", "/manage.py", "/static/../manage.py"),
    ],
)
def test_adm_02_nothing_of_the_house_is_served(client: Client, path: str) -> None:
    assert client.get(path, follow=True).status_code == 404  # a slash too many leads to the address without it


DOORS = {
    "/provider/login": {"email", "password"},
    "/admin/login/": {"email", "password"},
    "/parole/aizmirsta": {"email"},
    "/provider/registracija/darbinieks": {"name", "institution", "email", "password", "agreed"},
    "/pieslegties": set(),
}


def asked_at(page: str) -> set[str]:
    """What the forms of the page's own part ask for, but for what is hidden."""
    main = page[page.index("<main") : page.index("</main>")] if "<main" in page else page
    tags = re.findall(r"<(?:input|select|textarea)[^>]*>", main)
    names = {re.search(r'name="([^"]+)"', tag) for tag in tags if 'type="hidden"' not in tag}
    return {found[1] for found in names if found}


def riddles_in(page: str) -> list[str]:
    """Pictures, sounds and frames inside a form, scripts of others, and the usual words."""
    forms = "".join(re.findall(r"<form.*?</form>", page, re.DOTALL))
    strange = re.findall(r"<(?:img|canvas|audio|video|object|iframe)\b[^>]*>", forms)
    strange += re.findall(r'<(?:script|iframe)[^>]+src="(?:https?:)?//[^"]*"', page)
    return strange + re.findall(r"captcha|turnstile|proof.of.work|neesmu robots", page.lower())


@pytest.mark.django_db
@pytest.mark.parametrize("path", DOORS)
def test_pwd_12_no_door_asks_a_riddle(client: Client, path: str) -> None:
    page = client.get(path).content.decode()
    assert riddles_in(page) == []
    assert asked_at(page) == DOORS[path]


@pytest.mark.django_db
def test_pwd_12_whoever_failed_often_waits_and_solves_nothing(client: Client) -> None:
    employee = ProviderFactory.create()
    wrong = {"email": employee.email, "password": "nav-pareizi-1A"}
    for _ in range(7):
        page = client.post("/provider/login", wrong).content.decode()
        assert riddles_in(page) == []
        assert asked_at(page) <= DOORS["/provider/login"]


def test_pwd_12_a_riddle_would_be_seen() -> None:
    page = '<main><form><img src="/x.png" alt=""><input name="answer"></form></main><script src="//x.example/a.js"></script>'
    assert len(riddles_in(page)) == 2
    assert asked_at(page) == {"answer"}


@pytest.mark.django_db
def test_acc_04_an_id_in_the_body_changes_nobody_else() -> None:
    mine, other = ClientFactory.create(), ClientFactory.create()
    assert mine.person is not None
    assert other.person is not None
    before = other.person.profile.phone
    browser = signed_in(Client(), mine)
    form = browser.get("/profils/mans-profils").context["form"]
    fields = {name: form[name].value() for name in form.fields}
    fields = {name: value for name, value in fields.items() if value not in (None, "")}
    answer = browser.post(
        "/profils/mans-profils",
        fields
        | {"phone": "29 999 999", "person": str(other.person_id), "person_id": str(other.person_id), "pk": other.pk},
    )
    assert answer.status_code == 302
    for user in (mine, other):
        assert user.person is not None
        user.person.profile.refresh_from_db()
    assert mine.person.profile.phone == "+371 29999999"
    assert other.person.profile.phone == before


LOOKUPS = [
    "client__profile__phone=1",
    "client__codes__digest=x",
    "client__last_name__startswith=%C5%B2",
    "state__in=nothing",
    "id__in=0",
    "pk=0",
    "o=client__codes__digest",
    "kartot=client__profile__phone",
    "kartot=-pk",
    "kartot=password",
    "sort=price",
    "order_by=-pk",
]


def links(browser: Client, address: str, kind: str) -> list[str]:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return re.findall(rf'href="({kind}[^"?#]+)', answer.content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize("query", LOOKUPS)
def test_acc_06_parameters_become_no_lookup(query: str) -> None:
    """Neither narrows a list nor puts it into another order."""
    employee = ProviderFactory.create()
    programme = ProgrammeFactory.create(institution=employee.memberships.get().institution)
    RoundFactory.create()
    for name in ("Ābola", "Cīrule", "Bite"):
        ApplicationFactory.create(client=ClientFactory.create(person__last_name=name).person, programme=programme)
    for _ in range(2):
        ProgrammeFactory.create()
    browser = signed_in(Client(), employee)
    for address, kind in (("/provider/pieteikumi", "/provider/pieteikumi/"), ("/programmas", "/programma/")):
        plain = links(browser, address, kind)
        assert len(set(plain)) >= 3, address
        assert links(browser, f"{address}?{query}", kind) == plain, address


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "user/?password__startswith=argon2",
        "user/?session__session_key__startswith=a",
        "person/?codes__digest__startswith=a",
        "person/?birth_date__year=1990",
        "person/?is_watched=1",
        "registration/?password__contains=a",
        "right/?user__person__codes__digest=a",
    ],
)
def test_acc_06_the_admin_answers_nothing_about_columns_it_does_not_show(query: str) -> None:
    ClientFactory.create()
    browser = signed_in(Client(), AgencyUserFactory.create())
    answer = browser.get(f"/admin/accounts/{query}")
    assert answer.status_code in {302, 400}
    assert answer.headers.get("Location", "?e=1").endswith("?e=1")


@pytest.mark.django_db
def test_acc_06_every_list_of_the_admin_is_narrowed_by_its_own_filters_and_these_work() -> None:
    browser = signed_in(Client(), AgencyUserFactory.create())
    assert [str(one) for one in admin.site._registry.values() if not isinstance(one, NarrowedByName)] == []
    for query in ("accounts/user/?is_staff__exact=1", "funding/learningaccount/?state__exact=pending"):
        assert browser.get(f"/admin/{query}").status_code == 200
    assert browser.get("/admin/accounts/registration/?gaida=ja").status_code == 200
    assert browser.get("/admin/kernel/jobrun/?day__year=2026").status_code == 200


@pytest.mark.django_db
def test_acc_03_a_foreign_draft_paper_look_and_search_are_not_there_by_any_method() -> None:
    """HEAD and OPTIONS and a piece for a script tell no more than GET, and GET no more than of what never was."""
    mine, other = ClientFactory.create(), ClientFactory.create()
    application = ApplicationFactory.create(client=other.person)
    receipt = ReceiptFactory.create(person_id=other.person_id, subject=application.reference)
    audit.note_read(other.person_id, by=Actor.system("x"), what="x", purpose="x")
    look = AccessEntry.objects.about(other.person_id).latest("pk")
    draft, search = DraftFactory.create(client=other.person), SavedSearchFactory.create(person=other.person)
    addresses = {
        f"/profils/pieteikumi/{application.reference}": f"/profils/pieteikumi/{uuid4()}",
        f"/profils/pieteikumi/{application.reference}/atteikties": f"/profils/pieteikumi/{uuid4()}/atteikties",
        f"/pieteikums/{application.reference}/apstiprinajums": f"/pieteikums/{uuid4()}/apstiprinajums",
        f"/pieteikums/{application.reference}/apliecinajums": f"/pieteikums/{uuid4()}/apliecinajums",
        f"/pieteikums/{draft.reference}/parbaudit": f"/pieteikums/{uuid4()}/parbaudit",
        f"/profils/kas-skatijis/{look.pk}": "/profils/kas-skatijis/999999999",
    }
    browser, owner = signed_in(Client(), mine), signed_in(Client(), other)
    for foreign, nothing in addresses.items():
        assert owner.get(foreign).status_code != 404, f"{foreign} is no page of its owner"
        for method in ("get", "head", "options"):
            one, none = (getattr(browser, method)(path) for path in (foreign, nothing))
            assert one.status_code == none.status_code, (method, foreign)
            assert one.status_code in {404, 405, 409}, (method, foreign)
            assert without_id(one) == without_id(none), (method, foreign)
        piece = browser.get(foreign, headers={"HX-Request": "true"})
        assert piece.status_code in {404, 409}, foreign
        assert str(receipt.code) not in piece.content.decode()
    assert str(search.reference) not in browser.get("/profils/saglabatie").content.decode()


def without_id(answer: Any) -> str:
    """The page without its own address, the request's number, the forms' token and the seconds the session has left."""
    text = str(answer.content.decode()).replace(answer.headers.get("X-Request-ID", "-"), "")
    return re.sub(
        r'name="csrfmiddlewaretoken" value="[^"]+"|seconds="\d+"|kas-skatijis(?:/|%2F)\d+|[0-9a-f]{8}-[0-9a-f-]{27}',
        "",
        text,
    )


@pytest.mark.django_db
def test_web_08_a_step_that_was_skipped_is_not_taken_as_done() -> None:
    """The check page of a draft that never was, and a receipt of an application that was never sent."""
    browser = signed_in(Client(), ClientFactory.create())
    nothing = "00000000-0000-4000-8000-000000000000"
    assert browser.post(f"/pieteikums/{nothing}/parbaudit").status_code in {404, 409}
    assert browser.get(f"/pieteikums/{nothing}/apstiprinajums").status_code == 404


@pytest.fixture
def draft() -> Draft:
    """Complete, in an open round, of a client with 500 euros."""
    RoundFactory.create(source=imk())
    client = ClientFactory.create()
    approved_account(client.person)
    made: Draft = DraftFactory.create(client=client.person, source=imk())
    return made


MADE_UP = {
    "price_cents": "1",
    "price": "1",
    "own_share_cents": "0",
    "state": "admitted",
    "number": "IMK-1",
    "source": "mn",
    "round": "1",
    "client": "1",
    "submitted_at": "2020-01-01",
    "eligibility": "met",
    "group": "1",
}


@pytest.mark.django_db
def test_web_08_price_share_state_and_round_are_the_server_s_whatever_is_posted(draft: Draft) -> None:
    price = draft.programme.offers.get(source=draft.source).price_cents
    browser = signed_in(Client(), draft.client.user)
    answer = browser.post(f"/pieteikums/{draft.reference}/parbaudit", {"fingerprint": fingerprint_of(draft)} | MADE_UP)
    assert answer.status_code == 302
    application = Application.objects.get()
    assert (application.price_cents, application.state, application.client_id) == (price, "submitted", draft.client_id)
    assert application.own_share_cents == max(0, price - 50000)
    assert (application.source.code, application.number != "IMK-1") == ("imk", True)


@pytest.mark.django_db
def test_web_08_steps_skipped_leave_nothing_sent_and_a_replay_sends_nothing_more(draft: Draft) -> None:
    browser = signed_in(Client(), draft.client.user)
    address = f"/pieteikums/{draft.reference}/parbaudit"
    answers, draft.answers = draft.answers, draft.answers | {"profession": "", "knows_content": False}
    draft.save()
    assert browser.post(address, {"fingerprint": fingerprint_of(draft)}).status_code == 422
    assert not Application.objects.exists()
    draft.answers = answers
    draft.save()
    sent = {"fingerprint": fingerprint_of(draft)}
    assert {browser.post(address, sent)["Location"] for _ in range(3)} == {
        f"/pieteikums/{draft.reference}/apstiprinajums"
    }
    assert Application.objects.count() == 1


@pytest.mark.django_db
def test_web_08_a_round_that_is_over_takes_nothing_however_early_the_form_was_opened(draft: Draft) -> None:
    browser, sent = signed_in(Client(), draft.client.user), {"fingerprint": fingerprint_of(draft)}
    ApplicationRound.objects.update(opens_at=timezone.now() - timedelta(days=9), closes_at=timezone.now())
    answer = browser.post(f"/pieteikums/{draft.reference}/parbaudit", sent | {"closes_at": "2099-01-01"})
    assert answer.status_code in {409, 422}
    assert not Application.objects.exists()


# --- personal codes ---------------------------------------------------------------------


@pytest.mark.django_db
def test_cod_02_the_index_is_keyed_and_knows_the_eleven_digits(settings: object) -> None:
    client = ClientFactory.create(person__code="32907012345")
    row = PersonalCode.objects.matching("32907012345").get()
    assert row.person_id == client.person_id
    settings.STARS_INDEX_KEY = "another key, not the one of the rows"  # type: ignore[attr-defined]
    assert blind_index("32907012345") != row.digest
    assert not PersonalCode.objects.matching("32907012345").exists()
