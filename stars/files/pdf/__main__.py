"""The child process: limits first, then WeasyPrint. It knows neither the database nor any secret."""

import resource
import sys
from importlib import import_module
from pathlib import Path

from stars.files.pdf import FAILED, LACKS_LIBRARIES, MOST_CPU_SECONDS


def main() -> int:
    """Page on standard input, PDF on standard output, one line of why not on standard error."""
    static_folder, most_memory = Path(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
    try:
        press = import_module("stars.files.pdf.press")  # fails where Pango is missing, and nowhere else
    except (OSError, ImportError) as error:
        return _say(f"PDF libraries are missing: {error}", LACKS_LIBRARIES)
    try:
        made = press.pdf_of(sys.stdin.buffer.read().decode(), static_folder)
    except (ValueError, MemoryError) as error:
        return _say(f"{type(error).__name__} {error}", FAILED)
    sys.stdout.buffer.write(made)
    return 0


def _say(why: str, status: int) -> int:
    print(" ".join(why.split()), file=sys.stderr)  # noqa: T201 - the parent reads it
    return status


if __name__ == "__main__":
    sys.exit(main())
