"""One line an event, UTC, with the request id; line breaks and control characters cannot forge a line (LOG-01)."""

import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str] = ContextVar("request_id", default="-")

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x1b]")


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class LineFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        message = _CONTROL.sub(" ", record.getMessage()).replace("\n", "\\n")
        line = f"{moment} {record.levelname} {record.name} request={getattr(record, 'request_id', '-')} {message}"
        if record.exc_info:
            said = _CONTROL.sub(" ", self.formatException(record.exc_info))
            line += "\n  " + said.replace(
                "\n", "\n  "
            )  # an error's words may hold line breaks: no line begins with them
        return line
