"""What a person has been told."""

from .models import Notice


def unread_count(user_id: int) -> int:
    return Notice.objects.filter(recipient_id=user_id).unread().count()
