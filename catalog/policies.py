"""Who may change what the catalogue shows: the agency. Everybody may read what is published."""

from collections.abc import Callable, Mapping

from stars.kernel.actor import Actor

from .states import ProgrammeAction, RoundAction

Rule = Callable[[Actor], bool]


def agency(actor: Actor) -> bool:
    return actor.is_agency


def system(actor: Actor) -> bool:
    """Loading data and periodic jobs."""
    return actor.is_system


WHO: Mapping[ProgrammeAction | RoundAction, tuple[Rule, ...]] = {
    ProgrammeAction.SAVE: (agency, system),
    ProgrammeAction.PUBLISH: (agency, system),
    ProgrammeAction.ARCHIVE: (agency, system),
    RoundAction.OPEN_ROUND: (agency, system),
    RoundAction.EDIT_ROUND: (agency, system),
    RoundAction.CLOSE_ROUND: (agency, system),
}


def may(actor: Actor, action: ProgrammeAction | RoundAction) -> bool:
    return any(rule(actor) for rule in WHO[action])
