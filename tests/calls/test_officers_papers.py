"""Officers open the decision letter and the files of offers: after the deadline, when clean, each look in the trail."""

import pytest
from django.test import Client
from django.urls import reverse

from calls import services
from calls.models import Offer
from stars.files.models import StoredFile
from stars.files.states import ScanState
from stars.kernel.errors import NotPermitted
from stars.kernel.models import AuditEntry
from tests.calls.test_admin import officer
from tests.conftest import signed_in
from tests.factories.accounts import CommissionMemberFactory, ProviderFactory
from tests.factories.calls import OfferFactory, SealedFileFactory
from tests.factories.evaluating import ContractFactory, actor, evaluator, offered, opened
from tests.factories.files import StoredFileFactory

pytestmark = pytest.mark.django_db


def decided() -> Offer:
    offer = opened()
    services.reject_programme(programme_id=offered(offer).pk, reason="Neatbilst vajadzībām.", by=evaluator())
    offer.refresh_from_db()
    return offer


def letter_of(offer: Offer) -> str:
    return reverse("admin:calls_offer_paper", args=(offer.pk, "letter"))


def opened_by(offer: Offer) -> list[str]:
    entries = AuditEntry.objects.filter(object_type="calls.offer", object_id=str(offer.pk), action="open")
    return [one.data["what"] for one in entries.order_by("sequence")]


def test_an_officer_opens_the_decision_letter_and_the_look_is_noted() -> None:
    offer = decided()
    browser = officer("evaluator")
    page = browser.get(reverse("admin:calls_offer_change", args=(offer.pk,))).content.decode()
    assert letter_of(offer) in page
    waiting = browser.get(letter_of(offer))
    assert waiting.status_code == 200  # a worker makes it; the page asks again by itself
    assert "PDF" in waiting.content.decode()
    browser.get(letter_of(offer) + "?gaida=1")
    made = services.request_letter(offer_id=offer.pk, by=evaluator())
    made.file, made.state = StoredFileFactory.create(clean=True), "ready"
    made.save()
    given = browser.get(letter_of(offer))
    assert given.status_code == 302
    assert opened_by(offer) == ["letter", "letter"]  # not for each time the page that waits asked


def test_an_undecided_offer_has_no_letter() -> None:
    offer = opened()
    browser = officer("evaluator")
    assert letter_of(offer) not in browser.get(reverse("admin:calls_offer_change", args=(offer.pk,))).content.decode()
    assert browser.get(letter_of(offer)).status_code == 404
    assert opened_by(offer) == []


def test_nobody_else_reaches_an_officers_papers() -> None:
    offer = decided()
    for user in (ProviderFactory.create(), CommissionMemberFactory.create()):
        assert signed_in(Client(), user).get(letter_of(offer)).status_code in {302, 403}
    assert opened_by(offer) == []


def test_a_sealed_file_is_opened_after_the_deadline_once_it_is_clean() -> None:
    offer = opened()
    version = offer.versions.get()
    sealed = SealedFileFactory.create(version=version, file=StoredFileFactory.create(display_name="plāns.pdf"))
    browser = officer("finance")
    address = reverse("admin:calls_offerversion_paper", args=(version.pk, sealed.pk))
    page = reverse("admin:calls_offerversion_change", args=(version.pk,))
    assert browser.get(address).status_code == 404  # in quarantine
    assert address not in browser.get(page).content.decode()
    StoredFile.objects.update(state=ScanState.CLEAN, scanned_at=offer.call.opens_at)
    assert address in browser.get(page).content.decode()
    assert browser.get(address).status_code == 302
    assert opened_by(offer) == ["plāns.pdf"]
    foreign = SealedFileFactory.create()
    assert browser.get(reverse("admin:calls_offerversion_paper", args=(version.pk, foreign.pk))).status_code == 404


def test_a_sealed_file_stays_shut_while_others_can_still_offer() -> None:
    offer = OfferFactory.create(submitted=True)
    sealed = SealedFileFactory.create(version=offer.versions.get())
    address = reverse("admin:calls_offerversion_paper", args=(sealed.version_id, sealed.pk))
    assert officer("evaluator").get(address).status_code == 404
    assert opened_by(offer) == []


def test_the_file_of_a_contract_is_opened_and_noted() -> None:
    contract = ContractFactory.create(offer=decided(), file=StoredFileFactory.create(clean=True))
    address = reverse("admin:calls_contract_paper", args=(contract.pk, "file"))
    browser = officer("evaluator")
    assert address in browser.get(reverse("admin:calls_contract_change", args=(contract.pk,))).content.decode()
    assert browser.get(address).status_code == 302
    assert len(opened_by(contract.offer)) == 1


def test_nothing_of_an_offer_is_read_before_the_deadline_and_nothing_by_strangers() -> None:
    """The service says so too, whatever page asks."""
    sealed, over = OfferFactory.create(submitted=True), opened()
    for offer, by in ((sealed, evaluator()), (over, actor(over.call.seats.order_by("pk")[0]))):
        with pytest.raises(NotPermitted):
            services.note_reading(offer_id=offer.pk, what="letter", by=by)
        assert opened_by(offer) == []
