"""Rights of one holder, whatever their state."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import Right, RightKind, User
from stars.kernel.actor import Actor


def rights_of(user: User) -> QuerySet[Right]:
    """Everything somebody may work as, has asked for or has had, the newest first."""
    rights = Right.objects.filter(user=user).select_related("institution", "municipality", "request")
    return rights.order_by("-asked_at", "-pk")


def newest_right(user: User, kind: RightKind) -> Right | None:
    return rights_of(user).filter(kind=kind).first()


def right_in_use(actor: Actor, kind: RightKind) -> Right | None:
    """The right behind the role somebody works in now."""
    place: dict[str, Any] = {"institution_id": actor.institution_id, "municipality_id": actor.municipality_id}
    mine = Right.objects.in_force().filter(user_id=actor.user_id or 0, kind=kind, **place)
    return mine.select_related("institution", "municipality").first()
