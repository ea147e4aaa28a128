"""F8, D1, D2: whatever a register does wrong, over a real port: unknown, asked again later, never "no", never a code in a log."""

import logging
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

from accounts import registries, services
from accounts.models import Person, RegistryFact, RegistryLine, RegistryQuestion
from accounts.registries import NotKnown, Unanswered, WrongPerson, transport
from accounts.states import FactVerdict, Purpose, QuestionState, Registry
from funding.models import LearningAccount
from stars.kernel.actor import Actor
from tests.registries.conftest import ILZE, question_of
from tests.standins.servers import Server, running

DIGITS = ILZE.replace("-", "")
JOB = Actor.system("test")
# The fault, and the word it is known by; "slow" and "drip" are cut at the deadline.
FAULTS = {
    "slow": "timeout",
    "drip": "timeout",
    "dead": "not_http",
    "error": "status_500",
    "too_many": "status_429",
    "moved": "status_307",
    "empty": "not_json",
    "html": "content_type",
    "xml": "content_type",
    "hostile_xml": "not_json",
    "huge": "too_large",
    "endless": "too_large",
    "cut": "cut_short",
    "deep": "not_json",
    "duplicates": "several_answers",
    "twice_named": "not_json",
    "no_field": "schema",
    "wrong_type": "schema",
    "encoding": "encoding",
    "wrong_person": "wrong_person",
}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """The same deadline, shorter, where it is to be reached: what is tested is that it holds for the whole answer."""
    if fault in {"slow", "drip"}:
        monkeypatch.setattr(transport, "SECONDS", 0.8)


def ask(registry: str = "fpr", digits: str = DIGITS) -> registries.Answer:
    return registries.ask(registry, digits, request_id="f8")


def test_d1_the_deadline_is_five_seconds_in_all_and_a_megabyte() -> None:
    assert (transport.SECONDS, transport.LARGEST) == (5.0, 1024 * 1024)


@pytest.mark.parametrize("registry", ["fpr", "vid", "viis"])
@pytest.mark.parametrize(("fault", "word"), FAULTS.items())
def test_f8_every_fault_is_no_answer(connected: Server, impatient: None, registry: str, fault: str, word: str) -> None:
    connected.turn(fault, 30)
    with pytest.raises(Unanswered) as caught:
        ask(registry)
    assert caught.value.reason == word
    assert isinstance(caught.value, WrongPerson) == (fault == "wrong_person")


def test_f8_well_again(connected: Server) -> None:
    assert ask("fpr").facts["birth_date"] == "1984-03-12"
    assert ask("vid").facts == {"employment": "employed"}
    assert ask("viis").facts["education"] == "bachelor"


def test_f8_an_unknown_word_is_not_known_and_the_rest_stands(connected: Server) -> None:
    connected.turn("unknown_word")
    answer = ask("viis")
    assert answer.facts["education"] is None
    assert answer.facts["documents"] == [{"number": "DEMO-001", "name": "Bakalaurs", "year": 2007}]


def test_a_register_may_have_nobody_under_a_code(connected: Server) -> None:
    with pytest.raises(NotKnown):
        ask("fpr", "01010100000")


def test_a_proxy_s_404_is_no_answer(connected: Server, settings: Any) -> None:
    settings.STARS_REGISTRY_URLS = {"fpr": f"{connected.url}/no-such-place"}
    with pytest.raises(Unanswered, match="content_type"):
        ask("fpr")


def test_nobody_listens(settings: Any) -> None:
    settings.STARS_REGISTRY_URLS = {"fpr": "http://127.0.0.1:9/fpr"}
    with pytest.raises(Unanswered, match="unreachable"):
        ask("fpr")


def test_a_register_that_is_not_connected_is_not_asked(settings: Any) -> None:
    settings.STARS_REGISTRY_URLS = {}
    assert not registries.is_configured("fpr")
    with pytest.raises(Unanswered, match="not_connected"):
        ask("fpr")


# --- TLS (PDF-03) ---------------------------------------------------------------------------


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / f"{name}.cert.pem", folder / f"{name}.key.pem"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert_file, key_file


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    folder = tmp_path_factory.mktemp("tls")
    return {name: _certificate(folder, name) for name in ("localhost", "stranger.example")}


@pytest.fixture(scope="module")
def over_tls(keys: dict[str, tuple[Path, Path]]) -> Iterator[Server]:
    cert, key = keys["localhost"]
    with running("registries", options=("--cert", str(cert), "--key", str(key))) as server:
        yield server


def test_pdf_03_a_certificate_we_trust_is_answered(over_tls: Server, keys: Any, settings: Any) -> None:
    settings.STARS_REGISTRY_URLS = {"fpr": f"https://localhost:{over_tls.port}/fpr"}
    settings.STARS_REGISTRY_CA_FILE = str(keys["localhost"][0])
    assert ask("fpr").facts["birth_date"] == "1984-03-12"


@pytest.mark.parametrize("trusted", ["", "stranger.example"])
def test_f8_a_certificate_we_do_not_trust_is_no_answer(
    over_tls: Server, keys: Any, settings: Any, trusted: str
) -> None:
    settings.STARS_REGISTRY_URLS = {"fpr": f"https://localhost:{over_tls.port}/fpr"}
    settings.STARS_REGISTRY_CA_FILE = str(keys[trusted][0]) if trusted else ""
    with pytest.raises(Unanswered, match="tls"):
        ask("fpr")


def test_pdf_03_control_without_verification_the_stranger_would_be_believed(
    over_tls: Server, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STARS_REGISTRY_URLS = {"fpr": f"https://localhost:{over_tls.port}/fpr"}
    monkeypatch.setattr(transport, "_tls", ssl._create_unverified_context)
    assert ask("fpr").facts["birth_date"] == "1984-03-12"


# --- what it means for the person -----------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [*FAULTS, "unknown_word"])
def test_f8_a_fault_never_says_no(
    connected: Server, impatient: None, ilze: Person, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    """D2, I15: nothing is known, the question waits for its next turn, the account waits, nothing is refused."""
    caplog.set_level(logging.INFO)
    services.ask_registries(person_id=ilze.pk, purpose=Purpose.REGISTRATION, by=JOB)
    connected.turn(fault, 30)
    for question in RegistryQuestion.objects.filter(person=ilze, registry__in=("fpr", "viis")).order_by("pk"):
        answered = services.answer_question(question_id=question.pk)
        question.refresh_from_db()
        if fault == "unknown_word":
            assert answered
            continue
        assert not answered
        assert question.state == QuestionState.DUE
        assert question.leased_until is None
        assert question.due_at > timezone.now()
        assert question.last_error == FAULTS[fault]
    refuted = RegistryFact.objects.filter(person=ilze, verdict=FactVerdict.REFUTED)
    assert not refuted.exists()
    assert not RegistryFact.objects.filter(kind="education").exclude(verdict=FactVerdict.UNKNOWN).exists()
    assert LearningAccount.objects.get(person=ilze).state == "pending"
    assert DIGITS not in caplog.text
    assert ILZE not in caplog.text
    assert (fault == "wrong_person") == any(
        record.levelno == logging.ERROR and "registry_wrong_person" in record.message for record in caplog.records
    )


@pytest.mark.django_db
def test_d2_control_the_right_answer_would_have_been_kept(connected: Server, ilze: Person) -> None:
    services.ask_registries(person_id=ilze.pk, purpose=Purpose.REGISTRATION, by=JOB)
    assert services.answer_question(question_id=question_of(ilze, Registry.FPR).pk)
    assert RegistryFact.objects.get(person=ilze, kind="birth_date").verdict == FactVerdict.CONFIRMED


@pytest.mark.django_db
def test_d1_the_breaker_opens_after_five_failures_and_one_worker_tries_again(
    connected: Server, monkeypatch: pytest.MonkeyPatch, ilze: Person
) -> None:
    services.ask_registries(person_id=ilze.pk, purpose=Purpose.REGISTRATION, by=JOB)
    question = question_of(ilze, Registry.FPR)
    connected.turn("error")
    for failures in range(1, 6):
        RegistryQuestion.objects.filter(pk=question.pk).update(due_at=timezone.now())
        assert not services.answer_question(question_id=question.pk)
        assert RegistryLine.objects.get(registry=Registry.FPR).failures == failures
    line = RegistryLine.objects.get(registry=Registry.FPR)
    assert line.closed_until is not None

    connected.turn("")
    RegistryQuestion.objects.filter(pk=question.pk).update(due_at=timezone.now())
    assert not services.answer_question(question_id=question.pk)  # it rests: not even asked
    question.refresh_from_db()
    assert question.attempts == 5

    RegistryLine.objects.update(closed_until=timezone.now())
    assert services.answer_question(question_id=question.pk)
    line = RegistryLine.objects.get(registry=Registry.FPR)
    assert line.failures == 0
    assert line.closed_until is None


@pytest.mark.django_db
def test_d1_other_registers_are_asked_while_one_rests(connected: Server, ilze: Person) -> None:
    services.ask_registries(person_id=ilze.pk, purpose=Purpose.REGISTRATION, by=JOB)
    RegistryLine.objects.create(registry=Registry.FPR, failures=5, closed_until=timezone.now() + timedelta(minutes=1))
    assert services.answer_due_questions() == 2
    assert question_of(ilze, Registry.FPR).state == QuestionState.DUE
