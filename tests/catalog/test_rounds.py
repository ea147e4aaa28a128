"""Opening, changing and closing a round; and the one rule that says whether one may apply (T1, X14, X37)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import ApplicationRound, CatalogueVersion, Programme
from catalog.selectors import current_round, is_open, next_round, standing_at
from catalog.services import close_round, edit_round, open_round
from catalog.states import GroupState
from funding.models import FundingSource
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AuditEntry
from tests.factories.catalog import CourseGroupFactory, ProgrammeFactory, ProgrammeOfferFactory, RoundFactory

pytestmark = pytest.mark.django_db
AGENCY = Actor(role=Role.AGENCY, user_id=1, label="Ilze Lapiņa")
OTHERS = [Actor(), Actor(role=Role.CLIENT, user_id=2), Actor(role=Role.PROVIDER_ADMIN, user_id=3, institution_id=-1)]
SECOND = timedelta(seconds=1)


def imk() -> FundingSource:
    return FundingSource.objects.get(code="imk")


def version() -> int:
    return CatalogueVersion.objects.get().version


def chain(made: ApplicationRound) -> list[str]:
    entries = AuditEntry.objects.filter(object_type="catalog.applicationround", object_id=str(made.pk))
    return list(entries.order_by("sequence").values_list("action", flat=True))


# --- open --------------------------------------------------------------------


def opened(days: int = 0, length: int = 10, **changes: Any) -> ApplicationRound:
    opens_at = timezone.now() + timedelta(days=days)
    asked = {"source_id": imk().pk, "name": "2. kārta", "opens_at": opens_at, "by": AGENCY}
    return open_round(**{**asked, "closes_at": opens_at + timedelta(days=length), **changes})


def test_open_round_writes_round_audit_and_version() -> None:
    before = version()
    made = opened()
    assert chain(made) == ["open_round"]
    assert AuditEntry.objects.get(object_id=str(made.pk)).actor_label == "Ilze Lapiņa"
    assert version() == before + 1


@pytest.mark.parametrize("actor", OTHERS, ids=lambda actor: actor.role)
def test_only_the_agency_opens_changes_and_closes(actor: Actor) -> None:
    made = RoundFactory.create()
    window = {"opens_at": made.opens_at, "closes_at": made.closes_at, "name": "x", "by": actor}
    acts: list[Callable[[], object]] = [
        lambda: open_round(source_id=imk().pk, **window),
        lambda: edit_round(round_id=made.pk, **window),
        lambda: close_round(round_id=made.pk, moment=timezone.now(), by=actor),
    ]
    for act in acts:
        with pytest.raises(NotPermitted):
            act()
    made.refresh_from_db()
    assert made.is_open()


def test_rounds_of_one_source_never_overlap() -> None:
    first = opened()
    with pytest.raises(DomainError) as refused:
        opened(days=5)
    assert refused.value.code == "rounds_overlap"
    follows = opened(opens_at=first.closes_at, closes_at=first.closes_at + timedelta(days=1))  # half-open: they touch
    assert follows.opens_at == first.closes_at


def test_another_source_may_have_its_round_at_the_same_time() -> None:
    opened()
    assert opened(source_id=FundingSource.objects.get(code="mn").pk).pk


def test_a_round_closes_after_it_opens() -> None:
    with pytest.raises(DomainError) as refused:
        opened(length=0)
    assert refused.value.code == "closes_before_opening"


# --- edit and close -------------------------------------------------------------


def test_edit_round_keeps_what_stood_there_before() -> None:
    made = opened()
    before = version()
    later = made.closes_at + timedelta(days=3)
    edit_round(round_id=made.pk, name="2. kārta, pagarināta", opens_at=made.opens_at, closes_at=later, by=AGENCY)
    entry = AuditEntry.objects.get(object_id=str(made.pk), action="edit_round")
    assert entry.data["before"]["name"] == "2. kārta"
    assert entry.data["after"]["closes_at"] == later.isoformat()
    assert version() == before + 1


def test_an_edited_round_may_not_run_into_the_next() -> None:
    made, following = opened(), opened(days=11)
    with pytest.raises(DomainError):
        edit_round(round_id=made.pk, name="x", opens_at=made.opens_at, closes_at=following.opens_at + SECOND, by=AGENCY)
    with pytest.raises(DomainError):
        edit_round(round_id=made.pk, name="x", opens_at=made.opens_at, closes_at=made.opens_at, by=AGENCY)


def test_close_round_ends_it_at_the_moment() -> None:
    made = opened(days=-1)
    before, moment = version(), timezone.now()
    close_round(round_id=made.pk, moment=moment, by=AGENCY)
    made.refresh_from_db()
    assert not made.is_open(moment)
    assert made.is_open(moment - SECOND)
    assert chain(made) == ["open_round", "close_round"]
    assert version() == before + 1


@pytest.mark.parametrize("days", [-20, 5])
def test_only_an_open_round_can_be_closed(days: int) -> None:
    made = opened(days=days)
    with pytest.raises(DomainError) as refused:
        close_round(round_id=made.pk, moment=timezone.now(), by=AGENCY)
    assert refused.value.code == "round_not_open"


def test_a_round_cannot_be_closed_in_the_instant_it_opens() -> None:
    made = opened()
    with pytest.raises(DomainError):
        close_round(round_id=made.pk, moment=made.opens_at, by=AGENCY)


# --- which round, and is it open ---------------------------------------------------


def test_t1_windows_are_half_open() -> None:
    made = RoundFactory.create()
    programme = ProgrammeFactory.create(group__starts_on=timezone.localdate() + timedelta(days=90))
    for moment, inside in [
        (made.opens_at - SECOND, False),
        (made.opens_at, True),
        (made.closes_at - SECOND, True),
        (made.closes_at, False),
    ]:
        assert made.is_open(moment) is inside
        assert (current_round(imk().pk, moment) == made) is inside
        assert standing_at(moment).sources[imk().pk].is_open is inside
        assert is_open(programme, imk(), moment) is inside


def test_t1_in_the_moment_it_opens_a_round_is_open_and_not_to_come() -> None:
    made = RoundFactory.create()
    now = standing_at(made.opens_at).sources[imk().pk]
    assert (now.closes_at, now.opens_at) == (made.closes_at, None)
    assert now.last_day == made.closes_at - timedelta(microseconds=1)


def test_the_next_round_is_the_nearest_to_come() -> None:
    RoundFactory.create(over=True)
    soon = RoundFactory.create(to_come=True)
    RoundFactory.create(opens_at=soon.closes_at, closes_at=soon.closes_at + timedelta(days=5))
    assert next_round(imk().pk, timezone.now()) == soon
    assert standing_at(timezone.now()).sources[imk().pk].opens_at == soon.opens_at
    assert current_round(imk().pk, timezone.now()) is None


def test_sources_are_asked_in_one_query_whatever_their_rounds(django_assert_num_queries: Any) -> None:
    RoundFactory.create()
    RoundFactory.create(to_come=True, source=FundingSource.objects.get(code="mn"))
    standing_at(timezone.now())
    with django_assert_num_queries(1):
        found = standing_at(timezone.now()).sources
    assert [now.source.code for now in found.values()] == ["imk", "mn", "varam"]


def test_a_source_out_of_use_is_never_open() -> None:
    RoundFactory.create()
    programme = ProgrammeFactory.create()
    FundingSource.objects.filter(code="imk").update(is_active=False)
    assert not is_open(programme, imk(), timezone.now())
    assert imk().pk not in standing_at(timezone.now()).sources


def spoilt_state(programme: Programme) -> None:
    Programme.objects.filter(pk=programme.pk).update(state="archived")


def spoilt_institution(programme: Programme) -> None:
    programme.institution.is_active = False
    programme.institution.save()


def spoilt_groups(programme: Programme) -> None:
    programme.groups.update(state=GroupState.CANCELLED)


def spoilt_offer(programme: Programme) -> None:
    programme.offers.all().delete()


def spoilt_round(programme: Programme) -> None:
    ApplicationRound.objects.update(source=FundingSource.objects.get(code="mn"))


@pytest.mark.parametrize(
    "spoil", [spoilt_state, spoilt_institution, spoilt_groups, spoilt_offer, spoilt_round], ids=lambda f: f.__name__
)
def test_x14_everything_must_be_right_to_be_open(spoil: Callable[[Programme], None]) -> None:
    RoundFactory.create()
    programme = ProgrammeFactory.create()
    assert is_open(programme, imk(), timezone.now())
    spoil(programme)
    assert not is_open(programme, imk(), timezone.now())


def test_a_full_group_leaves_the_round_open() -> None:
    """Places are another question: what is full today may be free tomorrow."""
    RoundFactory.create()
    programme = ProgrammeFactory.create(group__capacity=1, group__minimum=1, group__taken=1)
    assert is_open(programme, imk(), timezone.now())


def test_one_source_open_does_not_open_the_other() -> None:
    RoundFactory.create()
    programme = ProgrammeFactory.create()
    other = FundingSource.objects.get(code="mn")
    ProgrammeOfferFactory.create(programme=programme, source=other)
    CourseGroupFactory.create(programme=programme)
    assert is_open(programme, imk(), timezone.now())
    assert not is_open(programme, other, timezone.now())
