"""The small notation in which the agency writes: plain text in, safe pieces of a page out.

An empty line parts paragraphs; lines starting with "- " make a list; "## " starts a heading; "26.1. " starts a numbered
point; "[words](/address)" is a link; e-mail addresses and phone numbers become links by themselves. There is no HTML.
A link that leaves the portal takes nothing of the visitor along and vouches for nothing there (RTX-02).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
EMPTY = SafeString("")
AWAY = "noopener noreferrer nofollow"
_POINT = re.compile(r"(\d+(?:\.\d+)*)\. ")
_SPECIAL = re.compile(
    r"\[(?P<words>[^\[\]]+)\]\((?P<address>[^()\s]+)\)"
    r"|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<phone>\+371 ?\d{8})"
    r"|(?P<point>(?<!panta )(?<!daļas )\b\d+(?:\.\d+)*)(?P<tail>\. ?punkt\w*)"
)
_SAFE_ADDRESS = re.compile(
    r"(/(?![/\\])|https://|mailto:|tel:|#)"
)  # a backslash counts as a slash in a browser (RTX-02)


@dataclass(frozen=True, slots=True)
class Piece:
    """A heading, paragraph, list or numbered point; `html` is escaped and has its links."""

    kind: str  # heading, paragraph, list, point
    html: SafeString = EMPTY
    items: tuple[SafeString, ...] = ()
    number: str = ""
    anchor: str = ""

    @property
    def level(self) -> int:
        """1 for point 26, 2 for 26.1, 3 for 27.1.1."""
        return self.number.count(".") + 1


@dataclass(frozen=True, slots=True)
class Row:
    """One line of facts, figures, steps or a timeline, cut at "|"."""

    cells: tuple[SafeString, ...]
    raw: tuple[str, ...]
    state: str = ""  # timeline: done, now, todo

    @property
    def head(self) -> SafeString:
        return self.cells[0]

    @property
    def rest(self) -> SafeString:
        return self.cells[1] if len(self.cells) > 1 else EMPTY


def inline(text: str, *, points: bool = False) -> SafeString:
    """Escaped text with its links; with `points`, "25. punktā" leads there on the same page, "6. panta 1. punkta" of an act does not."""
    parts: list[str] = []
    place = 0
    for match in _SPECIAL.finditer(text):
        parts += [escape(text[place : match.start()]), _link(match, points=points)]
        place = match.end()
    parts.append(escape(text[place:]))
    return mark_safe("".join(parts))


def _link(match: re.Match[str], *, points: bool) -> str:
    if address := match["address"]:
        if not _SAFE_ADDRESS.match(address):
            return escape(match["words"])
        if address.startswith("https://"):
            return format_html('<a href="{}" rel="{}">{}</a>', address, AWAY, match["words"])
        return format_html('<a href="{}">{}</a>', address, match["words"])
    if mail := match["mail"]:
        return format_html('<a href="mailto:{}">{}</a>', mail, mail)
    if phone := match["phone"]:
        return format_html('<a href="tel:{}">{}</a>', phone.replace(" ", ""), phone.replace(" ", NO_BREAK_SPACE))
    if points:
        return format_html('<a href="#{}">{}{}</a>', point_anchor(match["point"]), match["point"], match["tail"])
    return escape(match[0])


def point_anchor(number: str) -> str:
    return f"p{number}"


def pieces(body: str, *, points: bool = False) -> list[Piece]:
    """The pieces of a text, in order. Lines of one paragraph are joined, whatever their ends."""

    def dressed(text: str) -> SafeString:
        return inline(text, points=points)

    return [piece for chunk in _chunks(body) for piece in _pieces_of(chunk, dressed, points=points)]


def _chunks(body: str) -> Iterator[list[str]]:
    for chunk in re.split(r"\n\s*\n", body.replace("\r\n", "\n").strip()):
        lines = [line.strip() for line in chunk.splitlines() if line.strip()]
        if lines:
            yield lines


def _pieces_of(lines: list[str], dressed: Callable[[str], SafeString], *, points: bool) -> Iterator[Piece]:
    """One chunk may hold several kinds: a line that starts a list, a point or a heading ends what was before it."""
    gathered: list[str] = []
    items: list[str] = []
    for line in lines:
        if items and not line.startswith("- "):
            yield Piece("list", items=tuple(dressed(item) for item in items))
            items = []
        if gathered and (line.startswith(("- ", "## ")) or (points and _POINT.match(line))):
            yield _paragraph(" ".join(gathered), dressed, points=points)
            gathered = []
        if line.startswith("## "):
            title = line.removeprefix("## ").strip()
            yield Piece("heading", html=dressed(title), anchor=slugify(title))
        elif line.startswith("- "):
            items.append(line.removeprefix("- "))
        else:
            gathered.append(line)
    if gathered:
        yield _paragraph(" ".join(gathered), dressed, points=points)
    if items:
        yield Piece("list", items=tuple(dressed(item) for item in items))


def _paragraph(text: str, dressed: Callable[[str], SafeString], *, points: bool) -> Piece:
    match = _POINT.match(text) if points else None
    if not match:
        return Piece("paragraph", html=dressed(text))
    number = match[1]
    return Piece("point", html=dressed(text[match.end() :]), number=number, anchor=point_anchor(number))


def rows(body: str) -> list[Row]:
    """The rows of facts, figures, steps, a timeline or progress; empty lines count for nothing."""
    return [_row(line.strip()) for line in body.splitlines() if line.strip()]


def _row(line: str) -> Row:
    state = {"+ ": "done", "> ": "now"}.get(line[:2], "todo")
    text = line[2:] if state != "todo" else line
    raw = tuple(cell.strip() for cell in text.split("|"))
    return Row(cells=tuple(inline(cell) for cell in raw), raw=raw, state=state)
