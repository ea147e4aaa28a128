"""Step 1: an address is asked about in the register by a worker; no answer is never "not found" (D2, X42)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import registries
from accounts.registries import AddressAnswer, Unanswered, WrongPerson
from accounts.registries.answers import read_address
from calls import services, tasks
from calls.errors import InUse
from calls.models import VenueCheck
from calls.states import VenueState
from catalog.models import Venue
from stars.classifiers.models import Municipality
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, NotPermitted
from tests.factories.accounts import ProviderFactory
from tests.factories.calls import JOB, VenueCheckFactory
from tests.factories.catalog import ProgrammeFactory

pytestmark = pytest.mark.django_db
ADDRESS = "Enkura iela 12, Rīga, LV-1005"


@pytest.fixture
def provider() -> Actor:
    found: Actor = ProviderFactory.create().memberships.get().actor()
    return found


def add(by: Actor, address: str = ADDRESS) -> Venue:
    place = Municipality.objects.get(code="riga")
    return services.add_venue(name="Datorklases", address=address, municipality_id=place.pk, by=by)


def answering(monkeypatch: pytest.MonkeyPatch, *, answer: bool | Exception) -> None:
    def say(address: str, *, institution_number: str, request_id: str) -> AddressAnswer:
        assert institution_number
        if isinstance(answer, Exception):
            raise answer
        return AddressAnswer("a-1", timezone.now(), answer)

    monkeypatch.setattr(registries, "ask_address", say)
    monkeypatch.setattr(registries, "is_configured", lambda registry: True)


@pytest.mark.parametrize(("is_known", "state"), [(True, VenueState.REGISTERED), (False, VenueState.NOT_FOUND)])
def test_the_registers_word_is_kept(
    provider: Actor, monkeypatch: pytest.MonkeyPatch, is_known: bool, state: VenueState
) -> None:
    venue = add(provider)
    answering(monkeypatch, answer=is_known)
    assert tasks.check_venues() == 1
    check = VenueCheck.objects.get()
    assert (check.state, check.answer_id) == (state, "a-1")
    venue.refresh_from_db()
    assert venue.registered_in_viis is is_known
    assert tasks.check_venue(check.pk) is False


def test_x42_no_answer_is_asked_again_and_is_not_no(provider: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    add(provider)
    answering(monkeypatch, answer=Unanswered("timeout"))
    check = VenueCheck.objects.get()
    assert services.check_venue(check_id=check.pk, by=JOB) is False
    check.refresh_from_db()
    assert (check.state, check.last_error) == (VenueState.UNCHECKED, "timeout")
    assert check.due_at > timezone.now()
    answering(monkeypatch, answer=True)
    assert services.check_venues(by=JOB) == 0
    VenueCheck.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert services.check_venues(by=JOB) == 1


def test_asking_again_begins_anew(provider: Actor) -> None:
    venue = add(provider)
    VenueCheck.objects.update(state=VenueState.NOT_FOUND, checked_at=timezone.now())
    services.ask_again(venue_id=venue.pk, by=provider)
    assert VenueCheck.objects.get().state == VenueState.UNCHECKED


def test_the_same_address_stands_once(provider: Actor) -> None:
    add(provider)
    with pytest.raises(DomainError):
        add(provider, ADDRESS.upper())


def test_a_venue_of_another_institution_is_not_touched(provider: Actor) -> None:
    check = VenueCheckFactory.create()
    for service in (services.ask_again, services.drop_venue):
        with pytest.raises(NotPermitted):
            service(venue_id=check.venue_id, by=provider)


def test_an_address_of_the_catalogue_stays(provider: Actor) -> None:
    venue = add(provider)
    programme = ProgrammeFactory.create(institution=venue.institution, venues=[venue], group=False)
    with pytest.raises(InUse):
        services.drop_venue(venue_id=venue.pk, by=provider)
    programme.venues.clear()
    services.drop_venue(venue_id=venue.pk, by=provider)
    services.drop_venue(venue_id=venue.pk, by=provider)
    assert not Venue.objects.filter(institution=venue.institution).exists()


GOOD = (
    '{"registry": "VIIS", "answer_id": "x", "answered_at": "2025-06-09T10:00:00+00:00", '
    '"institution_number": "1", "address": "A", "registered": true}'
)


def test_an_answer_is_read_strictly() -> None:
    assert read_address(GOOD.encode(), address="A").is_registered
    with pytest.raises(WrongPerson):
        read_address(GOOD.encode(), address="B")
    for odd in (GOOD.replace("true", '"yes"'), GOOD.replace("VIIS", "FPR"), "[]", "{}x"):
        with pytest.raises(Unanswered):
            read_address(odd.encode(), address="A")
