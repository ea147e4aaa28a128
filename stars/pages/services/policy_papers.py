"""What the roof has made on its own account: the PDF of a policy."""

from hashlib import sha256
from html import unescape
from typing import Any

from django.utils.html import strip_tags

from accounts.models import PolicyVersion
from stars.files import services as files
from stars.files.models import RenderedDocument
from stars.pages.texts import pieces

FILE_NAMES = {"terms": "lietosanas-noteikumi", "privacy": "privatuma-politika"}


def request_policy_pdf(*, policy: PolicyVersion) -> RenderedDocument:
    """One PDF for each text of each version: a changed draft gets a new one, the same text never a second."""
    text = sha256(f"{policy.title}\n{policy.body}".encode()).hexdigest()[:16]
    return files.request_document(
        key=f"policy:{policy.kind}:{policy.version}:{text}",
        template="pdf/policy.html",
        context={"title": policy.title, "version": policy.edition, "pieces": _plain(policy.body)},
        file_name=f"{FILE_NAMES[policy.kind]}-{policy.version}.pdf",
    )


def _plain(body: str) -> list[dict[str, Any]]:
    """The pieces as plain data for the row of the document: its template escapes them again."""
    return [
        {
            "kind": piece.kind,
            "number": piece.number,
            "text": unescape(strip_tags(piece.html)),
            "items": [unescape(strip_tags(item)) for item in piece.items],
        }
        for piece in pieces(body, points=True)
    ]
