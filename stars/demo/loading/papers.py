"""The papers of the demo's calls, as Word documents: rules, their annexes to fill in, list of needs, method of costs.

Each is written in `data/papers`: "# " is the title, "## " a heading, "- " a point, "| a | b" a row of a table; any
other line is a paragraph. What every Word document holds besides its text lies in `data/papers/word`.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from django.core.files.base import ContentFile
from django.utils.html import escape

from calls.models import Call, CallDocument
from stars.files import services as files
from stars.files.contents.kinds import DOCX
from stars.files.models import StoredFile

TEXTS = Path(__file__).parents[1] / "data/papers"
RULES = (
    ("nolikums", "Nolikums"),
    ("2-pielikums", "Nolikuma 2. pielikums: iesniegums par piedalīšanos"),
    ("3-pielikums", "Nolikuma 3. pielikums: apliecinājums par digitālo prasmju daļu"),
    ("4-pielikums", "Nolikuma 4. pielikums: apliecinājums par pieredzi"),
)
FIGURES = (
    ("vajadzibas", "Apstiprinātais mācību vajadzību saraksts"),
    ("metodika", "Vienības izmaksu metodika"),
)
# Of the first call the agency itself has published these two.
PUBLISHED = (
    ("Apstiprinātais mācību vajadzību saraksts", "https://www.viaa.gov.lv/lv/media/20766/download?attachment"),
    (
        "Vienības izmaksu metodika (04.09.2024. Nr. 1-2e/24/254)",
        "https://www.viaa.gov.lv/lv/media/20769/download?attachment",
    ),
)
_PARTS = {
    "[Content_Types].xml": "content_types.xml",
    "_rels/.rels": "package_rels.xml",
    "word/_rels/document.xml.rels": "document_rels.xml",
    "word/styles.xml": "styles.xml",
    "word/numbering.xml": "numbering.xml",
}
_MARKS = {
    "# ": '<w:pStyle w:val="Title"/>',
    "## ": '<w:pStyle w:val="Heading1"/>',
    "- ": '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>',
}
_WIDTH = 9070  # between the margins of A4, in twentieths of a point


def attach(calls: Iterable[Call], *, first: Call) -> None:
    """The same papers under every call; each file is kept once, and the scanner looks at it once the portal runs."""
    kept = {name: _stored(name) for name, _title in (*RULES, *FIGURES)}
    for call in calls:
        own = RULES if call == first else (*RULES, *FIGURES)
        rows = [CallDocument(call=call, title=title, file=kept[name]) for name, title in own]
        rows += [CallDocument(call=call, title=title, url=url) for title, url in PUBLISHED if call == first]
        for position, row in enumerate(rows):
            row.position = position
        CallDocument.objects.bulk_create(rows)


def _stored(name: str) -> StoredFile:
    return files.store(content=ContentFile(document(name)), name=f"{name}.docx", content_type=DOCX.content_type)


def document(name: str) -> bytes:
    """The Word document of one text."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for part, file in _PARTS.items():
            package.write(TEXTS / "word" / file, part)
        package.writestr("word/document.xml", _page((TEXTS / f"{name}.txt").read_text(encoding="utf-8")))
    return out.getvalue()


def _page(text: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        f"{''.join(_pieces(text))}"
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1418" w:right="1418" w:bottom="1418" w:left="1418" '
        'w:header="709" w:footer="709" w:gutter="0"/></w:sectPr></w:body></w:document>'
    )


def _pieces(text: str) -> Iterator[str]:
    for is_table, lines in groupby(text.splitlines(), key=lambda line: line.startswith("|")):
        if is_table:
            yield _table([[cell.strip() for cell in line[1:].split("|")] for line in lines])
        else:
            yield from map(_line, lines)


def _line(line: str) -> str:
    mark = next((mark for mark in _MARKS if line.startswith(mark)), "")
    return _paragraph(line.removeprefix(mark), _MARKS.get(mark, ""))


def _paragraph(text: str, style: str = "") -> str:
    said = f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""
    return f"<w:p>{f'<w:pPr>{style}</w:pPr>' if style else ''}{said}</w:p>"


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Of two columns the first names what the second holds; of more the first row does."""
    columns = max(map(len, rows))
    grid = f'<w:gridCol w:w="{_WIDTH // columns}"/>' * columns
    body = "".join(f"<w:tr>{''.join(map(_cell, row, [_WIDTH // columns] * columns))}</w:tr>" for row in rows)
    return f'<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl><w:p/>'


def _cell(text: str, width: int) -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{_paragraph(text)}</w:tc>'
