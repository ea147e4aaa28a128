"""What a person has been told."""

from django.db.models import QuerySet

from stars.kernel.actor import Actor

from .models import Notice


def unread_count(user_id: int | None) -> int:
    """How many notices this user has not opened; the number beside the bell."""
    return Notice.objects.filter(recipient_id=user_id).unread().count() if user_id else 0


def notices_for(actor: Actor) -> QuerySet[Notice]:
    """Everything this actor was told, newest first."""
    return Notice.objects.visible_to(actor).order_by("-created_at", "-pk")


def notices_about(actor: Actor, path: str) -> QuerySet[Notice]:
    """What this actor was told about the thing at this address, oldest first (X52)."""
    return Notice.objects.visible_to(actor).filter(path=path).order_by("created_at", "pk")
