"""What officers may look up and write in the admin follows from their duties in force, and from nothing else (terms 30)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Right
from stars.kernel.actor import Duty
from tests.conftest import signed_in
from tests.factories.accounts import AgencyOfficerFactory, ClientFactory, InstitutionFactory, ProviderFactory

pytestmark = pytest.mark.django_db
LOOKS = "/admin/kernel/accessentry/"


def desk(*duties: str) -> Client:
    return signed_in(Client(), AgencyOfficerFactory.create(duties=list(duties)))


@pytest.mark.parametrize("duty", [one.value for one in Duty])
def test_30_every_duty_looks_things_up(duty: str) -> None:
    browser = desk(duty)
    for path in (
        "",
        "accounts/registration/",
        "accounts/right/",
        "accounts/right/?gaida=ja",
        "accounts/person/",
        "applications/application/",
        "funding/learningaccount/",
    ):
        assert browser.get(f"/admin/{path}").status_code == 200, path


@pytest.mark.parametrize("duty", [one.value for one in Duty])
def test_acc_01_who_has_looked_is_read_by_security_and_administrators(duty: str) -> None:
    wanted = 200 if duty in {"security", "administrator"} else 403
    assert desk(duty).get(LOOKS).status_code == wanted


@pytest.mark.parametrize(
    ("path", "writers"),
    [
        ("pages/newsitem/add/", {"content", "administrator"}),
        ("classifiers/sector/add/", {"content", "administrator"}),
        ("funding/eligibilityrule/add/", {"finance", "administrator"}),
        ("accounts/policyversion/add/", {"content", "administrator"}),
        ("accounts/institution/add/", {"approver", "content", "administrator"}),
        ("accounts/person/add/", set()),
        ("accounts/registration/add/", set()),
        ("kernel/auditentry/add/", set()),
    ],
)
def test_acc_01_each_duty_writes_what_is_its_own(path: str, writers: set[str]) -> None:
    found = {duty.value for duty in Duty if desk(duty.value).get(f"/admin/{path}").status_code == 200}
    assert found == writers


def test_32_1_a_duty_past_its_term_opens_nothing() -> None:
    browser = desk("approver")
    Right.objects.update(valid_until=timezone.now(), valid_from=timezone.now() - timedelta(days=1))
    assert browser.get("/admin/accounts/registration/").status_code == 403


def test_nobody_but_officers_has_duties() -> None:
    for user in (ProviderFactory.create(), ClientFactory.create()):
        assert not user.has_perm("accounts.view_person")
        assert not user.has_module_perms("accounts")


def test_what_only_decisions_change_is_not_changed_by_a_form() -> None:
    institution = InstitutionFactory.create()
    browser = desk("finance")
    assert browser.post(f"/admin/accounts/institution/{institution.pk}/change/", {"name": "Cits"}).status_code == 403
