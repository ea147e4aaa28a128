"""Why somebody may not come in, or why one of their rights opens nothing (terms 32)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Denial, DenialReason, Membership, Right, User
from accounts.states import AccessState
from stars.kernel.compiled import Compiled

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
    def is_own_wish(self) -> bool:
        """The person asked for it (32.4): nothing to disagree with, unless it was somebody else."""
        return self.reason is DenialReason.OWN_WISH

    @property
    def sentence(self) -> str:
        if self.is_own_wish:
            said = _("The account is suspended under point %(point)s of the terms of use, because you asked for it.")
            return f"{said % {'point': self.reason.value}} {self.words}".strip()
        said = _("Access is denied under point %(point)s of the terms of use: %(reason)s.") % {
            "point": self.reason.value,
            "reason": self.reason.label,
        }
        return f"{said} {self.words}".strip()


def _of_user(user_id: int, moment: datetime) -> QuerySet[Denial]:
    return Denial.objects.in_force(moment).filter(user=user_id).order_by("-since", "-pk")[:1]


_DENIALS = Compiled(_of_user, user_id=-1, moment=datetime(1, 1, 2, tzinfo=UTC))  # asked at each sign-in


def refusal_of(user: User) -> Refusal | None:
    """The denial in force; else, for somebody without any role left, what became of the last one (terms 32.1, 32.7).

    None for who may come in, and for who never had a role.
    """
    for denial in _DENIALS.rows(user_id=user.pk, moment=timezone.now()):
        return Refusal.of(denial)
    if not user.is_active:
        return Refusal(DenialReason.SIGN_IN_ENDED)
    if user.person_id is not None or contexts_of(user):
        return None
    return _what_ended(user)


def closed_doors(user_ids: Collection[int]) -> dict[int, DenialReason]:
    """Those of these users who may not come in at all now, and under which point. One query."""
    found = Denial.objects.in_force().filter(user__in=user_ids).order_by("since", "pk")
    return {user_id: DenialReason(reason) for user_id, reason in found.values_list("user", "reason")}


def refusals_of_rights(rights: Collection[Right]) -> dict[int, Refusal]:
    """Of these rights the ones that were approved and open nothing now, each with its reason (terms 32.1, 32.3, 32.7).

    One query, whatever the number; the rights come with their institutions.
    """
    now = timezone.now()
    places = {one.institution_id for one in rights if one.institution is not None and not one.institution.is_active}
    found = Denial.objects.in_force(now).filter(Q(right__in=[one.pk for one in rights]) | Q(institution__in=places))
    said = {(one.right_id, one.institution_id): Refusal.of(one) for one in found.order_by("since", "pk")}
    refusals = {}
    for right in rights:
        if right.state not in {AccessState.APPROVED, AccessState.BLOCKED, AccessState.EXPIRED}:
            continue
        of_right, of_place = said.get((right.pk, None)), said.get((None, right.institution_id))
        is_over = right.state == AccessState.EXPIRED or (right.valid_until is not None and right.valid_until <= now)
        refusal = of_right or (Refusal(DenialReason.TERM_OVER, since=right.valid_until) if is_over else None)
        if right.institution_id in places:
            refusal = of_place or Refusal(DenialReason.COOPERATION_ENDED)
        if refusal is not None:
            refusals[right.pk] = refusal
    return refusals


def refusal_of_right(right: Right) -> Refusal | None:
    """Why this right opens nothing; None while it is in force, and for one nobody has approved."""
    return refusals_of_rights([right]).get(right.pk)


def _what_ended(user: User) -> Refusal | None:
    places = list(Membership.objects.filter(user=user).select_related("institution"))
    closed = [one.institution_id for one in places if one.is_active and not one.institution.is_active]
    if closed:
        denial = Denial.objects.in_force().filter(institution__in=closed).order_by("-since", "-pk").first()
        return Refusal.of(denial) if denial else Refusal(DenialReason.COOPERATION_ENDED)
    rights = Right.objects.filter(user=user, decided_at__isnull=False).exclude(state=AccessState.REFUSED)
    right = rights.select_related("institution").order_by("-decided_at", "-pk").first()
    if right is not None:
        return refusal_of_right(right) or Refusal(DenialReason.TERM_OVER, since=right.valid_until)
    return Refusal(DenialReason.TERM_OVER) if places else None
