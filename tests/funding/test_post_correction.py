"""ADM-03: the ledger is put right by hand only with a reason, by two officers who have both just proved who they are."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.selectors import actor_of
from funding import selectors, services
from funding.models import Correction, Grant, LedgerTransaction, Movement
from funding.states import CorrectionState
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AuditEntry
from stars.kernel.secrets import blind_index
from stars.notices.models import Notice
from stars.pages.invariants.money import the_ledger_adds_up
from tests.conftest import signed_in
from tests.factories.accounts import PASSWORD, AgencyOfficerFactory, ClientFactory
from tests.factories.funding import LedgerTransactionFactory, approved_account
from tests.factories.registries import StaffTieFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner() -> User:
    user: User = ClientFactory.create(person__code="01019012345")
    approved_account(user.person)
    return user


@pytest.fixture
def grant(learner: User) -> Grant:
    return Grant.objects.get(account__person=learner.person)


def officer(*duties: str) -> User:
    user: User = AgencyOfficerFactory.create(duties=list(duties) or ["finance"])
    return user


def propose(grant: Grant, cents: int = -1250, by: User | None = None) -> Correction:
    return services.propose_correction(
        grant_id=grant.pk, amount_cents=cents, reason="Piešķirts par daudz.", by=actor_of(by or officer())
    )


def test_adm_03_nothing_moves_before_a_second_officer_posts_it_and_the_client_is_told(
    grant: Grant, learner: User
) -> None:
    correction = propose(grant)
    assert selectors.available_cents(grant) == 50000
    assert not LedgerTransaction.objects.filter(movement=Movement.CORRECT).exists()
    services.post_correction(correction_id=correction.pk, by=actor_of(officer()))
    assert selectors.available_cents(grant) == 48750
    body = Notice.objects.get(recipient=learner, key=f"correction:{correction.pk}").body
    assert "-12,50 €" in body.replace("−", "-").replace("\xa0", " ")
    assert "487,50 €" in body.replace("\xa0", " ")
    assert "Piešķirts par daudz." in body
    actions = AuditEntry.objects.filter(object_type="funding.correction").order_by("sequence")
    assert list(actions.values_list("action", flat=True)) == ["propose", "post"]
    assert len(set(actions.values_list("actor_user_id", flat=True))) == 2
    assert not list(the_ledger_adds_up())
    assert "12,50" in signed_in(Client(), learner).get("/profils/finansejums").content.decode()


def test_adm_03_who_proposed_it_never_posts_it(grant: Grant) -> None:
    one = officer()
    correction = propose(grant, by=one)
    with pytest.raises(NotPermitted):
        services.post_correction(correction_id=correction.pk, by=actor_of(one))
    page = signed_in(Client(), one).get(f"/admin/funding/correction/{correction.pk}/change/").content.decode()
    assert "decide/post/" not in page
    assert "decide/decline/" in page


def test_adm_03_the_database_takes_no_correction_of_one_officer(grant: Grant) -> None:
    one = officer()
    correction = propose(grant, by=one)
    correction.state, correction.decided_by, correction.decided_at = CorrectionState.POSTED, one, timezone.now()
    correction.transaction = LedgerTransactionFactory.create(grant=grant)
    with pytest.raises(IntegrityError), transaction.atomic():
        correction.save()


@pytest.mark.parametrize("duties", [["approver"], ["content"], ["security"]])
def test_adm_03_other_duties_neither_propose_nor_post(grant: Grant, duties: list[str]) -> None:
    correction = propose(grant)
    for by in (actor_of(officer(*duties)), Actor(), Actor.system("x")):
        with pytest.raises(NotPermitted):
            services.propose_correction(grant_id=grant.pk, amount_cents=-1, reason="x", by=by)
        with pytest.raises(NotPermitted):
            services.post_correction(correction_id=correction.pk, by=by)


def test_acc_08_an_officer_corrects_no_relative_s_money(grant: Grant) -> None:
    one, correction = officer(), propose(grant)
    StaffTieFactory.create(user=one, digest=blind_index("01019012345"))
    with pytest.raises(NotPermitted):
        services.post_correction(correction_id=correction.pk, by=actor_of(one))


@pytest.mark.parametrize("cents", [0, -50001, 1])
def test_i6_what_the_ledger_cannot_hold_is_refused_with_a_sentence(grant: Grant, cents: int) -> None:
    with pytest.raises(DomainError):
        propose(grant, cents)


def test_i6_what_was_possible_when_proposed_is_looked_at_again_when_posted(grant: Grant, learner: User) -> None:
    correction = propose(grant, -50000)
    services.ledger._post(grant, Movement.EXPIRE, 1)
    with pytest.raises(DomainError):
        services.post_correction(correction_id=correction.pk, by=actor_of(officer()))


def test_what_was_taken_away_can_be_given_back_up_to_the_grant(grant: Grant) -> None:
    for cents in (-1250, 1250):
        services.post_correction(correction_id=propose(grant, cents).pk, by=actor_of(officer()))
    assert selectors.available_cents(grant) == 50000
    assert not list(the_ledger_adds_up())
    with pytest.raises(DomainError):
        propose(grant, 1)


def test_one_waits_at_a_time_and_a_declined_one_moves_nothing(grant: Grant) -> None:
    correction = propose(grant)
    with pytest.raises(DomainError):
        propose(grant)
    services.decline_correction(correction_id=correction.pk, explanation="Nav pamata.", by=actor_of(officer()))
    with pytest.raises(DomainError):
        services.post_correction(correction_id=correction.pk, by=actor_of(officer()))
    assert selectors.available_cents(grant) == 50000
    propose(grant)


def test_i6_a_movement_by_hand_without_two_officers_is_found(grant: Grant) -> None:
    LedgerTransactionFactory.create(grant=grant)
    assert any("without two officers" in one.says for one in the_ledger_adds_up())


def test_adm_03_mfa_04_in_the_admin_both_are_asked_to_prove_themselves(grant: Grant) -> None:
    first, second = officer(), officer()
    asked = {"sum": "-12,50", "reason": "Piešķirts par daudz."}
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser, other = signed_in(Client(), first), signed_in(Client(), second)
        clock.shift(timedelta(minutes=5, seconds=1))
        address = f"/admin/funding/grant/{grant.pk}/decide/propose/"
        assert "proof_password" in browser.post(address, asked).content.decode()
        assert not Correction.objects.exists()
        assert browser.post(address, asked | {"proof_password": PASSWORD}).status_code == 302
        correction = Correction.objects.get()
        assert correction.amount_cents == -1250
        address = f"/admin/funding/correction/{correction.pk}/decide/post/"
        assert "proof_password" in other.post(address, {"x": ""}).content.decode()
        assert selectors.available_cents(grant) == 50000
        assert other.post(address, {"proof_password": PASSWORD}).status_code == 302
    assert selectors.available_cents(grant) == 48750


def test_a_sum_that_is_no_number_is_answered_by_a_sentence(grant: Grant) -> None:
    address = f"/admin/funding/grant/{grant.pk}/decide/propose/"
    answer = signed_in(Client(), officer()).post(address, {"sum": "daudz", "reason": "x"})
    assert answer.status_code == 422
    assert "Ievadiet summu cipariem" in answer.content.decode()
