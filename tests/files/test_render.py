"""From a key to an accessible PDF: made once, by a process that reaches nothing but our own static files."""

import re
import subprocess
import sys
import threading
import zlib
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from stars.files import pdf, selectors, services, tasks
from stars.files.errors import CannotRender, RenderFailed
from stars.files.models import RenderedDocument, StoredFile
from stars.files.pdf import press
from stars.files.services import rendering
from stars.files.states import RenderState, ScanState
from stars.files.tasks import making
from tests.factories.files import RenderedDocumentFactory
from tests.standins.servers import Server

STATIC = settings.BASE_DIR / "static"


def ask(key: str = "policy:privacy:3", **fields: Any) -> RenderedDocument:
    said: dict[str, Any] = {"template": "pdf/base.html", "context": {"title": "Privātuma politika"}}
    return services.request_document(key=key, file_name="Privātuma politika.pdf", **said | fields)


@pytest.mark.django_db(transaction=True)
def test_a_document_is_made_scanned_and_given_out(scanner: Server, sent_tasks: list[Any]) -> None:
    document = ask()
    assert sent_tasks == [("files.render", (document.pk,))]
    tasks.render(document.pk)
    made = selectors.document("policy:privacy:3")
    assert made is not None
    assert made.file is not None
    assert (made.state, made.file.state) == (RenderState.READY, ScanState.QUARANTINED)
    assert made.file.display_name == "Privātuma politika.pdf"
    assert sent_tasks[1:] == [("files.scan", (str(made.file.pk),))]
    tasks.scan(str(made.file.pk))
    link = selectors.download_url(made.file).rpartition("/")[2]
    assert selectors.file_behind(link) == made.file


@pytest.mark.django_db
def test_asking_twice_makes_one(media: Path) -> None:
    first, second = ask(), ask(context={"title": "Cits"})
    assert first.pk == second.pk
    tasks.render_due()
    tasks.render_due()
    tasks.render(first.pk)
    assert StoredFile.objects.count() == 1
    services.keep_document(document_id=first.pk, content=b"%PDF-otrs")
    assert StoredFile.objects.count() == 1
    assert ask().state == RenderState.READY


@pytest.mark.django_db
def test_a_machine_without_pdf_libraries_waits_and_says_why(monkeypatch: pytest.MonkeyPatch, media: Path) -> None:
    def lacks(html: str) -> bytes:
        raise CannotRender("PDF libraries are missing: cannot load library 'libpango-1.0-0'")

    first, second = ask("a"), ask("b")
    monkeypatch.setattr(making, "to_pdf", lacks)
    tasks.render_due()
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.state == second.state == RenderState.WAITING
    assert "libpango" in first.last_error
    assert (first.attempts, second.attempts) == (0, 0)
    monkeypatch.undo()
    with time_machine.travel(timezone.now() + rendering.PAUSE + timedelta(seconds=1)):
        tasks.render_due()
    assert RenderedDocument.objects.filter(state=RenderState.READY, last_error="").count() == 2


@pytest.mark.django_db
def test_a_document_that_cannot_be_made_is_given_up_with_an_alarm(caplog: pytest.LogCaptureFixture) -> None:
    document = RenderedDocumentFactory(template="pdf/does-not-exist.html")
    for turn in range(rendering.MOST_ATTEMPTS):
        with time_machine.travel(timezone.now() + turn * timedelta(minutes=3)):
            tasks.render_due()
    document.refresh_from_db()
    assert (document.state, document.attempts) == (RenderState.FAILED, rendering.MOST_ATTEMPTS)
    assert "TemplateDoesNotExist" in document.last_error
    assert [record.levelname for record in caplog.records][-1] == "ERROR"


@pytest.mark.django_db
def test_what_another_worker_holds_is_left_alone() -> None:
    document = RenderedDocumentFactory()
    assert services.claim_document(document_id=document.pk) is not None
    assert services.claim_document(document_id=document.pk) is None
    assert services.claim_document() is None


@pytest.mark.django_db
def test_a_late_failure_does_not_undo_a_ready_document(media: Path) -> None:
    document = ask()
    tasks.render(document.pk)
    services.give_up_document(document_id=document.pk, why="late")
    services.postpone_document(document_id=document.pk, why="late")
    document.refresh_from_db()
    assert (document.state, document.last_error) == (RenderState.READY, "")


def test_the_pdf_is_accessible_by_its_own_word() -> None:
    made = making.to_pdf("<html lang='lv'><head><title>Ā</title></head><body><h1>Ā</h1><p>teksts</p></body></html>")
    assert made.startswith(b"%PDF-1.7")
    streams = re.findall(rb"/FlateDecode.*?stream\n(.*?)endstream", made, re.DOTALL)
    inside = b"".join(zlib.decompressobj().decompress(stream) for stream in streams)
    assert b"/MarkInfo" in inside
    assert b'pdfuaid:part="1"' in inside


def test_pdf_01_nothing_is_fetched_but_packaged_files(tmp_path: Path) -> None:
    asked: list[str] = []

    class Trap(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *words: Any) -> None:
            pass

    secret = tmp_path / "secret.svg"
    secret.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    with HTTPServer(("127.0.0.1", 0), Trap) as trap:
        thread = threading.Thread(target=trap.serve_forever)
        thread.start()
        away = f"http://127.0.0.1:{trap.server_port}"
        making.to_pdf(
            f"<html><head><title>x</title><link rel=stylesheet href='{away}/a.css'>"
            f"<link rel=attachment href='{away}/b'><style>@import url({away}/c.css);"
            f"p {{ background: url({away}/d.png) }}</style></head>"
            f"<body><p>x<img alt=x src='{away}/e.png'><img alt=x src='file://{secret}'></p></body></html>"
        )
        trap.shutdown()
        thread.join()
    assert asked == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "static:../manage.py",
        "static:%2e%2e/manage.py",
        "static:/etc/passwd",
        "static:css",
    ],
)
def test_pdf_01_the_fetcher_stays_in_the_static_folder(url: str) -> None:
    with pytest.raises(ValueError, match="packaged"):
        press.PackagedOnly(STATIC).fetch(url)


def test_pdf_01_fonts_of_our_own_are_found() -> None:
    answer = press.PackagedOnly(STATIC).fetch("static:fonts/stars-sans-lv.woff2")
    assert answer.read() == (STATIC / "fonts/stars-sans-lv.woff2").read_bytes()


def test_pdf_02_a_document_without_end_is_refused() -> None:
    with pytest.raises(RenderFailed, match="more than"):
        making.to_pdf("<html><body>" + "<p style='break-after: page'>x</p>" * (pdf.MOST_PAGES + 2))


def test_pdf_02_a_document_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "SECONDS", 0.05)
    with pytest.raises(RenderFailed, match="not ready"):
        making.to_pdf("<p>x</p>")


def test_f22_a_document_too_big_for_memory_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_MEMORY", 400 * 1024**2)
    with pytest.raises(RenderFailed, match="Memory"):
        making.to_pdf(" " * 150 * 1024**2)
    monkeypatch.undo()
    assert making.to_pdf("<p>x</p>")


def test_the_process_that_makes_pdfs_is_given_no_secret() -> None:
    assert not {name for name in making.PASSED_ON if "KEY" in name or "URL" in name or name.startswith("STARS")}


def test_missing_libraries_have_their_own_exit_status(tmp_path: Path) -> None:
    """WeasyPrint's import fails as it does on a machine without Pango."""
    (tmp_path / "weasyprint.py").write_text("raise OSError(\"cannot load library 'libpango-1.0-0'\")")
    done = subprocess.run(
        [sys.executable, "-m", "stars.files.pdf", str(STATIC), str(pdf.MOST_MEMORY)],
        input=b"<p>x</p>",
        capture_output=True,
        cwd=settings.BASE_DIR,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin"},
        check=False,
    )
    assert done.returncode == pdf.LACKS_LIBRARIES
    assert done.stderr.startswith(b"PDF libraries are missing")
