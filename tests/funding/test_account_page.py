"""Pieejamais finansējums: the money page of a client, and what the agency may do with it in the admin."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.selectors import actor_of
from funding import services
from funding.models import FundingSource, LearningAccount, LedgerTransaction, Reservation
from stars.kernel.models import AccessEntry, AuditEntry
from stars.kernel.templatetags.stars import day
from tests.factories.accounts import AgencyUserFactory, ClientFactory
from tests.factories.funding import SYSTEM, approved_account, imk

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
ADDRESS = "/profils/finansejums"


def main_of(response: Any) -> str:
    return str(response.content.decode().split("<main")[1].split("</main>")[0]).replace("\u00a0", " ")


def test_balance_date_and_history(as_client: Browse) -> None:
    user = ClientFactory.create()
    account = approved_account(user.person)
    purpose = account.grants.get().pk
    shown = main_of(as_client(user).get(ADDRESS))
    assert "500,00 €" in shown
    assert f"Pieejams līdz {account.grants.get().valid_to:%d.%m.%Y}." in shown
    assert "Apstiprināts" in shown
    assert "piešķirts" in shown
    assert purpose


def test_the_history_is_a_file_and_the_scale_has_words(as_client: Browse) -> None:
    user = ClientFactory.create()
    approved_account(user.person)
    browser = as_client(user)
    shown = main_of(browser.get(ADDRESS))
    assert f"{ADDRESS}/vesture.csv" in shown
    assert "250,00 €" in shown  # the middle of the scale
    answer = browser.get(f"{ADDRESS}/vesture.csv")
    assert answer["Content-Type"].startswith("text/csv")
    head, row = answer.content.decode("utf-8-sig").replace("\u00a0", " ").splitlines()
    assert head == "Datums;Darbība;Programma;Summa;Atlikums"
    assert row.split(";")[1:] == ["piešķirts", "", "500,00 €", "500,00 €"]


def test_before_approval_no_sum(as_client: Browse) -> None:
    shown = main_of(as_client(ClientFactory.create()).get(ADDRESS))
    assert "Tiek pārbaudīts" in shown
    assert "500,00" not in shown
    assert "Finansējuma kustības vēl nav." in shown


def test_a_refusal_stands_with_its_reason(as_client: Browse) -> None:
    user = ClientFactory.create()
    account = LearningAccount.objects.get(person=user.person)
    services.refuse_account(account_id=account.pk, reason="Mācības jau ir pārtrauktas.", by=SYSTEM)
    shown = main_of(as_client(user).get(ADDRESS))
    assert "Nav apstiprināts" in shown
    assert "Mācības jau ir pārtrauktas." in shown
    assert "Varat pieteikties programmām citos finansējuma avotos." in shown
    assert "Naudu rezervēsim" not in shown


def test_what_nobody_knew_when_it_was_decided_is_not_being_checked_any_more(as_client: Browse) -> None:
    user = ClientFactory.create()
    account = LearningAccount.objects.get(person=user.person)
    services.check_account(account_id=account.pk, by=SYSTEM)
    assert "Nav zināms" not in main_of(as_client(user).get(ADDRESS))
    services.refuse_account(account_id=account.pk, reason="Nav ziņu par vecumu.", by=SYSTEM)
    shown = main_of(as_client(user).get(ADDRESS))
    assert "Nav zināms" in shown
    assert "Tiek pārbaudīts" not in shown


def test_what_an_officer_approved_without_the_register_says_that_the_agency_decided(as_client: Browse) -> None:
    user = ClientFactory.create()
    account = LearningAccount.objects.get(person=user.person)
    services.check_account(account_id=account.pk, by=SYSTEM)
    officer = actor_of(AgencyUserFactory.create())
    services.approve_account(account_id=account.pk, reason="Dzimšanas datums redzams pasē.", by=officer)
    shown = main_of(as_client(user).get(ADDRESS))
    assert "Izlēma aģentūra" in shown
    assert f"Valsts izglītības attīstības aģentūra, {day(timezone.now())}" in shown
    assert "Nav zināms" not in shown
    assert "Tiek pārbaudīts" not in shown


def test_somebody_else_s_money_is_not_shown(as_client: Browse) -> None:
    approved_account(ClientFactory.create().person)
    assert "500,00" not in main_of(as_client(ClientFactory.create()).get(ADDRESS))


# --- admin -------------------------------------------------------------------------


def admin_of(account: LearningAccount, what: str) -> str:
    return f"/admin/funding/learningaccount/{account.pk}/{what}/"


def test_the_agency_approves_by_a_button(as_client: Browse) -> None:
    imk()
    account = LearningAccount.objects.get(person=ClientFactory.create().person)
    browser = as_client(AgencyUserFactory.create())
    assert admin_of(account, "decide/approve") in browser.get(admin_of(account, "change")).content.decode()
    assert browser.get(admin_of(account, "decide/approve")).status_code == 200
    account.refresh_from_db()
    assert account.state == "pending"  # a GET asks, it never decides
    assert browser.post(admin_of(account, "decide/approve")).status_code == 302
    account.refresh_from_db()
    assert account.state == "approved"
    assert account.grants.get().amount_cents == 50000


def test_the_agency_refuses_with_a_reason(as_client: Browse) -> None:
    account = LearningAccount.objects.get(person=ClientFactory.create().person)
    browser = as_client(AgencyUserFactory.create())
    empty = browser.post(admin_of(account, "decide/refuse"), {"reason": ""})
    assert empty.status_code == 422
    assert "Ievadiet iemeslu" in empty.content.decode()
    browser.post(admin_of(account, "decide/refuse"), {"reason": "Mācības jau ir pārtrauktas."})
    account.refresh_from_db()
    assert (account.state, account.refusal_reason) == ("refused", "Mācības jau ir pārtrauktas.")


def test_a_decided_account_has_no_button_and_a_late_press_is_told(as_client: Browse) -> None:
    account = approved_account(ClientFactory.create().person)
    browser = as_client(AgencyUserFactory.create())
    assert "decide/" not in browser.get(admin_of(account, "change")).content.decode()
    late = browser.post(admin_of(account, "decide/refuse"), {"reason": "Vēlāk."}, follow=True)
    assert "lēmums jau ir pieņemts" in late.content.decode()


def test_aud_02_opening_an_account_leaves_a_row(as_client: Browse) -> None:
    account = approved_account(ClientFactory.create().person)
    officer = AgencyUserFactory.create()
    as_client(officer).get(admin_of(account, "change"))
    look = AccessEntry.objects.get(person_id=account.person_id)
    assert look.actor_user_id == officer.pk


@pytest.mark.parametrize("model", ["learningaccount", "grant", "reservation", "ledgertransaction"])
def test_aud_02_money_in_a_list_and_on_a_page_leaves_rows(as_client: Browse, model: str) -> None:
    account = approved_account(ClientFactory.create().person)
    grant = account.grants.get()
    held = Reservation.objects.create(grant=grant, purpose=uuid4(), programme_name="Excel", amount_cents=100)
    row = {"learningaccount": account, "grant": grant, "reservation": held}.get(model) or grant.transactions.get()
    browser = as_client(AgencyUserFactory.create())
    for number, address in enumerate((f"/admin/funding/{model}/", f"/admin/funding/{model}/{row.pk}/change/"), 1):
        assert browser.get(address).status_code == 200
        assert AccessEntry.objects.filter(person_id=account.person_id).count() == number


def test_adm_01_nobody_writes_the_ledger(as_client: Browse) -> None:
    approved_account(ClientFactory.create().person)
    movement = LedgerTransaction.objects.get()
    browser = as_client(AgencyUserFactory.create())
    base = "/admin/funding/ledgertransaction/"
    assert browser.get(f"{base}{movement.pk}/change/").status_code == 200
    assert browser.get(f"{base}add/").status_code == 403
    assert browser.post(f"{base}{movement.pk}/delete/", {"post": "yes"}).status_code == 403
    assert browser.post(f"{base}{movement.pk}/change/", {"movement": "spend"}).status_code == 403


def test_sources_are_data_with_a_trail(as_client: Browse) -> None:
    source = FundingSource.objects.get(code="mn")
    browser = as_client(AgencyUserFactory.create())
    url = f"/admin/funding/fundingsource/{source.pk}/change/"
    form = browser.get(url).context["adminform"].form
    typed = {name: "" if value is None else value for name, value in form.initial.items()}
    answer = browser.post(url, {**typed, "percent": "15.00", "grant_valid_to": ""})
    assert answer.status_code == 302
    source.refresh_from_db()
    assert source.percent == 15
    entry = AuditEntry.objects.get(object_type="funding.fundingsource", object_id=str(source.pk))
    assert entry.data == {"changed": ["percent"]}


def test_save_source_is_the_agency_s() -> None:
    assert services.save_source(source=FundingSource.objects.get(code="mn"), changed=["name"], by=SYSTEM).code == "mn"
