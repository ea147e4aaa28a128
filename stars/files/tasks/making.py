"""From a waiting row to a PDF: the page here, the PDF in a process of its own with limits (PDF-02, F22)."""

import os
import subprocess
import sys

from django.conf import settings
from django.template.loader import render_to_string

from stars.files import pdf, services
from stars.files.errors import CannotRender, RenderFailed

SECONDS = 60
PASSED_ON = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "TMPDIR")


def make_one(document_id: int | None = None) -> bool:
    """Make this document, or the one that waits longest; tells whether there may be more to do."""
    document = services.claim_document(document_id=document_id)
    if document is None:
        return False
    try:
        content = to_pdf(render_to_string(document.template, document.context))
    except CannotRender as error:
        services.postpone_document(document_id=document.pk, why=str(error))
        return False
    except RenderFailed as error:
        services.give_up_document(document_id=document.pk, why=str(error))
    except Exception as error:  # noqa: BLE001 - a broken template costs its own document only
        services.give_up_document(document_id=document.pk, why=f"{type(error).__name__}: {error}")
    else:
        services.keep_document(document_id=document.pk, content=content)
    return True


def to_pdf(html: str) -> bytes:
    """Raises CannotRender where the machine lacks libraries, RenderFailed where the document is at fault."""
    command = [sys.executable, "-m", pdf.__name__, str(settings.BASE_DIR / "static"), str(pdf.MOST_MEMORY)]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, no shell, no user text among the arguments
            command,
            input=html.encode(),
            capture_output=True,
            timeout=SECONDS,
            cwd=settings.BASE_DIR,
            env={name: value for name, value in os.environ.items() if name in PASSED_ON},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RenderFailed(f"not ready in {SECONDS} s") from error
    said = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
    if done.returncode == pdf.LACKS_LIBRARIES:
        raise CannotRender(said)
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF-"):
        raise RenderFailed(said or f"ended with {done.returncode}")
    return done.stdout
