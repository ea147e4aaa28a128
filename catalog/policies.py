"""Who may change what the catalogue shows: the agency; the groups of a programme, also its institution.

Everybody may read what is published.
"""

from collections.abc import Callable, Mapping

from stars.kernel.actor import Actor

from .models import Programme, Venue
from .states import FieldAction, GroupAction, ProgrammeAction, RoundAction

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


def institution(actor: Actor, programme: Programme) -> bool:
    """An employee of the institution whose programme it is."""
    return actor.is_provider and programme.institution_id == actor.institution_id


def _keeper(actor: Actor, programme: Programme) -> bool:
    return any(rule(actor) for rule in KEEPERS)


GROUPS: Mapping[GroupAction, tuple[Callable[[Actor, Programme], bool], ...]] = dict.fromkeys(
    GroupAction, (institution, _keeper)
)


def may_group(actor: Actor, action: GroupAction, programme: Programme) -> bool:
    """Form and end groups of this programme."""
    return any(rule(actor, programme) for rule in GROUPS[action])


def may_keep_venue(actor: Actor, venue: Venue) -> bool:
    """Addresses are also kept by the institution they belong to (seed 003, step 1)."""
    is_own = actor.is_provider and venue.institution_id == actor.institution_id and not venue.is_remote
    return is_own or may(actor, FieldAction.SAVE)


def may(actor: Actor, action: ProgrammeAction | RoundAction | FieldAction) -> bool:
    if isinstance(action, ProgrammeAction):
        rules = PROGRAMMES[action]
    else:
        rules = ROUNDS[action] if isinstance(action, RoundAction) else FIELDS[action]
    return any(rule(actor) for rule in rules)


def may_keep(actor: Actor) -> bool:
    """Put programmes and searches aside: clients for themselves; nobody does it for somebody else."""
    return actor.is_client and actor.person_id is not None and actor.acting_for_id is None
