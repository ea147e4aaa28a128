"""After the deadline: offers are opened, and each programme is decided for itself, once (I9)."""

from datetime import timedelta

import pytest

from calls import services
from calls.errors import AlreadyDecided, NotOverYet
from calls.models import Call, Offer
from calls.states import OfferState
from stars.kernel.actor import Actor, Duty, Role
from stars.kernel.errors import DomainError, NotPermitted
from tests.factories.accounts import InstitutionFactory
from tests.factories.calls import CallFactory, OfferFactory, ProgrammeDraftFactory
from tests.factories.evaluating import opened, scored

pytestmark = pytest.mark.django_db
OFFICER = Actor(role=Role.AGENCY, user_id=1, duties=frozenset({Duty.EVALUATOR}), label="Inta")


def sent(count: int = 2) -> Offer:
    """Submitted to a call that is over."""
    institution = InstitutionFactory.create()
    programmes = ProgrammeDraftFactory.create_batch(count, institution=institution)
    call = CallFactory.create(over=True)
    found: Offer = OfferFactory.create(call=call, institution=institution, programmes=programmes, submitted=True)
    return found


def test_offers_are_opened_after_the_deadline_only() -> None:
    offer = OfferFactory.create(submitted=True)
    with pytest.raises(NotOverYet):
        services.evaluate_offer(offer_id=offer.pk, by=OFFICER)
    Call.objects.update(opens_at=offer.call.opens_at - timedelta(days=20), closes_at=offer.call.opens_at)
    services.evaluate_offer(offer_id=offer.pk, by=OFFICER)
    assert services.evaluate_offer(offer_id=offer.pk, by=OFFICER).state == OfferState.IN_EVALUATION


def test_an_offer_is_approved_where_one_of_its_programmes_is() -> None:
    offer = opened(programmes=2)
    taken = scored(offer)
    [refused] = offer.versions.get().programmes.exclude(pk=taken.pk)
    services.reject_programme(programme_id=refused.pk, reason="Neatbilst līmenim", by=OFFICER)
    offer.refresh_from_db()
    assert offer.state == OfferState.IN_EVALUATION
    services.approve_programme(programme_id=taken.pk, by=OFFICER)
    offer.refresh_from_db()
    assert offer.state == OfferState.APPROVED
    assert offer.decided_at


def test_an_offer_without_an_approved_programme_is_rejected() -> None:
    offer = services.evaluate_offer(offer_id=sent(1).pk, by=OFFICER)
    programme = offer.versions.get().programmes.get()
    with pytest.raises(DomainError):
        services.reject_programme(programme_id=programme.pk, reason=" ", by=OFFICER)
    services.reject_programme(programme_id=programme.pk, reason="Neatbilst", by=OFFICER)
    offer.refresh_from_db()
    assert offer.state == OfferState.REJECTED
    with pytest.raises(AlreadyDecided):
        services.approve_programme(programme_id=programme.pk, by=OFFICER)


def test_only_who_is_charged_with_evaluation_decides() -> None:
    offer = sent(1)
    for by in (Actor(role=Role.AGENCY, user_id=1), Actor(role=Role.PROVIDER, institution_id=offer.institution_id)):
        with pytest.raises(NotPermitted):
            services.evaluate_offer(offer_id=offer.pk, by=by)
