"""Course groups: formed within what the programme is approved for, changed while nobody relies on them, ended or cancelled."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.selectors import actor_of
from catalog import services
from catalog.errors import GroupMoved, PeopleChoseThis
from catalog.models import CatalogueVersion, CourseGroup, Programme, ScheduleKind
from catalog.policies import may_group
from catalog.services import GroupPlan
from catalog.states import GROUP, GroupAction, GroupState
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AuditEntry
from tests.factories.accounts import ProviderFactory
from tests.factories.catalog import CourseGroupFactory, ProgrammeFactory, VenueFactory
from tests.factories.funding import SYSTEM

pytestmark = pytest.mark.django_db
Do = Callable[[CourseGroup, Actor], CourseGroup]


def soon(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def programme() -> Programme:
    made: Programme = ProgrammeFactory.create(group=False, max_group_size=20)
    return made


@pytest.fixture
def by(programme: Programme) -> Actor:
    return actor_of(ProviderFactory.create(membership__institution=programme.institution))


@pytest.fixture
def plan(programme: Programme) -> GroupPlan:
    return GroupPlan(
        venue_id=programme.venues.get().pk,
        starts_on=soon(30),
        ends_on=soon(90),
        schedule_kind=ScheduleKind.WEEKDAY_EVENINGS,
        schedule="Otrdienās plkst. 18.00",
        capacity=20,
        minimum=8,
    )


def group_in(state: str, programme: Programme, **changes: object) -> CourseGroup:
    group: CourseGroup = CourseGroupFactory.create(
        programme=programme, state=state, **{"starts_on": soon(0), "ends_on": soon(0), "taken": 1} | changes
    )
    return group


def plan_of(group: CourseGroup, **changes: object) -> GroupPlan:
    names = GroupPlan.__dataclass_fields__
    return replace(GroupPlan(**{name: getattr(group, name) for name in names}), **changes)  # type: ignore[arg-type]


ACTIONS: dict[GroupAction, Do] = {
    GroupAction.CHANGE_GROUP: lambda group, by: services.change_group(group_id=group.pk, plan=plan_of(group), by=by),
    GroupAction.START_GROUP: lambda group, by: services.start_group(group_id=group.pk, by=by),
    GroupAction.FINISH_GROUP: lambda group, by: services.finish_group(group_id=group.pk, by=by),
    GroupAction.CANCEL_GROUP: lambda group, by: services.cancel_group(group_id=group.pk, reason="Slimība.", by=by),
}


def test_a_group_is_formed(programme: Programme, plan: GroupPlan, by: Actor) -> None:
    version = CatalogueVersion.objects.get().version
    group = services.create_group(programme_id=programme.pk, plan=plan, by=by)
    group.refresh_from_db()
    assert (group.state, group.taken, group.capacity, group.minimum) == (GroupState.FORMING, 0, 20, 8)
    assert (group.venue_id, group.starts_on, group.ends_on) == (plan.venue_id, plan.starts_on, plan.ends_on)
    assert AuditEntry.objects.get(object_type="catalog.coursegroup", object_id=str(group.pk)).action == "create_group"
    assert CatalogueVersion.objects.get().version == version + 1
    second = services.create_group(programme_id=programme.pk, plan=plan, by=by)
    assert second.code != group.code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"starts_on": soon(0)}, "starts_too_early"),
        ({"ends_on": soon(29)}, "ends_before_start"),
        ({"capacity": 21}, "too_large"),
        ({"minimum": 21}, "minimum_does_not_fit"),
        ({"minimum": 0}, "minimum_does_not_fit"),
        ({"capacity": 0}, "minimum_does_not_fit"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(
    programme: Programme, plan: GroupPlan, by: Actor, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        services.create_group(programme_id=programme.pk, plan=replace(plan, **changes), by=by)  # type: ignore[arg-type]
    assert refusal.value.code == code
    assert not CourseGroup.objects.exists()


def test_a_venue_of_others_is_refused(programme: Programme, plan: GroupPlan, by: Actor) -> None:
    foreign = VenueFactory.create()
    with pytest.raises(DomainError, match="Izvēlieties šīs programmas norises vietu"):
        services.create_group(programme_id=programme.pk, plan=replace(plan, venue_id=foreign.pk), by=by)


def test_an_empty_group_can_change_entirely(programme: Programme, by: Actor) -> None:
    group = group_in(GroupState.FORMING, programme, starts_on=soon(20), ends_on=soon(30), taken=0)
    services.change_group(group_id=group.pk, plan=plan_of(group, starts_on=soon(22), capacity=12), by=by)
    group.refresh_from_db()
    assert (group.starts_on, group.capacity) == (soon(22), 12)
    entry = AuditEntry.objects.get(object_type="catalog.coursegroup", object_id=str(group.pk))
    assert entry.data == {"changed": ["starts_on", "capacity"]}


@pytest.mark.parametrize("changes", [{"starts_on": soon(22)}, {"ends_on": soon(40)}])
def test_what_people_chose_stands(programme: Programme, by: Actor, changes: dict[str, object]) -> None:
    group = group_in(GroupState.FORMING, programme, starts_on=soon(20), ends_on=soon(30), taken=3)
    with pytest.raises(PeopleChoseThis):
        services.change_group(group_id=group.pk, plan=plan_of(group, **changes), by=by)
    services.change_group(group_id=group.pk, plan=plan_of(group, schedule="Sestdienās", capacity=15), by=by)
    group.refresh_from_db()
    assert (group.schedule, group.capacity, group.taken) == ("Sestdienās", 15, 3)


def test_fewer_places_than_taken_are_refused(programme: Programme, by: Actor) -> None:
    group = group_in(GroupState.FORMING, programme, starts_on=soon(20), ends_on=soon(30), taken=8)
    with pytest.raises(DomainError) as refusal:
        services.change_group(group_id=group.pk, plan=plan_of(group, capacity=7), by=by)
    assert refusal.value.code == "capacity_below_taken"


@pytest.mark.parametrize("action", list(ACTIONS))
@pytest.mark.parametrize("state", list(GroupState))
def test_only_from_the_states_of_the_table(
    programme: Programme, by: Actor, action: GroupAction, state: GroupState
) -> None:
    changes = {"starts_on": soon(5), "ends_on": soon(9)} if action == GroupAction.CHANGE_GROUP else {}
    group = group_in(state, programme, **changes)
    if GROUP.allows(action, state):
        assert ACTIONS[action](group, by).state == GROUP.moves[action].to
    else:
        with pytest.raises(GroupMoved):
            ACTIONS[action](group, by)
        group.refresh_from_db()
        assert group.state == state


@pytest.mark.parametrize("role", list(Role))
def test_only_the_institution_and_the_agency(programme: Programme, role: Role) -> None:
    actor = Actor(role=role, institution_id=programme.institution_id)
    may = {action for action in GroupAction if may_group(actor, action, programme)}
    keepers = {Role.PROVIDER, Role.PROVIDER_ADMIN, Role.AGENCY, Role.SYSTEM}
    assert may == (set(GroupAction) if role in keepers else set())


@pytest.mark.parametrize("action", list(ACTIONS))
def test_x73_another_institution_may_not(programme: Programme, action: GroupAction) -> None:
    group = group_in(GroupState.FORMING, programme)
    with pytest.raises(NotPermitted):
        ACTIONS[action](group, actor_of(ProviderFactory.create()))


def test_learning_does_not_begin_early_or_without_people(programme: Programme, by: Actor) -> None:
    early = group_in(GroupState.FORMING, programme, starts_on=soon(1), ends_on=soon(9))
    with pytest.raises(DomainError) as refusal:
        services.start_group(group_id=early.pk, by=by)
    assert refusal.value.code == "too_early"
    empty = group_in(GroupState.FORMING, programme, taken=0)
    with pytest.raises(DomainError) as refusal:
        services.start_group(group_id=empty.pk, by=by)
    assert refusal.value.code == "nobody_to_learn"


def test_learning_does_not_end_early(programme: Programme, by: Actor) -> None:
    group = group_in(GroupState.RUNNING, programme, ends_on=soon(1))
    with pytest.raises(DomainError) as refusal:
        services.finish_group(group_id=group.pk, by=by)
    assert refusal.value.code == "too_early"


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_group_is_not_cancelled_without_a_word(programme: Programme, reason: str) -> None:
    group = group_in(GroupState.FORMING, programme)
    with pytest.raises(DomainError) as refusal:
        services.cancel_group(group_id=group.pk, reason=reason, by=SYSTEM)
    assert refusal.value.code == "no_reason"
