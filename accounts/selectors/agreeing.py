"""Versions of the terms and policies, and who has accepted which (terms 16, 26.2, 33)."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import ON_PAPER, Consent, PolicyKind, PolicyVersion, User


def current_policies() -> QuerySet[PolicyVersion]:
    """The version in force of each kind: terms of use first, then the privacy policy."""
    in_force = PolicyVersion.objects.filter(published_at__lte=timezone.now())
    newest = in_force.order_by("kind", "-published_at", "-pk").distinct("kind")
    return PolicyVersion.objects.filter(pk__in=newest.values("pk")).order_by("-kind")


def policies_to_accept(user: User, *, by_mandate: bool = False) -> QuerySet[PolicyVersion]:
    """Versions in force that this user has not accepted yet (terms 16 and 26.2).

    What a person signed on paper for a coordinator counts while the coordinator acts, not for the person themselves (ACT-03).
    """
    given = Consent.objects.filter(user=user, policy=OuterRef("pk"))
    return current_policies().exclude(Exists(given if by_mandate else given.exclude(channel=ON_PAPER)))


def needs_consent(user: User, *, by_mandate: bool = False) -> bool:
    return policies_to_accept(user, by_mandate=by_mandate).exists()


def provisional_among(person_ids: Iterable[UUID]) -> set[UUID]:
    """Those who have consented on a coordinator's paper only and have never signed in themselves (ACT-03)."""
    by_paper = Consent.objects.filter(channel=ON_PAPER, user__person__in=list(person_ids))
    return set(by_paper.values_list("user__person_id", flat=True))


def current_policy(kind: PolicyKind) -> PolicyVersion | None:
    return current_policies().filter(kind=kind).first()
