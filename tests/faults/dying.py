"""A web server of the portal whose worker kills itself at one point of one submit: `DIES` says where, once per `DIES_ONCE`.

Without `WHOLE` the submit's transaction is taken away, which is the control (H1). Test code only: the portal knows none of it.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from applications.services import submitting  # noqa: E402 - the apps must be loaded first
from stars.kernel import audit  # noqa: E402

POINT, ONCE = os.environ["DIES"], Path(os.environ["DIES_ONCE"])


def die() -> None:
    if not ONCE.exists():
        ONCE.touch()
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
    case "before the commit":
        submitting.telling.submitted = after(submitting.telling.submitted)
    case "after the commit":
        submitting._submit = after(submitting._submit)

if not os.environ["WHOLE"]:
    submitting._submit = vars(vars(submitting._submit)["__wrapped__"])["__wrapped__"]
