"""What the administrators of an institution hear: each of them, by notice and e-mail."""

from django.db.models import QuerySet

from accounts.models import Institution, Membership, User
from stars.notices.services import notify


def tell_administrators(*, institution: Institution, key: str, title: str, body: str, path: str) -> int:
    """Everybody who administers it now hears it once for each `key`. Gives how many they are."""
    told = _administrators(institution)
    for user in told:
        notify(recipient=user, key=f"institution:{institution.pk}:{key}", title=title, body=body, path=path)
    return len(told)


def _administrators(institution: Institution) -> QuerySet[User]:
    return User.objects.filter(
        memberships__institution=institution,
        memberships__role=Membership.MemberRole.ADMINISTRATOR,
        memberships__is_active=True,
        is_active=True,
    ).order_by("pk")
