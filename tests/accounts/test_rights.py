"""Rights to work in the portal: who decides, when, for how long; a right is asked about at each request (ACC-08)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import policies, services
from accounts.models import Right, RightKind, User
from accounts.selectors import actor_of, contexts_of
from accounts.states import ACCESS, AccessAction, AccessState
from stars.kernel.actor import Actor, Duty, Role
from stars.kernel.errors import DomainError, NotPermitted
from stars.notices.models import Notice
from tests.factories.accounts import (
    AgencyOfficerFactory,
    ClientFactory,
    CoordinatorFactory,
    InstitutionFactory,
    ProviderFactory,
    RightFactory,
)

pytestmark = pytest.mark.django_db
CALLS = {
    AccessAction.CONFIRM: lambda right, by: services.confirm_right(right_id=right.pk, by=by),
    AccessAction.APPROVE: lambda right, by: services.approve_right(right_id=right.pk, by=by),
    AccessAction.REFUSE: lambda right, by: services.refuse_right(
        right_id=right.pk, explanation="Nav pilnvaras.", by=by
    ),
    AccessAction.BLOCK: lambda right, by: services.block_right(right_id=right.pk, explanation="Incidents.", by=by),
    AccessAction.UNBLOCK: lambda right, by: services.unblock_right(right_id=right.pk, by=by),
    AccessAction.EXPIRE: lambda right, by: services.expire_right(right_id=right.pk, by=by),
}
UNDECIDED = (AccessState.UNCONFIRMED, AccessState.WAITING)


def waiting(state: str = AccessState.WAITING, **fields: object) -> Right:
    decided = {"decided_at": None} if state in UNDECIDED else {}
    right: Right = RightFactory.create(state=state, **decided, **fields)
    return right


def officer(*duties: str) -> Actor:
    return actor_of(AgencyOfficerFactory.create(duties=list(duties)))


@pytest.mark.parametrize("action", AccessAction)
@pytest.mark.parametrize("state", AccessState)
def test_every_move_is_made_or_refused_as_the_table_says(action: AccessAction, state: AccessState) -> None:
    right = waiting(state)
    by = Actor(role=Role.COORDINATOR, user_id=right.user_id) if action is AccessAction.CONFIRM else officer("approver")
    if ACCESS.allows(action, state):
        assert CALLS[action](right, by).state == ACCESS.moves[action].to
    else:
        with pytest.raises(DomainError):
            CALLS[action](right, by)
        assert Right.objects.get(pk=right.pk).state == state


def test_an_approved_coordinator_works_in_that_role_and_is_told() -> None:
    right = waiting()
    assert actor_of(right.user).role is Role.CLIENT
    services.approve_right(right_id=right.pk, by=officer("approver"))
    actor = actor_of(right.user)
    assert (actor.role, actor.municipality_id) == (Role.COORDINATOR, right.municipality_id)
    assert Notice.objects.get(recipient=right.user).path == "/koordinators"


def test_acc_08_a_right_past_its_term_gives_nothing_at_the_next_request() -> None:
    user = CoordinatorFactory.create()
    assert actor_of(user).is_coordinator
    Right.objects.update(valid_until=timezone.now())
    assert not actor_of(User.objects.get(pk=user.pk)).is_coordinator


def test_a_term_in_the_past_is_refused() -> None:
    right = waiting()
    with pytest.raises(DomainError):
        services.approve_right(
            right_id=right.pk, by=officer("approver"), valid_until=timezone.now() - timedelta(days=1)
        )


def test_x5_nobody_decides_about_their_own_right() -> None:
    admin = AgencyOfficerFactory.create(duties=["administrator"])
    right = waiting(user=admin, kind=RightKind.FINANCE, municipality=None)
    with pytest.raises(NotPermitted):
        services.approve_right(right_id=right.pk, by=actor_of(admin))


def test_duties_of_the_agency_are_given_by_its_administrators_only() -> None:
    right = waiting(user=AgencyOfficerFactory.create(), kind=RightKind.FINANCE, municipality=None)
    with pytest.raises(NotPermitted):
        services.approve_right(right_id=right.pk, by=officer("approver"))
    services.approve_right(right_id=right.pk, by=officer("administrator"))
    assert actor_of(right.user).duties == {Duty.FINANCE}


def test_an_institutions_consultant_is_approved_by_its_own_administrator_only() -> None:
    institution = InstitutionFactory.create()
    right = waiting(kind=RightKind.CONSULTANT, institution=institution, municipality=None)
    stranger = ProviderFactory.create(membership__role="administrator")
    employee = ProviderFactory.create(membership__institution=institution)
    for user in (stranger, employee):
        with pytest.raises(NotPermitted):
            services.approve_right(right_id=right.pk, by=actor_of(user))
    own = ProviderFactory.create(membership__institution=institution, membership__role="administrator")
    assert services.approve_right(right_id=right.pk, by=actor_of(own)).state == AccessState.APPROVED


def test_acc_08_rights_of_two_roles_never_add_up() -> None:
    client = ClientFactory.create()
    right = RightFactory.create(user=client)
    assert [one.actor.role for one in contexts_of(client)] == [Role.CLIENT, Role.COORDINATOR]
    as_client, as_coordinator = actor_of(client), actor_of(client, f"right:{right.pk}")
    assert as_client.is_client
    assert as_client.municipality_id is None
    assert as_coordinator.is_coordinator
    assert as_coordinator.person_id is None


def test_a_choice_that_is_not_the_users_gives_the_usual_role() -> None:
    foreign = RightFactory.create()
    assert actor_of(ClientFactory.create(), f"right:{foreign.pk}").is_client


@pytest.mark.parametrize(
    ("state", "possible"),
    [
        (AccessState.WAITING, [AccessAction.APPROVE, AccessAction.REFUSE]),
        (AccessState.APPROVED, [AccessAction.BLOCK, AccessAction.EXPIRE]),
        (AccessState.EXPIRED, []),
    ],
)
def test_the_buttons_are_what_is_permitted_and_possible(state: str, possible: list[AccessAction]) -> None:
    right = waiting(state)
    assert policies.open_actions(officer(Duty.APPROVER), right) == possible
    assert policies.open_actions(actor_of(ClientFactory.create()), right) == []
