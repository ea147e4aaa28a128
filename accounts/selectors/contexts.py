"""The roles somebody may work in, and the one they work in now (ACC-08)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Mandate, Membership, Right, User
from accounts.states import ROLE_WORDS
from stars.kernel.actor import Actor, Duty, Role
from stars.kernel.compiled import Compiled


@dataclass(frozen=True, slots=True)
class Context:
    """One role a user may work in; `key` is kept in the session when it is chosen."""

    key: str
    actor: Actor
    place: str = ""  # the institution or municipality

    @property
    def label(self) -> str:
        return str(ROLE_WORDS.get(self.actor.role, ""))


CLIENT_CONTEXT, AGENCY_CONTEXT = "client", "agency"

MEMBERSHIP, RIGHT = "membership:", "right:"


def actor_of(user: User, chosen: str = "") -> Actor:
    """The one role this user works in now; rights of several roles never add up (ACC-08).

    A choice that no longer holds falls back to the first role the user has.
    """
    is_settled_client = user.person is not None and hasattr(user.person, "profile")
    if is_settled_client and chosen in {"", CLIENT_CONTEXT}:
        return client_actor(user)
    if user.person is None and not user.is_staff and (not chosen or chosen.startswith(MEMBERSHIP)):
        places = list(live_memberships(user))
        wanted = next((one for one in places if f"{MEMBERSHIP}{one.pk}" == chosen), None)
        if places:
            return (wanted or places[0]).actor()
    open_contexts = contexts_of(user)
    found = next((one.actor for one in open_contexts if one.key == chosen), None)
    if found is None and open_contexts:
        found = open_contexts[0].actor
    return found or (client_actor(user) if user.person else Actor(user_id=user.pk, label=user.label))


def client_actor(user: User) -> Actor:
    return Actor(role=Role.CLIENT, user_id=user.pk, person_id=user.person_id, label=user.label)


def _rights(user_id: int, moment: datetime) -> QuerySet[Right]:
    rights = Right.objects.in_force(moment).filter(user=user_id)
    return rights.select_related("institution", "municipality", "user__person")


_RIGHTS = Compiled(_rights, user_id=-1, moment=datetime(1, 1, 2, tzinfo=UTC))  # asked at each request of a workplace


def contexts_of(user: User) -> list[Context]:
    """Every role this user may work in now, the usual one first. Two queries at most, whatever the number."""
    rights = _RIGHTS.rows(user_id=user.pk, moment=timezone.now())
    found: list[Context] = []
    if user.is_staff:
        duties = frozenset(Duty) if user.is_superuser else frozenset(Duty(one.kind) for one in rights if one.is_duty)
        found.append(Context(AGENCY_CONTEXT, Actor(role=Role.AGENCY, user_id=user.pk, duties=duties, label=user.label)))
    if user.person is not None and hasattr(user.person, "profile"):
        found.append(Context(CLIENT_CONTEXT, client_actor(user)))
    if user.person is None:
        found += [Context(f"{MEMBERSHIP}{one.pk}", one.actor(), one.institution.name) for one in live_memberships(user)]
    found += [
        Context(f"{RIGHT}{one.pk}", one.actor(), str(one.institution or one.municipality or ""))
        for one in rights
        if not one.is_duty
    ]
    if user.person is not None and not hasattr(user.person, "profile"):
        found.append(Context(CLIENT_CONTEXT, client_actor(user)))
    return found


def live_memberships(user: User) -> QuerySet[Membership]:
    """The institutions this user works for now, the longest-standing first."""
    return (
        Membership.objects.select_related("institution", "user")
        .filter(user=user, is_active=True, institution__is_active=True)
        .order_by("since", "pk")
    )


def live_membership(user: User) -> Membership | None:
    return live_memberships(user).first()


def acting_actor(actor: Actor, reference: str) -> Actor | None:
    """The coordinator in the place of the client of this mandate; None where it is not theirs or no longer live (X6)."""
    found = (
        Mandate.objects.live()
        .visible_to(actor)
        .filter(reference=reference)
        .select_related("right__user__person", "client")
        .first()
    )
    return found.actor() if found else None
