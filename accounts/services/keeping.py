"""What the agency keeps by hand: institutions, and versions of the terms and policies; each change leaves a trail."""

from collections.abc import Iterable

from django.db import transaction

from accounts import policies
from accounts.models import Institution, PolicyVersion
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import require


@transaction.atomic
def save_institution(*, institution: Institution, changed: Iterable[str], by: Actor) -> Institution:
    """Writes what a form has checked; whether the institution co-operates is among it."""
    _save(institution, changed, by)
    return institution


@transaction.atomic
def save_policy(*, policy: PolicyVersion, changed: Iterable[str], by: Actor) -> PolicyVersion:
    """Writes a version that is still to come into force (terms 33)."""
    _save(policy, changed, by)
    return policy


@transaction.atomic
def drop_policy(*, policy: PolicyVersion, by: Actor) -> None:
    """A version that never came into force goes; the trail keeps that it was there."""
    require(policies.may_keep_lists(by))
    audit.record(policy, "drop", by=by, data={"kind": policy.kind, "version": policy.version})
    policy.delete()


def _save(row: Institution | PolicyVersion, changed: Iterable[str], by: Actor) -> None:
    require(policies.may_keep_lists(by))
    row.save()
    audit.record(row, "save", by=by, data={"changed": sorted(changed)})
