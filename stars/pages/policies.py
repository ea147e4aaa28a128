"""Who may ask for a person's own data, and have it erased: the person alone."""

from uuid import UUID

from stars.kernel.actor import Actor


def may_own(by: Actor, person_id: UUID) -> bool:
    """Nobody does it in somebody's place, whatever the mandate says (ACT-03)."""
    return by.is_client and by.person_id == person_id and by.acting_for_id is None
