"""What is true of every answer: reading changes nothing, and the policy stands on all of them (WEB-02, WEB-03)."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.architecture.test_matrix import ROLES, World, names, world  # noqa: F401 - the fixture
from tests.factories.accounts import AgencyUserFactory

WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"(\w+)"', re.IGNORECASE)
# What reading may leave behind: the session's clock, who looked, a PDF asked for once, and a code that was not found.
TRACES = {"accounts_session", "kernel_accessentry", "files_rendereddocument", "documents_failedcheck"}
# Whoever opens a sealed offer stands in its own trail (HYP 3240): there is no person whose data it is.
SEALED = {name: {"kernel_auditentry"} for name in ("calls:score", "calls:sealed_file")}


@pytest.mark.parametrize("role", ROLES)
def test_web_02_reading_changes_nothing(world: World, role: str) -> None:  # noqa: F811
    browser, changed = world.browser(role), {}
    for name in names():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            browser.get(world.path(name))
        tables = {found[1] for query in asked.captured_queries if (found := WRITES.match(query["sql"]))}
        if tables - TRACES - SEALED.get(name, set()):
            changed[name] = tables - TRACES
    assert changed == {}


@pytest.mark.parametrize("role", ROLES)
def test_web_03_the_policy_is_on_every_answer(world: World, role: str) -> None:  # noqa: F811
    browser = world.browser(role)
    policies = set()
    for name in names():
        for response in (browser.get(world.path(name)), browser.post(world.path(name))):
            policies.add(response.headers.get("Content-Security-Policy", f"none on {name}"))
            assert response.headers["X-Content-Type-Options"] == "nosniff", name
            assert response.headers["X-Request-ID"], name
    assert len(policies) == 1, policies


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
