"""I16: who may no longer come in is not inside."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Denial, Membership, Right, Session

from .breach import Breach, breaches

GRACE = timedelta(seconds=60)


def closed_doors_stay_closed() -> Iterator[Breach]:
    """A minute after an access or the last role has ended, no session of that user is left. Users are named, never keys."""
    now = timezone.now()
    before = now - GRACE
    old = Session.objects.filter(user__isnull=False, began_at__lte=before, expire_date__gt=now)
    users = old.order_by("user_id").values_list("user_id", flat=True).distinct()

    yield from breaches("I16", "deactivated users with a session", users.filter(user__is_active=False))
    denied = Exists(Denial.objects.in_force(now).filter(since__lte=before, user=OuterRef("user")))
    yield from breaches("I16", "users denied access with a session", users.filter(denied))
    has_place = Exists(Membership.objects.filter(user=OuterRef("user"), is_active=True, institution__is_active=True))
    # Both moments: a term that ended less than a minute ago, and a right given since.
    rights = Right.objects.in_force(before) | Right.objects.in_force(now)
    has_right = Exists(rights.filter(user=OuterRef("user")))
    signs_in_for_work = Q(user__person=None, user__is_staff=False)
    yield from breaches(
        "I16", "users without any role left with a session", users.filter(signs_in_for_work & ~has_place & ~has_right)
    )
