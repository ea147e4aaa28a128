"""The authentication backend: passwords for people with an e-mail, one query for a user, rights in the admin by duties."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, OuterRef, Subquery

from stars.kernel.actor import Duty

from . import policies
from .models import Denial, User
from .selectors import actor_of


class PortalBackend(ModelBackend):
    """Django's own, but that the person, the profile and a denial in force come with the user: all asked on every page.

    What an officer may see and write in the admin follows from the duties in force (terms 30), read once a request;
    Django's own tables of permissions stay empty.
    """

    def get_user(self, user_id: Any) -> User | None:
        denied = Denial.objects.in_force().filter(user=OuterRef("pk")).order_by("-since", "-pk").values("pk")[:1]
        users = User.objects.select_related("person__profile").annotate(denial=Subquery(denied))
        user = users.filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        user.denial_id = user.denial
        return user

    def has_perm(self, user_obj: User | AnonymousUser, perm: str, obj: Model | None = None) -> bool:
        if super().has_perm(user_obj, perm, obj):
            return True
        app, _, name = perm.partition(".")
        verb, _, model = name.partition("_")
        return policies.may_in_admin(_duties_of(user_obj), verb, app, model)

    def has_module_perms(self, user_obj: User | AnonymousUser, app_label: str) -> bool:
        return super().has_module_perms(user_obj, app_label) or bool(_duties_of(user_obj))


def _duties_of(user: User | AnonymousUser) -> frozenset[Duty]:
    """Of the user of this request; whoever is no officer has none."""
    if not isinstance(user, User) or not user.is_active or not user.is_staff:
        return frozenset()
    if user.duties is None:
        user.duties = actor_of(user).duties
    return user.duties
