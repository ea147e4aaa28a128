"""The portal does not start with a sign-on that would not be safe, and says so while the database is away."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper
from django.test import Client
from django.urls import URLResolver, get_resolver
from pytest_django import Settings

from accounts import services, sso, tasks
from accounts.models import Session, UsedAssertion
from local import checks
from local.install import ROOT
from tests.accounts.answers import MEANS, NS, REPLY_TO, Answer, Keys, post
from tests.accounts.farewells import unpacked
from tests.conftest import signed_in
from tests.factories.accounts import ClientFactory, FailedSignInFactory


def test_a_whole_agreement_is_fine(sign_on: Keys) -> None:
    sso.check_settings()


@pytest.mark.parametrize(
    "name",
    [
        "STARS_IDP_ENTITY_ID",
        "STARS_IDP_CERT_FILES",
        "STARS_IDP_ALLOWED_AUTHN",
        "STARS_SP_KEY_FILE",
        "STARS_SP_CERT_FILE",
    ],
)
def test_sso_02_08_a_part_of_the_agreement_is_missing(sign_on: Keys, settings: Settings, name: str) -> None:
    setattr(settings, name, type(getattr(settings, name))())
    with pytest.raises(ImproperlyConfigured, match=name):
        sso.check_settings()


def test_sso_02_three_certificates_are_no_roll_over(sign_on: Keys, settings: Settings) -> None:
    settings.STARS_IDP_CERT_FILES = [str(sign_on.cert_file)] * 3
    with pytest.raises(ImproperlyConfigured):
        sso.check_settings()


def test_wsf_01_a_protocol_that_signs_nothing_needs_no_key_of_ours(wsfed: Keys, settings: Settings) -> None:
    sso.check_settings()
    settings.STARS_IDP_ENCRYPTS = True
    with pytest.raises(ImproperlyConfigured, match="STARS_SP_KEY_FILE"):
        sso.check_settings()


@pytest.mark.parametrize("name", ["STARS_IDP_SSO_URL", "STARS_IDP_SLO_URL"])
@pytest.mark.parametrize(
    "value", ["javascript:alert(1)", "//idp.example.lv", "idp.example.lv", "https://idp.example.lv/#x"]
)
def test_sso_15_addresses_of_the_provider_are_web_addresses(
    sign_on: Keys, settings: Settings, name: str, value: str
) -> None:
    setattr(settings, name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        sso.check_settings()


def started(tmp_path: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """Production's settings in a process of their own."""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | dict(checks.for_production(tmp_path)) | changes
    return subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env=env, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"STARS_IDP_ALLOWED_AUTHN": "EID,TEST"}, "SSO-08"),
        ({"STARS_IDP_ALLOWED_AUTHN": "EID,urn:ivis:100001:am-test"}, "SSO-08"),
        ({"STARS_IDP_ALLOWED_AUTHN": ""}, "SSO-08"),
        ({"STARS_IDP_CERT_FILES": ""}, "SSO-02"),
        ({"STARS_IDP_PROTOCOL": "wsfed", "STARS_IDP_ALLOWED_AUTHN": ""}, "SSO-08"),
        ({"STARS_PUBLIC_BASE_URL": "http://stars.example"}, "https"),
    ],
)
def test_sso_08_production_does_not_start_with_the_test_means_or_without_a_list(
    tmp_path: Path, changes: dict[str, str], said: str
) -> None:
    done = started(tmp_path, **changes)
    assert (done.returncode, said in done.stderr) == (1, True)


@pytest.mark.parametrize("protocol", ["saml2", "wsfed"])
def test_sso_08_production_starts_with_either_protocol(tmp_path: Path, protocol: str) -> None:
    done = started(tmp_path, STARS_IDP_PROTOCOL=protocol)
    assert (done.returncode, done.stderr) == (0, "")


def number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    assert found, pattern
    return int(found[1])


def test_sam_06_a_worker_has_a_memory_limit_and_a_time_limit() -> None:
    """A hostile answer that got past every rule still takes one worker for a while, and not the machine.

    That the limits hold is seen in tests/faults/test_greedy_request.py; here, that they fit together.
    """
    compose = (ROOT / "docker-compose.yml").read_text()
    web = compose.partition("\n  web:\n")[2].partition("\n  worker:\n")[0]
    gunicorn = (ROOT / "deploy/gunicorn.py").read_text()
    whole = number(r"mem_limit: (\d+)m", web)
    assert (
        number(r"\nmost_memory = (\d+) \* 1024 \* 1024", gunicorn) * number(r"\nworkers = (\d+)", gunicorn)
        <= whole - 128
    )
    assert number(r"\nmost_seconds = (\d+)", gunicorn) <= number(r"\ntimeout = (\d+)", gunicorn) <= 30
    for started in (web, (ROOT / "Dockerfile").read_text()):
        assert '"gunicorn", "stars.wsgi:application", "--config", "deploy/gunicorn.py"]' in started
    proxy = (ROOT / "deploy/haproxy.cfg").read_text()
    assert "timeout http-request 10s" in proxy
    assert "acl is_answer path /sso/acs\n" in proxy
    assert "if is_answer { req.hdr_val(content-length) gt 92160 }" in proxy
    assert "statement_timeout=10000" in str(connection.settings_dict["OPTIONS"]["options"])


def test_sam_15_nothing_of_allauths_saml_is_installed() -> None:
    """Its switches need not be set where its views are not there; what they demand is demanded by our own (SAM-16)."""
    assert [app.name for app in apps.get_app_configs() if app.name.startswith("allauth.socialaccount")] == []
    assert [view for view in modules_of_views() if view.startswith("allauth.socialaccount")] == []


def modules_of_views() -> list[str]:
    found: list[str] = []

    def walk(resolver: URLResolver) -> None:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                walk(entry)
            else:
                found.append(str(getattr(entry.callback, "__module__", "")))

    walk(get_resolver())
    assert found
    return found


@pytest.mark.django_db
def test_sam_16_what_allauth_fixes_in_code_our_views_do_otherwise(sign_on: Keys, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["evil.example", "testserver"]
    outside = Client(headers={"Host": "evil.example"})
    request = unpacked(outside.get("/pieslegties/iedzivotajs")["Location"], "SAMLRequest")
    assert request.get("AssertionConsumerServiceURL") == REPLY_TO  # not from Host
    assert [node.text for node in request.iterfind(".//a:AuthnContextClassRef", NS)] == list(MEANS)  # not False
    fields = Answer().posted(sign_on)
    assert post(Client(), fields).status_code == 303
    assert Session.objects.count() == 0  # no anonymous post, and no assertion, in a session row
    services.finish_sign_in(handle=services.receive_answer(form=fields), begun_here=["_request"])
    assert UsedAssertion.objects.count() == 1  # a store of what was used
    page = post(Client(), {"SAMLResponse": "bm90IHhtbA=="}).content.decode()
    assert not {"SAMLResponse", "XML", "Traceback", "OneLogin"} & set(re.findall(r"\w+", page))  # no text of a library
    back = Client().get("/sso/slo?ReturnTo=https://evil.example/&RelayState=https://evil.example/")
    assert "evil.example" not in back.headers.get("Location", "")  # no target but the agreed ones


def test_an_unknown_protocol(settings: Settings) -> None:
    settings.STARS_IDP_PROTOCOL = "smoke signals"
    with pytest.raises(ImproperlyConfigured, match="saml2"):
        sso.check_settings()


@pytest.mark.django_db
def test_f6_a_signed_in_person_sees_the_503_page_too(monkeypatch: pytest.MonkeyPatch) -> None:
    browser = signed_in(Client(), ClientFactory())

    def away(*_: object, **__: object) -> None:
        raise OperationalError("away")

    with monkeypatch.context() as patch:
        patch.setattr(CursorWrapper, "execute", away)
        response = browser.get("/profils")
    assert response.status_code == 503
    assert response["Retry-After"]
    assert browser.get("/profils/mans-profils").status_code == 200


@pytest.mark.django_db
def test_sweep_sign_in_by_the_clock_leaves_counters_that_count() -> None:
    fresh = FailedSignInFactory()
    old = FailedSignInFactory(window_start=fresh.window_start.replace(year=2020))
    tasks.sweep_sign_in()
    assert type(fresh).objects.filter(pk=fresh.pk).exists()
    assert not type(old).objects.filter(pk=old.pk).exists()
