"""The state's sign-on by its other protocol: the same portal and people, WS-Federation by a setting, on real servers.

`tests/browser` speaks SAML 2.0 everywhere else; here a second portal beside it speaks WS-Federation with SAML 1.1.
"""

import contextlib
import dataclasses
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from local import processes
from tests.browser import steps
from tests.browser.conftest import NewVisitor
from tests.browser.stack import ROOT, Stack
from tests.browser.visitor import Visitor
from tests.standins.servers import free_port

pytestmark = pytest.mark.browser

PATIENCE = 60.0


@pytest.fixture(scope="module")
def federated(stack: Stack) -> Iterator[Stack]:
    """A web server of the same database and keys, and a provider of its own, which both speak WS-Federation only."""
    web, provider = free_port(), free_port()
    portal, sign_on = f"http://127.0.0.1:{web}", f"http://localhost:{provider}"
    keys = stack.folder / "keys"
    env = stack.env | {
        "STARS_PUBLIC_BASE_URL": portal,
        "STARS_ADMIN_BASE_URL": portal,
        "STARS_FILES_BASE_URL": f"http://localhost:{web}",
        "STARS_SP_ENTITY_ID": f"{portal}/sso/metadata",
        "STARS_IDP_PROTOCOL": "wsfed",
        "STARS_IDP_ENTITY_ID": f"{sign_on}/sts",
        "STARS_IDP_SSO_URL": f"{sign_on}/wsfed",
        "STARS_IDP_SLO_URL": f"{sign_on}/wsfed",
    }
    sso = ["standins.sso", "--port", str(provider), "--portal", portal, "--protocol", "wsfed"]
    sso += ["--key", str(keys / "idp.key.pem"), "--cert", str(keys / "idp.cert.pem")]
    sso += ["--portal-cert", str(keys / "sp.cert.pem")]
    server = ["gunicorn", "stars.wsgi:application", "--bind", f"127.0.0.1:{web}", "--workers", "1"]
    server += ["--worker-class", "gthread", "--threads", "4", "--no-control-socket"]
    commands = {"sso-wsfed": sso, "web-wsfed": server}
    with contextlib.ExitStack() as ended:
        for name, words in commands.items():
            log = stack.folder / "log" / f"{name}.log"
            child = processes.spawn([sys.executable, "-m", *words], log=log, env=env, cwd=ROOT)
            ended.callback(_end, child)
        for address in (f"{sign_on}/healthz", f"{portal}/healthz"):
            assert processes.wait_until(lambda address=address: _answers(address), PATIENCE), address  # type: ignore[misc]
        yield dataclasses.replace(stack, portal=portal, sso=sign_on, env=env)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    child.wait(timeout=20)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def at(federated: Stack, opened: Visitor) -> Visitor:
    opened.stack = federated
    return opened


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_wsf_01_wsf_10_a_person_registers_leaves_and_comes_back_by_ws_federation(
    visitor: NewVisitor, federated: Stack, *, script: bool
) -> None:
    """Sign-in, consent, registration, sign-out at both ends, and in again without being asked for anything anew."""
    learner, person = at(federated, visitor(script=script)), steps.someone()
    asked: list[str] = []
    learner.page.on("request", lambda one: asked.append(f"{one.method} {one.url}"))
    steps.client(learner, person)
    assert any(re.match(rf"GET {re.escape(federated.sso)}/wsfed\?.*wa=wsignin1\.0", one) for one in asked), asked
    assert any(one == f"POST {federated.portal}/sso/acs" for one in asked), asked
    assert not any("SAMLRequest" in one for one in asked)

    learner.open("/profils")
    steps.sign_out(learner)
    learner.page.wait_for_url(re.compile(re.escape(federated.sso)))
    assert any("wa=wsignout1.0" in one for one in asked)
    learner.open("/profils/mans-profils")
    assert learner.path().startswith("/pieslegties"), "signed out, and the profile still opens"

    steps.newcomer(learner, person)
    expect(learner.page).to_have_url(re.compile(f"^{re.escape(federated.portal)}/(profils)?$"))
    learner.open("/profils/mans-profils")
    expect(learner.page.get_by_label("E-pasta adrese")).to_have_value(person.email)


def test_wsf_10_leaving_at_the_provider_ends_the_portal_s_session_in_this_browser_only(
    visitor: NewVisitor, federated: Stack, troubles: list[str]
) -> None:
    """The provider's clean-up is a bare GET: it ends the session of the browser that shows its cookie and no other."""
    here, elsewhere, person = at(federated, visitor()), at(federated, visitor()), steps.someone()
    steps.client(here, person)
    steps.newcomer(elsewhere, person)
    here.page.goto(federated.sso)
    here.page.get_by_role("button", name=re.compile(person.name.partition(" ")[0])).first.click()
    here.open("/profils/mans-profils")
    assert here.path().startswith("/pieslegties"), "the provider ended the session and the profile still opens"
    elsewhere.open("/profils/mans-profils")
    elsewhere.is_at("Mans profils")
    troubles[:] = [one for one in troubles if "wsignoutcleanup" not in one]  # that bare answer names no icon


def test_sso_01_one_person_by_both_protocols_is_one_person(visitor: NewVisitor, stack: Stack, federated: Stack) -> None:
    """Changing the protocol is a setting: who registered by SAML 2.0 comes in by WS-Federation to their own profile."""
    before, person = visitor(), steps.someone()
    steps.client(before, person)
    after = at(federated, visitor())
    steps.newcomer(after, person)
    after.open("/profils/mans-profils")
    expect(after.page.get_by_label("E-pasta adrese")).to_have_value(person.email)
    before.open("/profils/mans-profils")
    before.is_at("Mans profils")
    [(people,)] = stack.facts("SELECT count(*) FROM accounts_clientprofile WHERE email = %s", person.email)
    assert people == 1
