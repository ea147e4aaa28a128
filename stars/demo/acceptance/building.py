"""The whole set in one transaction, and the JSON that names it."""

from datetime import datetime
from itertools import cycle
from typing import Any

from django.contrib.auth.models import Group as UserGroup
from django.db import connection, transaction
from django.utils import translation

from accounts.models import Institution, User
from applications.models import Application, Draft
from applications.states import State
from catalog.models import Programme
from funding.states import AccountState
from stars.files.models import RenderedDocument
from stars.pages import content
from stars.pages.models import ContentPage

from .applying import Applications
from .house import BUILT, House, build_house, write_groups
from .paper import describe
from .people import Client, People
from .rows import Dice, number_from_one, write
from .supply import build_supply
from .trail import Trail

SMALL, LARGE = "small", "large"
CLIENTS, HISTORIC, PROGRAMMES, GROUPS_EACH, INSTITUTIONS, TRAIL = 60_000, 150_000, 300, 4, 20, 1_000_000
HISTORY = (
    *(State.WITHDRAWN,) * 8,
    *(State.REJECTED,) * 7,
    *(State.COMPLETED,) * 4,
    State.EXPELLED,
)


class NotEmpty(Exception):
    """The database has rows that are not of the migrations; nothing was written."""


@transaction.atomic
def build(seed: int, scale: str = SMALL) -> dict[str, Any]:
    """Writes the set and gives its description; raises NotEmpty."""
    for model in (User, Institution, Programme, Application, UserGroup):
        if model._default_manager.exists():
            raise NotEmpty(f"{model._meta.verbose_name_plural}: there are rows already")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    number_from_one()
    with translation.override("lv"):
        content.load()
        ContentPage.objects.update(updated_at=BUILT)
        RenderedDocument.objects.update(requested_at=BUILT, due_at=BUILT)
        return _Set(seed, scale).build()


class _Set:
    def __init__(self, seed: int, scale: str) -> None:
        self.seed, self.is_large = seed, scale == LARGE
        self.dice = Dice(seed)
        self.trail = Trail(self.dice)
        sizes = (INSTITUTIONS, PROGRAMMES, GROUPS_EACH) if self.is_large else (2, 8, 2)
        institutions, programmes, groups_each = sizes
        self.house: House = build_house(
            self.dice, institutions=institutions, programmes=programmes, groups_each=groups_each
        )
        self.supply = build_supply(self.house, self.dice, self.trail)
        self.people = People(self.dice, self.house, self.trail)
        self.applications = Applications(self.dice, self.house, self.trail, self.people)
        self.drafts: list[Draft] = []

    def build(self) -> dict[str, Any]:
        self._cases()
        if self.is_large:
            self._crowd()
        write_groups(self.house, self.applications.places())
        self.people.write()
        self.applications.write()
        write(Draft, self.drafts)
        self.trail.write()
        self._number_on()
        return describe(self.seed, self.house, self.people, self.applications.made, self.drafts, self.supply)

    def _cases(self) -> None:
        """Two clients of every kind: each state of an application, each state of the account, a draft, nothing yet."""
        forming = cycle([group for group in self.house.forming() if group.programme.number % 8])
        finished = cycle([group for group in self.house.finished() if group.programme.number % 8])
        for state in State:
            for number in (1, 2):
                client = self.people.add(f"{state.value}_{number}")
                is_past = state in {State.COMPLETED, State.EXPELLED}
                group = next(finished) if is_past else next(forming)
                self.applications.add(client, group, "imk", state, is_past=is_past)
        for number in (1, 2):
            self.people.add(f"approved_{number}")
            self.people.add(f"pending_{number}", AccountState.PENDING)
            self.people.add(f"refused_{number}", AccountState.REFUSED)
            self._draft(self.people.add(f"drafting_{number}"))

    def _draft(self, client: Client) -> None:
        self.drafts.append(
            Draft(
                reference=self.dice.uuid(),
                client=client.person,
                programme=self.house.programmes[0],
                source=self.house.sources["imk"],
                answers={"profession": "Grāmatvedis"},
                created_at=_recent(),
                saved_at=_recent(),
            )
        )

    def _crowd(self) -> None:
        """The load set: people with approved accounts, their past applications under MN, a trail of a million entries."""
        crowd = [self.people.add(f"load_{number}") for number in range(1, CLIENTS - len(self.people.clients) + 1)]
        groups, clients = cycle(self.house.finished()), cycle(crowd)
        for turn in range(HISTORIC):
            state = HISTORY[turn % len(HISTORY)]
            self.applications.add(next(clients), next(groups), "mn", state, is_past=True)
        for client in cycle(crowd):
            if self.trail.count >= TRAIL:
                break
            self.trail.add(client.person, "save_profile", _recent(), client.actor)

    def _number_on(self) -> None:
        """The next application made in the portal has a number of its own."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval('applications_number', %s)", [max(len(self.applications.made), 1)])


def _recent() -> datetime:
    """After everything of the past; the same on any day."""
    return BUILT.replace(year=2025, month=6)
