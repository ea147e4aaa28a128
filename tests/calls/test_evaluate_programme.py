"""Interests are declared first; two independent scores, then agreement; nobody sees others' before their own (X77)."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import Right, User
from calls import selectors, services
from calls.errors import DeclaredAlready, EnoughScores, NotToBeScored, OwnInstitution, ScoresGiven, ScoresIncomplete
from calls.models import Declaration, Offer, Points, ScoreSheet, Seat
from calls.results import in_words, places
from calls.tasks import watch_commissions
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AuditEntry
from stars.notices.models import Notice
from tests.factories.accounts import CommissionMemberFactory, MembershipFactory
from tests.factories.calls import CallConditionFactory, OfferFactory
from tests.factories.evaluating import (
    CriterionFactory,
    SeatFactory,
    actor,
    evaluator,
    give,
    offered,
    opened,
    scored,
    typed,
)

pytestmark = pytest.mark.django_db


# --- the commission ------------------------------------------------------------


def test_a_member_is_named_once_and_hears_of_it() -> None:
    call, user = SeatFactory().call, CommissionMemberFactory()
    seat = services.name_member(call_id=call.pk, user_id=user.pk, role="chair", by=evaluator())
    assert services.name_member(call_id=call.pk, user_id=user.pk, role="chair", by=evaluator()) == seat
    assert Notice.objects.get(recipient=user).path == "/komisija"
    with pytest.raises(DomainError):
        services.name_member(call_id=call.pk, user_id=CommissionMemberFactory().pk, role="chair", by=evaluator())


def test_only_who_holds_the_right_is_named_and_only_evaluators_name() -> None:
    seat = SeatFactory()
    stranger = MembershipFactory().user
    with pytest.raises(DomainError):
        services.name_member(call_id=seat.call_id, user_id=stranger.pk, by=evaluator())
    with pytest.raises(NotPermitted):
        services.name_member(call_id=seat.call_id, user_id=CommissionMemberFactory().pk, by=actor(seat))


def test_a_seat_is_taken_back_until_something_was_said_from_it() -> None:
    seat, unused = opened().call.seats.order_by("pk").first(), SeatFactory()
    assert seat is not None
    with pytest.raises(DomainError):
        services.release_member(seat_id=seat.pk, by=evaluator())
    services.release_member(seat_id=unused.pk, by=evaluator())
    services.release_member(seat_id=unused.pk, by=evaluator())
    assert not type(unused).objects.filter(pk=unused.pk).exists()


def test_offers_are_opened_together_once_the_call_is_ready() -> None:
    offer = OfferFactory(call__over=True, submitted=True)
    for needed in ("criteria", "commission"):
        with pytest.raises(DomainError):
            services.open_offers(call_id=offer.call_id, by=evaluator())
        if needed == "criteria":
            CriterionFactory(call=offer.call)
    SeatFactory.create_batch(2, call=offer.call)
    assert services.open_offers(call_id=offer.call_id, by=evaluator()) == 1
    assert services.open_offers(call_id=offer.call_id, by=evaluator()) == 0
    offer.refresh_from_db()
    assert offer.state == "in_evaluation"


def test_offers_of_an_open_call_stay_closed() -> None:
    offer = OfferFactory(submitted=True)
    with pytest.raises(DomainError):
        services.open_offers(call_id=offer.call_id, by=evaluator())


# --- interests -------------------------------------------------------------------


def test_nothing_of_an_offer_is_seen_before_interests_are_declared() -> None:
    offer = opened()
    late = SeatFactory(call=offer.call)
    desk = selectors.desks_of(actor(late))[0]
    assert desk.offers[0].number == 1
    assert desk.offers[0].tasks == []
    assert selectors.opened_programme(actor(late), offered(offer).pk) is None
    services.declare(offer_id=offer.pk, has_conflict=False, by=actor(late))
    assert selectors.opened_programme(actor(late), offered(offer).pk) is not None


def test_who_has_a_conflict_never_sees_the_offer_and_cannot_take_it_back() -> None:
    offer = opened()
    seat = offer.call.seats.order_by("pk").last()
    assert seat is not None
    services.declare(offer_id=offer.pk, has_conflict=True, reason="Radinieks iestādē.", by=actor(seat))
    assert selectors.opened_programme(actor(seat), offered(offer).pk) is None
    with pytest.raises(NotPermitted):
        services.save_scores(programme_id=offered(offer).pk, typed={}, by=actor(seat))
    with pytest.raises(DeclaredAlready):
        services.declare(offer_id=offer.pk, has_conflict=False, by=actor(seat))


def test_when_too_few_are_left_the_agency_hears_that_another_member_is_needed() -> None:
    officer = evaluator()
    offer = opened()
    seat = offer.call.seats.order_by("pk").last()
    assert seat is not None
    services.declare(offer_id=offer.pk, has_conflict=True, reason="Radinieks iestādē.", by=actor(seat))
    assert Notice.objects.filter(recipient_id=officer.user_id, key__endswith="another-member").count() == 1


def last_seat(offer: Offer) -> Seat:
    return offer.call.seats.select_related("user").order_by("-pk")[0]


def test_a_right_that_ends_in_the_middle_is_told_once_with_what_to_do() -> None:
    officer = evaluator()
    offer = opened(programmes=2)
    first, second = offer.call.seats.order_by("pk")
    give(offered(offer), second, 16, 7)
    assert watch_commissions() == 0
    Right.objects.filter(user=second.user).update(valid_until=timezone.now())
    [short] = selectors.short_offers(offer.call)
    assert (short.missing, short.able, short.gone) == (1, (first,), (str(second.user),))  # by the second programme
    assert [watch_commissions(), watch_commissions()] == [1, 1]
    told = Notice.objects.get(recipient_id=officer.user_id, key__contains=":short:")
    assert str(second.user) in told.body
    assert told.path == f"/admin/calls/call/{offer.call_id}/change/"
    SeatFactory.create(call=offer.call)
    assert selectors.short_offers() == []
    assert watch_commissions() == 0


def test_whose_score_is_given_may_leave() -> None:
    offer = opened()
    give(offered(offer), last_seat(offer), 16, 7)
    User.objects.filter(pk=last_seat(offer).user_id).update(is_active=False)
    assert selectors.short_offers() == []
    assert watch_commissions() == 0


def test_offers_short_of_members_are_found_by_the_same_queries_however_many(
    django_assert_num_queries: Any,
) -> None:
    for number in (1, 3):
        while Offer.objects.count() < number:
            User.objects.filter(pk=last_seat(opened()).user_id).update(is_active=False)
        with django_assert_num_queries(5):
            assert len(selectors.short_offers()) == number


@pytest.mark.parametrize("ended", ["the user is stopped", "the right has ended"])
def test_a_member_out_of_force_does_not_count_and_opens_nothing(ended: str) -> None:
    offer = opened()
    seat = offer.call.seats.order_by("pk").last()
    assert seat is not None
    member = actor(seat)  # as a page opened before may still hold it
    if ended == "the user is stopped":
        User.objects.filter(pk=seat.user_id).update(is_active=False)
    else:
        Right.objects.filter(user=seat.user_id).update(valid_until=timezone.now())
    assert selectors.free_seats(offer) == 1
    assert selectors.desks_of(member) == []
    assert selectors.opened_programme(member, offered(offer).pk) is None
    with pytest.raises(NotPermitted):
        services.save_scores(programme_id=offered(offer).pk, typed={}, by=member)
    with pytest.raises(NotPermitted):
        services.declare(offer_id=offer.pk, has_conflict=True, reason="Radinieks.", by=member)
    sealed = OfferFactory(call=offer.call, submitted=True)
    with pytest.raises(DomainError):  # one member in force is no commission of two
        services.open_offers(call_id=sealed.call_id, by=evaluator())


def test_a_conflict_needs_its_reason() -> None:
    offer = opened()
    late = SeatFactory(call=offer.call)
    with pytest.raises(DomainError):
        services.declare(offer_id=offer.pk, has_conflict=True, reason=" ", by=actor(late))
    with pytest.raises(DatabaseError), transaction.atomic():
        Declaration.objects.filter(seat__call=offer.call).update(has_conflict=True, reason="")


def test_x5_who_works_in_the_institution_cannot_declare_themselves_free() -> None:
    offer = opened()
    late = SeatFactory(call=offer.call)
    by = actor(late)
    MembershipFactory(user=late.user, institution=offer.institution)
    with pytest.raises(OwnInstitution):
        services.declare(offer_id=offer.pk, has_conflict=False, by=by)


def test_declaring_twice_changes_nothing_and_each_opening_is_written_down() -> None:
    offer = opened()
    seat = offer.call.seats.order_by("pk").first()
    assert seat is not None
    declared = services.declare(offer_id=offer.pk, has_conflict=False, by=actor(seat))
    services.note_opening(declaration_id=declared.pk, what="Sistēmu programmēšana", by=actor(seat))
    entries = AuditEntry.objects.filter(object_type="calls.declaration", object_id=str(declared.pk))
    assert list(entries.order_by("sequence").values_list("action", flat=True)) == ["declare", "open"]


def test_a_conflict_found_later_counts_until_scores_are_given() -> None:
    offer = opened()
    first, second = offer.call.seats.order_by("pk")
    services.declare(offer_id=offer.pk, has_conflict=True, reason="Uzzināju vēlāk.", by=actor(second))
    give(offered(offer), first, 16, 7)
    with pytest.raises(NotToBeScored):
        services.declare(offer_id=offer.pk, has_conflict=True, reason="Par vēlu.", by=actor(first))


def test_strangers_declare_nothing() -> None:
    offer = opened()
    for by in (actor(SeatFactory()), evaluator(), Actor(role=Role.COMMISSION, user_id=0)):
        with pytest.raises(NotPermitted):
            services.declare(offer_id=offer.pk, has_conflict=False, by=by)


# --- scores ------------------------------------------------------------------------


def test_x77_nobody_sees_others_names_or_scores_before_their_own_are_given() -> None:
    offer = opened()
    programme, (first, second) = offered(offer), offer.call.seats.order_by("pk")
    give(programme, first, 16, 7)
    services.save_scores(programme_id=programme.pk, typed=typed(offer.call, 9, 9), by=actor(second))
    assert [sheet.seat_id for sheet in selectors.sheets_seen(programme.pk, second)] == [second.pk]
    assert [sheet.seat_id for sheet in selectors.sheets_seen(programme.pk, first)] == [first.pk]
    services.give_scores(programme_id=programme.pk, by=actor(second))
    assert {sheet.seat_id for sheet in selectors.sheets_seen(programme.pk, second)} == {first.pk, second.pk}


def test_x77_the_agency_sees_scores_once_all_needed_are_in() -> None:
    offer = opened()
    programme, (first, second) = offered(offer), offer.call.seats.order_by("pk")
    give(programme, first, 16, 7)
    assert not selectors.sheets_in_full(ScoreSheet.objects.all()).exists()
    assert selectors.result_of(programme).total is None
    give(programme, second, 14, 8)
    assert selectors.sheets_in_full(ScoreSheet.objects.all()).count() == 2


def test_a_draft_keeps_what_was_typed_and_given_scores_are_final() -> None:
    offer = opened()
    programme = offered(offer)
    seat = offer.call.seats.order_by("pk").first()
    assert seat is not None
    half = {"remark": "Puse", "unknown": "x", "criterion_1_points": "daudz"}
    sheet = services.save_scores(programme_id=programme.pk, typed=half, by=actor(seat))
    assert sheet.typed == {"remark": "Puse", "criterion_1_points": "daudz"}
    with pytest.raises(ScoresIncomplete) as refused:
        services.give_scores(programme_id=programme.pk, by=actor(seat))
    assert len(refused.value.problems) == 5
    assert not Points.objects.exists()
    given = give(programme, seat, 16, 7)
    assert services.give_scores(programme_id=programme.pk, by=actor(seat)) == given
    with pytest.raises(ScoresGiven):
        services.save_scores(programme_id=programme.pk, typed=half, by=actor(seat))


def test_the_database_keeps_given_scores() -> None:
    programme = scored(opened())
    sheet = programme.sheets.first()
    assert sheet is not None
    changes: list[Callable[[], object]] = [
        lambda: Points.objects.update(points=1),
        lambda: ScoreSheet.objects.filter(pk=sheet.pk).update(given_at=None),
        lambda: sheet.answers.update(answer="no", note="x"),
        lambda: Points.objects.filter(sheet=sheet)._raw_delete("default"),
    ]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.parametrize("points", ["11", "-1", "7,5", "", "٧"])
def test_points_are_whole_and_within_the_most(points: str) -> None:
    offer = opened()
    programme = offered(offer)
    seat = offer.call.seats.order_by("pk").first()
    assert seat is not None
    last = offer.call.criteria.order_by("position").last()
    assert last is not None
    said = typed(offer.call, 16, 7) | {f"criterion_{last.pk}_points": points}
    services.save_scores(programme_id=programme.pk, typed=said, by=actor(seat))
    with pytest.raises(ScoresIncomplete):
        services.give_scores(programme_id=programme.pk, by=actor(seat))


def test_what_is_not_met_or_unclear_needs_a_note() -> None:
    offer = opened()
    programme = offered(offer)
    first, second = offer.call.seats.order_by("pk")
    with pytest.raises(ScoresIncomplete):
        give(programme, first, 16, 7, answer="no")
    give(programme, first, 16, 7, answer="no", note="Nav licences.")
    give(programme, second, 16, 7, answer="clarify", note="Jājautā VIIS.")
    result = selectors.result_of(programme)
    assert (result.unmet, result.unclear, result.passes) == (1, 1, False)


def test_a_third_score_is_not_taken_and_its_draft_is_kept() -> None:
    offer = opened(members=3)
    programme = offered(offer)
    *two, third = offer.call.seats.order_by("pk")
    services.save_scores(programme_id=programme.pk, typed=typed(offer.call, 9, 9), by=actor(third))
    for seat in two:
        give(programme, seat, 16, 7)
    with pytest.raises(EnoughScores):
        services.give_scores(programme_id=programme.pk, by=actor(third))
    assert ScoreSheet.objects.get(seat=third).typed
    assert [sheet.seat_id for sheet in selectors.sheets_seen(programme.pk, third)] == [third.pk]


def test_criteria_changed_later_rewrite_no_result() -> None:
    programme = scored(opened(), (16, 7), (14, 8))
    before = selectors.result_of(programme)
    programme.call.criteria.update(weight=5, most=100)
    assert selectors.result_of(programme) == before


# --- agreement -----------------------------------------------------------------------


def test_x80_the_average_agrees_with_the_scores() -> None:
    programme = scored(opened(tolerance=10), (16, 7), (13, 8))
    result = selectors.result_of(programme)
    assert [sheet.total for sheet in result.sheets] == [16 + 14, 13 + 16]
    assert result.shown_total == "29,5"
    assert (result.most, result.percent) == (40, 74)
    assert not result.is_disputed
    assert result.passes


def test_scores_far_apart_ring_once_and_wait_for_an_agreed_one() -> None:
    officer = evaluator()
    offer = opened(tolerance=5)
    programme = scored(offer, (18, 9), (10, 5))
    result = selectors.result_of(programme)
    assert (result.spread, result.is_disputed, result.passes) == (16, True, False)
    told = Notice.objects.filter(key=f"programme:{programme.pk}:far-apart")
    users = {seat.user_id for seat in offer.call.seats.all()}
    assert set(told.values_list("recipient_id", flat=True)) == users | {officer.user_id}
    first = offer.call.seats.order_by("pk").first()
    assert first is not None
    said = {name: text for name, text in typed(offer.call, 14, 7).items() if name.endswith("_points")}
    services.agree(programme_id=programme.pk, typed=said, note="Vienojāmies pēc sarunas.", by=actor(first))
    agreed = selectors.result_of(programme)
    assert (agreed.shown_total, agreed.is_disputed, agreed.passes) == ("28", False, True)
    with pytest.raises(NotToBeScored):
        services.agree(programme_id=programme.pk, typed=said, note="Vēlreiz.", by=actor(first))


def test_an_agreed_score_waits_for_all_and_needs_points_and_a_note() -> None:
    offer = opened()
    programme, (first, second) = offered(offer), offer.call.seats.order_by("pk")
    said = typed(offer.call, 14, 7)
    with pytest.raises(NotPermitted):
        services.agree(programme_id=programme.pk, typed=said, note="x", by=actor(first))
    give(programme, first, 16, 7)
    with pytest.raises(NotToBeScored):
        services.agree(programme_id=programme.pk, typed=said, note="x", by=actor(first))
    give(programme, second, 14, 8)
    with pytest.raises(ScoresIncomplete) as refused:
        services.agree(programme_id=programme.pk, typed={}, note=" ", by=actor(first))
    assert len(refused.value.problems) == 3


def test_points_in_words_and_places() -> None:
    assert [in_words(one) for one in (37, 0)] == ["37", "0"]
    assert places([None, *map(Fraction, (9, 12, 9, 3))]) == [None, 2, 1, 2, 4]


# --- lists ----------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
def test_a_desk_costs_the_same_with_one_offer_and_with_three(number: int, django_assert_num_queries: object) -> None:
    offer = opened(programmes=number)
    for _one in range(number - 1):
        opened(call=offer.call, programmes=number)
    seat = offer.call.seats.order_by("pk").first()
    assert seat is not None
    by = actor(seat)
    with django_assert_num_queries(5):  # type: ignore[operator]
        desk = selectors.desks_of(by)[0]
        assert (desk.all, desk.given, desk.undeclared) == (number * number, 0, 0)


@pytest.mark.parametrize("number", [1, 3])
def test_a_ranking_costs_the_same_with_one_programme_and_with_three(
    number: int, django_assert_num_queries: object
) -> None:
    call = scored(opened(programmes=number)).call
    with django_assert_num_queries(7):  # type: ignore[operator]
        rows = [row for ranking in selectors.rankings_of(call) for row in ranking.rows]
        assert [row.place for row in rows] == [1, *[None] * (number - 1)]


def test_conditions_added_later_are_asked_of_who_has_not_given_yet() -> None:
    offer = opened()
    programme, (first, second) = offered(offer), offer.call.seats.order_by("pk")
    services.save_scores(programme_id=programme.pk, typed=typed(offer.call, 16, 7), by=actor(second))
    give(programme, first, 16, 7)
    CallConditionFactory(call=offer.call, text="Jauns nosacījums.")
    with pytest.raises(ScoresIncomplete):
        services.give_scores(programme_id=programme.pk, by=actor(second))
