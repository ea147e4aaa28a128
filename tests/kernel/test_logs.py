"""LOG-01: nothing a person types begins a line of the log or moves a terminal's cursor."""

import logging
import sys

from stars.kernel.logs import LineFormatter

FORGED = "2026-01-01T00:00:00.000+00:00 INFO accounts sign_in_ok user=1"


def test_log_01_an_error_s_words_forge_no_line() -> None:
    try:
        raise ValueError(f"typed\n{FORGED}\r\x1b[2J")
    except ValueError:
        record = logging.LogRecord(
            "django.request", logging.ERROR, __file__, 1, "failed\n%s", (FORGED,), sys.exc_info()
        )
    lines = LineFormatter().format(record).splitlines()
    assert FORGED in lines[0]
    assert all(line.startswith("  ") for line in lines[1:])
    assert "\x1b" not in "".join(lines)
