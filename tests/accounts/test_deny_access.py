"""Access denied for each of the eight reasons of terms 32: coded, told, both ways in, live sessions too (SES-04, I16)."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.models import Denial, DenialReason, Membership, Right, Session, User
from accounts.selectors import actor_of, refusal_of, refusal_of_right
from accounts.services import denying
from accounts.services import members as members_room
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AuditEntry
from stars.notices.models import Delivery, Notice
from tests.accounts.conftest import SignInAs
from tests.conftest import signed_in
from tests.factories.accounts import (
    PASSWORD,
    AgencyOfficerFactory,
    AgencyUserFactory,
    ClientFactory,
    CommissionMemberFactory,
    DenialFactory,
    InstitutionFactory,
    MembershipFactory,
    PersonFactory,
    ProviderFactory,
    RightFactory,
    UserFactory,
)
from tests.look.rendering import the, words

pytestmark = pytest.mark.django_db
OF_USERS = [one for one in DenialReason if one not in {DenialReason.TERM_OVER, DenialReason.COOPERATION_ENDED}]


def guard() -> Actor:
    return actor_of(AgencyOfficerFactory.create(duties=["security"]))


def deny(user: User, reason: DenialReason = DenialReason.TERMS_BROKEN, words: str = "Konts nodots citam.") -> Denial:
    return services.deny_access(user_id=user.pk, reason=reason, words=words, by=guard())


def enter(user: User) -> Any:
    return Client().post("/provider/login", {"email": user.email, "password": PASSWORD})


def says_denied(response: Any, point: str) -> str:
    page = str(response.content.decode())
    assert response.status_code == 403
    assert "<h1>Piekļuve ir liegta</h1>" in page
    assert f"lietošanas noteikumu {point}. punktu" in page
    assert "stars@viaa.gov.lv" in page
    assert response["X-Request-ID"] in page
    return page


# --- each reason -----------------------------------------------------------------------


@pytest.mark.parametrize("reason", OF_USERS)
def test_ses_04_a_denied_employee_reads_why_at_the_door(reason: DenialReason) -> None:
    user = ProviderFactory.create(email="mara@example.lv")
    deny(user, reason)
    if reason is DenialReason.DEATH:
        assert enter(user).status_code == 422  # no password opens anything for the dead; one answer for all (PWD-05)
    else:
        assert "Konts nodots citam." in says_denied(enter(user), reason.value)
    assert not Session.objects.filter(user=user).exists()


@pytest.mark.parametrize("reason", OF_USERS)
def test_ses_04_so_does_a_denied_person_of_the_sign_on(reason: DenialReason, answered: SignInAs) -> None:
    person = PersonFactory.create(code="010190-12345")
    user = UserFactory.create(person=person)
    deny(user, reason)
    says_denied(answered(Client()), reason.value)
    assert not Session.objects.filter(user=user).exists()


@pytest.mark.parametrize("reason", OF_USERS)
def test_ses_04_live_sessions_end_and_the_same_browser_reads_why_at_the_door(
    reason: DenialReason, answered: SignInAs
) -> None:
    """The next request of the session leads to the sign-on, and the answer of the sign-on to the words."""
    user = ClientFactory.create(person__code="010190-12345")
    browser = signed_in(Client(), user)
    assert browser.get("/profils").status_code == 200
    deny(user, reason)
    assert not Session.objects.filter(user=user).exists()
    assert browser.get("/profils")["Location"].startswith("/pieslegties?")
    assert "Konts nodots citam." in says_denied(answered(browser), reason.value)


def test_i16_a_session_that_outlived_its_row_s_end_is_refused_at_its_next_request() -> None:
    """Whatever way a denial came to be, the next request of a live session meets it."""
    user = ClientFactory.create()
    browser = signed_in(Client(), user)
    DenialFactory.create(user=user, reason="32.6")
    says_denied(browser.get("/profils"), "32.6")
    assert "_auth_user_id" not in browser.session
    assert not Session.objects.filter(user=user).exists()


def test_ses_04_a_denial_is_coded_logged_and_told(caplog: pytest.LogCaptureFixture) -> None:
    user = ClientFactory.create()
    officer = AgencyOfficerFactory.create(duties=["security"])
    denial = services.deny_access(
        user_id=user.pk, reason=DenialReason.INCIDENT, words="Masveida pieprasījumi.", by=actor_of(officer)
    )
    assert (denial.reason, denial.decided_by) == ("32.6", officer)
    entry = AuditEntry.objects.get(action="deny")
    assert (entry.object_id, entry.actor_user_id, entry.data["reason"]) == (str(user.pk), officer.pk, "32.6")
    assert f"access_denied user={user.pk} reason=32.6 by={officer.pk}" in caplog.text
    assert "Masveida" not in caplog.text
    notice, letter = Notice.objects.get(recipient=user), Delivery.objects.get(recipient=user, key=f"denial:{denial.pk}")
    for text in (notice.body, letter.text):
        assert "32.6. punktu" in text
        assert "Masveida pieprasījumi." in text
        assert "Ja nepiekrītat, rakstiet uz stars@viaa.gov.lv" in text


def test_32_8_nobody_is_told_of_a_death_and_no_letter_goes_out_any_more() -> None:
    user = ClientFactory.create()
    services.deny_access(user_id=user.pk, reason=DenialReason.DEATH, words="", by=Actor.system("fpr"))
    user.refresh_from_db()
    assert not user.is_active
    assert user.mail_address == ""
    assert not Notice.objects.filter(recipient=user).exists()
    assert not Delivery.objects.filter(recipient=user).exists()
    assert Denial.objects.get().decided_by is None


def test_32_4_a_person_suspends_their_own_account() -> None:
    user = ClientFactory.create()
    browser = signed_in(Client(), user)
    page = browser.get("/profils/apturet-kontu").content.decode()
    assert "Vai apturēt Jūsu kontu?" in page
    assert "Ja vairs nevēlaties mācīties" in page
    assert not Denial.objects.exists()
    assert browser.post("/profils/apturet-kontu")["Location"] == "/konts-apturets"
    assert browser.get("/konts-apturets").status_code == 200
    denial = Denial.objects.get(user=user)
    assert (denial.reason, denial.decided_by) == ("32.4", user)
    assert not Session.objects.filter(user=user).exists()
    told = Delivery.objects.get(recipient=user)
    assert told.subject == "Jūsu konts ir apturēts"
    assert "32.4. punktu, jo Jūs to lūdzāt." in told.text
    assert "nepiekrītat" not in told.text
    assert "ja to nelūdzāt Jūs" in told.text
    services.lift_denial(denial_id=denial.pk, words="Lūdza atvērt.", by=guard())
    assert refusal_of(user) is None


def test_32_4_an_administrator_is_told_of_their_institution_and_not_of_learning() -> None:
    boss, employee = ProviderFactory.create(membership__role="administrator"), ProviderFactory.create()
    pages = [signed_in(Client(), one).get("/profils/apturet-kontu").content.decode() for one in (boss, employee)]
    assert ["nododiet lomu" in page for page in pages] == [True, False]
    assert not any("mācīties" in page for page in pages)


@pytest.mark.parametrize("where", ["an institution", "the agency"])
def test_x75_32_4_the_only_administrator_stays_until_a_colleague_is_one_too(where: str) -> None:
    made: Callable[..., User] = AgencyOfficerFactory.create if where == "the agency" else ProviderFactory.create
    leads: dict[str, Any] = (
        {"duties": ["administrator"]} if where == "the agency" else {"membership__role": "administrator"}
    )
    boss = made(**leads)
    if where == "an institution":
        leads["membership__institution"] = boss.memberships.get().institution
    browser = signed_in(Client(), boss)
    gone = made(**leads)
    DenialFactory.create(user=gone)  # who cannot sign in is none
    answer = browser.post("/profils/apturet-kontu")
    assert answer.status_code == 422
    assert "Jūs esat vienīgais" in answer.content.decode()
    assert actor_of(boss).is_authenticated
    assert not Denial.objects.filter(user=boss).exists()
    made(**leads)
    assert browser.post("/profils/apturet-kontu")["Location"] == "/konts-apturets"


def test_x75_32_4_who_is_made_the_administrator_meanwhile_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, lock = ProviderFactory.create().memberships.get(), members_room._lock_people

    def wait_while_the_role_is_handed_over(institution_id: int) -> None:
        Membership.objects.filter(pk=one.pk).update(role=Membership.MemberRole.ADMINISTRATOR)
        lock(institution_id)

    monkeypatch.setattr(members_room, "_lock_people", wait_while_the_role_is_handed_over)
    with pytest.raises(DomainError):
        suspend(one.user)
    assert not Denial.objects.filter(user=one.user).exists()


def suspend(user: User) -> None:
    services.deny_access(user_id=user.pk, reason=DenialReason.OWN_WISH, words="", by=actor_of(user))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("protected", [True, False], ids=["protected", "control"])
def test_x75_32_4_of_two_officers_who_suspend_themselves_one_stays(
    monkeypatch: pytest.MonkeyPatch, *, protected: bool
) -> None:
    """Superusers, with no duty given to anybody. The control shows the race: without the lock both go."""
    both, meeting = [AgencyUserFactory.create(is_superuser=True) for _ in range(2)], threading.Barrier(2)
    own_moment = denying.happened

    def wait_for_the_other(*told: Any, **more: Any) -> None:
        if not protected:
            meeting.wait(timeout=5)
        own_moment(*told, **more)

    monkeypatch.setattr(denying, "happened", wait_for_the_other)
    if not protected:
        monkeypatch.setattr(members_room, "_lock_officers", lambda officers: None)

    def go(user: User) -> None:
        try:
            suspend(user)
        except DomainError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(user,)) for user in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert Denial.objects.count() == (1 if protected else 2)


def test_32_8_the_admin_says_that_nobody_decided_of_a_death() -> None:
    death = DenialFactory.create(reason="32.8", decided_by=None)
    page = signed_in(Client(), AgencyUserFactory.create()).get(f"/admin/accounts/denial/{death.pk}/change/")
    assert "Portāls automātiski" in page.content.decode()


def test_32_4_nobody_suspends_another() -> None:
    user, other = ClientFactory.create(), ClientFactory.create()
    by = Actor(role=Role.COORDINATOR, user_id=other.pk, person_id=user.person_id, acting_for_id=user.person_id)
    for who in (actor_of(other), by):
        with pytest.raises(NotPermitted):
            services.deny_access(user_id=user.pk, reason=DenialReason.OWN_WISH, words="", by=who)


def test_32_1_only_that_right_ends_if_others_remain() -> None:
    user = ClientFactory.create()
    right = RightFactory.create(user=user)
    browser = signed_in(Client(), user)
    services.expire_right(right_id=right.pk, by=Actor.system("expire_rights"))
    denial = Denial.objects.get(right=right)
    assert (denial.reason, denial.user) == ("32.1", None)
    assert refusal_of(user) is None
    assert browser.get("/profils").status_code == 200
    assert Notice.objects.filter(recipient=user, title__contains="termiņš").exists()


def test_32_1_whose_only_role_is_over_reads_it_at_the_door() -> None:
    user = CommissionMemberFactory.create(email="komisija@example.lv")
    browser = signed_in(Client(), user)
    services.expire_right(right_id=user.rights.get().pk, by=Actor.system("expire_rights"))
    assert not Session.objects.filter(user=user).exists()
    says_denied(enter(user), "32.1")
    assert browser.get("/profils/drosiba").status_code == 302


def test_32_1_a_term_that_runs_out_by_the_clock_alone() -> None:
    user = CommissionMemberFactory.create(email="komisija@example.lv")
    browser = signed_in(Client(), user)
    Right.objects.update(valid_until=timezone.now())
    says_denied(browser.get("/profils/drosiba"), "32.1")
    says_denied(enter(user), "32.1")


def test_32_3_a_blocked_right_keeps_its_reason_and_gives_the_role_back_when_it_is_lifted() -> None:
    user = CommissionMemberFactory.create(email="komisija@example.lv")
    right, officer = user.rights.get(), AgencyUserFactory.create()
    services.block_right(right_id=right.pk, explanation="Parole nonākusi citās rokās.", by=actor_of(officer))
    assert "Parole nonākusi citās rokās." in says_denied(enter(user), "32.3")
    services.unblock_right(right_id=right.pk, by=actor_of(officer))
    denial = Denial.objects.get(right=right)
    assert (denial.lifted_by, denial.reason) == (officer, "32.3")
    assert enter(user).status_code == 302


def test_32_7_everybody_of_an_institution_reads_that_the_co_operation_has_ended() -> None:
    institution = InstitutionFactory.create()
    people = [
        ProviderFactory.create(email=f"d{n}@example.lv", membership__institution=institution, membership__role=role)
        for n, role in enumerate(("employee", "administrator"))
    ]
    elsewhere = ProviderFactory.create(email="divas@example.lv", membership__institution=institution)
    MembershipFactory.create(user=elsewhere)
    sessions = [signed_in(Client(), one) for one in (*people, elsewhere)]
    denial = services.end_cooperation(institution_id=institution.pk, words="Līgums izbeigts.", by=guard())
    for user, browser in zip(people, sessions, strict=False):
        assert not Session.objects.filter(user=user).exists()
        assert browser.get("/provider").status_code == 302
        assert "Līgums izbeigts." in says_denied(enter(user), "32.7")
        assert Delivery.objects.filter(recipient=user, key=f"denial:{denial.pk}").exists()
    assert sessions[2].get("/provider").status_code == 200  # another institution remains
    with pytest.raises(DomainError):
        services.end_cooperation(institution_id=institution.pk, words="Vēlreiz.", by=guard())
    services.lift_denial(denial_id=denial.pk, words="Jauns līgums.", by=guard())
    assert enter(people[0]).status_code == 302


def test_32_7_its_consultant_is_told_too_keeps_the_client_s_own_place_and_reads_why_where_the_right_was() -> None:
    """A consultant signs in by the state; only the right at this institution ends."""
    institution, user = InstitutionFactory.create(), ClientFactory.create()
    right = RightFactory.create(user=user, kind="consultant", institution=institution, municipality=None)
    RightFactory.create(user=user)
    browser = signed_in(Client(), user)
    denial = services.end_cooperation(institution_id=institution.pk, words="Līgums izbeigts.", by=guard())
    assert Delivery.objects.filter(recipient=user, key=f"denial:{denial.pk}").exists()
    assert browser.get("/profils").status_code == 200
    assert browser.get("/konsultants")["Location"] == "/konsultants/registracija"
    page = browser.get("/konsultants/registracija").content.decode()
    assert "Jūsu tiesības ir bloķētas" in page
    assert "lietošanas noteikumu 32.7. punktu" in page
    assert "Līgums izbeigts." in page
    assert "+371\u00a067359075" in page
    table = browser.get("/profils/tiesibas").content.decode()
    assert table.count("lietošanas noteikumu 32.7. punktu") == 1  # the coordinator's right is in force
    refusal = refusal_of_right(Right.objects.get(pk=right.pk))
    assert refusal is not None
    assert refusal.reason is DenialReason.COOPERATION_ENDED


def test_32_1_a_right_past_its_term_says_so_before_the_job_has_ended_it() -> None:
    user = ClientFactory.create()
    RightFactory.create(user=user)
    browser = signed_in(Client(), user)
    Right.objects.update(valid_until=timezone.now())
    page = browser.get("/koordinators/registracija").content.decode()
    assert "lietošanas noteikumu 32.1. punktu" in page
    assert "lietošanas noteikumu 32.1. punktu" in browser.get("/profils/tiesibas").content.decode()


def test_32_7_an_institution_switched_off_in_any_other_way_says_the_same() -> None:
    says_denied(enter(ProviderFactory.create(membership__institution__is_active=False)), "32.7")


def test_32_2_a_deactivated_way_in_is_refused_in_words_at_the_sign_on(answered: SignInAs) -> None:
    person = PersonFactory.create(code="010190-12345")
    UserFactory.create(person=person, is_active=False)
    says_denied(answered(Client()), "32.2")


# --- who, when, how long ------------------------------------------------------------------


@pytest.mark.parametrize("by", ["finance", "client", "provider", "nobody"])
def test_only_who_guards_the_door_denies(by: str) -> None:
    actors: dict[str, Callable[[], Actor]] = {
        "finance": lambda: actor_of(AgencyOfficerFactory.create(duties=["finance"])),
        "client": lambda: actor_of(ClientFactory.create()),
        "provider": lambda: actor_of(ProviderFactory.create(membership__role="administrator")),
        "nobody": Actor,
    }
    with pytest.raises(NotPermitted):
        services.deny_access(
            user_id=ClientFactory.create().pk, reason=DenialReason.TERMS_BROKEN, words="x", by=actors[by]()
        )
    if by != "nobody":
        with pytest.raises(NotPermitted):
            services.end_cooperation(institution_id=InstitutionFactory.create().pk, words="x", by=actors[by]())


def test_x5_nobody_opens_or_closes_their_own_door() -> None:
    officer = AgencyUserFactory.create()
    with pytest.raises(NotPermitted):
        services.deny_access(user_id=officer.pk, reason=DenialReason.INCIDENT, words="x", by=actor_of(officer))
    denial = deny(officer)
    with pytest.raises(NotPermitted):
        services.lift_denial(denial_id=denial.pk, words="x", by=actor_of(officer))


def test_a_denial_with_a_term_ends_by_itself_half_open() -> None:
    user = ProviderFactory.create(email="mara@example.lv")
    until = timezone.now() + timedelta(days=1)
    services.deny_access(user_id=user.pk, reason=DenialReason.TERMS_BROKEN, words="x", until=until, by=guard())
    with time_machine.travel(until - timedelta(seconds=1), tick=False):
        assert refusal_of(user) is not None
    with time_machine.travel(until, tick=False):
        assert refusal_of(user) is None
        assert enter(user).status_code == 302
    with pytest.raises(DomainError):
        services.deny_access(user_id=user.pk, reason=DenialReason.INCIDENT, words="x", until=timezone.now(), by=guard())


def test_the_same_reason_holds_once_and_another_may_join_it() -> None:
    user = ClientFactory.create()
    first = deny(user)
    with pytest.raises(DomainError) as refused:
        deny(user)
    assert refused.value.code == "denied_already"
    deny(user, DenialReason.DEATH)
    services.lift_denial(denial_id=first.pk, words="Kļūda.", by=guard())
    refusal = refusal_of(user)
    assert refusal is not None
    assert refusal.reason is DenialReason.DEATH


def test_lift_denial_once_and_the_person_is_told() -> None:
    user = ClientFactory.create()
    denial = deny(user)
    services.lift_denial(denial_id=denial.pk, words="Pierādījās kļūda.", by=guard())
    assert Notice.objects.filter(recipient=user, title="Jūsu piekļuve STARS atkal ir atvērta").exists()
    assert AuditEntry.objects.filter(action="lift_denial").exists()
    with pytest.raises(DomainError):
        services.lift_denial(denial_id=denial.pk, words="Vēlreiz.", by=guard())


def test_lifting_a_mistaken_death_lets_the_person_in_again() -> None:
    user = ClientFactory.create()
    denial = deny(user, DenialReason.DEATH)
    services.lift_denial(denial_id=denial.pk, words="Reģistrs kļūdījās.", by=guard())
    user.refresh_from_db()
    assert user.is_active


def test_the_database_keeps_a_denial_about_one_thing_by_somebody() -> None:
    denial = DenialFactory.create()
    for wrong in (
        {"institution": InstitutionFactory.create()},
        {"user": None},
        {"lifted_at": timezone.now()},
        {"until": denial.since},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Denial.objects.filter(pk=denial.pk).update(**wrong)


# --- in the admin -------------------------------------------------------------------------


def test_the_agency_blocks_with_a_reason_and_lifts_again() -> None:
    user, browser = ClientFactory.create(), signed_in(Client(), AgencyUserFactory.create())
    page = browser.get(f"/admin/accounts/user/{user.pk}/change/").content.decode()
    assert "Bloķēt piekļuvi" in page
    address = f"/admin/accounts/user/{user.pk}/decide/deny/"
    asked = browser.get(address).content.decode()
    assert "32.2 deaktivizēts reģistrētais autentifikācijas veids" in asked
    assert "32.1 " not in asked
    assert browser.post(address, {"reason": "32.5", "words": ""}).status_code == 422
    assert browser.post(address, {"reason": "", "words": "Konts nodots."}).status_code == 422
    assert 'value="" selected' in asked  # no point of the terms is the usual one
    assert browser.post(address, {"reason": "32.5", "words": "Konts nodots.", "until": "31.12.2999"}).status_code == 302
    denial = Denial.objects.get(user=user)
    page = browser.get(f"/admin/accounts/user/{user.pk}/change/").content.decode()
    assert "Piekļuve liegta saskaņā ar lietošanas noteikumu 32.5. punktu" in page
    open_one = ClientFactory.create()
    listed = BeautifulSoup(browser.get("/admin/accounts/user/").content, "html.parser")
    rows = listed.select("#result_list tbody tr")
    ticks = {words(the(row, ".field-who")): the(row, ".field-not_blocked img")["alt"] for row in rows}
    assert words(the(listed, "th.column-not_blocked")) == "Nav bloķēts"  # the card asks more: may sign in
    assert ticks[user.label] == "False"
    assert ticks[open_one.label] == "True"
    assert denial.until is not None
    assert timezone.localtime(denial.until).isoformat() == "3000-01-01T00:00:00+02:00"
    address = f"/admin/accounts/denial/{denial.pk}/"
    assert browser.get(f"{address}change/").status_code == 200
    assert browser.post(f"{address}decide/lift/", {"words": "Kļūda."}).status_code == 302
    denial.refresh_from_db()
    assert denial.lifted_words == "Kļūda."


def test_the_agency_ends_a_co_operation_by_a_decision_and_not_by_a_tick() -> None:
    institution, browser = InstitutionFactory.create(), signed_in(Client(), AgencyUserFactory.create())
    address = f"/admin/accounts/institution/{institution.pk}/"
    assert "Izbeigt sadarbību" in browser.get(f"{address}change/").content.decode()
    assert browser.post(f"{address}decide/end_cooperation/", {"words": "Līgums izbeigts."}).status_code == 302
    institution.refresh_from_db()
    assert not institution.is_active
    assert institution.denials.get().reason == "32.7"


def test_officers_without_the_duty_see_no_button() -> None:
    officer = AgencyOfficerFactory.create(duties=["finance"])
    page = signed_in(Client(), officer).get(f"/admin/accounts/user/{ClientFactory.create().pk}/change/")
    assert page.status_code == 200
    assert "Bloķēt piekļuvi" not in page.content.decode()
