"""I13: an institution's people, approved, blocked, ended, given roles by its administrator; one always stays (X73 to X75)."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import policies, services
from accounts.admin.rights import RightAdmin
from accounts.models import Institution, Membership, Right, RightKind, User
from accounts.selectors import actor_of
from accounts.services import members as members_room
from accounts.states import ACCESS, AccessAction, AccessState
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AccessEntry, AuditEntry
from stars.notices.models import Notice
from tests.conftest import signed_in
from tests.factories.accounts import (
    AgencyOfficerFactory,
    ConsultantFactory,
    DenialFactory,
    InstitutionFactory,
    MembershipFactory,
    ProviderFactory,
    RegistrationFactory,
    RightFactory,
)
from tests.look.rendering import words as words_of

pytestmark = pytest.mark.django_db
ADDRESS = "/provider/lietotaji"
CALLS: dict[AccessAction, Callable[[Membership, Actor], Membership]] = {
    AccessAction.BLOCK: lambda one, by: services.block_member(membership_id=one.pk, explanation="Incidents.", by=by),
    AccessAction.UNBLOCK: lambda one, by: services.unblock_member(membership_id=one.pk, by=by),
    AccessAction.EXPIRE: lambda one, by: services.end_member(membership_id=one.pk, by=by),
}


@pytest.fixture
def school(db: None) -> Institution:
    found: Institution = InstitutionFactory.create(name="Mācību centrs Saule")
    return found


def administrator(school: Institution) -> User:
    user: User = ProviderFactory.create(membership__institution=school, membership__role="administrator")
    return user


def employee(school: Institution, **fields: Any) -> Membership:
    membership: Membership = MembershipFactory.create(institution=school, **fields)
    return membership


# --- the actions -----------------------------------------------------------------------


@pytest.mark.parametrize("action", CALLS)
@pytest.mark.parametrize("state", ["approved", "blocked", "expired"])
def test_every_move_is_made_or_refused_as_the_table_says(school: Institution, action: AccessAction, state: str) -> None:
    one, by = employee(school, state=state), actor_of(administrator(school))
    if ACCESS.allows(action, state):
        assert CALLS[action](one, by).state == ACCESS.moves[action].to
        assert Notice.objects.filter(recipient=one.user).count() == 1
        assert AuditEntry.objects.get(object_type="accounts.membership").action == action.value
    else:
        with pytest.raises(DomainError):
            CALLS[action](one, by)


@pytest.mark.parametrize("action", CALLS)
def test_only_the_institutions_own_administrator_and_the_agency_decide(
    school: Institution, action: AccessAction
) -> None:
    one = employee(school, state="blocked" if action is AccessAction.UNBLOCK else "approved")
    strangers = [
        actor_of(administrator(InstitutionFactory.create())),
        actor_of(employee(school).user),
        actor_of(AgencyOfficerFactory.create(duties=["finance"])),
        Actor(),
    ]
    for by in strangers:
        with pytest.raises(NotPermitted):
            CALLS[action](one, by)
    CALLS[action](one, actor_of(AgencyOfficerFactory.create(duties=["approver"])))


@pytest.mark.parametrize("action", [AccessAction.BLOCK, AccessAction.EXPIRE])
def test_x5_nobody_decides_about_themselves(school: Institution, action: AccessAction) -> None:
    boss = administrator(school)
    administrator(school)
    with pytest.raises(NotPermitted):
        CALLS[action](boss.memberships.get(), actor_of(boss))


def test_a_blocked_employee_works_no_more_at_the_next_request(school: Institution) -> None:
    one = employee(school)
    assert actor_of(one.user).role is Role.PROVIDER
    services.block_member(membership_id=one.pk, explanation="X", by=actor_of(administrator(school)))
    assert actor_of(User.objects.get(pk=one.user_id)).role is Role.ANONYMOUS


def test_roles_that_rest_on_the_place_end_with_it(school: Institution) -> None:
    one, by = employee(school), actor_of(administrator(school))
    right = services.give_assessor(user_id=one.user_id, valid_until=None, by=by)
    services.block_member(membership_id=one.pk, explanation="X", by=by)
    right.refresh_from_db()
    assert right.state == AccessState.BLOCKED
    services.end_member(membership_id=one.pk, by=by)
    right.refresh_from_db()
    assert right.state == AccessState.EXPIRED


# --- administrators ----------------------------------------------------------------------


def test_x75_the_only_administrator_does_not_leave(school: Institution) -> None:
    boss = administrator(school)
    with pytest.raises(DomainError) as refused:
        services.leave_institution(by=actor_of(boss))
    assert refused.value.code == "last_administrator"
    colleague = employee(school)
    services.hand_over(membership_id=colleague.pk, by=actor_of(boss))
    assert actor_of(User.objects.get(pk=colleague.user_id)).role is Role.PROVIDER_ADMIN
    boss = User.objects.get(pk=boss.pk)
    assert actor_of(boss).role is Role.PROVIDER
    assert services.leave_institution(by=actor_of(boss)).state == AccessState.EXPIRED


def test_x75_whoever_has_handed_over_reads_so_at_the_door(school: Institution) -> None:
    browser, to = signed_in(Client(), administrator(school)), employee(school)
    answer = browser.post(f"{ADDRESS}/{to.user.reference}/nodot", follow=True)
    assert answer.redirect_chain == [("/provider/login", 302)]
    words = f"Tagad iestādes administrators ir {to.user.label}. Pieslēdzieties no jauna: strādāsiet kā darbinieks."
    assert words in answer.content.decode()


def test_x75_an_administrator_who_cannot_sign_in_is_none(school: Institution) -> None:
    boss, gone = administrator(school), administrator(school)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    with pytest.raises(DomainError):
        services.leave_institution(by=actor_of(boss))


def denied(one: Membership) -> Membership:
    DenialFactory.create(user=one.user)
    return one


@pytest.mark.parametrize("who", ["stranger", "blocked", "denied", "self"])
def test_x75_it_is_handed_to_a_colleague_only(school: Institution, who: str) -> None:
    boss = administrator(school)
    choices: dict[str, Callable[[], Membership]] = {
        "stranger": lambda: employee(InstitutionFactory.create()),
        "blocked": lambda: employee(school, state="blocked"),
        "denied": lambda: denied(employee(school)),
        "self": boss.memberships.get,
    }
    to = choices[who]()
    with pytest.raises(DomainError):
        services.hand_over(membership_id=to.pk, by=actor_of(boss))
    assert actor_of(boss).role is Role.PROVIDER_ADMIN


def test_change_member_role_raises_and_lowers(school: Institution) -> None:
    one, by = employee(school), actor_of(administrator(school))
    role = Membership.MemberRole
    assert services.change_member_role(membership_id=one.pk, role=role.ADMINISTRATOR, by=by).role == "administrator"
    assert services.change_member_role(membership_id=one.pk, role=role.EMPLOYEE, by=by).role == "employee"
    assert AuditEntry.objects.filter(action="change_role").count() == 2


def test_nobody_raises_themselves(school: Institution) -> None:
    one = employee(school)
    for by in (actor_of(one.user), actor_of(administrator(InstitutionFactory.create()))):
        with pytest.raises(NotPermitted):
            services.change_member_role(membership_id=one.pk, role=Membership.MemberRole.ADMINISTRATOR, by=by)


def test_somebody_blocked_gets_no_role(school: Institution) -> None:
    one = employee(school, state="blocked")
    with pytest.raises(DomainError):
        services.change_member_role(
            membership_id=one.pk, role=Membership.MemberRole.ADMINISTRATOR, by=actor_of(administrator(school))
        )


ACTS: dict[str, Callable[[Membership, Actor], Any]] = {
    "block": lambda one, by: services.block_member(membership_id=one.pk, explanation="X", by=by),
    "end": lambda one, by: services.end_member(membership_id=one.pk, by=by),
    "role": lambda one, by: services.change_member_role(
        membership_id=one.pk, role=Membership.MemberRole.ADMINISTRATOR, by=by
    ),
    "hand over": lambda one, by: services.hand_over(membership_id=one.pk, by=by),
    "assessor": lambda one, by: services.give_assessor(user_id=one.user_id, valid_until=None, by=by),
}


@pytest.mark.parametrize("act", ACTS)
def test_x75_whether_one_is_the_administrator_is_asked_again_under_the_lock(
    school: Institution, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """Another administrator lowers them while they wait for the lock: what the page was opened with counts no more."""
    boss, one = administrator(school), employee(school)
    administrator(school)
    by, lock = actor_of(boss), members_room._lock_people

    def wait_while_another_decides(institution_id: int) -> None:
        Membership.objects.filter(user=boss).update(role=Membership.MemberRole.EMPLOYEE)
        lock(institution_id)

    monkeypatch.setattr(members_room, "_lock_people", wait_while_another_decides)
    with pytest.raises(NotPermitted):
        ACTS[act](one, by)
    one.refresh_from_db()
    assert (one.role, one.state) == ("employee", AccessState.APPROVED)
    assert not Right.objects.filter(user_id=one.user_id).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("protected", [True, False], ids=["protected", "control"])
def test_x75_two_who_block_each_other_leave_one(monkeypatch: pytest.MonkeyPatch, *, protected: bool) -> None:
    """The control shows the race: without the lock both are blocked and nobody is left."""
    school = InstitutionFactory.create()
    both = [administrator(school), administrator(school)]
    actors = [actor_of(user) for user in both]
    places = [user.memberships.get() for user in both]
    meeting = threading.Barrier(2)
    own_moment = members_room._keep_an_administrator

    def wait_for_the_other(membership: Membership, by: Actor) -> None:
        own_moment(membership, by)
        if not protected:
            meeting.wait(timeout=5)

    monkeypatch.setattr(members_room, "_keep_an_administrator", wait_for_the_other)
    if not protected:
        monkeypatch.setattr(members_room, "_lock_people", lambda institution_id: None)

    def block(by: Actor, place: Membership) -> None:
        try:
            services.block_member(membership_id=place.pk, explanation="X", by=by)
        except (DomainError, NotPermitted):
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=block, args=(actors[n], places[1 - n])) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    left = Membership.objects.filter(institution=school, is_active=True).count()
    assert left == (1 if protected else 0)


# --- skills assessors ----------------------------------------------------------------------


def test_give_assessor_adds_a_role_of_its_own(school: Institution) -> None:
    one = employee(school)
    right = services.give_assessor(user_id=one.user_id, valid_until=None, by=actor_of(administrator(school)))
    assert (right.kind, right.institution, right.state) == (RightKind.ASSESSOR, school, AccessState.APPROVED)
    assert actor_of(one.user).role is Role.PROVIDER
    assert actor_of(one.user, f"right:{right.pk}").role is Role.ASSESSOR


def test_a_consultant_of_the_institution_may_be_its_assessor(school: Institution) -> None:
    consultant = ConsultantFactory.create(right__institution=school)
    by = actor_of(administrator(school))
    assert services.give_assessor(user_id=consultant.pk, valid_until=None, by=by).institution == school


@pytest.mark.parametrize("who", ["other institution", "blocked", "independent consultant"])
def test_strangers_are_not_named(school: Institution, who: str) -> None:
    users: dict[str, Callable[[], User]] = {
        "other institution": lambda: employee(InstitutionFactory.create()).user,
        "blocked": lambda: employee(school, state="blocked").user,
        "independent consultant": ConsultantFactory.create,
    }
    user = users[who]()
    with pytest.raises(DomainError):
        services.give_assessor(user_id=user.pk, valid_until=None, by=actor_of(administrator(school)))


def test_nobody_is_named_twice_nor_by_an_employee(school: Institution) -> None:
    one, by = employee(school), actor_of(administrator(school))
    services.give_assessor(user_id=one.user_id, valid_until=None, by=by)
    with pytest.raises(DomainError):
        services.give_assessor(user_id=one.user_id, valid_until=None, by=by)
    with pytest.raises(NotPermitted):
        services.give_assessor(user_id=one.user_id, valid_until=None, by=actor_of(one.user))


# --- the pages ------------------------------------------------------------------------------


@pytest.fixture
def boss(school: Institution) -> User:
    return administrator(school)


@pytest.fixture
def browser(boss: User) -> Client:
    return signed_in(Client(), boss)


def test_the_page_shows_everybody_and_their_buttons(browser: Client, school: Institution) -> None:
    waits = RegistrationFactory(employee=True, institution=school, name="Jānis Ābele")
    works = employee(school)
    employee(school, state="blocked")
    employee(InstitutionFactory.create(), user__name="Cits Cilvēks")
    consultant = RightFactory.create(kind="consultant", institution=school, municipality=None)
    page = browser.get(ADDRESS).content.decode()
    assert "<h1>Lietotāji</h1>" in page
    for words in ("Jānis Ābele", str(works.user.label), consultant.user.label, "Gaida apstiprināšanu", "Bloķēts"):
        assert words in page
    for button in ("Apstiprināt", "Noraidīt", "Bloķēt", "Atbloķēt"):
        assert f">{button}<" in page or f">{button}" in page
    assert f"{ADDRESS}/pieteikums/{waits.reference}/apstiprinat" in page
    assert "Cits Cilvēks" not in page


def test_aud_02_a_consultant_can_read_that_they_were_seen(browser: Client, school: Institution) -> None:
    consultant = RightFactory.create(kind="consultant", institution=school, municipality=None)
    browser.get(ADDRESS)
    assert AccessEntry.objects.get(person_id=consultant.user.person_id).actor_role == "provider_admin"


def test_the_administrator_approves_an_employee(browser: Client, school: Institution) -> None:
    waits = RegistrationFactory(employee=True, institution=school)
    address = f"{ADDRESS}/pieteikums/{waits.reference}/apstiprinat"
    assert browser.get(address).status_code == 200
    waits.refresh_from_db()
    assert waits.state == "waiting"
    assert browser.post(address)["Location"] == ADDRESS
    assert Membership.objects.get(user__email=waits.email).institution == school


def test_a_refusal_asks_for_its_reason(browser: Client, school: Institution) -> None:
    waits = RegistrationFactory(employee=True, institution=school)
    address = f"{ADDRESS}/pieteikums/{waits.reference}/noraidit"
    assert browser.post(address).status_code == 422
    told = browser.post(address, {"explanation": "Nestrādā pie mums."}, follow=True).content.decode()
    assert f"Lietotājs ir noraidīts un saņems Jūsu paskaidrojumu: {waits.name}." in told
    waits.refresh_from_db()
    assert (waits.state, waits.explanation) == ("refused", "Nestrādā pie mums.")


def test_29_3_a_consultant_of_the_institution_is_approved_here_with_a_term(
    browser: Client, school: Institution
) -> None:
    right = RightFactory.create(
        kind="consultant", institution=school, municipality=None, state="waiting", decided_at=None
    )
    address = f"{ADDRESS}/tiesibas/{right.reference}/apstiprinat"
    assert browser.post(address, {"valid_until": "2020-01-01"}).status_code == 422
    assert browser.post(address, {"valid_until": "2099-12-31"}).status_code == 302
    right.refresh_from_db()
    assert right.state == AccessState.APPROVED
    assert right.valid_until is not None
    assert right.valid_until.year in {2099, 2100}


def test_too_late_is_a_sentence(browser: Client, school: Institution) -> None:
    one = employee(school, state="blocked")
    answer = browser.post(f"{ADDRESS}/darbinieks/{one.user.reference}/bloket", {"explanation": "X"})
    assert answer.status_code == 422
    assert "Par šo cilvēku kāds jau ir izlēmis." in answer.content.decode()


@pytest.mark.parametrize("kind", ["pieteikums", "tiesibas", "darbinieks"])
@pytest.mark.parametrize("verb", ["apstiprinat", "bloket", "nav-tada"])
def test_x73_people_of_another_institution_are_not_there(browser: Client, kind: str, verb: str) -> None:
    other = InstitutionFactory.create()
    references: dict[str, Callable[[], Any]] = {
        "pieteikums": lambda: RegistrationFactory(employee=True, institution=other).reference,
        "tiesibas": lambda: RightFactory.create(kind="consultant", institution=other, municipality=None).reference,
        "darbinieks": lambda: employee(other).user.reference,
    }
    reference = references[kind]()
    for method in (browser.get, browser.post):
        assert method(f"{ADDRESS}/{kind}/{reference}/{verb}").status_code == 404


def test_x73_rights_of_one_institution_do_not_work_while_acting_for_another(school: Institution) -> None:
    """Administrator here, employee there: what one may do here is not there while one works there."""
    boss = administrator(school)
    there = MembershipFactory.create(user=boss, institution=InstitutionFactory.create())
    here = employee(school)
    acting_there = actor_of(boss, f"membership:{there.pk}")
    with pytest.raises(NotPermitted):
        services.block_member(membership_id=here.pk, explanation="X", by=acting_there)
    browser = signed_in(Client(), boss)
    session = browser.session
    session["context"] = f"membership:{there.pk}"
    session.save()
    assert browser.get(ADDRESS).status_code == 403


def test_x74_a_form_changes_only_what_it_shows(browser: Client, school: Institution) -> None:
    one = employee(school)
    other = InstitutionFactory.create()
    address = f"{ADDRESS}/darbinieks/{one.user.reference}/bloket"
    browser.post(address, {"explanation": "X", "role": "administrator", "institution": other.pk, "state": "expired"})
    one.refresh_from_db()
    assert (one.role, one.institution, one.state) == ("employee", school, "blocked")


def test_employees_do_not_decide(school: Institution) -> None:
    one = employee(school)
    browser = signed_in(Client(), one.user)
    colleague = employee(school)
    for address in (ADDRESS, f"{ADDRESS}/uzaicinat", f"{ADDRESS}/darbinieks/{colleague.user.reference}/bloket"):
        assert browser.get(address).status_code == 403


def test_mfa_04_a_role_is_changed_by_who_has_just_shown_who_they_are(browser: Client, school: Institution) -> None:
    one = employee(school)
    session = browser.session
    session.pop("proved_at", None)
    session.save()
    address = f"{ADDRESS}/{one.user.reference}/loma"
    assert browser.get(address)["Location"].startswith("/apstiprinat-sevi")
    browser.post(address)
    one.refresh_from_db()
    assert one.role == "employee"


@pytest.mark.parametrize(("state", "verb"), [("waiting", "apstiprinat"), ("blocked", "atblokot")])
def test_mfa_04_a_right_is_given_by_who_has_just_shown_who_they_are(
    browser: Client, school: Institution, state: str, verb: str
) -> None:
    """As in the admin, where the agency takes the same decision."""
    assert RightAdmin.sensitive == policies.GIVES_A_ROLE
    decided = {"decided_at": None} if state == "waiting" else {}
    right = RightFactory.create(kind="consultant", institution=school, municipality=None, state=state, **decided)
    session = browser.session
    session.pop("proved_at", None)
    session.save()
    address, typed = f"{ADDRESS}/tiesibas/{right.reference}/{verb}", {"valid_until": "2099-12-31"}
    assert browser.get(address)["Location"].startswith("/apstiprinat-sevi")
    assert "proof_password" in browser.post(address, typed).content.decode()
    right.refresh_from_db()
    assert right.state == state
    refusing = f"{ADDRESS}/tiesibas/{right.reference}/noraidit"
    assert state != "waiting" or browser.get(refusing).status_code == 200  # taking away asks for nothing
    session["proved_at"] = timezone.now().timestamp()
    session.save()
    assert browser.post(address, typed).status_code == 302
    right.refresh_from_db()
    assert right.state == AccessState.APPROVED


def test_the_list_asks_the_same_at_one_and_three_rows(browser: Client, school: Institution) -> None:
    def fill() -> None:
        RegistrationFactory(employee=True, institution=school)
        employee(school)
        RightFactory.create(kind="consultant", institution=school, municipality=None)

    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(ADDRESS)
        return len(queries)

    fill()
    browser.get(ADDRESS)
    one = counted()
    fill()
    fill()
    assert counted() == one


def test_everybody_may_leave(school: Institution) -> None:
    one = employee(school)
    administrator(school)
    browser = signed_in(Client(), one.user)
    assert browser.get("/provider/aiziet").status_code == 200
    assert browser.post("/provider/aiziet").status_code == 302
    one.refresh_from_db()
    assert one.state == AccessState.EXPIRED


def test_x75_the_page_says_why_the_last_one_stays(browser: Client) -> None:
    answer = browser.post("/provider/aiziet")
    assert answer.status_code == 422
    assert "Jūs esat vienīgais administrators. Vispirms nododiet lomu kolēģim." in answer.content.decode()


def test_who_suspended_themselves_or_is_denied_is_no_approved_colleague(browser: Client, school: Institution) -> None:
    own, denied, at_work = (employee(school).user for _ in range(3))
    DenialFactory.create(user=own, reason="32.4")
    DenialFactory.create(user=denied, reason="32.5")
    page = BeautifulSoup(browser.get(ADDRESS).content, "html.parser")
    rows = {
        row.select("[role=cell],td,th")[0].get_text(" ", strip=True): words_of(row) for row in page.select("main tr")
    }

    def of(user: User) -> str:
        return next(said for name, said in rows.items() if user.label in name)

    assert "Konts apturēts" in of(own)
    assert "Piekļuve liegta" in of(denied)
    for one in (own, denied):
        assert "Apstiprināts" not in of(one)
        assert "Nodot lomu" not in of(one)
    assert "Apstiprināts" in of(at_work)


def test_who_is_an_assessor_is_not_offered_to_become_one(browser: Client, school: Institution) -> None:
    one = employee(school).user
    offer = f"/provider/lietotaji/{one.reference}/novertetajs"
    assert offer in browser.get(ADDRESS).content.decode()
    RightFactory.create(user=one, kind="assessor", municipality=None, institution=school)
    assert offer not in browser.get(ADDRESS).content.decode()
