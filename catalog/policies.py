"""Who may change what the catalogue shows: the agency. Everybody may read what is published."""

from collections.abc import Callable, Mapping

from stars.kernel.actor import Actor

from .states import FieldAction, ProgrammeAction, RoundAction

Rule = Callable[[Actor], bool]


def agency(actor: Actor) -> bool:
    return actor.is_agency


def system(actor: Actor) -> bool:
    """Loading data and periodic jobs."""
    return actor.is_system


KEEPERS: tuple[Rule, ...] = (agency, system)

PROGRAMMES: Mapping[ProgrammeAction, tuple[Rule, ...]] = {
    ProgrammeAction.PUBLISH: KEEPERS,
    ProgrammeAction.ARCHIVE: KEEPERS,
}
ROUNDS: Mapping[RoundAction, tuple[Rule, ...]] = {
    RoundAction.OPEN_ROUND: KEEPERS,
    RoundAction.EDIT_ROUND: KEEPERS,
    RoundAction.CLOSE_ROUND: KEEPERS,
}
FIELDS: Mapping[FieldAction, tuple[Rule, ...]] = {FieldAction.SAVE: KEEPERS}


def may(actor: Actor, action: ProgrammeAction | RoundAction | FieldAction) -> bool:
    if isinstance(action, ProgrammeAction):
        rules = PROGRAMMES[action]
    else:
        rules = ROUNDS[action] if isinstance(action, RoundAction) else FIELDS[action]
    return any(rule(actor) for rule in rules)
