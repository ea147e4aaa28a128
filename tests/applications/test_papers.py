"""Receipts of sending and withdrawing, and the application as PDF: for its owner, genuine, accessible, without a code."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.selectors import actor_of
from applications import selectors, services
from applications.models import Application, Draft
from applications.selectors.course import MEANS
from applications.services import receipting
from applications.states import LIFECYCLE, Action, State
from documents.models import Receipt
from documents.selectors import receipt_of
from documents.states import ReceiptKind
from stars.files import handing, tasks
from stars.files.errors import CannotRender
from stars.files.models import RenderedDocument, StoredFile
from stars.files.services import rendering
from stars.files.states import RenderState, ScanState
from stars.files.tasks import making
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import NotPermitted
from stars.notices.services import notify
from tests.applications.test_draft import main_of
from tests.applications.test_submit import send
from tests.factories.accounts import AgencyUserFactory, ClientFactory
from tests.factories.applications import ApplicationFactory, DraftFactory
from tests.factories.catalog import RoundFactory
from tests.factories.funding import SYSTEM, approved_account, imk
from tests.files.reading import read

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
CODE = "010190-12345"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def client() -> User:
    user: User = ClientFactory.create(
        person__code=CODE, person__first_name="Anna", person__last_name="Bērziņa", person__gender="f"
    )
    return user


@pytest.fixture
def application(client: User) -> Application:
    approved_account(client.person)
    RoundFactory.create(source=imk())
    draft: Draft = DraftFactory.create(client=client.person, source=imk())
    return send(draft, client)


def withdraw(application: Application, client: User, reason: str = "") -> Application:
    return services.withdraw(application_id=application.pk, by=actor_of(client), moment=timezone.now(), reason=reason)


def proof_of(application: Application) -> str:
    return f"/pieteikums/{application.reference}/apliecinajums"


def withdrawal_of(application: Application) -> str:
    return f"/pieteikums/{application.reference}/apliecinajums-par-atteiksanos"


def made_pdf() -> bytes:
    """What the worker makes of the one document asked for."""
    tasks.render_due()
    stored = StoredFile.objects.get()
    StoredFile.objects.update(state=ScanState.CLEAN, scanned_at=timezone.now())
    with default_storage.open(stored.path, "rb") as content:
        return bytes(content.read())


# --- receipts --------------------------------------------------------------------------


def test_sending_issues_a_receipt_of_everything_sent(application: Application) -> None:
    receipt = receipt_of(application.reference, ReceiptKind.APPLICATION_SENT)
    assert receipt is not None
    assert receipt.is_genuine
    assert (receipt.number, receipt.issued_at) == (application.number, application.submitted_at)
    assert receipt.content["person"] == "Anna Bērziņa"
    rows = {row["label"]: row["value"] for row in receipt.content["rows"]}
    assert rows["Izglītības programma"] == application.programme.name
    assert rows["Mācību maksa"] == "427,43\N{NO-BREAK SPACE}€"
    answers = {row["label"]: row["value"] for row in receipt.content["answers"]}
    assert answers["Lūdzu nosauciet profesiju, amatu darba vietā"] == "Grāmatvede"
    assert len(receipt.content["declarations"]) == 2
    assert "010190" not in str(receipt.content)


def test_a_receipt_and_its_application_come_together_or_not_at_all(
    client: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: Any) -> None:
        raise RuntimeError("no receipt")

    RoundFactory.create(source=imk())
    draft = DraftFactory.create(client=client.person, source=imk())
    monkeypatch.setattr(receipting.documents, "receipt_for", broken)
    with pytest.raises(RuntimeError):
        send(draft, client)
    assert not Application.objects.exists()
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_withdrawing_issues_a_receipt_of_its_own(application: Application, client: User) -> None:
    withdrawn = withdraw(application, client, reason="Mainījās darba laiks.")
    receipt = receipt_of(application.reference, ReceiptKind.APPLICATION_WITHDRAWN)
    assert receipt is not None
    assert receipt.is_genuine
    assert receipt.issued_at == withdrawn.closed_at
    rows = {row["label"]: row["value"] for row in receipt.content["rows"]}
    assert rows["Atteikšanās iemesls"] == "Mainījās darba laiks."
    assert "Atteikumu reģistrēja" not in rows
    assert Receipt.objects.count() == 2


def test_a_withdrawal_by_the_agency_says_who(application: Application) -> None:
    services.withdraw(
        application_id=application.pk, by=actor_of(AgencyUserFactory.create()), moment=timezone.now(), reason=""
    )
    receipt = receipt_of(application.reference, ReceiptKind.APPLICATION_WITHDRAWN)
    assert receipt is not None
    rows = {row["label"]: row["value"] for row in receipt.content["rows"]}
    assert rows["Atteikumu reģistrēja"] == "Valsts izglītības attīstības aģentūra"
    assert "Atteikšanās iemesls" not in rows


def test_a_coordinators_act_says_who_pressed_the_button(application: Application, client: User) -> None:
    coordinator = Actor(
        role=Role.COORDINATOR,
        user_id=client.pk,
        person_id=client.person.pk,
        acting_for_id=client.person.pk,
        label="Zane Liepa",
        scope=frozenset({"applications"}),
    )
    content = receipting.sent_content(application, by=coordinator)
    assert {"label": "Klienta vārdā rīkojās", "value": "Zane Liepa"} in content["rows"]
    content = receipting.withdrawn_content(application, by=coordinator)
    assert {"label": "Klienta vārdā rīkojās", "value": "Zane Liepa"} in content["rows"]


def test_what_changes_later_leaves_the_receipt_as_it_was(application: Application, client: User) -> None:
    """X12: the paper says what was true when it was issued."""
    name = application.programme.name
    application.programme.name = "Cits nosaukums"
    application.programme.save()
    receipt = receipt_of(application.reference, ReceiptKind.APPLICATION_SENT)
    assert receipt is not None
    assert name in str(receipt.content)
    assert receipt.is_genuine


def test_c7a_shows_number_moment_fingerprint_code_and_qr(
    application: Application, client: User, as_client: Browse
) -> None:
    receipt = receipt_of(application.reference, ReceiptKind.APPLICATION_SENT)
    assert receipt is not None
    page = as_client(client).get(proof_of(application))
    shown = main_of(page)
    for words in (
        "Apliecinājums par iesniegšanu",
        application.number,
        f"{timezone.localtime(receipt.issued_at):%d.%m.%Y %H:%M}",
        receipt.shown_code,
        receipt.shown_fingerprint,
        f"/parbaude/{receipt.shown_code}",
        "Lejupielādēt PDF",
        "Drukāt",
        '<svg viewBox="0 0 ',
        "QR kods",
        "Grāmatvede",
    ):
        assert words in shown, words
    assert "data:" not in shown
    assert "style=" not in shown
    assert CODE not in shown


def test_the_withdrawals_receipt_has_its_page_and_each_leads_to_the_other(
    application: Application, client: User, as_client: Browse
) -> None:
    browser = as_client(client)
    assert browser.get(withdrawal_of(application)).status_code == 404
    withdraw(application, client)
    shown = main_of(browser.get(withdrawal_of(application)))
    assert "Apliecinājums par atteikšanos" in shown
    assert proof_of(application) in shown
    assert withdrawal_of(application) in main_of(browser.get(proof_of(application)))


def test_every_page_about_the_application_leads_to_its_receipts(
    application: Application, client: User, as_client: Browse
) -> None:
    browser = as_client(client)
    withdraw(application, client)
    for page in (
        f"/pieteikums/{application.reference}/apstiprinajums",
        f"/profils/pieteikumi/{application.reference}",
        "/profils/vesture",
    ):
        shown = main_of(browser.get(page))
        assert f'href="{proof_of(application)}"' in shown, page
        assert f'href="{withdrawal_of(application)}"' in shown, page


def test_an_application_from_before_receipts_has_none(client: User, as_client: Browse) -> None:
    old = ApplicationFactory.create(client=client.person)
    browser = as_client(client)
    assert browser.get(proof_of(old)).status_code == 404
    for page in (f"/pieteikums/{old.reference}/apstiprinajums", f"/profils/pieteikumi/{old.reference}"):
        answer = browser.get(page)
        assert answer.status_code == 200
        assert "apliecinajums" not in main_of(answer)


def test_acc_02_papers_of_others_are_not_there(application: Application, client: User, as_client: Browse) -> None:
    withdraw(application, client)
    stranger = as_client(ClientFactory.create())
    for path in (
        proof_of(application),
        f"{proof_of(application)}.pdf",
        withdrawal_of(application),
        f"{withdrawal_of(application)}.pdf",
        f"/profils/pieteikumi/{application.reference}/pieteikums.pdf",
    ):
        assert stranger.get(path).status_code == 404, path
    assert not RenderedDocument.objects.exists()
    receipt = receipt_of(application.reference, ReceiptKind.APPLICATION_SENT)
    assert receipt is not None
    other = actor_of(ClientFactory.create())
    with pytest.raises(NotPermitted):
        services.request_receipt_pdf(receipt=receipt, by=other)
    with pytest.raises(NotPermitted):
        services.request_application_pdf(application_id=application.pk, by=other)


# --- the files ------------------------------------------------------------------------------


def test_while_the_file_is_made_the_page_says_so_and_comes_back_by_itself(
    application: Application, client: User, as_client: Browse
) -> None:
    browser = as_client(client)
    address = f"{proof_of(application)}.pdf"
    page = browser.get(address)
    text = page.content.decode()
    assert page.status_code == 200
    assert "Fails tiek gatavots" in text
    assert f'<noscript><meta http-equiv="refresh" content="3;url={address}?gaida=1"></noscript>' in text
    assert 'data-paper="making"' in text
    assert f'data-again="{address}?gaida=1" data-seconds="3"' in text

    tasks.render_due()
    assert "tajā meklē vīrusus" in browser.get(f"{address}?gaida=1").content.decode()

    StoredFile.objects.update(state=ScanState.CLEAN, scanned_at=timezone.now())
    ready = browser.get(f"{address}?gaida=1").content.decode()
    assert "Fails ir gatavs" in ready
    assert "http-equiv" not in ready
    assert "http://localhost:8000/faili/" in ready
    assert browser.get(address).headers["Location"].startswith("http://localhost:8000/faili/")
    assert RenderedDocument.objects.count() == 1


def test_upl_05_the_file_leaves_from_the_other_host_for_this_browser_only(
    application: Application, client: User, as_client: Browse
) -> None:
    browser = as_client(client)
    address = f"{proof_of(application)}.pdf"
    browser.get(address)
    made_pdf()
    link = (
        browser.get(address, headers={"user-agent": "Mine"}).headers["Location"].removeprefix("http://localhost:8000")
    )
    mine = Client().get(link, headers={"host": "localhost:8000", "user-agent": "Mine"})
    assert mine.getvalue().startswith(b"%PDF-")
    assert f"apliecinajums-par-iesniegsanu-{application.number}.pdf" in mine["Content-Disposition"]
    assert mine["Content-Disposition"].startswith("attachment")
    assert "sandbox" in mine["Content-Security-Policy"]
    assert mine["Cache-Control"] == "private, no-store"
    theirs = Client().get(link, headers={"host": "localhost:8000", "user-agent": "Theirs"})
    assert theirs.status_code == 404


def test_without_pdf_libraries_the_page_says_why_and_waits(
    application: Application, client: User, as_client: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacks(html: str) -> bytes:
        raise CannotRender("PDF libraries are missing: libpango")

    browser, address = as_client(client), f"{proof_of(application)}.pdf"
    browser.get(address)
    monkeypatch.setattr(making, "to_pdf", lacks)
    tasks.render_due()
    text = browser.get(address).content.decode()
    assert "Failu pašlaik nevar sagatavot" in text
    assert "Serverī trūkst programmas, kas veido PDF failus." in text
    assert "libpango" not in text
    assert f'content="{handing.STILL_COMING[handing.PaperState.WAITING]};' in text


def test_a_file_that_cannot_be_made_says_whom_to_ask_and_may_be_asked_for_again(
    application: Application, client: User, as_client: Browse
) -> None:
    browser, address = as_client(client), f"{proof_of(application)}.pdf"
    browser.get(address)
    RenderedDocument.objects.update(state=RenderState.FAILED, attempts=5, due_at=timezone.now())
    text = browser.get(address).content.decode()
    assert "Failu neizdevās sagatavot" in text
    assert "stars@viaa.gov.lv" in text
    with time_machine.travel(timezone.now() + rendering.GIVEN_UP_FOR + timedelta(minutes=1)):
        browser.force_login(client)
        assert "Fails tiek gatavots" in browser.get(address).content.decode()
    assert RenderedDocument.objects.get().attempts == 0


def test_a_refused_file_is_never_given_out(application: Application, client: User, as_client: Browse) -> None:
    browser, address = as_client(client), f"{proof_of(application)}.pdf"
    browser.get(address)
    tasks.render_due()
    StoredFile.objects.update(state=ScanState.REFUSED, scanned_at=timezone.now(), verdict="Eicar")
    assert "Failu neizdevās sagatavot" in browser.get(address).content.decode()


def test_the_receipts_pdf_is_accessible_and_holds_no_code(
    application: Application, client: User, as_client: Browse
) -> None:
    as_client(client).get(f"{proof_of(application)}.pdf")
    pdf = read(made_pdf())
    assert pdf.claims_ua
    assert pdf.language == "lv"
    assert pdf.title == f"Apliecinājums par iesniegšanu {application.number}"
    assert {"Document", "H1", "H2", "P", "Figure"} <= pdf.tags
    assert pdf.alternatives == ["QR kods ar adresi, kurā pārbaudīt dokumentu"]
    assert pdf.embedded_fonts == len(pdf.fonts) > 0
    assert all("Stars" in name for name in pdf.fonts), pdf.fonts
    assert "Valsts izglītības attīstības aģentūra" in pdf.metadata
    for private in (CODE, CODE.replace("-", ""), "Bērziņa", "26 123 456", "anna.berzina"):
        assert private not in pdf.metadata, private
    assert CODE.encode() not in pdf.inside


def test_what_a_file_was_made_of_is_forgotten(application: Application, client: User, as_client: Browse) -> None:
    as_client(client).get(f"{proof_of(application)}.pdf")
    assert "Bērziņa" in str(RenderedDocument.objects.get().context)
    tasks.render_due()
    assert RenderedDocument.objects.get().context == {}


def test_c8_the_application_as_a_file_follows_its_status(
    application: Application, client: User, as_client: Browse
) -> None:
    browser = as_client(client)
    address = f"/profils/pieteikumi/{application.reference}/pieteikums.pdf"
    browser.get(address)
    browser.get(address)
    assert RenderedDocument.objects.count() == 1
    assert RenderedDocument.objects.get().context["timeline"][0]["label"] == "Pieteikts"
    services.admit(application_id=application.pk, by=SYSTEM)
    browser.get(address)
    later = RenderedDocument.objects.order_by("-pk")[0]
    assert [step["label"] for step in later.context["timeline"]] == ["Pieteikts", "Uzņemta"]
    assert later.file_name == f"pieteikums-{application.number}.pdf"
    assert "010190" not in str(later.context)


def test_pdf_01_what_people_wrote_fetches_nothing(client: User, as_client: Browse) -> None:
    """A profession in HTML is letters, in the page and in the PDF."""
    RoundFactory.create(source=imk())
    draft = DraftFactory.create(client=client.person, source=imk())
    draft.answers = draft.answers | {"profession": '<img src="http://127.0.0.1:1/x.png"><style>@import "x"'}
    draft.save()
    application = send(draft, client)
    browser = as_client(client)
    assert "&lt;img src" in main_of(browser.get(proof_of(application)))
    browser.get(f"{proof_of(application)}.pdf")
    pdf = read(made_pdf())
    assert pdf.alternatives == ["QR kods ar adresi, kurā pārbaudīt dokumentu"]


# --- the application's page (C8) ----------------------------------------------------------------------


def words_of(application: Application, now: Any = None) -> tuple[list[str], list[str]]:
    fresh = Application.objects.select_related(
        "client", "group", "programme", "round", "eligibility", "rejection_reason"
    ).get(pk=application.pk)
    course = [f"{step.state} {step.label}" for step in selectors.course_of(fresh)]
    return course, selectors.next_of(fresh, now or timezone.now())


def test_x64_what_was_and_what_is_to_come_stand_in_one_line(application: Application) -> None:
    course, _ = words_of(application)
    assert course == ["done Pieteikts", "done Atbilstības pārbaude", "now Iestādes lēmums", "todo Mācības"]
    services.admit(application_id=application.pk, by=SYSTEM)
    course, says = words_of(application)
    assert course == ["done Pieteikts", "done Uzņemta", "now Mācības"]
    assert says == [f"Mācības sākas {application.group.starts_on:%d.%m.%Y}. Pirms tam izglītības iestāde Jums rakstīs."]


def test_x42_the_person_knows_by_when_somebody_answers_and_what_to_do_if_not(application: Application) -> None:
    last = selectors.answer_by(application)
    _, says = words_of(application)
    assert says == [f"Izglītības iestāde lemj līdz {last:%d.%m.%Y}. Par lēmumu ziņosim platformā un e-pastā."]
    _, says = words_of(application, timezone.now() + timedelta(days=40))
    assert says == [
        f"Atbildei bija jābūt līdz {last:%d.%m.%Y}. Ja tās vēl nav, rakstiet stars@viaa.gov.lv vai zvaniet +371\u00a067359075."
    ]


def test_while_the_check_is_open_the_person_need_not_do_anything(client: User) -> None:
    RoundFactory.create(source=imk())
    application = send(DraftFactory.create(client=client.person, source=imk()), client)
    course, says = words_of(application)
    assert course[1:3] == ["now Atbilstības pārbaude", "todo Iestādes lēmums"]
    assert says[0] == "Aģentūra pārbauda, vai atbilstat nosacījumiem. Jums nekas nav jādara."


@pytest.mark.parametrize(
    ("days", "begins"),
    [(-40, "Mācības sākas"), (1, "Mācības notiek līdz"), (400, "Mācības ir noslēgušās.")],
)
def test_an_admitted_person_knows_where_learning_stands(application: Application, days: int, begins: str) -> None:
    services.admit(application_id=application.pk, by=SYSTEM)
    starts = timezone.make_aware(datetime.combine(application.group.starts_on, time()))
    _, [says] = words_of(application, starts + timedelta(days=days))
    assert says.startswith(begins)


@pytest.mark.parametrize("state", [state for state in State if state not in {State.SUBMITTED, State.ADMITTED}])
def test_every_end_says_what_next(state: State, client: User, as_client: Browse) -> None:
    fields: dict[str, Any] = {state.value: True}
    if state == State.INELIGIBLE:
        fields = {"state": state, "decided_at": timezone.now(), "closed_at": timezone.now()}
    application = ApplicationFactory.create(client=client.person, **fields)
    _, says = words_of(application)
    assert says
    assert all(says)
    shown = main_of(as_client(client).get(f"/profils/pieteikumi/{application.reference}"))
    assert says[0].partition('"')[0] in shown


def test_x52_what_was_written_about_the_application_stands_on_its_page(
    application: Application, client: User, as_client: Browse
) -> None:
    services.tell(application_id=application.pk, by=SYSTEM)
    services.admit(application_id=application.pk, by=SYSTEM)
    notify(recipient=client, key="other", title="Par ko citu", body="x", path="/profils")
    shown = main_of(as_client(client).get(f"/profils/pieteikumi/{application.reference}"))
    assert f"Pieteikums Nr. {application.number} ir iesniegts" in shown
    assert "Jūs esat uzņemta programmā" in shown
    assert "Par ko citu" not in shown


def test_every_action_leads_to_a_state_with_words() -> None:
    assert {LIFECYCLE.moves[action].to for action in Action} | {State.SUBMITTED} == set(MEANS)


def test_system_may_not_ask_for_a_persons_papers(application: Application) -> None:
    with pytest.raises(NotPermitted):
        services.request_application_pdf(application_id=application.pk, by=Actor.system("x"))
