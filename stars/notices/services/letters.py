"""What a letter looks like: plain text first, and the same words as one simple column of HTML (design.md 5)."""

import re
from dataclasses import dataclass

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from stars.notices.models import Delivery

_LINK = re.compile(r"^https?://\S+$")
_inliner = css_inline.CSSInliner(load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some lines of text, or one link with the words before it."""

    lines: list[str]
    link: str = ""
    label: str = ""


def letter_of(row: Delivery) -> EmailMultiAlternatives:
    """The letter of this row, made anew for each attempt under the Message-ID the row was born with."""
    words = {
        "subject": row.subject,
        "text": row.text,
        "paragraphs": _paragraphs(row.text),
        "portal": settings.STARS_PUBLIC_BASE_URL,
    }
    letter = EmailMultiAlternatives(
        subject=row.subject,
        body=render_to_string("emails/base.txt", words),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[row.address],
        headers={"Message-ID": row.message_id, "Auto-Submitted": "auto-generated"},
    )
    letter.attach_alternative(_inliner.inline(render_to_string("emails/base.html", words)), "text/html")
    return letter


def _paragraphs(text: str) -> list[Paragraph]:
    """In the plain letter a link stands under its words; in HTML the words are the link."""
    found: list[Paragraph] = []
    for part in (part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()):
        if not _LINK.match(part):
            found.append(Paragraph(part.splitlines()))
            continue
        before = found[-1] if found else Paragraph([])
        label = before.lines[-1].removesuffix(":") if before.lines and before.lines[-1].endswith(":") else ""
        if label and len(before.lines) == 1:
            found.pop()
        found.append(Paragraph([], link=part, label=label))
    return found
