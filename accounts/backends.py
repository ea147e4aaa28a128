"""The authentication backend: passwords for people with an e-mail, and one query for a user and their person."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from .models import User


class PortalBackend(ModelBackend):
    """Django's own, but that the person and the profile come with the user; both are asked on every page."""

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.select_related("person__profile").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
