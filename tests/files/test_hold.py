"""Files of forms: held for a day while the form is corrected, taken over once, dropped when forgotten."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from stars.demo import signing
from stars.files import services
from stars.files.contents import ASICE, PDF, PNG
from stars.files.forms import UploadField, UploadForm
from stars.files.models import HeldUpload, StoredFile
from stars.files.services import Upload
from stars.files.services.storing import MOST_BYTES
from stars.files.taking import hold_uploads
from stars.kernel.errors import DomainError
from tests.factories.files import HeldUploadFactory, laid
from tests.files import making
from tests.files.conftest import lying

pytestmark = pytest.mark.django_db
PLAIN = signing.plain_pdf()
LIES = (
    "Faila nosaukums sola PDF, bet tā saturs ir cits. Atveriet dokumentu programmā, kurā tas veidots, saglabājiet to kā PDF"
    " un pievienojiet vēlreiz"
)


class Form(UploadForm):
    purpose = "test"
    statement = UploadField(allowed=[PDF, ASICE], signed=True)
    papers = UploadField(allowed=[PDF, PNG], most=2, required=False)


@pytest.fixture(scope="module")
def signed() -> bytes:
    return signing.signed_pdf(signing.signer("Anna Paraugs"))


def sent(held: dict[str, list[str]] | None = None, **files: list[tuple[str, bytes]]) -> Form:
    data = QueryDict(mutable=True)
    for name, tokens in (held or {}).items():
        data.setlist(f"{name}-held", tokens)
    given = {name: [SimpleUploadedFile(*one) for one in many] for name, many in files.items()}
    return Form(data, MultiValueDict(given))


def upload(content: bytes = PLAIN, name: str = "a.pdf") -> Upload:
    return Upload(name=name, content_type=PDF.content_type, size=len(content), content=ContentFile(content))


def test_a_form_gives_what_was_sent(signed: bytes) -> None:
    form = sent(statement=[("apliecinājums.pdf", signed)], papers=[("a.pdf", PLAIN), ("b.png", making.picture())])
    assert form.is_valid(), form.errors
    assert [one.name for one in form.cleaned_data["statement"]] == ["apliecinājums.pdf"]
    assert [one.content_type for one in form.cleaned_data["papers"]] == ["application/pdf", "image/png"]


def test_a_file_is_asked_for() -> None:
    assert sent().errors["statement"] == ["Pievienojiet failu"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (PLAIN, "Dokuments nav parakstīts. Parakstiet to ar elektronisko parakstu un pievienojiet vēlreiz"),
        (making.picture(), LIES),
        (b"", "Fails ir tukšs."),
        (PLAIN + b"\0" * MOST_BYTES, "Failam jābūt mazākam par 10 MB."),
    ],
)
def test_upl_01_a_refusal_is_a_sentence(content: bytes, words: str) -> None:
    assert sent(statement=[("a.pdf", content)]).errors["statement"] == [f"a.pdf: {words}"]


def test_upl_01_ten_megabytes_exactly_pass() -> None:
    around = len(signing.plain_pdf("x" * MOST_BYTES)) - MOST_BYTES
    filled = signing.plain_pdf("x" * (MOST_BYTES - around))
    assert len(filled) == MOST_BYTES
    assert "papers" not in sent(papers=[("a.pdf", filled)]).errors


def test_upl_01_more_files_than_the_field_takes() -> None:
    three = [(f"{n}.pdf", PLAIN) for n in range(3)]
    assert sent(papers=three).errors["papers"] == ["Pievienojiet mazāk failu"]


def test_nothing_sent_is_lost_when_another_field_is_wrong(media: Path, signed: bytes) -> None:
    first = sent(papers=[("a.pdf", PLAIN)])
    assert not first.is_valid()
    hold_uploads(first)
    tokens = [one.token for one in first.initial["papers"]]
    assert len(lying(media)) == 1
    again = sent({"papers": tokens}, statement=[("s.pdf", signed)], papers=[("b.pdf", PLAIN)])
    assert again.is_valid(), again.errors
    assert [one.name for one in again.cleaned_data["papers"]] == ["a.pdf", "b.pdf"]


def test_a_new_file_takes_the_place_of_a_held_one(signed: bytes) -> None:
    first = sent(statement=[("s.pdf", signed)], papers=[("x", b"")])
    hold_uploads(first)
    tokens = [one.token for one in first.initial["statement"]]
    again = sent({"statement": tokens}, statement=[("new.pdf", signed)])
    assert [one.name for one in again.cleaned_data["statement"]] == ["new.pdf"] if again.is_valid() else False


def test_holding_twice_changes_nothing() -> None:
    held = services.hold(upload=upload(), purpose="test")
    assert services.hold(upload=held, purpose="test") == held
    assert StoredFile.objects.count() == 1


def test_keep_takes_over_once() -> None:
    held = services.hold(upload=upload(), purpose="test")
    stored = services.keep(upload=held, purpose="test")
    assert StoredFile.objects.get() == stored
    assert not HeldUpload.objects.exists()
    with pytest.raises(DomainError) as gone:
        services.keep(upload=held, purpose="test")
    assert gone.value.code == "file_gone"


def test_keep_stores_what_was_sent_now(media: Path) -> None:
    assert services.keep(upload=upload(), purpose="test").display_name == "a.pdf"
    assert len(lying(media)) == 1


def test_acc_07_a_file_held_for_one_form_is_no_good_in_another(signed: bytes) -> None:
    held = services.hold(upload=upload(signed), purpose="other")
    assert "statement" in sent({"statement": [held.token]}).errors
    with pytest.raises(DomainError):
        services.keep(upload=held, purpose="test")


@pytest.mark.parametrize("token", ["", "x", "a:b", "InNvbWV0aGluZyI:x:y"])
def test_acc_07_nor_is_an_invented_token(token: str) -> None:
    assert "statement" in sent({"statement": [token]}).errors


def test_drop_held_forgets_what_nobody_came_back_for(media: Path, django_capture_on_commit_callbacks: object) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=25), tick=False):
        services.hold(upload=upload(), purpose="test")
    services.hold(upload=upload(), purpose="test")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert services.drop_held() == 1
    assert StoredFile.objects.count() == HeldUpload.objects.count() == 1
    assert len(lying(media)) == 1


def test_discard_forgets_row_and_bytes(media: Path, django_capture_on_commit_callbacks: object) -> None:
    stored = laid(PLAIN)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        services.discard(file_id=stored.pk)
    assert not StoredFile.objects.exists()
    assert lying(media) == []


def test_a_refused_file_does_not_come_back() -> None:
    held = HeldUploadFactory(file__refused=True)
    form = sent({"papers": [services.Upload(name="", content_type="", size=0, held_id=held.pk).token]})
    assert form.initial["papers"] == []
