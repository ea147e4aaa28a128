"""Whether the state's sign-on answers, as a task has found (SSO-19)."""

import logging

from django.db import transaction
from django.utils import timezone

from accounts.models import SignOnHealth
from accounts.selectors import MOST_FAILURES

logger = logging.getLogger(__name__)


@transaction.atomic
def note_sign_on(*, answered: bool) -> SignOnHealth:
    """One failure may be chance; from the second in a row people are told before they are sent there."""
    SignOnHealth.objects.get_or_create(pk=1)
    health = SignOnHealth.objects.select_for_update(no_key=True).get(pk=1)
    before, health.failures = health.failures, 0 if answered else health.failures + 1
    health.checked_at = timezone.now()
    health.save(update_fields=["failures", "checked_at"])
    if health.failures == MOST_FAILURES:
        logger.error("sign_on_away")
    elif answered and before >= MOST_FAILURES:
        logger.warning("sign_on_back")
    return health
