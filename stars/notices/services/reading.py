"""What has been read is marked by the person only."""

from datetime import datetime

from django.utils import timezone

from stars.kernel.actor import Actor
from stars.notices.models import Notice


def mark_read(*, notice_id: int, by: Actor) -> Notice | None:
    """The person has opened this notice; gives it, or None where it is not theirs. Doing it twice changes nothing."""
    Notice.objects.visible_to(by).unread().filter(pk=notice_id).update(read_at=timezone.now())
    return Notice.objects.visible_to(by).filter(pk=notice_id).first()


def mark_all_read(*, by: Actor) -> datetime | None:
    """Everything told to this person so far counts as read; gives the moment, or None where nothing was unread."""
    now = timezone.now()
    return now if Notice.objects.visible_to(by).unread().update(read_at=now) else None


def mark_unread(*, read_at: datetime, by: Actor) -> int:
    """Takes `mark_all_read` of that moment back; gives how many are unread again. Doing it twice changes nothing."""
    return Notice.objects.visible_to(by).filter(read_at=read_at).update(read_at=None)
