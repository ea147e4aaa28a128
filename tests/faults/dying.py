"""A web server of the portal whose worker kills itself at one point of one submit: `DIES` says where, once per `DIES_ONCE`.

Without `WHOLE` what was done until then is committed on its own, as if the submit were no transaction: the control (H1).
Test code only: the portal knows none of it.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from django.db import connection  # noqa: E402 - the apps must be loaded first

from applications.services import submitting  # noqa: E402
from stars.kernel import audit  # noqa: E402

POINT, ONCE, WHOLE = os.environ["DIES"], Path(os.environ["DIES_ONCE"]), bool(os.environ["WHOLE"])


def die() -> None:
    if ONCE.exists():
        return
    ONCE.touch()
    if not WHOLE:
        with connection.cursor() as cursor:
            cursor.execute("COMMIT")
    os.kill(os.getpid(), signal.SIGKILL)


def before(call: Callable[..., Any]) -> Callable[..., Any]:
    def dies_first(*args: Any, **kwargs: Any) -> Any:
        die()
        return call(*args, **kwargs)

    return dies_first


def after(call: Callable[..., Any]) -> Callable[..., Any]:
    def dies_last(*args: Any, **kwargs: Any) -> Any:
        result = call(*args, **kwargs)
        die()
        return result

    return dies_last


match POINT:
    case "after the place":
        submitting._take_place = after(submitting._take_place)
    case "after the application":
        audit.record = before(audit.record)
    case "before the place":
        submitting._take_place = before(submitting._take_place)
    case "after the commit":
        submitting._submit = after(submitting._submit)
