"""Why somebody may not come in (terms 32)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.utils.translation import gettext as _

from accounts.models import Denial, DenialReason, Membership, Right, User
from accounts.states import AccessState

from .contexts import contexts_of


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody may not come in: the point of the terms, what was said, since when and until when."""

    reason: DenialReason
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of(cls, denial: Denial) -> Self:
        return cls(DenialReason(denial.reason), denial.words, denial.since, denial.until)

    @property
    def sentence(self) -> str:
        said = _("Access is denied under point %(point)s of the terms of use: %(reason)s.") % {
            "point": self.reason.value,
            "reason": self.reason.label,
        }
        return f"{said} {self.words}".strip()


def refusal_of(user: User) -> Refusal | None:
    """The denial in force; else, for somebody without any role left, what became of the last one (terms 32.1, 32.7).

    None for who may come in, and for who never had a role.
    """
    denial = Denial.objects.in_force().filter(user=user).order_by("-since", "-pk").first()
    if denial is not None:
        return Refusal.of(denial)
    if not user.is_active:
        return Refusal(DenialReason.SIGN_IN_ENDED)
    if user.person_id is not None or contexts_of(user):
        return None
    return _what_ended(user)


def _what_ended(user: User) -> Refusal | None:
    places = list(Membership.objects.filter(user=user).select_related("institution"))
    closed = [one.institution_id for one in places if one.is_active and not one.institution.is_active]
    if closed:
        denial = Denial.objects.in_force().filter(institution__in=closed).order_by("-since", "-pk").first()
        return Refusal.of(denial) if denial else Refusal(DenialReason.COOPERATION_ENDED)
    rights = Right.objects.filter(user=user, decided_at__isnull=False).exclude(state=AccessState.REFUSED)
    right = rights.order_by("-decided_at", "-pk").first()
    if right is not None:
        denial = Denial.objects.in_force().filter(right=right).order_by("-since", "-pk").first()
        return Refusal.of(denial) if denial else Refusal(DenialReason.TERM_OVER, since=right.valid_until)
    return Refusal(DenialReason.TERM_OVER) if places else None
