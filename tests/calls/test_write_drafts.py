"""Several people write on one programme and one offer; nobody overwrites what they have not seen (K6, X21)."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile

from accounts.models import User
from calls import services
from calls.errors import Conflict, InUse, NoOffer, Sealed
from calls.models import Offer, Paper, ProgrammeDraft
from calls.states import OfferState
from stars.files.errors import NoRoom
from stars.files.models import StoredFile
from stars.files.services import Upload
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, NotPermitted
from tests.factories.accounts import ProviderFactory
from tests.factories.calls import (
    CallFactory,
    OfferFactory,
    PaperFactory,
    ProgrammeDraftFactory,
    SealedFileFactory,
    ready,
)
from tests.factories.catalog import ProgrammeCompetenceFactory, ProgrammeFactory, ProgrammePartFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    found: User = ProviderFactory.create()
    return found


def actor(user: User) -> Actor:
    return user.memberships.get().actor()


def colleague_of(user: User) -> Actor:
    return actor(ProviderFactory.create(membership__institution=user.memberships.get().institution))


def save(draft: ProgrammeDraft, by: Actor, *, revision: int, pen: str, **changes: Any) -> ProgrammeDraft:
    return services.save_programme_draft(draft_id=draft.pk, answers=ready(**changes), revision=revision, pen=pen, by=by)


def test_x21_whatever_was_typed_is_kept(anna: User) -> None:
    draft = services.begin_programme(by=actor(anna))
    save(draft, actor(anna), revision=1, pen="a", theory_onsite="daudz", name="", kind="nav-tāda")
    draft.refresh_from_db()
    assert (draft.content["theory_onsite"], draft.content["kind"]) == ("daudz", "nav-tāda")
    assert draft.revision == 2


def test_k6_a_colleagues_words_are_not_overwritten(anna: User) -> None:
    draft = services.begin_programme(by=actor(anna))
    other = colleague_of(anna)
    save(draft, other, revision=1, pen="b", name="Kolēģa vārdi")
    with pytest.raises(Conflict) as conflict:
        save(draft, actor(anna), revision=1, pen="a", name="Mani vārdi")
    assert conflict.value.kept["name"] == "Kolēģa vārdi"
    assert other.label in conflict.value.message
    draft.refresh_from_db()
    assert draft.name == "Kolēģa vārdi"
    save(draft, actor(anna), revision=conflict.value.revision, pen="a", name="Mani vārdi")
    draft.refresh_from_db()
    assert draft.name == "Mani vārdi"


def test_whoever_wrote_last_goes_on_with_the_same_pen(anna: User) -> None:
    """An autosave under way is no conflict with one's own button."""
    draft = services.begin_programme(by=actor(anna))
    save(draft, actor(anna), revision=1, pen="a", name="Viens")
    save(draft, actor(anna), revision=1, pen="a", name="Divi")
    with pytest.raises(Conflict):
        save(draft, actor(anna), revision=1, pen="b", name="Trīs")
    with pytest.raises(Conflict):
        save(draft, actor(anna), revision=1, pen="", name="Četri")


def test_another_institution_writes_nothing(anna: User) -> None:
    draft = ProgrammeDraftFactory.create()
    with pytest.raises(NotPermitted):
        save(draft, actor(anna), revision=1, pen="a")
    with pytest.raises(NotPermitted):
        services.discard_programme(draft_id=draft.pk, by=actor(anna))


def test_what_a_colleague_has_deleted_is_said(anna: User) -> None:
    draft = services.begin_programme(by=actor(anna))
    services.discard_programme(draft_id=draft.pk, by=colleague_of(anna))
    services.discard_programme(draft_id=draft.pk, by=actor(anna))
    with pytest.raises(NoOffer):
        save(draft, actor(anna), revision=1, pen="a")


def test_a_programme_in_a_live_offer_is_not_deleted(anna: User) -> None:
    institution = anna.memberships.get().institution
    draft = ProgrammeDraftFactory.create(institution=institution)
    offer = OfferFactory.create(institution=institution, programmes=[draft], submitted=True)
    with pytest.raises(InUse):
        services.discard_programme(draft_id=draft.pk, by=actor(anna))
    arrived = offer.call.closes_at - timedelta(seconds=1)
    services.withdraw_offer(offer_id=offer.pk, arrived_at=arrived, by=actor(anna))
    services.discard_programme(draft_id=draft.pk, by=actor(anna))
    assert not ProgrammeDraft.objects.exists()


def test_a_programme_of_the_catalogue_is_copied_whole(anna: User) -> None:
    programme = ProgrammeFactory.create(institution=anna.memberships.get().institution)
    ProgrammePartFactory.create(programme=programme, position=1, name="Pirmais", hours=48)
    ProgrammeCompetenceFactory.create(programme=programme, level=6)
    draft = services.copy_programme(programme_id=programme.pk, by=actor(anna))
    assert draft.content["name"] == programme.name
    assert draft.content["part_0_name"] == "Pirmais"
    assert draft.content["digcomp_3_4_level"] == "6"
    assert draft.content["venues"] == [programme.venues.get().code]
    assert draft.copied_from == programme
    again = services.copy_programme(draft_id=draft.pk, by=actor(anna))
    assert again.content["name"] == f"{programme.name} (kopija)"


def test_x19_beginning_an_offer_again_resumes_it(anna: User) -> None:
    call = CallFactory.create()
    first = services.begin_offer(call_id=call.pk, by=actor(anna))
    assert services.begin_offer(call_id=call.pk, by=colleague_of(anna)) == first
    assert first.number.startswith("P-")


def test_what_was_sent_is_not_written_on(anna: User) -> None:
    offer = OfferFactory.create(institution=anna.memberships.get().institution, submitted=True)
    with pytest.raises(Sealed):
        services.save_offer(offer_id=offer.pk, answers={}, revision=offer.revision, pen="a", by=actor(anna))
    with pytest.raises(Sealed):
        services.add_paper(offer_id=offer.pk, code="x", upload=upload(), by=actor(anna))
    with pytest.raises(InUse):
        services.discard_offer(offer_id=offer.pk, by=actor(anna))
    assert Offer.objects.get().state == OfferState.SUBMITTED


def test_an_unsent_offer_is_saved_and_thrown_away(anna: User) -> None:
    offer = services.begin_offer(call_id=CallFactory.create().pk, by=actor(anna))
    saved = services.save_offer(
        offer_id=offer.pk, answers={"source": "imk", "programmes": []}, revision=1, pen="a", by=actor(anna)
    )
    assert saved.source == "imk"
    services.discard_offer(offer_id=offer.pk, by=actor(anna))
    services.discard_offer(offer_id=offer.pk, by=actor(anna))
    assert not Offer.objects.exists()


def upload() -> Upload:
    content = ContentFile(b"%PDF-1.4 test")
    return Upload(name="plāns.pdf", content_type="application/pdf", size=content.size, content=content)


def test_a_file_goes_with_its_paper_unless_a_sealed_offer_holds_it(anna: User) -> None:
    draft = services.begin_programme(by=actor(anna))
    loose = services.add_paper(draft_id=draft.pk, code="plans", upload=upload(), by=actor(anna))
    kept = services.add_paper(draft_id=draft.pk, code="plans", upload=upload(), by=actor(anna))
    SealedFileFactory.create(file=kept.file)
    for paper in (loose, kept, loose):
        services.remove_paper(paper_id=paper.pk, by=actor(anna))
    assert not Paper.objects.exists()
    assert set(StoredFile.objects.all()) == {kept.file}


def test_upl_01_an_institution_s_files_have_an_end(anna: User, settings: Any) -> None:
    settings.STARS_INSTITUTION_FILES = 1
    draft = services.begin_programme(by=actor(anna))
    services.add_paper(draft_id=draft.pk, code="plans", upload=upload(), by=actor(anna))
    other = services.begin_programme(by=actor(anna))
    with pytest.raises(NoRoom):
        services.add_paper(draft_id=other.pk, code="plans", upload=upload(), by=actor(anna))


def test_files_have_an_end(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calls.services.drafting.MOST_PAPERS", 1)
    draft = ProgrammeDraftFactory.create(institution=anna.memberships.get().institution)
    PaperFactory.create(draft=draft)
    with pytest.raises(DomainError):
        services.add_paper(draft_id=draft.pk, code="plans", upload=upload(), by=actor(anna))
