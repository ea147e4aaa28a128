"""Rules that hold for the whole portal, and the list of rules itself: each has a test that carries its id in its name."""

import re
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from accounts.models import PersonalCode
from stars.kernel.secrets import blind_index
from tests.architecture import house
from tests.conftest import signed_in
from tests.factories.accounts import ClientFactory, ProviderFactory

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
OPEN = {
    "acc_05": "no list takes an action for several rows at once yet",
    "adm_03": "no correction of the ledger exists yet",
    "aud_03": "no alarm counts opened profiles yet",
    "log_04": "the host keeps the security log; the agency has not said for how long (MK 397/2025)",
}
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
    assert client.get(path).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/provider/login", "/parole/aizmirsta", "/provider/registracija", "/pieslegties"])
def test_pwd_12_no_door_asks_a_riddle(client: Client, path: str) -> None:
    page = client.get(path).content.decode().lower()
    assert "captcha" not in page
    assert not re.search(r'<(?:script|iframe)[^>]+src="(?:https?:)?//', page)


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


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "client__codes__digest=x",
        "client__profile__phone=1",
        "o=client__codes",
        "kartot=password",
        "kartot=-pk",
        "id__in=1",
    ],
)
def test_acc_06_parameters_become_no_lookup(query: str) -> None:
    browser = signed_in(Client(), ProviderFactory.create())
    for path in ("/provider/pieteikumi", "/programmas"):
        plain, odd = browser.get(path), browser.get(f"{path}?{query}")
        assert odd.status_code == 200
        assert re.findall(r"<h1.*?</h1>", odd.content.decode()) == re.findall(r"<h1.*?</h1>", plain.content.decode())


@pytest.mark.django_db
def test_acc_03_a_foreign_file_head_and_options_tell_nothing_more() -> None:
    mine, other = ClientFactory.create(), ClientFactory.create()
    browser = signed_in(Client(), mine)
    missing = browser.get("/profils/kas-skatijis/999999")
    assert missing.status_code == 404
    for method in ("head", "options", "get"):
        answer = getattr(browser, method)(f"/profils/pieteikumi/{other.person_id}")
        assert answer.status_code in {404, 405}, method


@pytest.mark.django_db
def test_web_08_a_step_that_was_skipped_is_not_taken_as_done() -> None:
    """The check page of a draft that never was, and a receipt of an application that was never sent."""
    browser = signed_in(Client(), ClientFactory.create())
    nothing = "00000000-0000-4000-8000-000000000000"
    assert browser.post(f"/pieteikums/{nothing}/parbaudit").status_code in {404, 409}
    assert browser.get(f"/pieteikums/{nothing}/apstiprinajums").status_code == 404


# --- personal codes ---------------------------------------------------------------------


@pytest.mark.django_db
def test_cod_02_the_index_is_keyed_and_knows_the_eleven_digits(settings: object) -> None:
    client = ClientFactory.create(person__code="32907012345")
    row = PersonalCode.objects.matching("32907012345").get()
    assert row.person_id == client.person_id
    settings.STARS_INDEX_KEY = "another key, not the one of the rows"  # type: ignore[attr-defined]
    assert blind_index("32907012345") != row.digest
    assert not PersonalCode.objects.matching("32907012345").exists()
