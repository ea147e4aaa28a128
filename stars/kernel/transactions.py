"""What a service does when PostgreSQL says "not now" (K5): a deadlock is begun again whole, a long wait becomes a sentence."""

import logging
import random
import time
from collections.abc import Callable
from functools import wraps
from itertools import count
from typing import Any, TypeVar, cast

from django.db import OperationalError, connection
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from .errors import Busy

logger = logging.getLogger(__name__)
Service = TypeVar("Service", bound=Callable[..., Any])

PASSING = (DeadlockDetected, SerializationFailure)  # 40P01, 40001: the same statements may succeed a moment later
MOST_ATTEMPTS = 3
LONGEST_PAUSE = 0.1  # seconds, twice that before the last attempt


def repeatable(service: Service) -> Service:
    """Stands above `@transaction.atomic` of a service that takes ids: the whole of it may be done again.

    Only the outermost transaction is begun again, for a part of one cannot be. Raises Busy where a lock was not to be
    had in `lock_timeout`, or the deadlock came back each time: nothing was changed, and the same press may be repeated.
    """

    @wraps(service)
    def whole(*args: Any, **kwargs: Any) -> Any:
        for attempt in count(1):
            try:
                return service(*args, **kwargs)
            except OperationalError as error:
                if isinstance(error.__cause__, LockNotAvailable):
                    raise Busy from error
                if not isinstance(error.__cause__, PASSING) or connection.in_atomic_block:
                    raise
                code = error.__cause__.sqlstate
                logger.warning("transaction_undone service=%s code=%s attempt=%s", service.__name__, code, attempt)
                if attempt == MOST_ATTEMPTS:
                    raise Busy from error
            time.sleep(attempt * random.uniform(0.01, LONGEST_PAUSE))  # noqa: S311 - lets the other one pass
        raise AssertionError

    return cast("Service", whole)
