"""The agency's hand on a call: announced once, moved with a reason, never under the evaluation."""

from datetime import timedelta

import pytest
from django.utils import timezone

from calls import services, tasks
from calls.models import Call
from calls.states import CallState
from stars.kernel.actor import Actor, Duty, Role
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AuditEntry
from stars.notices.models import Notice
from tests.factories.accounts import ProviderFactory
from tests.factories.calls import CallDocumentFactory, CallFactory, OfferFactory, ProgrammeDraftFactory
from tests.factories.evaluating import opened, scored

pytestmark = pytest.mark.django_db
OFFICER = Actor(role=Role.AGENCY, user_id=1, duties=frozenset({Duty.EVALUATOR}), label="Inta")


def test_a_call_is_announced_once_and_with_its_kinds() -> None:
    bare = CallFactory.create(prepared=True, kinds=False)
    with pytest.raises(DomainError):
        services.announce_call(call_id=bare.pk, by=OFFICER)
    call = services.announce_call(call_id=CallFactory.create(prepared=True).pk, by=OFFICER)
    assert call.state == CallState.ANNOUNCED
    with pytest.raises(DomainError):
        services.announce_call(call_id=call.pk, by=OFFICER)


def test_k6_a_stale_form_is_refused() -> None:
    call = CallFactory.create()
    old = Call.objects.get(pk=call.pk)
    services.save_call(call=call, changed=["lead"], by=OFFICER)
    with pytest.raises(DomainError):
        services.save_call(call=old, changed=["lead"], by=OFFICER)


def test_what_weighs_scores_stays_once_one_is_begun() -> None:
    """ADR 0016: nobody makes a programme's scores agree, or enough, by changing what the call asks for."""
    offer = opened(tolerance=5)
    scored(offer, (20, 10), (8, 4))
    for name, value in (("tolerance", 500), ("scores_needed", 3)):
        call = Call.objects.get(pk=offer.call_id)
        setattr(call, name, value)
        with pytest.raises(DomainError) as refused:
            services.save_call(call=call, changed=[name], by=OFFICER)
        assert refused.value.code == "being_scored"
    call = Call.objects.get(pk=offer.call_id)
    call.lead = "Cits"
    services.save_call(call=call, changed=["lead"], by=OFFICER)


def test_before_a_score_is_begun_the_call_may_ask_for_another_number() -> None:
    call = opened(tolerance=5).call
    call.tolerance = 7
    assert services.save_call(call=call, changed=["tolerance"], by=OFFICER).tolerance == 7


def test_saving_an_announced_call_leaves_its_window() -> None:
    call = CallFactory.create()
    before = call.closes_at
    call.closes_at, call.lead = before + timedelta(days=5), "Cits"
    services.save_call(call=call, changed=["lead"], by=OFFICER)
    call.refresh_from_db()
    assert (call.closes_at, call.lead) == (before, "Cits")


def test_x79_the_deadline_moves_with_a_reason_that_is_kept() -> None:
    call = CallFactory.create()
    later = call.closes_at + timedelta(days=1)
    services.move_deadline(call_id=call.pk, closes_at=later, reason="Platforma nebija pieejama", by=OFFICER)
    said = AuditEntry.objects.get(action="move_deadline").data
    assert said["reason"] == "Platforma nebija pieejama"
    with pytest.raises(DomainError):
        services.move_deadline(call_id=call.pk, closes_at=timezone.now(), reason="x", by=OFFICER)


def test_f19_who_prepares_or_has_sent_hears_of_the_moved_deadline_once() -> None:
    call = CallFactory.create()
    hear = []
    for submitted in (True, False):
        provider = ProviderFactory.create()
        OfferFactory.create(call=call, institution=provider.memberships.get().institution, submitted=submitted)
        hear.append(provider)
    begun = ProviderFactory.create()  # a programme, and no offer yet
    ProgrammeDraftFactory.create(institution=begun.memberships.get().institution, saved_at=call.opens_at)
    hear.append(begun)
    elsewhere = ProviderFactory.create().memberships.get().institution
    OfferFactory.create(institution=elsewhere)  # its programme is ticked for another call
    ProviderFactory.create()  # has begun nothing
    Notice.objects.all().delete()
    later = call.closes_at + timedelta(days=1)
    services.move_deadline(call_id=call.pk, closes_at=later, reason="Platforma nebija pieejama", by=OFFICER)
    assert sorted(one.recipient.pk for one in Notice.objects.all()) == sorted(one.pk for one in hear)
    said = Notice.objects.order_by("pk")[0].body
    assert "Platforma nebija pieejama" in said
    assert f"{timezone.localtime(later - timedelta(seconds=1)):%d.%m.%Y}" in said


def test_the_deadline_stays_once_offers_are_opened() -> None:
    offer = OfferFactory.create(submitted=True)
    type(offer).objects.update(state="in_evaluation")
    with pytest.raises(DomainError):
        services.move_deadline(
            call_id=offer.call_id, closes_at=timezone.now() + timedelta(days=30), reason="x", by=OFFICER
        )


def test_another_call_is_prepared_from_an_earlier_one() -> None:
    """Everything but the timeline, the commission and the offers; nobody sees it before it is announced."""
    offer = opened()
    call = offer.call
    CallDocumentFactory.create(call=call)
    made = services.copy_call(call_id=call.pk, by=OFFICER)
    for name in ("kinds", "conditions", "criteria", "documents"):
        assert getattr(made, name).count() == getattr(call, name).count() > 0, name
    assert (made.seats.count(), made.offers.count(), made.state) == (0, 0, CallState.PREPARED)
    assert timezone.localtime(made.opens_at).hour == 0
    assert made.opens_at > timezone.now()
    assert services.copy_call(call_id=call.pk, by=OFFICER).slug not in {call.slug, made.slug}
    assert Call.objects.announced().get() == call


@pytest.mark.parametrize("by", [Actor(role=Role.AGENCY, user_id=1), Actor(role=Role.PROVIDER, institution_id=1)])
def test_nobody_else_keeps_calls(by: Actor) -> None:
    call = CallFactory.create(prepared=True)
    with pytest.raises(NotPermitted):
        services.announce_call(call_id=call.pk, by=by)
    with pytest.raises(NotPermitted):
        services.save_call(call=call, changed=[], by=by)
    with pytest.raises(NotPermitted):
        services.move_deadline(call_id=call.pk, closes_at=timezone.now(), reason="x", by=by)
    with pytest.raises(NotPermitted):
        services.copy_call(call_id=call.pk, by=by)


def test_x22_who_has_begun_hears_of_the_deadline_once() -> None:
    provider = ProviderFactory.create()
    call = CallFactory.create(closes_at=timezone.now() + timedelta(days=2))
    OfferFactory.create(call=call, institution=provider.memberships.get().institution)
    OfferFactory.create(call=call, submitted=True)  # has sent already
    assert tasks.remind_of_closing() == 1
    tasks.remind_of_closing()
    assert Notice.objects.get().recipient == provider
    Call.objects.update(closes_at=timezone.now() + timedelta(hours=5))
    tasks.remind_of_closing()
    assert Notice.objects.filter(recipient=provider).count() == 2
    Call.objects.update(closes_at=timezone.now() + timedelta(hours=20))  # moved: the other hour is news again
    tasks.remind_of_closing()
    tasks.remind_of_closing()
    assert Notice.objects.filter(recipient=provider).count() == 3
