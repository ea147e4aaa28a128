"""Institutions and their people: who works there, who asks to, who is invited."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Institution, Invitation, Membership, Registration, RegistrationKind, Right, RightKind, User
from accounts.states import AccessState, InvitationState

from .signing_in import entry_link


def clashing_institutions(registration: Registration) -> QuerySet[Institution]:
    """Institutions we know that have either of the numbers; for the agency's eyes only (PWD-05)."""
    same = Q(company_number=registration.company_number) | Q(institution_number=registration.institution_number)
    return Institution.objects.filter(same).order_by("pk")


def cooperating_institutions() -> QuerySet[Institution]:
    return Institution.objects.filter(is_active=True).order_by("name")


def institutions_named(typed: str) -> QuerySet[Institution]:
    """Institutions of this very name; else, where nobody has it, those whose name holds what was typed."""
    words = " ".join(typed.split())
    exactly = cooperating_institutions().filter(name__iexact=words)
    return exactly if exactly.exists() else cooperating_institutions().filter(name__icontains=words)


def open_invitation(token: str) -> Invitation | None:
    """The invitation a link was sent for, while it may still be accepted; the link itself may have lapsed."""
    link = entry_link(token, "invitation")
    invitation = link.invitation if link else None
    if invitation is None or invitation.state != InvitationState.OPEN or invitation.expires_at <= timezone.now():
        return None
    return invitation


def people_waiting(institution_id: int) -> list[Registration | Right]:
    """Who asks to work for an institution, the longest waiting first."""
    asked: list[Registration | Right] = list(
        Registration.objects.filter(
            institution_id=institution_id, kind=RegistrationKind.EMPLOYEE, state=AccessState.WAITING
        ).select_related("institution")
    )
    rights = Right.objects.filter(institution_id=institution_id, state=AccessState.WAITING)
    asked += rights.select_related("user__person", "institution", "municipality", "request")
    return sorted(asked, key=lambda one: one.due_at or one.asked_at)


def members_of(institution_id: int) -> QuerySet[Membership]:
    """Who works for an institution, blocked ones among them, administrators first."""
    present = Membership.objects.filter(
        institution_id=institution_id, state__in=(AccessState.APPROVED, AccessState.BLOCKED)
    )
    return present.select_related("user__person", "institution").order_by("role", "user__name", "pk")


def rights_at(institution_id: int) -> list[Right]:
    """Roles beside a place: consultants and assessors of an institution, blocked ones among them."""
    live = Right.objects.filter(institution_id=institution_id, state__in=(AccessState.APPROVED, AccessState.BLOCKED))
    return list(live.select_related("user__person", "institution", "municipality", "request").order_by("kind", "pk"))


def colleague(reference: UUID, institution_id: int) -> User | None:
    """Somebody who works for the institution now: an employee, or a consultant whose right is in force."""
    works = Membership.objects.filter(institution_id=institution_id, is_active=True, user=OuterRef("pk"))
    consults = Right.objects.in_force().filter(
        institution_id=institution_id, kind=RightKind.CONSULTANT, user=OuterRef("pk")
    )
    found = User.objects.select_related("person").filter(Exists(works) | Exists(consults), reference=reference)
    return found.first()


def contacts_missing(institution: Institution) -> list[str]:
    """What its profile does not say yet and everybody else's says, in words; registration asks for none of it."""
    said_by_all = ("kind", "municipality", "address", "phone")
    fields = [field for field in Institution._meta.concrete_fields if field.name in said_by_all]
    return [str(field.verbose_name) for field in fields if not getattr(institution, field.attname)]


def are_contacts_old(institution: Institution) -> bool:
    """Whether nobody has confirmed the contacts for as many months as the agency waits (terms 17.2)."""
    age = timezone.now() - institution.contacts_confirmed_at
    return age >= settings.STARS_CONTACTS_MONTHS * timedelta(days=30)
