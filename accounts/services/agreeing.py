"""Accepting the terms of use and the privacy policy: which version, when (terms 16 and 26.2)."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import policies
from accounts.models import Consent, User
from accounts.selectors import policies_to_accept
from accounts.states import Purpose
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require

from .asking_registries import ask_registries


@transaction.atomic
def accept_policies(*, user_id: int, shown: Collection[int], by: Actor) -> None:
    """Keep the acceptance of the versions the person was shown. Doing it twice changes nothing."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    require(policies.may_accept_policies(by, user.pk))
    wanted = list(policies_to_accept(user))
    if any(policy.pk not in shown for policy in wanted):
        raise DomainError(_("The terms have just changed. Read the new version and confirm it."), code="terms_changed")
    if not wanted:
        return
    Consent.objects.bulk_create(
        [Consent(user=user, policy=policy) for policy in wanted],
        update_conflicts=True,  # a consent given on paper by a mandate becomes the person's own (ACT-03)
        unique_fields=["user", "policy"],
        update_fields=["channel", "at"],
    )
    if user.person_id is not None and not user.rights.exists():
        ask_registries(person_id=user.person_id, purpose=Purpose.REGISTRATION, by=by)
    audit.record(user, "accept_policies", by=by, data={policy.kind: policy.version for policy in wanted})
