"""Acting for someone (security.md 8): the mandate, its limits, its end at the next request, and what the client sees."""

import re
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import services
from accounts.models import Basis, ClientProfile, Consent, DenialReason, Mandate, Person, Right, Scope, User
from accounts.selectors import actor_of, current_policies, needs_consent
from accounts.states import MANDATE, MandateAction, MandateState
from applications import services as applications
from stars.demo import signing
from stars.files.services import Upload
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AccessEntry, AuditEntry
from stars.kernel.templatetags.stars import moment
from stars.notices.models import Notice
from tests.conftest import signed_in
from tests.factories.accounts import (
    AgencyOfficerFactory,
    ClientFactory,
    CoordinatorFactory,
    DenialFactory,
    MandateFactory,
    PolicyVersionFactory,
)
from tests.factories.applications import ApplicationFactory, DraftFactory
from tests.factories.catalog import ProgrammeFactory, RoundFactory
from tests.factories.files import StoredFileFactory
from tests.factories.funding import imk
from tests.look.rendering import words

pytestmark = pytest.mark.django_db
PROFILE = "/profils/mans-profils"
CODE = "010190-12345"
CLOSED = (MandateState.DECLINED, MandateState.ENDED, MandateState.CONTESTED)


def in_a_month() -> Any:
    return timezone.now() + timedelta(days=30)


def client_of(mandate: Mandate) -> User:
    return User.objects.get(person=mandate.client)


def coordinator_of(mandate: Mandate) -> User:
    return mandate.right.user


def acting(mandate: Mandate) -> Client:
    """The coordinator's browser after pressing "begin"."""
    browser = signed_in(Client(), coordinator_of(mandate))
    answer = browser.post(f"/koordinators/klienti/{mandate.reference}/sakt")
    assert answer["Location"] == "/profils"
    return browser


CALLS = {
    MandateAction.ACCEPT: lambda pk, by: services.accept_mandate(mandate_id=pk, by=by),
    MandateAction.DECLINE: lambda pk, by: services.decline_mandate(mandate_id=pk, by=by),
    MandateAction.END: lambda pk, by: services.end_mandate(mandate_id=pk, by=by),
    MandateAction.CONTEST: lambda pk, by: services.contest_mandate(mandate_id=pk, explanation="Tā nebija.", by=by),
}


@pytest.mark.parametrize("state", MandateState)
@pytest.mark.parametrize("action", MandateAction)
def test_every_move_is_made_or_refused_as_the_table_says(action: MandateAction, state: MandateState) -> None:
    mandate = MandateFactory.create(state=state, ended_at=timezone.now() if state in CLOSED else None)
    by = actor_of(client_of(mandate))
    if MANDATE.allows(action, state):
        assert CALLS[action](mandate.pk, by).state == MANDATE.moves[action].to
    else:
        with pytest.raises(DomainError):
            CALLS[action](mandate.pk, by)
    if action is not MandateAction.END:
        with pytest.raises(NotPermitted):
            CALLS[action](mandate.pk, actor_of(coordinator_of(mandate)))


def test_act_01_a_mandate_waits_for_the_client_and_both_hear_of_each_step() -> None:
    client, coordinator = ClientFactory.create(), CoordinatorFactory.create()
    by = actor_of(coordinator)
    mandate = services.ask_mandate(
        client_id=client.person.pk, scope=[Scope.PROFILE], basis=Basis.CONFIRMED, valid_until=in_a_month(), by=by
    )
    assert not Mandate.objects.live().exists()
    asked = Notice.objects.get(recipient=client, key__startswith="mandate:").body
    assert " lūdz atļauju līdz " in asked
    assert " drīkst " not in asked
    services.accept_mandate(mandate_id=mandate.pk, by=actor_of(client))
    assert Mandate.objects.live().get() == mandate
    services.end_mandate(mandate_id=mandate.pk, by=actor_of(client))
    assert not Mandate.objects.live().exists()
    assert Notice.objects.filter(recipient=client, key__startswith="mandate:").count() == 1
    assert Notice.objects.filter(recipient=coordinator, key__startswith="mandate:").count() == 2


def paper(name: str = "pilnvarojums.pdf") -> Any:
    return Upload(name=name, content_type="application/pdf", size=9, content=ContentFile(signing.plain_pdf()))


def test_act_01_a_signed_document_is_kept_and_named_and_the_mandate_holds_at_once() -> None:
    client, by = ClientFactory.create(), actor_of(CoordinatorFactory.create())
    asked: dict[str, Any] = {"client_id": client.person.pk, "scope": [Scope.PROFILE], "basis": Basis.SIGNED}
    for lacking in ({"document": "Nr. 12"}, {"paper": paper()}):
        with pytest.raises(DomainError) as refused:
            services.ask_mandate(**asked, **lacking, valid_until=in_a_month(), by=by)
        assert refused.value.code == "no_document"
    mandate = services.ask_mandate(**asked, document="Nr. 12", paper=paper(), valid_until=in_a_month(), by=by)
    assert Mandate.objects.live().get() == mandate
    assert mandate.file is not None
    assert mandate.file.signature_check.state == "waiting"  # read by a worker, as an institution's statement is
    body = Notice.objects.get(recipient=client, key__startswith="mandate:").body
    assert "Nr. 12" in body
    assert "Tur varat to atvērt" in body


def test_act_01_the_client_and_the_coordinator_open_the_document_and_the_look_is_written_down() -> None:
    mandate = MandateFactory.create(signed=True)
    own, theirs = signed_in(Client(), client_of(mandate)), signed_in(Client(), coordinator_of(mandate))
    for browser, path in ((own, "/profils/pilnvarojumi"), (theirs, "/koordinators/klienti")):
        address = f"{path}/{mandate.reference}/dokuments"
        assert address in browser.get(path.removesuffix("/klienti")).content.decode()
        assert "/faili/" in browser.get(address)["Location"]
        seen = list(AccessEntry.objects.filter(what__contains="dokuments").values_list("person_id", "is_list"))
        assert seen == ([(mandate.client_id, False)] if browser is theirs else [])
    officer = AgencyOfficerFactory.create(duties=["approver"])
    page = signed_in(Client(), officer).get(f"/admin/accounts/mandate/{mandate.pk}/change/").content.decode()
    assert "Aizpildīt un mainīt profilu" in page
    assert mandate.file.display_name in page
    assert "/faili/" in page
    assert AccessEntry.objects.filter(person_id=mandate.client_id, actor_user_id=officer.pk).exists()


def test_act_01_a_document_opens_for_nobody_before_the_scanner_has_spoken_nor_once_the_mandate_has_ended() -> None:
    waiting = MandateFactory.create(signed=True, file=StoredFileFactory.create())
    ended = MandateFactory.create(signed=True, state=MandateState.ENDED, ended_at=timezone.now())
    for mandate, path in ((waiting, "/koordinators/klienti"), (ended, "/koordinators/klienti")):
        browser = signed_in(Client(), coordinator_of(mandate))
        assert browser.get(f"{path}/{mandate.reference}/dokuments").status_code == 404
    own = signed_in(Client(), client_of(waiting))
    assert f"{waiting.reference}/dokuments" not in own.get("/profils/pilnvarojumi").content.decode()
    assert own.get(f"/profils/pilnvarojumi/{waiting.reference}/dokuments").status_code == 404
    still = signed_in(Client(), client_of(ended)).get(f"/profils/pilnvarojumi/{ended.reference}/dokuments")
    assert still.status_code == 302  # it stays the client's


def test_act_01_a_forgotten_document_is_asked_for_and_what_was_sent_stays() -> None:
    client = ClientFactory.create(person__code=CODE)
    browser = signed_in(Client(), CoordinatorFactory.create())
    sealed = sealed_in(browser.post("/koordinators/klienti/jauns", {"code": CODE}).content.decode())
    answers = {"sealed": sealed, "scope": ["profile"], "basis": "signed"}
    answers["until"] = f"{timezone.localdate() + timedelta(days=10):%d.%m.%Y.}"
    address = "/koordinators/klienti/pilnvarojums"
    asked = browser.post(address, answers | {"document": "Nr. 7"})
    assert asked.status_code == 422
    assert "Pievienojiet klienta parakstīto dokumentu" in asked.content.decode()
    sent = SimpleUploadedFile("pilnvara.pdf", signing.plain_pdf())
    held = browser.post(address, answers | {"file": sent}).content.decode()  # now the number is missing
    assert "pilnvara.pdf" in held
    token = held.split('name="file-held" value="')[1].split('"')[0]
    assert browser.post(address, answers | {"document": "Nr. 7", "file-held": token}).status_code == 302
    mandate = Mandate.objects.get(client=client.person)
    assert (mandate.document, mandate.file.display_name) == ("Nr. 7", "pilnvara.pdf")


def test_act_03_a_person_is_not_registered_without_the_mandate() -> None:
    by, names = actor_of(CoordinatorFactory.create()), {"first_name": "Zenta", "last_name": "Kalna"}
    asked: dict[str, Any] = {"scope": [Scope.PROFILE], "basis": Basis.SIGNED, "document": "Nr. 3", "paper": paper()}
    with pytest.raises(DomainError):
        services.record_provisional(digits="01019012345", by=by, **names, **asked, valid_until=timezone.now())
    assert not Person.objects.filter(last_name="Kalna").exists()


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_term_is_at_most_a_year_and_never_over(days: int) -> None:
    with pytest.raises(DomainError):
        services.ask_mandate(
            client_id=ClientFactory.create().person.pk,
            scope=[Scope.PROFILE],
            basis=Basis.CONFIRMED,
            valid_until=timezone.now() + timedelta(days=days),
            by=actor_of(CoordinatorFactory.create()),
        )


def test_act_02_a_bar_on_the_clients_own_pages_says_for_whom() -> None:
    mandate = MandateFactory.create()
    browser = acting(mandate)
    for path in ("/profils", PROFILE, "/programmas", "/profils/vesture"):
        page = browser.get(path).content.decode()
        assert "Jūs darbojaties klienta vārdā" in page, path
        assert mandate.client.full_name in page
        assert mandate.client.current_code not in page.replace("-", "")
    assert browser.post("/koordinators/pabeigt", {})["Location"] == "/koordinators"
    assert browser.get(PROFILE).status_code == 403


@pytest.mark.parametrize("verb", ["get", "post"])
def test_acc_09_a_coordinator_reads_that_the_mandate_has_ended_since_when_and_what_to_do(verb: str) -> None:
    mandate = MandateFactory.create()
    browser = acting(mandate)
    by = actor_of(client_of(mandate))
    mandate = services.contest_mandate(mandate_id=mandate.pk, explanation="Tā nebija.", by=by)
    for path in ("/profils", PROFILE, "/profils/vesture"):
        answer = getattr(browser, verb)(path, {"acting_for": str(mandate.reference)})
        page = answer.content.decode().replace("\u00a0", " ")
        if answer.status_code == 405:
            continue
        assert answer.status_code == 403, path
        assert "Jūs vairs nevarat rīkoties šī klienta vārdā" in page
        assert f"beidzies {moment(mandate.ended_at)}".replace("\u00a0", " ") in page
        assert "Klients to ir apstrīdējis" in page
        assert "/koordinators/klienti/jauns" in page
        assert mandate.client.last_name not in page


def test_x2_the_clients_application_form_says_for_whom_it_is_and_hides_the_code() -> None:
    mandate = MandateFactory.create()
    RoundFactory.create(source=imk())
    draft = DraftFactory.create(client=mandate.client, source=imk())
    browser = acting(mandate)
    for path in (f"/pieteikums/jauns/{draft.programme.number}/imk/1", f"/pieteikums/{draft.reference}/parbaudit"):
        page = browser.get(path).content.decode()
        assert f"{mandate.client.current_code[:6]}-*****" in page, path
        assert f'name="acting_for" value="{mandate.reference}"' in page.split("<main")[1]
        assert "Rādīt visu personas kodu" not in page


@pytest.mark.parametrize("path", ["/profils/pilnvarojumi", "/profils/pazinojumi"])
def test_act_03_what_is_only_the_clients_stays_closed(path: str) -> None:
    assert acting(MandateFactory.create()).get(path).status_code == 403


@pytest.mark.parametrize(("scope", "path"), [("applications", PROFILE), ("profile", "/profils/vesture")])
def test_act_03_what_the_mandate_does_not_cover_stays_closed(scope: str, path: str) -> None:
    mandate = MandateFactory.create(scope=[scope])
    assert acting(mandate).get(path).status_code == 403
    assert acting(MandateFactory.create()).get(path).status_code == 200


def test_act_03_the_clients_notices_are_not_the_coordinators() -> None:
    mandate = MandateFactory.create()
    Notice.objects.create(recipient=client_of(mandate), key="x", title="Tikai klientam", body="x")
    browser = acting(mandate)
    for path in ("/profils", "/profils/pazinojumi"):
        assert "Tikai klientam" not in browser.get(path).content.decode()


def changed(mandate: Mandate, **more: str) -> dict[str, Any]:
    return changed_of(mandate.client.profile) | more


def changed_of(profile: ClientProfile) -> dict[str, Any]:
    return {
        "email": profile.email,
        "phone": "20 000 001",
        "economic_status": profile.economic_status_id,
        "education": profile.education_id,
        "low_income": "",
        "registration_reasons": [one.pk for one in profile.registration_reasons.all()],
        "other_reason": "",
        "sectors": [one.pk for one in profile.sectors.all()],
        "information_sources": [one.pk for one in profile.information_sources.all()],
        "version": profile.version,
    }


def test_act_04_an_act_carries_both_names_and_the_client_hears_of_it_at_once() -> None:
    mandate = MandateFactory.create()
    answer = acting(mandate).post(PROFILE, changed(mandate, acting_for=str(mandate.reference)))
    assert answer.status_code == 302
    entry = AuditEntry.objects.get(action="save_profile")
    assert (entry.actor_user_id, entry.acting_for_id) == (mandate.right.user_id, mandate.client_id)
    assert Notice.objects.get(recipient=client_of(mandate), key__startswith="acted:").title.startswith("Koordinators")
    page = signed_in(Client(), client_of(mandate)).get("/profils/pilnvarojumi").content.decode()
    assert "mainīja Jūsu profilu" in page
    assert coordinator_of(mandate).label in page


@pytest.mark.parametrize("sent", ["", "other"])
def test_x2_a_form_opened_for_another_changes_nobody(sent: str) -> None:
    mandate, other = MandateFactory.create(), MandateFactory.create()
    binding = str(other.reference) if sent else ""
    answer = acting(mandate).post(PROFILE, changed(mandate, acting_for=binding))
    assert answer.status_code == 409
    assert "citam cilvēkam" in answer.content.decode()
    mandate.client.profile.refresh_from_db()
    assert mandate.client.profile.phone != "+371 20000001"


def test_x2_a_coordinators_form_is_not_sent_in_the_clients_own_browser() -> None:
    mandate = MandateFactory.create()
    own = signed_in(Client(), client_of(mandate))
    assert own.post(PROFILE, changed(mandate, acting_for=str(mandate.reference))).status_code == 409
    assert own.post(PROFILE, changed(mandate)).status_code == 302


@pytest.mark.parametrize(
    "end",
    [
        lambda mandate: services.end_mandate(mandate_id=mandate.pk, by=actor_of(client_of(mandate))),
        lambda mandate: Mandate.objects.update(valid_until=timezone.now()),
        lambda mandate: Right.objects.update(valid_until=timezone.now()),
        lambda mandate: User.objects.filter(pk=mandate.right.user_id).update(is_active=False),
        lambda mandate: User.objects.filter(person=mandate.client).update(is_active=False),
        lambda mandate: DenialFactory.create(user=client_of(mandate), reason="32.4"),
    ],
    ids=["ended", "term over", "right over", "coordinator deactivated", "client deactivated", "client denied"],
)
def test_acc_09_x6_the_next_request_is_refused_open_forms_included(end: Any) -> None:
    mandate = MandateFactory.create()
    browser = acting(mandate)
    assert browser.get(PROFILE).status_code == 200
    end(mandate)
    assert not Mandate.objects.live().filter(pk=mandate.pk).exists()
    assert browser.get(PROFILE).status_code in {302, 403}
    browser.post(PROFILE, changed(mandate, acting_for=str(mandate.reference)))
    mandate.client.profile.refresh_from_db()
    assert mandate.client.profile.phone != "+371 20000001"


def test_act_04_the_client_sees_each_act_live_while_somebody_may_act() -> None:
    """The open page fetches the part anew by itself; once the mandate has ended it stops."""
    mandate = MandateFactory.create()
    client = signed_in(Client(), client_of(mandate))
    page = client.get("/profils/pilnvarojumi").content.decode()
    [again] = re.findall(r'hx-get="(/profils/pilnvarojumi/darbibas[^"]+)"', page)
    assert "htmx-2.min.js" in page
    assert mandate.right.user.label not in client.get(again).content.decode()
    acting(mandate).post(PROFILE, changed(mandate, acting_for=str(mandate.reference)))
    part = client.get(again).content.decode()
    assert "<html" not in part
    assert mandate.right.user.label in part
    assert "hx-get" in part
    assert "hx-get" not in client.get("/profils/pilnvarojumi/darbibas?reize=99").content.decode()
    services.end_mandate(mandate_id=mandate.pk, by=actor_of(client_of(mandate)))
    part = client.get(again).content.decode()
    assert "hx-get" not in part
    assert mandate.right.user.label in part


def test_ses_04_nobody_acts_for_the_dead_nor_begins_to() -> None:
    mandate = MandateFactory.create()
    services.deny_access(
        user_id=client_of(mandate).pk, reason=DenialReason.DEATH, words="", by=Actor.system("accounts.answer_question")
    )
    browser = signed_in(Client(), coordinator_of(mandate))
    assert browser.post(f"/koordinators/klienti/{mandate.reference}/sakt").status_code == 404
    with pytest.raises(DomainError):
        services.begin_acting(mandate_id=mandate.pk, by=actor_of(coordinator_of(mandate)))


def test_act_04_each_beginning_stands_in_the_mandates_trail() -> None:
    mandate = MandateFactory.create()
    for _turn in range(2):
        acting(mandate)
    begun = AuditEntry.objects.filter(object_type="accounts.mandate", object_id=str(mandate.pk), action="begin_acting")
    assert {one.actor_user_id for one in begun} == {mandate.right.user_id}
    assert begun.count() == 2


def test_act_03_nobody_begins_by_another_s_mandate_nor_from_a_client_s_place() -> None:
    mandate = MandateFactory.create()
    for other in (actor_of(CoordinatorFactory.create()), actor_of(client_of(mandate)), mandate.actor()):
        with pytest.raises(NotPermitted):
            services.begin_acting(mandate_id=mandate.pk, by=other)


def test_aud_01_who_writes_into_a_trail_holds_its_object_so_two_presses_at_once_are_two_entries() -> None:
    mandate = MandateFactory.create()
    coordinator = actor_of(coordinator_of(mandate))
    for press, table in (
        (lambda: services.begin_acting(mandate_id=mandate.pk, by=coordinator), "accounts_mandate"),
        (lambda: services.find_client(digits="01019012345", by=coordinator), "accounts_right"),
    ):
        with CaptureQueriesContext(connection) as asked:
            press()
        assert any(f'FOR NO KEY UPDATE OF "{table}"' in one["sql"] for one in asked)


def test_aud_02_each_page_opened_for_a_client_leaves_one_row() -> None:
    mandate = MandateFactory.create()
    browser = acting(mandate)
    AccessEntry.objects.all().delete()
    browser.get(PROFILE)
    assert AccessEntry.objects.get().person_id == mandate.client_id


def test_x85_another_coordinators_mandate_is_missing() -> None:
    mandate, stranger = MandateFactory.create(), CoordinatorFactory.create()
    browser = signed_in(Client(), stranger)
    for what in ("sakt", "izbeigt"):
        assert browser.post(f"/koordinators/klienti/{mandate.reference}/{what}").status_code == 404
    assert mandate.client.last_name not in browser.get("/koordinators").content.decode()


def test_x3_a_client_is_found_by_the_whole_code_only_and_sees_the_look() -> None:
    client = ClientFactory.create(person__code=CODE)
    browser = signed_in(Client(), CoordinatorFactory.create())
    page = browser.post("/koordinators/klienti/jauns", {"code": CODE}).content.decode()
    assert client.person.full_name in page
    assert CODE not in page
    assert CODE.replace("-", "") not in page
    assert AccessEntry.objects.filter(person_id=client.person.pk).count() == 1
    assert browser.post("/koordinators/klienti/jauns", {"code": "010190"}).status_code == 422


def test_who_looks_for_their_own_code_is_told_at_once() -> None:
    browser = signed_in(Client(), CoordinatorFactory.create(person__code=CODE))
    answer = browser.post("/koordinators/klienti/jauns", {"code": CODE})
    assert answer.status_code == 422
    assert "Sev pašam pilnvarojumu izveidot nevar." in answer.content.decode()


def test_act_01_the_client_reads_of_a_waiting_mandate_in_their_own_words_and_declines_it() -> None:
    mandate = MandateFactory.create(state=MandateState.WAITING)
    page = signed_in(Client(), client_of(mandate)).get("/profils/pilnvarojumi").content.decode()
    assert "Gaida Jūsu apstiprinājumu" in page
    assert "Ar apstiprinājumu platformā" in page
    assert "klient" not in page.partition("<main")[2].partition("</main>")[0].lower()
    assert [f"{mandate.reference}/{verb}" in page for verb in ("accept", "decline", "end")] == [True, True, False]


def sealed_in(page: str) -> str:
    return page.split('name="sealed" value="')[1].split('"')[0]


def test_act_03_a_person_never_seen_is_registered_provisionally_and_asked_again_at_their_own_sign_in() -> None:
    PolicyVersionFactory.create()
    coordinator = CoordinatorFactory.create()
    browser = signed_in(Client(), coordinator)
    sealed = sealed_in(browser.post("/koordinators/klienti/jauns", {"code": CODE}).content.decode())
    answers: dict[str, Any] = {
        "sealed": sealed,
        "first_name": "Zenta",
        "last_name": "Kalna",
        "scope": ["profile"],
        "document": "Nr. 3",
    }
    answers["file"] = SimpleUploadedFile("pilnvara.pdf", signing.plain_pdf())
    until = f"{timezone.localdate() + timedelta(days=10):%d.%m.%Y.}"
    assert browser.post("/koordinators/klienti/pilnvarojums", answers | {"until": until}).status_code == 302
    person = Person.objects.get(last_name="Kalna")
    assert person.current_code == CODE.replace("-", "")
    assert {one.channel for one in Consent.objects.filter(user__person=person)} == {"mandate"}
    assert needs_consent(person.user)
    assert not needs_consent(person.user, by_mandate=True)
    mandate = Mandate.objects.get()
    assert acting(mandate).get("/registreties").status_code == 200
    own = signed_in(Client(), person.user)
    assert own.get("/profils")["Location"] == "/piekrisana"
    page = own.get("/piekrisana").content.decode()
    assert "Koordinators Jūs ir reģistrējis" in page
    assert "Mainīti lietošanas noteikumi" not in page


def test_act_03_a_form_does_not_say_that_the_state_gave_what_the_coordinator_typed() -> None:
    PolicyVersionFactory.create()
    coordinator = CoordinatorFactory.create()
    by = actor_of(coordinator)
    person = services.register_provisional(digits="01019012345", first_name="Zenta", last_name="Kalna", by=by)
    mandate = MandateFactory.create(client=person, right=Right.objects.get(user=coordinator))
    browser = acting(mandate)
    page = browser.get("/registreties").content.decode()
    assert "Šos datus norādīja koordinators" in page
    assert "Šie dati saņemti no" not in page
    assert "Klients APLIECINA, ka pārstāv mājsaimniecību" in page
    declared = ClientFactory.create().person.profile
    sent = changed_of(declared) | {"acting_for": str(mandate.reference)}
    assert browser.post("/registreties", sent)["Location"] == "/registreties/paldies"
    assert "Turpināt iesākto" not in browser.get("/registreties/paldies").content.decode()
    shown = [one.pk for one in current_policies()]
    services.accept_policies(user_id=person.user.pk, shown=shown, by=actor_of(person.user))
    page = signed_in(Client(), person.user).get("/profils/pilnvarojumi").content.decode()
    assert "reģistrēja Jūs platformā" in page
    assert "atvēra Jūsu mācību kontu" in page


def test_a_code_somebody_has_is_not_registered_twice() -> None:
    ClientFactory.create(person__code=CODE)
    by = actor_of(CoordinatorFactory.create())
    with pytest.raises(DomainError):
        services.register_provisional(digits=CODE.replace("-", ""), first_name="A", last_name="B", by=by)


def test_nobody_but_a_coordinator_finds_or_registers_people() -> None:
    for by in (actor_of(ClientFactory.create()), actor_of(AgencyOfficerFactory.create(duties=["approver"])), Actor()):
        with pytest.raises(NotPermitted):
            services.find_client(digits="01019012345", by=by)
        with pytest.raises(NotPermitted):
            services.register_provisional(digits="01019012345", first_name="A", last_name="B", by=by)


def test_k4_the_client_declares_in_the_coordinators_form() -> None:
    page = acting(MandateFactory.create()).get(PROFILE).content.decode()
    assert "Klients APLIECINA savu" in page


def test_a_coordinator_applies_for_the_client_who_hears_of_it() -> None:
    mandate, programme = MandateFactory.create(), ProgrammeFactory.create()
    browser = acting(mandate)
    page = browser.get(f"/programma/{programme.number}")
    assert page.status_code == 200
    by = mandate.actor()
    application = ApplicationFactory.create(client=mandate.client, programme=programme)
    withdrawn = applications.withdraw(application_id=application.pk, by=by, moment=timezone.now())
    assert withdrawn.state == "withdrawn"
    assert Notice.objects.filter(recipient=client_of(mandate), key__startswith="acted:application").count() == 1
    narrow = MandateFactory.create(scope=["profile"])
    other = ApplicationFactory.create(client=narrow.client)
    with pytest.raises(NotPermitted):
        applications.withdraw(application_id=other.pk, by=narrow.actor(), moment=timezone.now())


def test_the_list_asks_the_same_number_of_questions_for_more_clients(django_assert_max_num_queries: Any) -> None:
    mandate = MandateFactory.create()
    browser = signed_in(Client(), coordinator_of(mandate))
    browser.get("/koordinators")
    counts = []
    for more in (0, 2):
        MandateFactory.create_batch(more, right=mandate.right)
        with django_assert_max_num_queries(14) as asked:
            assert browser.get("/koordinators").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_act_04_nobody_is_told_of_what_they_do_themselves() -> None:
    client, mandate = ClientFactory.create(), MandateFactory.create()
    services.tell_acted(by=actor_of(client), what="profils", key="own")
    assert not Notice.objects.filter(key="acted:own").exists()
    services.tell_acted(by=mandate.actor(), what="profils", key="own")
    assert Notice.objects.get(key="acted:own").recipient == client_of(mandate)


def test_16_whoever_acts_for_somebody_confirms_new_terms_first_as_themselves() -> None:
    mandate = MandateFactory.create()
    browser = acting(mandate)
    assert browser.get(PROFILE).status_code == 200
    newer = PolicyVersionFactory.create()
    reads = AccessEntry.objects.count()
    assert browser.get(PROFILE)["Location"] == "/piekrisana"
    assert AccessEntry.objects.count() == reads
    answer = browser.post("/piekrisana", {"shown": str(newer.pk), "agreed": "on"})
    assert answer["Location"] == PROFILE
    assert browser.get(PROFILE).status_code == 200
    assert newer.consents.get().user == coordinator_of(mandate)


def test_an_ended_mandate_says_when_it_really_ended_and_who_ended_it() -> None:
    by_client, by_coordinator = MandateFactory.create(), MandateFactory.create()
    Mandate.objects.filter(pk=by_coordinator.pk).update(client=by_client.client)
    live = MandateFactory.create(client=by_client.client)
    for mandate, by in ((by_client, client_of(by_client)), (by_coordinator, coordinator_of(by_coordinator))):
        services.end_mandate(mandate_id=mandate.pk, by=actor_of(by))
    page = BeautifulSoup(signed_in(Client(), client_of(live)).get("/profils/pilnvarojumi").content, "html.parser")
    said = [words(card) for card in page.select("main article")]
    assert len(said) == 3
    for mandate, who in ((by_client, "Jūs"), (by_coordinator, coordinator_of(by_coordinator).label)):
        mandate.refresh_from_db()
        [card] = [one for one in said if f"Beidzās {moment(mandate.ended_at)} Kas to izdarīja {who}" in one]
        assert "Līdz" not in card
    assert len([one for one in said if f"Līdz {live.last_day:%d.%m.%Y}." in one]) == 1
