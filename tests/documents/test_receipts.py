"""A receipt is issued once, says for ever what it said, and anybody who holds its code can ask about it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from documents import services, tasks
from documents.errors import NoSuchCode, TooManyChecks
from documents.models import ALPHABET, FailedCheck, Receipt, fingerprint_of
from documents.selectors import code_in, receipt_of, receipts_about, receipts_of, verification_url
from documents.states import ReceiptKind
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import NotPermitted
from stars.kernel.templatetags.stars import moment as shown_moment
from tests.factories.accounts import ClientFactory, InstitutionFactory
from tests.factories.documents import FailedCheckFactory, ReceiptFactory

pytestmark = pytest.mark.django_db
SENT, WITHDRAWN = ReceiptKind.APPLICATION_SENT, ReceiptKind.APPLICATION_WITHDRAWN


def issue(**changes: Any) -> Receipt:
    if "person_id" not in changes:
        changes["person_id"] = ClientFactory.create().person.pk
    said: dict[str, Any] = {
        "kind": SENT,
        "subject": uuid4(),
        "number": "2025-000123",
        "content": {"number": "2025-000123", "rows": [{"label": "Izglītības programma", "value": "Datu analīze"}]},
        "moment": timezone.now(),
    }
    return services.issue(**said | changes)


def test_a_receipt_is_one_statement_and_genuine_when_read_again(django_assert_num_queries: Any) -> None:
    person = ClientFactory.create().person
    with django_assert_num_queries(1):
        issued = issue(person_id=person.pk)
    kept = Receipt.objects.get(pk=issued.pk)
    assert kept.is_genuine
    assert kept.fingerprint == fingerprint_of(kept.content)
    assert len(kept.code) == 16
    assert set(kept.code) <= set(ALPHABET)
    assert kept.shown_code == "-".join([kept.code[0:4], kept.code[4:8], kept.code[8:12], kept.code[12:16]])
    assert kept.shown_fingerprint.replace(" ", "") == kept.fingerprint


def test_no_two_codes_are_alike_and_none_tells_the_next() -> None:
    codes = {ReceiptFactory.create().code for _ in range(20)}
    assert len(codes) == 20
    assert len({code[:4] for code in codes}) > 15


def test_one_act_has_one_receipt() -> None:
    first = issue()
    with pytest.raises(IntegrityError), transaction.atomic():
        issue(subject=first.subject)
    issue(subject=first.subject, kind=WITHDRAWN)
    assert [one.kind for one in receipts_about(first.subject)] == [SENT, WITHDRAWN]
    assert receipt_of(first.subject, SENT) == first
    assert receipt_of(uuid4(), SENT) is None


def test_receipts_of_a_person_in_one_query(django_assert_num_queries: Any) -> None:
    mine = issue()
    assert mine.person_id is not None
    later = issue(person_id=mine.person_id, moment=timezone.now() + timedelta(days=1))
    issue()
    with django_assert_num_queries(1):
        assert receipts_of(mine.person_id) == {mine.subject: [mine], later.subject: [later]}


@pytest.mark.parametrize(
    "change",
    [
        {"content": {"number": "2025-000123", "rows": []}},
        {"number": "2025-000124"},
        {"kind": WITHDRAWN},
        {"issued_at": timezone.now() - timedelta(days=9)},
        {"subject": uuid4()},
        {"fingerprint": "0" * 64},
        {"seal": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_row_changed_behind_our_back_is_not_genuine(change: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    issued = issue()
    Receipt.objects.filter(pk=issued.pk).update(**change)
    assert not Receipt.objects.get(pk=issued.pk).is_genuine
    with pytest.raises(NoSuchCode):
        services.verify(typed=issued.code, address="192.0.2.1")
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_content_made_new_with_its_fingerprint_lacks_the_seal() -> None:
    """Who can write the database cannot forge a receipt: the seal's key is not there."""
    issued = issue()
    content = {"number": "2025-000123", "rows": [{"label": "Izglītības programma", "value": "Cita"}]}
    Receipt.objects.filter(pk=issued.pk).update(content=content, fingerprint=fingerprint_of(content))
    assert not Receipt.objects.get(pk=issued.pk).is_genuine


@pytest.mark.parametrize("fields", [{"code": "x" * 16}, {"code": "0" * 15}, {"seal": ""}, {"fingerprint": "z" * 64}])
def test_the_database_refuses_a_receipt_without_form(fields: dict[str, str]) -> None:
    issued = issue()
    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.filter(pk=issued.pk).update(**fields)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("7K3F-QM2P-9XWT-AB4D", "7K3FQM2P9XWTAB4D"),
        (" 7k3f qm2p 9xwt ab4d ", "7K3FQM2P9XWTAB4D"),
        ("oK3F-QM2P-9XWT-ABlD", "0K3FQM2P9XWTAB1D"),
        ("7K3F-QM2P-9XWT-AB4", ""),
        ("7K3F-QM2P-9XWT-AB4D-X", ""),
        ("ŪK3F-QM2P-9XWT-AB4D", ""),
        ("", ""),
        ("'; DROP TABLE x;--", ""),
    ],
)
def test_what_people_type_from_paper(typed: str, code: str) -> None:
    assert code_in(typed) == code


# --- the page ------------------------------------------------------------------------


def shown(path: str, client: Client | None = None) -> Any:
    return (client or Client()).get(path)


def test_p13_a_genuine_paper_shows_number_kind_and_moment_and_no_name() -> None:
    receipt = ReceiptFactory.create()
    answer = shown(f"/parbaude/{receipt.shown_code}")
    text = answer.content.decode()
    assert answer.status_code == 200
    for words in ("Dokuments ir īsts", receipt.number, "Apliecinājums par iesniegšanu", receipt.shown_fingerprint):
        assert words in text, words
    assert f"{timezone.localtime(receipt.issued_at):%d.%m.%Y %H:%M}" in text
    for private in ("Anna Bērziņa", "26 123 456", "Datu analīze", receipt.person.last_name):
        assert private not in text, private
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Cache-Control"] == "no-store"
    assert '<meta name="robots" content="noindex, nofollow">' in text
    assert verification_url(receipt).endswith(f"/parbaude/{receipt.shown_code}")


def test_p13_a_paper_about_a_withdrawn_offer_says_so_and_when() -> None:
    institution = InstitutionFactory.create()
    said = {"person_id": None, "institution_id": institution.pk, "kind": ReceiptKind.OFFER_SENT, "subject": uuid4()}
    first, second = issue(**said), issue(**said | {"subject": uuid4()})
    when = timezone.now() + timedelta(hours=3)
    issue(**said | {"kind": ReceiptKind.OFFER_WITHDRAWN, "moment": when})
    words = f"Šī piedāvājuma versija ir atsaukta {shown_moment(when)}"
    pages = [Client().get(f"/parbaude/{one.shown_code}").content.decode() for one in (first, second)]
    assert [words in page for page in pages] == [True, False]
    assert all("Dokuments ir īsts" in page for page in pages)


def test_p13_of_a_persons_withdrawal_nothing_is_told() -> None:
    sent = issue()
    issue(kind=WITHDRAWN, subject=sent.subject)
    assert "atsaukt" not in Client().get(f"/parbaude/{sent.shown_code}").content.decode()


def test_p13_an_unknown_code() -> None:
    ReceiptFactory.create()
    for path in ("/parbaude/0000-0000-0000-0000", "/parbaude/nav-tada"):
        answer = shown(path)
        assert answer.status_code == 404
        assert "Šāds kods nav atrasts." in answer.content.decode()
        assert answer["X-Robots-Tag"] == "noindex, nofollow"


def test_p13_a_code_can_be_typed() -> None:
    receipt = ReceiptFactory.create()
    assert "Pārbaudes kods" in shown("/parbaude").content.decode()
    answer = shown(f"/parbaude?kods={receipt.shown_code.lower()}")
    assert answer.headers["Location"] == f"/parbaude/{receipt.code}"
    wrong = shown("/parbaude?kods=123")
    assert wrong.status_code == 422
    assert "Ievadiet 16 koda burtus un ciparus" in wrong.content.decode()


def test_pwd_09_guessing_ends_and_counts_survive_the_cache(empty_cache: None) -> None:
    receipt = ReceiptFactory.create()
    browser = Client()
    for _ in range(services.MOST_FAILURES):
        assert browser.get("/parbaude/0000-0000-0000-0000").status_code == 404
    assert browser.get("/parbaude/0000-0000-0000-0000").status_code == 429
    assert browser.get(f"/parbaude/{receipt.code}").status_code == 429
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert elsewhere.get(f"/parbaude/{receipt.code}").status_code == 200
    with time_machine.travel(timezone.now() + services.WINDOW + timedelta(minutes=1)):
        assert browser.get(f"/parbaude/{receipt.code}").status_code == 200


def test_pwd_10_checking_true_papers_is_never_limited() -> None:
    receipt = ReceiptFactory.create()
    for _ in range(services.MOST_FAILURES + 5):
        assert services.verify(typed=receipt.code, address="192.0.2.1") == receipt
    assert not FailedCheck.objects.exists()


def test_failures_of_one_minute_are_one_row() -> None:
    with time_machine.travel("2025-06-10 12:00:30+00:00", tick=False):
        for _ in range(3):
            with pytest.raises(NoSuchCode):
                services.verify(typed="x", address="192.0.2.1")
    kept = FailedCheck.objects.get()
    assert kept.count == 3
    assert "192.0.2.1" not in kept.key


def test_too_many_checks_is_said_in_words() -> None:
    assert TooManyChecks().message == "Pārāk daudz mēģinājumu. Pagaidiet dažas minūtes un mēģiniet vēlreiz."


def test_counters_live_a_day() -> None:
    FailedCheckFactory.create(window_start=timezone.now() - timedelta(days=2))
    young = FailedCheckFactory.create()
    assert tasks.sweep_checks() == 1
    assert FailedCheck.objects.get() == young
    with pytest.raises(NotPermitted):
        services.sweep_checks(by=Actor(role=Role.CLIENT, user_id=1, person_id=uuid4()))


def test_a_receipt_names_itself() -> None:
    receipt = ReceiptFactory.create(number="2025-000001")
    assert str(receipt) == "Apliecinājums par iesniegšanu 2025-000001"
    assert str(FailedCheckFactory.build(count=2)).endswith(" 2")
