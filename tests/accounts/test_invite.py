"""Invitations: single use, bound to address and purpose, alive no longer than the right to invite (PWD-05, PWD-06)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts import policies, services, tasks
from accounts.models import EntryLink, Institution, Invitation, Membership, Right, User
from accounts.selectors import actor_of
from accounts.states import INVITATION, InvitationAction
from stars.kernel.actor import Actor, Duty, Role
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AuditEntry
from stars.notices.models import Delivery
from tests.accounts.registering import GOOD, link_to
from tests.conftest import signed_in
from tests.factories.accounts import (
    AgencyOfficerFactory,
    AgencyUserFactory,
    CommissionMemberFactory,
    EmployeeFactory,
    InstitutionFactory,
    InvitationFactory,
    MembershipFactory,
    PolicyVersionFactory,
    ProviderFactory,
)

pytestmark = pytest.mark.django_db
ILGA = "ilga@jauna.example"


@pytest.fixture(autouse=True)
def terms(db: None) -> None:
    PolicyVersionFactory()


@pytest.fixture
def boss(db: None) -> User:
    user: User = ProviderFactory.create(membership__role="administrator")
    return user


def school_of(boss: User) -> Institution:
    return boss.memberships.get().institution


def invited(boss: User, **fields: Any) -> str:
    """Somebody is asked into the institution; gives the path of the link."""
    given = {"name": "Ilga Priede", "email": ILGA, "role": Membership.MemberRole.EMPLOYEE} | fields
    services.invite_member(by=actor_of(boss), **given)
    return link_to(str(given["email"]))


def accept(path: str, **changes: Any) -> Any:
    page = Client().get(path)
    fields = {"name": "Ilga Priede", "password": GOOD, "agreed": "on"}
    form = page.context["form"]
    if "shown" in form.fields:
        fields["shown"] = form["shown"].value()
    return Client().post(path, {name: value for name, value in (fields | changes).items() if value is not None})


def test_a_colleague_is_invited_and_begins_to_work(boss: User) -> None:
    browser = signed_in(Client(), boss)
    sent = browser.post(
        "/provider/lietotaji/uzaicinat", {"name": "Ilga Priede", "email": ILGA.upper(), "role": "employee"}
    )
    assert sent["Location"] == "/provider/lietotaji"
    assert "Ilga Priede" in browser.get("/provider/lietotaji").content.decode()
    path = link_to(ILGA)
    page = Client().get(path).content.decode()
    assert school_of(boss).name in page.replace("&quot;", '"')
    assert accept(path)["Location"] == "/provider/login"
    user = User.objects.get(email=ILGA)
    assert user.check_password(GOOD)
    assert user.consents.count() == 1
    assert actor_of(user).role is Role.PROVIDER
    entry = AuditEntry.objects.get(object_type="accounts.membership", action="join")
    assert entry.data["invited_by"] == boss.pk


def test_invite_member_as_administrator(boss: User) -> None:
    accept(invited(boss, role=Membership.MemberRole.ADMINISTRATOR))
    assert actor_of(User.objects.get(email=ILGA)).role is Role.PROVIDER_ADMIN


def test_only_an_administrator_invites_into_their_own_institution(boss: User) -> None:
    colleague = ProviderFactory.create(membership__institution=school_of(boss))
    for by in (actor_of(colleague), actor_of(AgencyUserFactory.create()), Actor()):
        with pytest.raises(NotPermitted):
            services.invite_member(name="X", email=ILGA, role=Membership.MemberRole.EMPLOYEE, by=by)


def test_17_1_the_terms_are_accepted_first(boss: User) -> None:
    path = invited(boss)
    assert accept(path, agreed=None).status_code == 422
    assert accept(path, password="parole").status_code == 422
    assert not User.objects.filter(email=ILGA).exists()
    assert accept(path).status_code == 302


def test_pwd_06_looking_changes_nothing_and_a_link_works_once(boss: User) -> None:
    path = invited(boss)
    for method in (Client().get, Client().head):
        assert method(path).status_code == 200
    assert not User.objects.filter(email=ILGA).exists()
    assert accept(path).status_code == 302
    assert Client().get(path).status_code == Client().post(path).status_code == 410


def test_pwd_06_a_link_lives_an_hour_and_resend_invitation_sends_another(boss: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        path = invited(boss)
        clock.shift(timedelta(minutes=60))
        spent = Client().get(path)
        assert spent.status_code == 410
        assert f"{path}/saite" in spent.content.decode()
        Client().post(f"{path}/saite")
        assert accept(link_to(ILGA)).status_code == 302


def test_sweep_invitations_withdraws_after_a_fortnight(boss: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        path = invited(boss)
        clock.shift(timedelta(days=14))
        Client().post(f"{path}/saite")
        assert EntryLink.objects.count() == 1
        tasks.sweep_registrations()
        assert Invitation.objects.get().state == "withdrawn"


def test_withdraw_invitation_ends_its_links(boss: User) -> None:
    path = invited(boss)
    browser = signed_in(Client(), boss)
    reference = Invitation.objects.get().reference
    assert browser.post(f"/provider/lietotaji/uzaicinajums/{reference}/atsaukt").status_code == 302
    assert Client().get(path).status_code == 410
    assert Client().post(f"{path}/saite").status_code == 302
    assert Delivery.objects.filter(address=ILGA).count() == 1


@pytest.mark.parametrize("state", ["open", "accepted", "withdrawn"])
def test_every_move_is_made_or_refused_as_the_table_says(boss: User, state: str) -> None:
    closed = {} if state == "open" else {"closed_at": timezone.now()}
    invitation = InvitationFactory(institution=school_of(boss), state=state, **closed)
    if INVITATION.allows(InvitationAction.WITHDRAW, state):
        assert services.withdraw_invitation(invitation_id=invitation.pk, by=actor_of(boss)).state == "withdrawn"
    else:
        with pytest.raises(DomainError):
            services.withdraw_invitation(invitation_id=invitation.pk, by=actor_of(boss))


def test_x73_another_institutions_invitation_is_not_there(boss: User) -> None:
    other = InvitationFactory()
    answer = signed_in(Client(), boss).post(f"/provider/lietotaji/uzaicinajums/{other.reference}/atsaukt")
    assert answer.status_code == 404


def test_asking_again_sends_a_new_letter_for_the_same_invitation(boss: User) -> None:
    first = invited(boss)
    second = invited(boss, role=Membership.MemberRole.ADMINISTRATOR)
    assert Invitation.objects.get().role == "administrator"
    assert Client().get(first).status_code == 410
    assert accept(second).status_code == 302


# --- what the inviter learns: nothing (PWD-05) ----------------------------------------


@pytest.mark.parametrize("who", ["unknown", "employee", "officer", "inactive", "colleague"])
def test_pwd_05_one_answer_whoever_is_known(boss: User, who: str) -> None:
    known: dict[str, Callable[[], object]] = {
        "unknown": lambda: None,
        "employee": lambda: ProviderFactory(email=ILGA),
        "officer": lambda: AgencyUserFactory(email=ILGA),
        "inactive": lambda: EmployeeFactory(email=ILGA, is_active=False),
        "colleague": lambda: ProviderFactory(email=ILGA, membership__institution=school_of(boss)),
    }
    known[who]()
    fields = {"name": "Ilga Priede", "email": ILGA, "role": "employee"}
    answer = signed_in(Client(), boss).post("/provider/lietotaji/uzaicinat", fields)
    assert (answer.status_code, answer["Location"]) == (302, "/provider/lietotaji")
    assert Invitation.objects.count() == Delivery.objects.filter(address=ILGA).count() == 1


def test_somebody_who_signs_in_already_only_says_yes(boss: User) -> None:
    user = ProviderFactory(email=ILGA, password="Cita-parole-88")
    path = invited(boss)
    assert "Ar šo adresi Jūs jau pieslēdzaties" in Client().get(path).content.decode()
    assert Client().post(path, {"password": GOOD}).status_code == 302
    user.refresh_from_db()
    assert user.check_password("Cita-parole-88")
    assert user.memberships.count() == 2


def test_x74_an_invitation_takes_no_role_away(boss: User) -> None:
    other_boss = ProviderFactory(email=ILGA, membership__institution=school_of(boss), membership__role="administrator")
    Client().post(invited(boss))
    assert other_boss.memberships.get().role == "administrator"


def test_a_blocked_employee_does_not_come_back_by_an_invitation(boss: User) -> None:
    blocked = ProviderFactory(email=ILGA, membership__institution=school_of(boss), membership__state="blocked")
    answer = Client().post(invited(boss))
    assert answer.status_code == 422
    assert "Jūsu piekļuve šai iestādei ir bloķēta" in answer.content.decode()
    assert blocked.memberships.get().state == "blocked"


def test_acc_08_an_officer_s_address_is_never_linked(boss: User) -> None:
    AgencyUserFactory(email=ILGA)
    answer = Client().post(invited(boss))
    assert answer.status_code == 422
    assert not Membership.objects.filter(user__email=ILGA).exists()


@pytest.mark.parametrize("how", ["blocked", "employee now", "institution closed"])
def test_x73_an_invitation_lives_no_longer_than_the_right_to_invite(boss: User, how: str) -> None:
    path = invited(boss)
    place = Membership.objects.filter(user=boss)
    if how == "blocked":
        place.update(state="blocked")
    elif how == "employee now":
        place.update(role="employee")
    else:
        Institution.objects.update(is_active=False)
    assert accept(path).status_code == 422
    assert not User.objects.filter(email=ILGA).exists()


# --- the agency ---------------------------------------------------------------------


def officer(*duties: str) -> Actor:
    return actor_of(AgencyOfficerFactory.create(duties=list(duties)))


def test_30_an_officer_is_invited_with_duties_and_a_term() -> None:
    until = timezone.now() + timedelta(days=365)
    services.invite_officer(
        name="Dace Ozola",
        email=ILGA,
        duties=[Duty.FINANCE, Duty.CONTENT],
        rights_until=until,
        by=officer("administrator"),
    )
    assert accept(link_to(ILGA))["Location"] == "/admin/login/"
    user = User.objects.get(email=ILGA)
    assert user.is_staff
    assert not user.is_superuser
    assert actor_of(user).duties == {Duty.FINANCE, Duty.CONTENT}
    assert set(user.rights.values_list("valid_until", flat=True)) == {until}


@pytest.mark.parametrize("duty", ["approver", "evaluator", "finance", "content", "security"])
def test_30_only_an_administrator_invites_officers(duty: str) -> None:
    with pytest.raises(NotPermitted):
        services.invite_officer(name="X", email=ILGA, duties=[Duty.CONTENT], by=officer(duty))


def test_an_officer_without_duties_is_not_invited() -> None:
    with pytest.raises(DomainError):
        services.invite_officer(name="X", email=ILGA, duties=[], by=officer("administrator"))


def test_a_term_in_the_past_is_refused() -> None:
    with pytest.raises(DomainError):
        services.invite_commission_member(
            name="X", email=ILGA, rights_until=timezone.now() - timedelta(days=1), by=officer("evaluator")
        )


def test_invite_commission_member_gives_the_right_and_a_door() -> None:
    services.invite_commission_member(name="Ilga Priede", email=ILGA, by=officer("evaluator"))
    assert accept(link_to(ILGA))["Location"] == "/provider/login"
    user = User.objects.get(email=ILGA)
    assert actor_of(user).role is Role.COMMISSION
    assert not user.is_staff


def test_a_right_one_has_is_not_given_twice() -> None:
    member = CommissionMemberFactory(email=ILGA)
    services.invite_commission_member(name="X", email=ILGA, by=officer("evaluator"))
    Client().post(link_to(ILGA))
    assert Right.objects.get(user=member)


@pytest.mark.parametrize("duty", ["finance", "content", "security"])
def test_other_duties_invite_no_commission(duty: str) -> None:
    with pytest.raises(NotPermitted):
        services.invite_commission_member(name="X", email=ILGA, by=officer(duty))


def test_an_employee_s_address_becomes_no_officer() -> None:
    ProviderFactory(email=ILGA)
    services.invite_officer(name="X", email=ILGA, duties=[Duty.CONTENT], by=officer("administrator"))
    assert Client().post(link_to(ILGA)).status_code == 422
    assert not User.objects.get(email=ILGA).is_staff


def test_an_officer_who_left_leaves_no_invitations() -> None:
    by = officer("administrator")
    services.invite_officer(name="X", email=ILGA, duties=[Duty.CONTENT], by=by)
    Right.objects.filter(user_id=by.user_id or 0).update(valid_until=timezone.now())
    assert accept(link_to(ILGA)).status_code == 422


def test_the_first_officer_is_invited_by_a_command_of_the_operator() -> None:
    services.invite_officer(
        name="Ilga Priede", email=ILGA, duties=[Duty.ADMINISTRATOR], by=Actor.system("invite_administrator")
    )
    assert accept(link_to(ILGA)).status_code == 302
    assert actor_of(User.objects.get(email=ILGA)).duties == {Duty.ADMINISTRATOR}


def test_memberships_survive_another_institution(boss: User) -> None:
    user = ProviderFactory(email=ILGA)
    MembershipFactory(user=user, institution=InstitutionFactory())
    Client().post(invited(boss))
    assert user.memberships.count() == 3


# --- from the admin -------------------------------------------------------------------

INVITE = "/admin/accounts/invitation/invite/"


def desk(*duties: str) -> Client:
    return signed_in(Client(), AgencyOfficerFactory.create(duties=list(duties)))


def test_30_an_administrator_invites_an_officer_from_the_admin() -> None:
    browser = desk("administrator")
    page = browser.get("/admin/accounts/invitation/").content.decode()
    assert f'href="{INVITE}officer/"' in page
    fields = {"name": "Dace Ozola", "email": ILGA, "duties": ["finance", "content"], "valid_until": "31.12.2099."}
    assert browser.post(f"{INVITE}officer/", fields).status_code == 302
    accept(link_to(ILGA))
    user = User.objects.get(email=ILGA)
    assert actor_of(user).duties == {Duty.FINANCE, Duty.CONTENT}
    midnight = datetime(2100, 1, 1, tzinfo=timezone.get_current_timezone())  # half-open: the last day is included
    assert set(user.rights.values_list("valid_until", flat=True)) == {midnight}


def test_an_evaluator_invites_a_member_of_the_commission_and_nobody_else() -> None:
    browser = desk("evaluator")
    page = browser.get("/admin/accounts/invitation/").content.decode()
    assert f'href="{INVITE}commission/"' in page
    assert f'href="{INVITE}officer/"' not in page
    assert browser.get(f"{INVITE}officer/").status_code == 403
    assert browser.post(f"{INVITE}commission/", {"name": "Ilga Priede", "email": ILGA}).status_code == 302
    accept(link_to(ILGA))
    assert actor_of(User.objects.get(email=ILGA)).role is Role.COMMISSION


def test_what_is_missing_is_asked_for_and_nothing_is_sent() -> None:
    answer = desk("administrator").post(f"{INVITE}officer/", {"name": "Dace Ozola", "email": ILGA})
    assert answer.status_code == 422
    assert "Izvēlieties vismaz vienu pienākumu." in answer.content.decode()
    assert 'value="Dace Ozola"' in answer.content.decode()
    assert not Invitation.objects.exists()


def test_mfa_04_duties_are_given_by_who_has_just_shown_who_they_are() -> None:
    browser = desk("administrator")
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        answer = browser.get(f"{INVITE}officer/")
    assert answer["Location"].startswith("/apstiprinat-sevi?")


@pytest.mark.parametrize("duty", ["finance", "content", "security"])
def test_other_duties_see_no_button_and_open_no_form(duty: str) -> None:
    browser = desk(duty)
    assert INVITE not in browser.get("/admin/accounts/invitation/").content.decode()
    assert browser.get(f"{INVITE}commission/").status_code == 403
    assert browser.get(f"{INVITE}member/").status_code == 404


def test_the_agency_takes_its_own_invitation_back() -> None:
    browser = desk("administrator")
    browser.post(f"{INVITE}commission/", {"name": "Ilga Priede", "email": ILGA})
    invitation = Invitation.objects.get()
    assert browser.post(f"/admin/accounts/invitation/{invitation.pk}/decide/withdraw/").status_code == 302
    assert Client().get(link_to(ILGA)).status_code == 410


@pytest.mark.parametrize("actor", [Actor(), Actor(role=Role.CLIENT, user_id=1), Actor(role=Role.AGENCY, user_id=1)])
def test_an_invitation_is_taken_by_who_has_signed_in_and_has_no_role_yet(actor: Actor) -> None:
    assert not policies.invited(actor, InvitationFactory.build())
    assert policies.invited(Actor(user_id=1), InvitationFactory.build())
