"""What belongs to a call is written by a service: who wrote it, what stood there before, and a document's file."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from calls import services
from calls.models import Call, CallDocument, CallKind
from calls.services import Written
from stars.demo import signing
from stars.files.models import StoredFile
from stars.files.states import ScanState
from stars.kernel.actor import Actor, Duty, Role
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AuditEntry
from tests.calls.test_admin import call_form, officer
from tests.catalog.test_admin import fields_of
from tests.factories.calls import CallConditionFactory, CallDocumentFactory, CallFactory, CallKindFactory
from tests.factories.evaluating import CriterionFactory, opened, scored
from tests.factories.files import laid

pytestmark = pytest.mark.django_db
OFFICER = Actor(role=Role.AGENCY, user_id=1, duties=frozenset({Duty.EVALUATOR}), label="Inta")


def page_of(call: Call) -> str:
    return reverse("admin:calls_call_change", args=(call.pk,))


def form_of(browser: Client, call: Call) -> dict[str, Any]:
    """The page's form as the browser would send it back."""
    sent = fields_of(browser, page_of(call))
    for name in ("opens_at", "closes_at"):
        moment = timezone.localtime(getattr(call, name))
        sent |= {f"{name}_0": f"{moment:%Y-%m-%d}", f"{name}_1": f"{moment:%H:%M}"}
    return sent


def said_of(call: Call) -> list[Any]:
    entries = AuditEntry.objects.filter(object_type="calls.call", object_id=str(call.pk), action="save")
    return [one.data for one in entries.order_by("sequence") if "part" in one.data]


def test_a_rate_changed_in_the_admin_stands_in_the_trail_with_what_it_was() -> None:
    call = CallFactory.create(prepared=True, kinds=False)
    kind = CallKindFactory.create(call=call, rate_cents=534)
    browser = officer("evaluator")
    sent = form_of(browser, call) | {"kinds-0-rate_cents": "5,15"}
    assert browser.post(page_of(call), sent).status_code == 302
    kind.refresh_from_db()
    [said] = said_of(call)
    assert kind.rate_cents == 515
    assert said["part"] == "callkind"
    [row] = said["rows"]
    assert (row["before"], row["after"]) == ({"rate_cents": "534"}, {"rate_cents": "515"})
    assert AuditEntry.objects.filter(action="save").latest("pk").actor_role == Role.AGENCY


def test_what_is_taken_off_a_call_stands_in_the_trail() -> None:
    call = CallFactory.create(prepared=True)
    condition = CallConditionFactory.create(call=call, text="Akreditēta iestāde")
    browser = officer("content")
    place = list(call.conditions.order_by("about", "position", "pk")).index(condition)
    sent = form_of(browser, call) | {f"conditions-{place}-DELETE": "on"}
    assert browser.post(page_of(call), sent).status_code == 302
    assert not call.conditions.filter(pk=condition.pk).exists()
    assert {"row": condition.pk, "name": "Akreditēta iestāde", "removed": True} in said_of(call)[-1]["rows"]


def test_saving_without_a_change_adds_no_entry_about_parts() -> None:
    call = CallFactory.create(prepared=True)
    browser = officer("evaluator")
    assert browser.post(page_of(call), form_of(browser, call)).status_code == 302
    assert said_of(call) == []


def test_who_may_not_keep_calls_writes_no_part() -> None:
    call = CallFactory.create()
    kind = CallKind.objects.filter(call=call).order_by("pk")[0]
    finance = Actor(role=Role.AGENCY, user_id=1, duties=frozenset({Duty.FINANCE}), label="Ilze")
    with pytest.raises(NotPermitted):
        services.save_parts(call_id=call.pk, written=[Written(kind, ["most"])], removed=[], by=finance)


def test_acc_04_a_row_of_another_call_is_refused() -> None:
    kind = CallKind.objects.filter(call=CallFactory.create()).order_by("pk")[0]
    with pytest.raises(NotPermitted):
        services.save_parts(call_id=CallFactory.create().pk, written=[], removed=[kind], by=OFFICER)


def test_criteria_stay_once_a_score_is_begun() -> None:
    offer = opened(tolerance=50)
    scored(offer)
    criterion = CriterionFactory.build(call=offer.call)
    with pytest.raises(DomainError) as refused:
        services.save_parts(call_id=offer.call_id, written=[Written(criterion, ["name"])], removed=[], by=OFFICER)
    assert refused.value.code == "being_scored"


# --- documents ------------------------------------------------------------------------------


def rows(**fields: Any) -> dict[str, Any]:
    return {"documents-TOTAL_FORMS": 1} | {f"documents-0-{name}": value for name, value in fields.items()}


def pdf(name: str = "Nolikums.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or signing.plain_pdf())


def test_an_officer_adds_the_rules_of_a_call_as_a_file_and_everybody_can_fetch_it_once_it_is_scanned(
    client: Client,
) -> None:
    browser = officer("content")
    answer = browser.post(
        reverse("admin:calls_call_add"), call_form(**rows(position=0, title="Nolikums", upload=pdf()))
    )
    assert answer.status_code == 302, answer.context["errors"]
    document = CallDocument.objects.select_related("call", "file").get()
    assert (document.title, document.url) == ("Nolikums", "")
    assert document.file is not None
    assert document.file.state == ScanState.QUARANTINED
    services.announce_call(call_id=document.call_id, by=OFFICER)
    public = reverse("calls:document", args=(document.call.slug, document.pk))
    own = reverse("admin:calls_call_paper", args=(document.call_id, document.pk))
    assert client.get(public).status_code == 404
    assert browser.get(own).status_code == 404
    assert "Nolikums.pdf: " in browser.get(page_of(document.call)).content.decode()  # and a word why it is no link
    StoredFile.objects.update(state=ScanState.CLEAN, scanned_at=document.call.opens_at)
    assert client.get(public).status_code == 302
    assert browser.get(own).status_code == 302
    assert own in browser.get(page_of(document.call)).content.decode()


@pytest.mark.parametrize(
    ("sent", "word"),
    [
        ({}, "Pievienojiet failu vai ierakstiet adresi"),
        (
            {"upload": "both", "url": "https://www.viaa.gov.lv/nolikums"},
            "Pievienojiet failu vai ierakstiet adresi, ne abus",
        ),
        ({"upload": "lies"}, "upload"),
    ],
    ids=["neither", "both", "lies"],
)
def test_upl_01_a_document_is_a_true_file_or_an_address(sent: dict[str, Any], word: str) -> None:
    """What was typed stays in the form; nothing is written."""
    given = dict(sent)
    if "upload" in given:
        given["upload"] = pdf(content=b"MZ not a document") if given["upload"] == "lies" else pdf()
    answer = officer("content").post(
        reverse("admin:calls_call_add"), call_form(**rows(position=0, title="Nolikums", **given))
    )
    assert answer.status_code == 200
    [errors] = [one.formset.errors for one in answer.context["inline_admin_formsets"] if one.opts.model is CallDocument]
    assert word in str(errors)
    assert 'value="Nolikums"' in answer.content.decode()
    assert not Call.objects.exists()


def test_another_file_takes_the_place_of_the_first_and_a_copied_call_keeps_its_own() -> None:
    """The bytes go with the last document that points to them."""
    old = laid(clean=True)
    call = CallFactory.create(prepared=True)
    document = CallDocumentFactory.create(call=call, file=old, url="")
    copied = services.copy_call(call_id=call.pk, by=OFFICER)
    browser = officer("evaluator")
    assert browser.post(page_of(call), form_of(browser, call) | rows(upload=pdf())).status_code == 302
    document.refresh_from_db()
    assert document.file_id != old.pk
    assert copied.documents.get().file_id == old.pk
    assert StoredFile.objects.filter(pk=old.pk).exists()
    sent = form_of(browser, copied) | {"documents-0-url": "https://www.viaa.gov.lv/nolikums"}
    assert browser.post(page_of(copied), sent).status_code == 302
    assert copied.documents.get().file_id is None
    assert not StoredFile.objects.filter(pk=old.pk).exists()
