"""The authentication backend: passwords for people with an e-mail, and one query for a user and what every page asks."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import OuterRef, Subquery

from .models import Denial, User


class PortalBackend(ModelBackend):
    """Django's own, but that the person, the profile and a denial in force come with the user: all asked on every page."""

    def get_user(self, user_id: Any) -> User | None:
        denied = Denial.objects.in_force().filter(user=OuterRef("pk")).order_by("-since", "-pk").values("pk")[:1]
        users = User.objects.select_related("person__profile").annotate(denial=Subquery(denied))
        user = users.filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        user.denial_id = user.denial
        return user
