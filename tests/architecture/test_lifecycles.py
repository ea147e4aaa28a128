"""Two tables and one verb: every action has its when, its who, its service, and every state can be reached and read."""

from importlib import import_module
from types import ModuleType

import pytest
from django.apps import apps
from django.db.models import TextChoices
from django.utils import translation

from stars.kernel.management.commands import state_diagrams
from stars.kernel.states import Lifecycle

TABLES = state_diagrams.lifecycles()
# Where the service of an action is called otherwise than the action itself.
SERVICES = {
    "accounts.access": {
        "confirm": "confirm_right",
        "approve": "approve_right",
        "refuse": "refuse_right",
        "block": "block_right",
        "unblock": "unblock_right",
        "expire": "expire_right",
    },
    "accounts.invitation": {"accept": "accept_invitation", "withdraw": "withdraw_invitation"},
    "accounts.mandate": {
        "accept": "accept_mandate",
        "decline": "decline_mandate",
        "end": "end_mandate",
        "contest": "contest_mandate",
    },
    "accounts.reset": {"remove": "remove_second_factor", "keep": "keep_second_factor"},
    "accounts.dispute": {"uphold": "uphold_dispute", "correct": "correct_dispute"},
    "funding.correcting": {"post": "post_correction", "decline": "decline_correction"},
    "funding.granting": {"give": "give_grant", "deny": "deny_grant"},
    "funding.account": {"approve": "approve_account", "refuse": "refuse_account"},
    "calls.call": {"announce": "announce_call"},
    "calls.offer": {
        "submit": "submit_offer",
        "withdraw": "withdraw_offer",
        "evaluate": "evaluate_offer",
        "approve": "approve_programme",
        "reject": "reject_programme",
    },
    "catalog.programme": {"publish": "publish_programme", "archive": "archive_programme"},
}


def app_of(name: str) -> str:
    label = name.partition(".")[0]
    return apps.get_app_config(label).name


def room(name: str, which: str) -> ModuleType:
    return import_module(f"{app_of(name)}.{which}")


def test_there_are_tables() -> None:
    assert {"applications", "funding.account", "funding.reservation"} <= set(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_every_action_has_its_move(name: str) -> None:
    table = TABLES[name]
    assert set(table.moves) == set(state_diagrams.actions_of(table))


@pytest.mark.parametrize("name", TABLES)
def test_every_action_has_its_people(name: str) -> None:
    table = TABLES[name]
    actions = set(state_diagrams.actions_of(table))
    kinds = {type(action) for action in actions}  # two tables may have an action of one word
    dicts = [value for value in vars(room(name, "policies")).values() if isinstance(value, dict)]
    who = [value for value in dicts if {type(action) for action in value} & kinds]
    assert [set(mapping) for mapping in who] == [actions]
    assert all(rules for mapping in who for rules in mapping.values())


@pytest.mark.parametrize("name", TABLES)
def test_every_action_has_its_service(name: str) -> None:
    services = room(name, "services")
    words = SERVICES.get(name, {})
    missing = [action for action in TABLES[name].moves if not hasattr(services, words.get(str(action), str(action)))]
    assert missing == []


@pytest.mark.parametrize("name", TABLES)
def test_every_state_can_be_reached(name: str) -> None:
    table = TABLES[name]
    reached = set(state_diagrams.first_states(table))
    assert len(reached) == 1
    for _ in table.moves:
        reached |= {str(target) for source, _, target in table.edges() if source in reached}
    assert reached == set(state_diagrams.states_of(table).values)


def choices() -> list[type[TextChoices]]:
    found = []
    for table in TABLES.values():
        found += [state_diagrams.states_of(table), state_diagrams.actions_of(table)]
    for config in apps.get_app_configs():
        try:
            module = import_module(f"{config.name}.states")
        except ModuleNotFoundError:
            continue
        found += [
            value
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, TextChoices) and value.__module__ == module.__name__
        ]
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("kind", choices(), ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_word_is_latvian(kind: type[TextChoices]) -> None:
    with translation.override("en"):
        english = {choice.value: str(choice.label) for choice in kind}
    with translation.override("lv"):
        latvian = {choice.value: str(choice.label) for choice in kind}
    assert [value for value, words in latvian.items() if words == english[value]] == []


def test_the_drawings_are_up_to_date() -> None:
    assert state_diagrams.outdated() == [], "run: bin/manage state_diagrams"


def test_a_move_that_is_missing_is_refused() -> None:
    assert isinstance(TABLES["applications"], Lifecycle)
    assert not TABLES["applications"].allows("withdraw", "rejected")
