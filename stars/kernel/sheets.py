"""Tables as files for spreadsheet programs: no cell is ever a formula (EXP-01)."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# What a spreadsheet program may take for the beginning of a formula or of a command; full-width forms are folded first.
_FORMULA = ("=", "+", "-", "@", "|", "%", "\t", "\r")


def plain_cell(value: object) -> str:
    """The text as people read it, with an apostrophe before whatever would be counted or run; "+371…" stays readable."""
    text = str(value)
    begins = unicodedata.normalize("NFKC", text.lstrip(" \n\u00a0\u200b\ufeff")).lstrip(" ")
    return f"'{text}" if begins.startswith(_FORMULA) or text.startswith(_FORMULA) else text


def csv_file(name: str, head: Sequence[object], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """UTF-8 with a mark, as spreadsheet programs expect it; semicolons, as in Latvian ones."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([plain_cell(one) for one in head])
    writer.writerows([plain_cell(one) for one in row] for row in rows)
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
