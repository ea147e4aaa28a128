"""The texts the portal starts with, as files the agency's editors can read. `load()` puts in only what is missing.

A file is a head of "name: value" lines, an empty line, and a body in the notation of `texts.py`. In a page each
"## heading" starts a section, "## [facts] heading" one of that kind; in the questions "# " starts a category and
"## " a question.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import PolicyKind, PolicyVersion
from funding.models import FundingSource
from stars.pages.models import ContentPage, FrequentQuestion, NewsItem, PageSection
from stars.pages.services import request_policy_pdf

FOLDER = Path(__file__).parent
RIGA = ZoneInfo("Europe/Riga")
_HEADING = re.compile(r"^## (?:\[(?P<kind>\w+)\] )?(?P<heading>.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows `load` put in; all zero when nothing was missing."""

    pages: int
    news: int
    questions: int
    policies: int


@transaction.atomic
def load() -> Loaded:
    """Puts in pages and policy versions that are not there, and news and questions where there are none at all.

    What the agency has written or changed is never touched, so it may run at every release. Doing it twice changes
    nothing.
    """
    return Loaded(pages=_load_pages(), news=_load_news(), questions=_load_questions(), policies=_load_policies())


def _read(path: Path) -> tuple[dict[str, str], str]:
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    pairs = (line.partition(": ") for line in head.splitlines())
    return {name: value.strip() for name, _, value in pairs}, body.strip()


def _files(folder: str) -> list[Path]:
    return sorted((FOLDER / folder).glob("*.txt"))


def _day(value: str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=RIGA)


def _load_pages() -> int:
    number = 0
    for path in _files("pages"):
        head, body = _read(path)
        position, _, slug = path.stem.partition("-")
        page, is_new = ContentPage.objects.get_or_create(
            slug=head.get("slug", slug),
            defaults={
                "parent": ContentPage.objects.get(slug=head["under"]) if "under" in head else None,
                "title": head["title"],
                "menu_label": head.get("menu", ""),
                "lead": head["lead"],
                "notice": head.get("notice", ""),
                "source": FundingSource.objects.filter(code=head.get("source", "")).first(),
                "position": int(position),
            },
        )
        if is_new:
            PageSection.objects.bulk_create(_sections(page, body))
            number += 1
    return number


def _sections(page: ContentPage, body: str) -> Iterator[PageSection]:
    headings = [*_HEADING.finditer(body)]
    ends = [match.start() for match in headings[1:]] + [len(body)]
    for position, (match, end) in enumerate(zip(headings, ends, strict=True), start=1):
        yield PageSection(
            page=page,
            position=position,
            heading=match["heading"],
            kind=match["kind"] or PageSection.Kind.TEXT,
            body=body[match.end() : end].strip(),
        )


def _load_news() -> int:
    if NewsItem.objects.exists():
        return 0
    items = []
    for path in _files("news"):
        head, body = _read(path)
        slug = path.stem.removeprefix(f"{head['published']}-")
        items.append(
            NewsItem(slug=slug, title=head["title"], lead=head["lead"], body=body, published_at=_day(head["published"]))
        )
    return len(NewsItem.objects.bulk_create(items))


def _load_questions() -> int:
    if FrequentQuestion.objects.exists():
        return 0
    questions: list[FrequentQuestion] = []
    for path in _files("questions"):
        for part in re.split(r"^# ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            category, *asked = re.split(r"^## ", part, flags=re.MULTILINE)
            for entry in asked:
                question, _, answer = entry.partition("\n\n")
                questions.append(
                    FrequentQuestion(
                        category=category.strip(),
                        question=question.strip(),
                        answer=answer.strip(),
                        position=len(questions) + 1,
                    )
                )
    return len(FrequentQuestion.objects.bulk_create(questions))


def _load_policies() -> int:
    number = 0
    for path in _files("policies"):
        head, body = _read(path)
        policy, is_new = PolicyVersion.objects.get_or_create(
            kind=PolicyKind(head["kind"]),
            version=head["version"],
            defaults={"title": head["title"], "body": body, "published_at": _day(head["in_force"])},
        )
        if is_new:
            number += 1
            if policy.kind == PolicyKind.PRIVACY:
                request_policy_pdf(policy=policy)
    return number
