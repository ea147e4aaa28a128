"""Every address × role × method, walked once: docs/matrix.csv (ACC-01), reading changes nothing (WEB-02), the policy
stands on every answer (WEB-03), and every page is valid HTML (design.md 9). An address without a row fails."""

import csv
from collections.abc import Callable, Mapping

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from stars.kernel.management.commands import url_list
from tests.architecture import house
from tests.architecture.world import ROLES, Answer, names, parameters, walk, world  # noqa: F401 - the fixtures
from tests.factories.accounts import AgencyUserFactory

MATRIX = house.ROOT / "docs/matrix.csv"
# Public, and leading to the door on purpose.
DOORS = {"accounts:coordinator_sign_in", "accounts:consultant_sign_in", "accounts:resend_invitation"}
LEAVING = {"accounts:hand_over"}  # whoever has done it has another role, and signs in anew
READERS = {"accounts:institution_profile"}  # employees read, the administrator writes
OUTCOMES = {"allow", "sign in", "forbidden", "missing"}
# For machines; the kernel, where they live, knows no gates.
UNGATED = {
    "healthz": "for machines; says one word",
    "readyz": "for machines; no secrets",
}

# What reading may leave behind: the session's clock, who looked, a PDF asked for once, and a code that was not found.
TRACES = {"accounts_session", "kernel_accessentry", "files_rendereddocument", "documents_failedcheck"}
# Whoever opens a sealed offer stands in its own trail (HYP 3240): there is no person whose data it is.
SEALED = {name: {"kernel_auditentry"} for name in ("calls:score", "calls:sealed_file")}
FRAGMENTS = {"accounts:registry_facts", "accounts:acts_done"}  # parts of a page, fetched by its script
Walk = Mapping[tuple[str, str], Answer]
every_role = pytest.mark.parametrize("role", ROLES)


def rows() -> dict[str, dict[str, str]]:
    with MATRIX.open(encoding="utf-8") as lines:
        return {row["address"]: row for row in csv.DictReader(lines)}


def observed(walk: Walk, name: str) -> dict[str, str]:  # noqa: F811
    """What each method gave."""
    found: dict[str, str] = {}
    for method in ("GET", "POST"):
        if given := walk[name, method].outcome:
            is_let = name in DOORS or (name in LEAVING and found.get("GET") == "allow")
            found[method] = "allow" if given == "sign in" and is_let else given
    return found


def test_every_address_has_its_row_and_every_row_its_address() -> None:
    assert set(rows()) == set(names())
    assert {row[role] for row in rows().values() for role in ROLES} <= OUTCOMES


@every_role
def test_acc_01_every_address_does_what_the_matrix_says(walk: Walk, role: str) -> None:  # noqa: F811
    wrong = {}
    for name, row in rows().items():
        found = observed(walk, name)
        if name in READERS and found == {"GET": "allow", "POST": "forbidden"} and role.endswith("provider"):
            found = {"GET": "allow"}
        if set(found.values()) != {row[role]}:
            wrong[name] = (found, row[role])
    assert wrong == {}


@every_role
def test_web_02_reading_changes_nothing(walk: Walk) -> None:  # noqa: F811
    changed = {
        name: answer.tables - TRACES
        for (name, method), answer in walk.items()
        if method == "GET" and answer.tables - TRACES - SEALED.get(name, set())
    }
    assert changed == {}


@every_role
def test_web_03_the_policy_is_on_every_answer(walk: Walk) -> None:  # noqa: F811
    headers = {place: answer.headers for place, answer in walk.items()}
    policies = {given.get("Content-Security-Policy", f"none on {place}") for place, given in headers.items()}
    assert len(policies) == 1, policies
    assert [place for place, given in headers.items() if given.get("X-Content-Type-Options") != "nosniff"] == []
    assert [place for place, given in headers.items() if not given.get("X-Request-ID")] == []


@every_role
def test_every_page_is_valid(walk: Walk) -> None:  # noqa: F811
    """As each address answers this role: its page or its refusal."""
    assert {name: answer.faults for (name, _), answer in walk.items() if answer.faults and name not in FRAGMENTS} == {}


@pytest.mark.django_db
def test_web_03_the_policy_is_the_strict_one(as_client: Callable[[User], Client]) -> None:
    """Also on errors and in the admin; no nonce, no inline, no data, no other host but the sign-on for forms."""
    agency = as_client(AgencyUserFactory.create())
    for path in ("/", "/nav-tadas-lapas", "/admin/", "/admin/accounts/person/", "/static/css/base.css"):
        response = agency.get(path)
        response.close()
        given = response.headers["Content-Security-Policy"]
        parts = dict(part.strip().partition(" ")[::2] for part in given.split(";"))
        assert parts.pop("form-action").split()[0] == "'self'", path
        assert parts == {
            "default-src": "'none'",
            "script-src": "'self'",
            "style-src": "'self'",
            "img-src": "'self'",
            "font-src": "'self'",
            "connect-src": "'self'",
            "base-uri": "'none'",
            "object-src": "'none'",
            "frame-ancestors": "'none'",
        }, path
    assert "UNSAFE" not in str(settings.CONTENT_SECURITY_POLICY).upper()


def test_acc_01_every_view_carries_a_gate_or_its_reason() -> None:
    ungated = {address.name for address in url_list.addresses() if not address.gate}
    assert ungated == set(UNGATED)


def test_what_the_gate_says_is_what_the_matrix_says() -> None:
    """A page behind a gate opens for nobody who has not signed in, and a public one asks nobody to."""
    gates = {address.name: address.gate for address in url_list.addresses()}
    for name, row in rows().items():
        if gates[name] == "public" or name in UNGATED:
            assert row["anonymous"] != "sign in", name
        else:
            assert row["anonymous"] == "sign in", name


def test_acc_02_a_foreign_object_is_like_one_that_does_not_exist() -> None:
    """Pages about one person's application: missing for the other client and the other institution, never forbidden."""
    about_one = [name for name in names() if name in rows() and "reference" in parameters(name)]
    assert about_one
    for name in about_one:
        row = rows()[name]
        owner = next((role for role in ("provider", "client", "coordinator") if row[role] == "allow"), "")
        if owner:
            assert row[f"other {owner}"] == "missing", name
        else:  # of administrators; another institution's: test_members, test_x73
            assert (row["provider"], row["provider administrator"]) == ("forbidden", "allow"), name


def test_addresses_are_latvian_words_without_marks() -> None:
    paths = [address.path for address in url_list.addresses()]
    assert [path for path in paths if not path.isascii() or (path != "/" and path.endswith("/"))] == []
    assert [path for path in paths if path.startswith("//")] == []


def test_the_page_of_addresses_is_up_to_date() -> None:
    kept = url_list.TARGET.read_text(encoding="utf-8") if url_list.TARGET.exists() else ""
    assert kept == url_list.page(), "run: bin/manage url_list"
