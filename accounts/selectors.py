"""What others may ask about people: policies in force, who has agreed, who has registered."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from stars.kernel.actor import Actor, Role
from stars.kernel.secrets import token_digest

from .models import ClientProfile, EmailConfirmation, Membership, PersonalCode, PolicyKind, PolicyVersion, User


def current_policies() -> QuerySet[PolicyVersion]:
    """The version in force of each kind: terms of use first, then the privacy policy."""
    in_force = PolicyVersion.objects.filter(published_at__lte=timezone.now())
    newest = in_force.order_by("kind", "-published_at", "-pk").distinct("kind")
    return PolicyVersion.objects.filter(pk__in=newest.values("pk")).order_by("-kind")


def policies_to_accept(user: User) -> QuerySet[PolicyVersion]:
    """Versions in force that this user has not accepted yet (terms 16 and 26.2)."""
    return current_policies().exclude(consents__user=user)


def needs_consent(user: User) -> bool:
    return policies_to_accept(user).exists()


def current_policy(kind: PolicyKind) -> PolicyVersion | None:
    return current_policies().filter(kind=kind).first()


def profile_of(person_id: UUID) -> ClientProfile | None:
    return (
        ClientProfile.objects.select_related("person", "economic_status", "education", "region")
        .filter(person_id=person_id)
        .first()
    )


def is_registered(user: User) -> bool:
    """A client who has filled in the registration form."""
    return user.person is not None and hasattr(user.person, "profile")


def user_of(person_id: UUID) -> User | None:
    return User.objects.select_related("person").filter(person_id=person_id).first()


def live_confirmation(token: str) -> EmailConfirmation | None:
    """The confirmation a link stands for while it may still be used; looking changes nothing (PWD-06)."""
    return EmailConfirmation.objects.filter(
        digest=token_digest(token), used_at=None, expires_at__gt=timezone.now()
    ).first()


def owners_of(digits: list[str]) -> list[UUID]:
    """The people who have or had any of these personal codes (SSO-10); mostly one or none."""
    found: set[UUID] = set()
    for code in digits:
        found.update(PersonalCode.objects.matching(code).values_list("person_id", flat=True))
    return sorted(found)


def actor_of(user: User) -> Actor:
    """The one role this user works in; rights of several roles never add up (ACC-08)."""
    if user.person is not None:
        return Actor(role=Role.CLIENT, user_id=user.pk, person_id=user.person_id, label=user.person.full_name)
    if user.is_staff:
        return Actor(role=Role.AGENCY, user_id=user.pk, label=user.label)
    membership = live_membership(user)
    return membership.actor() if membership else Actor(user_id=user.pk, label=user.label)


def live_membership(user: User) -> Membership | None:
    """The institution this user works for now; the longest-standing one where there are several."""
    return (
        Membership.objects.select_related("institution", "user")
        .filter(user=user, is_active=True, institution__is_active=True)
        .order_by("since", "pk")
        .first()
    )
