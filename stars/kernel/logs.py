"""One line an event, UTC, with the request id. Nothing typed by people forges a line (LOG-01) or stands in one (LOG-02)."""

import copy
import logging
import os
import re
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg
from django.db import Error

request_id: ContextVar[str] = ContextVar("request_id", default="-")

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x1b]")
# PostgreSQL tells the row that broke a rule in these parts of its words.
_TOLD_OF_ROWS = re.compile(r"\s*\b(DETAIL|CONTEXT|HINT|QUERY):.*", re.DOTALL)
# A code of the old form begins with a day and a month, one of the new with 32 to 39; registration numbers with neither.
_CODE = re.compile(r"(?<!\w)(?:(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{2}|3[2-9][0-9]{4})-?[0-9]{5}(?!\w)")
_PERSONAL = (
    (re.compile(r"(?<!\w)[0-9]{6}-?[0-9]{5}(?!\w)"), "<code>"),
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "<e-mail>"),
    (re.compile(r"(?<!\w)[A-Z]{2}[0-9]{2}[A-Z]{4}[0-9A-Z]{13}(?!\w)"), "<account>"),
    (re.compile(r"\+371[ 0-9]{8,11}"), "<phone>"),
)
_DIAGNOSIS = ("schema_name", "table_name", "column_name", "constraint_name")

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class LineFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        message = clean(_own_words(record).getMessage()).replace("\n", "\\n")
        line = f"{moment} {record.levelname} {record.name} request={getattr(record, 'request_id', '-')} {message}"
        if record.exc_info:
            said = self.formatException(record.exc_info)
            line += "\n  " + said.replace(
                "\n", "\n  "
            )  # an error's words may hold line breaks: no line begins with them
        return line

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - logging's own name
        """The whole chain, oldest first; where it happened is code of ours and says nothing of people."""
        error = ei[1]
        parts = ["".join(traceback.format_tb(one.__traceback__)) + words_of(one) for one in _chain(error)]
        return "\nand then\n".join(_CONTROL.sub(" ", part) for part in parts)


class DailyFile(logging.Handler):
    """Appends each line to the file of its day (UTC). One write a line: web, worker and beat share the file.

    Made new by its name and never moved, so that no process writes on into yesterday's.
    """

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = Path(folder)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = f"{self.format(record)}\n".encode()
            self.folder.mkdir(parents=True, exist_ok=True)
            day = datetime.fromtimestamp(record.created, UTC).date()
            target = os.open(self.folder / name_of(day), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
            try:
                os.write(target, line)
            finally:
                os.close(target)
        except Exception:  # noqa: BLE001 - a log that cannot be written stops nobody; logging says so on stderr
            self.handleError(record)


def name_of(day: date) -> str:
    return f"security-{day:%Y-%m-%d}.log"


def forget_files(folder: Path, before: date) -> int:
    """Files of days before this one go; gives how many. Whatever else lies there is left alone."""
    old = [path for path in folder.glob("security-????-??-??.log") if path.name < name_of(before)]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def words_of(error: BaseException) -> str:
    """Kind and words of an error; of the database's errors the code and the names of what was broken, never values."""
    name = type(error).__name__
    if not isinstance(error, Error | psycopg.Error):
        return f"{name}: {clean(str(error))}"
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    diagnosis: Any = getattr(cause, "diag", None)
    told = [f"{part}={value}" for part in _DIAGNOSIS if (value := getattr(diagnosis, part, None))]
    return " ".join([f"{name}: {getattr(cause, 'sqlstate', None) or 'no code'}", *told])


def without_codes(text: str) -> str:
    """The words to be kept of what was typed: what looks like a personal code is kept nowhere in clear (COD-04)."""
    return _CODE.sub("", text).strip()


def clean(text: str) -> str:
    """The text without control characters, values of rows, codes, addresses, accounts and phones."""
    text = _TOLD_OF_ROWS.sub("", _CONTROL.sub(" ", text))
    for pattern, instead in _PERSONAL:
        text = pattern.sub(instead, text)
    return text


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return reversed(seen)


def _own_words(record: logging.LogRecord) -> logging.LogRecord:
    """What frameworks say of an event, without what people typed or were sent."""
    return _without_path(_without_error(record))


def _without_path(record: logging.LogRecord) -> logging.LogRecord:
    """Django names the address asked for, and a token with it; here stands the route it matched (LOG-02)."""
    path, given = getattr(getattr(record, "request", None), "path", None), record.args
    if not path or not isinstance(given, tuple):
        return record
    match = getattr(record.request, "resolver_match", None)  # type: ignore[attr-defined]
    route = f"/{match.route}" if match else "<no such address>"
    record = copy.copy(record)
    record.args = tuple(route if one == path else one for one in given)
    return record


def _without_error(record: logging.LogRecord) -> logging.LogRecord:
    """Celery writes the error into its sentence; here the sentence names it and the lines after it tell."""
    error, given = record.exc_info[1] if record.exc_info else None, record.args
    if error is None or not isinstance(given, Mapping) or "exc" not in given:
        return record
    record = copy.copy(record)
    record.args = dict(given) | {"exc": words_of(error)}
    return record
