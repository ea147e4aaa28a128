"""Who may do what to a person's own record: the person, and nobody in their place yet."""

from uuid import UUID

from stars.kernel.actor import Actor


def may_keep_profile(by: Actor, person_id: UUID) -> bool:
    """Register, change the profile, ask for a confirmation link: clients for themselves."""
    return by.is_client and by.person_id == person_id


def may_accept_policies(by: Actor, user_id: int) -> bool:
    return by.user_id == user_id and by.acting_for_id is None


def may_employ(by: Actor) -> bool:
    """Give somebody a place in an institution: the agency, and the loading of demo data."""
    return by.is_agency or by.is_system


def may_keep_lists(by: Actor) -> bool:
    """Write institutions and versions of the terms."""
    return by.is_agency or by.is_system
