"""From scores to the catalogue: decisions with reasons, the letter, the contract, publication once at the offered price."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from calls import selectors, services
from calls.errors import AlreadyDecided, Disputed, NoContract, NotSettled, ScoresMissing
from calls.models import Contract, Offer, OfferedProgramme
from catalog import services as catalog
from catalog.models import CatalogueVersion, Programme
from stars.files.models import RenderedDocument
from stars.kernel.errors import DomainError, NotPermitted
from stars.notices.models import Delivery, Notice
from tests.factories.accounts import ProviderFactory
from tests.factories.evaluating import actor, evaluator, give, offered, opened, scored, typed

pytestmark = pytest.mark.django_db


def approved(**of_offer: object) -> OfferedProgramme:
    programme = scored(opened(**of_offer))  # type: ignore[arg-type]
    return services.approve_programme(programme_id=programme.pk, by=evaluator())


def with_contract(programme: OfferedProgramme) -> OfferedProgramme:
    services.record_contract(
        offer_id=programme.version.offer_id, number="2024/17", signed_on=date(2024, 11, 8), by=evaluator()
    )
    return programme


# --- deciding -----------------------------------------------------------------


def test_no_reason_stands_in_the_place_of_two_scores() -> None:
    offer = opened()
    programme, (first, second) = offered(offer), offer.call.seats.order_by("pk")
    give(programme, first, 16, 7)
    with pytest.raises(ScoresMissing) as refusal:
        services.approve_programme(programme_id=programme.pk, reason="Padomes lēmums Nr. 3.", by=evaluator())
    said = refusal.value.message
    assert said.startswith("Programmai ir 1 no 2 vērtējumiem, tāpēc to vēl nevar apstiprināt.")
    assert str(second.user) in said
    assert str(first.user) not in said
    assert "nosauciet vēl vienu" not in said
    services.declare(offer_id=offer.pk, has_conflict=True, reason="Rados.", by=actor(second))
    with pytest.raises(ScoresMissing, match="nosauciet vēl vienu"):
        services.approve_programme(programme_id=programme.pk, reason="Padomes lēmums Nr. 3.", by=evaluator())


def test_what_is_not_eligible_is_refused_by_its_reason_whatever_the_points() -> None:
    unscored = services.reject_programme(programme_id=offered(opened()).pk, reason="Nav licences.", by=evaluator())
    assert unscored.decided_at
    offer = opened(tolerance=5)
    programme, (first, second) = offered(offer), offer.call.seats.order_by("pk")
    give(programme, first, 18, 9)
    give(programme, second, 10, 5, answer="no", note="Nav akreditēta.")
    assert services.reject_programme(programme_id=programme.pk, reason="Nav akreditēta.", by=evaluator()).decided_at


def test_an_approval_against_failing_scores_needs_a_reason() -> None:
    programme = scored(opened(tolerance=50), (7, 9), (7, 9))
    with pytest.raises(NotSettled):
        services.approve_programme(programme_id=programme.pk, by=evaluator())
    assert services.approve_programme(programme_id=programme.pk, reason="Padomes lēmums.", by=evaluator()).decided_at


@pytest.mark.parametrize("decide", [services.approve_programme, services.reject_programme])
def test_while_the_scores_are_far_apart_nothing_is_decided_whatever_the_reason(decide: Callable[..., Any]) -> None:
    offer = opened(tolerance=5)
    programme = scored(offer, (18, 9), (10, 5))
    with pytest.raises(Disputed, match="saskaņoto vērtējumu"):
        decide(programme_id=programme.pk, reason="Padomes lēmums.", by=evaluator())
    services.agree(programme_id=programme.pk, typed=typed(offer.call, 14, 7), note="Pārrunāts.", by=evaluator())
    assert decide(programme_id=programme.pk, reason="Padomes lēmums.", by=evaluator()).decided_at


def test_no_score_is_given_after_the_decision() -> None:
    offer = opened()
    programme, (first, second) = offered(offer), offer.call.seats.order_by("pk")
    services.reject_programme(programme_id=programme.pk, reason="Nav akreditācijas.", by=evaluator())
    for seat in (first, second):
        with pytest.raises(AlreadyDecided):
            services.save_scores(programme_id=programme.pk, typed={}, by=actor(seat))


def test_the_institution_hears_of_the_decision_with_its_reasons_and_no_scores() -> None:
    offer = opened(programmes=2)
    provider = ProviderFactory(membership__institution=offer.institution)
    first, second = OfferedProgramme.objects.filter(version__offer=offer).order_by("pk")
    for seat in offer.call.seats.order_by("pk"):
        give(first, seat, 16, 7)
    services.approve_programme(programme_id=first.pk, by=evaluator())
    assert not Notice.objects.filter(recipient=provider, key__endswith=":decided").exists()
    services.reject_programme(programme_id=second.pk, reason="Stundu sadalījums neatbilst.", by=evaluator())
    told = Notice.objects.get(recipient=provider, key=f"offer:{offer.pk}:decided")
    assert "Stundu sadalījums neatbilst." in told.body
    assert Delivery.objects.filter(key=told.key).count() == 1
    letter = RenderedDocument.objects.get(key=f"offer-decision:{offer.pk}")
    said = repr(letter.context)
    assert "Stundu sadalījums neatbilst." in said
    for seat in offer.call.seats.all():
        assert str(seat.user) not in said
    assert "Pamatots." not in said + told.body


def test_the_letter_is_the_institutions_own_and_there_once_it_is_decided() -> None:
    offer = opened()
    provider = ProviderFactory(membership__institution=offer.institution)
    browser = Client()
    browser.force_login(provider)
    with pytest.raises(DomainError):
        services.request_letter(offer_id=offer.pk, by=provider.memberships.get().actor())
    with pytest.raises(NotPermitted):
        services.request_letter(offer_id=offer.pk, by=ProviderFactory().memberships.get().actor())


# --- contract and publication -----------------------------------------------------


def test_a_contract_is_recorded_once_about_an_approved_offer() -> None:
    waiting = opened()
    with pytest.raises(DomainError):
        services.record_contract(offer_id=waiting.pk, number="1", signed_on=date(2024, 11, 8), by=evaluator())
    programme = with_contract(approved())
    for number in ("2024/17", "2024/18"):
        with pytest.raises(DomainError):
            services.record_contract(
                offer_id=programme.version.offer_id, number=number, signed_on=date(2024, 11, 8), by=evaluator()
            )
    other = approved()
    with pytest.raises(DomainError):
        services.record_contract(
            offer_id=other.version.offer_id, number="2024/17", signed_on=date(2024, 11, 8), by=evaluator()
        )
    assert Contract.objects.count() == 1


def test_nothing_is_published_without_a_contract_or_an_approval() -> None:
    programme = approved()
    with pytest.raises(NoContract):
        services.publish_offered(programme_id=programme.pk, by=evaluator())
    offer = opened(programmes=2)
    _first, second = OfferedProgramme.objects.filter(version__offer=offer).order_by("pk")
    services.approve_programme(programme_id=scored(offer).pk, by=evaluator())
    services.reject_programme(programme_id=second.pk, reason="Neatbilst.", by=evaluator())
    services.record_contract(offer_id=offer.pk, number="9", signed_on=date(2024, 11, 8), by=evaluator())
    with pytest.raises(DomainError):
        services.publish_offered(programme_id=second.pk, by=evaluator())


def test_the_published_programme_is_what_was_offered_at_the_offered_price() -> None:
    programme = with_contract(approved())
    version = CatalogueVersion.objects.get().version
    made = services.publish_offered(programme_id=programme.pk, by=evaluator())
    made.refresh_from_db()
    assert (made.state, made.hours_total, made.name) == ("published", 167, "Sistēmu programmēšana")
    price = made.offers.get()
    assert (price.source, price.price_cents) == (programme.call.source, programme.requested_cents)
    assert made.competences.get().level == 5
    assert [part.cost_cents for part in made.parts.all()] == [42743]
    assert made.venues.get().institution == made.institution
    assert "sistem" in made.search_text
    assert CatalogueVersion.objects.get().version > version
    programme.refresh_from_db()
    assert programme.programme == made


def test_publishing_twice_is_publishing_once() -> None:
    programme = with_contract(approved())
    first = services.publish_offered(programme_id=programme.pk, by=evaluator())
    assert services.publish_offered(programme_id=programme.pk, by=evaluator()) == first
    assert Programme.objects.filter(institution=first.institution).count() == 1


def test_only_evaluators_publish_and_record() -> None:
    programme = with_contract(approved())
    seat = programme.call.seats.order_by("pk").first()
    provider = ProviderFactory(membership__institution=programme.version.offer.institution)
    assert seat is not None
    for by in (actor(seat), provider.memberships.get().actor()):
        with pytest.raises(NotPermitted):
            services.publish_offered(programme_id=programme.pk, by=by)
        with pytest.raises(NotPermitted):
            services.record_contract(
                offer_id=programme.version.offer_id, number="3", signed_on=date(2024, 11, 8), by=by
            )


def test_venues_taken_off_meanwhile_stop_the_publication_with_a_sentence() -> None:
    programme = with_contract(approved())
    programme.version.offer.institution.venues.all().delete()
    with pytest.raises(DomainError):
        services.publish_offered(programme_id=programme.pk, by=evaluator())


# --- the price check -----------------------------------------------------------------


def test_the_price_check_compares_with_like_programmes() -> None:
    first = with_contract(approved())
    services.publish_offered(programme_id=first.pk, by=evaluator())
    like = offered(opened())
    check = selectors.price_check(like)
    assert (check.rate_cents, check.part_cap_cents, check.is_capped) == (534, 42743, True)
    assert (check.like.number, check.like.least, check.like.median, check.like.most) == (1, 42743, 42743, 42743)
    assert check.hourly_cents == 256
    assert selectors.price_check(offered(Offer.objects.get(pk=first.version.offer_id))).like.number == 0


def test_what_is_changed_after_the_approval_is_seen_beside_it() -> None:
    offered_one = with_contract(approved())
    made = services.publish_offered(programme_id=offered_one.pk, by=evaluator())
    offered_one.refresh_from_db()
    assert selectors.changes_since(offered_one) == []
    officer = evaluator()
    made.main_topics = ["Cita tēma"]
    catalog.save_programme(programme=made, changed=["main_topics"], by=officer)
    catalog.save_programme(programme=made, changed=[], by=officer)
    [change] = selectors.changes_since(offered_one)
    assert change.what == "galvenās tēmas"
