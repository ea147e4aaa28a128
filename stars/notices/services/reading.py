"""What has been read is marked by the person only."""

from django.utils import timezone

from stars.kernel.actor import Actor
from stars.notices.models import Notice


def mark_read(*, notice_id: int, by: Actor) -> Notice | None:
    """The person has opened this notice; gives it, or None where it is not theirs. Doing it twice changes nothing."""
    Notice.objects.visible_to(by).unread().filter(pk=notice_id).update(read_at=timezone.now())
    return Notice.objects.visible_to(by).filter(pk=notice_id).first()


def mark_all_read(*, by: Actor) -> int:
    """Everything told to this person so far counts as read; gives how many were not."""
    return Notice.objects.visible_to(by).unread().update(read_at=timezone.now())
