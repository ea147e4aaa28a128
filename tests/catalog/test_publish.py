"""Publishing, archiving and saving: who may, what is written beside it, and what the catalogue then shows."""

from collections.abc import Callable

import pytest
from django.test import Client

from catalog.models import CatalogueVersion, CourseGroup, Programme
from catalog.policies import may
from catalog.services import (
    archive_programme,
    publish_programme,
    raise_catalogue_version,
    refresh,
    reindex,
    save_group,
    save_programme,
    save_venue,
    take_place_at,
)
from catalog.states import PROGRAMME, FieldAction, ProgrammeAction, ProgrammeState, RoundAction
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AuditEntry
from tests.factories.catalog import ProgrammeFactory, VenueFactory

pytestmark = pytest.mark.django_db
AGENCY = Actor(role=Role.AGENCY, user_id=1, label="Ilze Lapiņa")
CLIENT = Actor(role=Role.CLIENT, user_id=2)
PROVIDER = Actor(role=Role.PROVIDER_ADMIN, user_id=3, institution_id=-1)


def version() -> int:
    return CatalogueVersion.objects.get().version


def last_entry(programme: Programme) -> AuditEntry:
    return AuditEntry.objects.filter(object_type="catalog.programme", object_id=str(programme.pk)).latest("sequence")


@pytest.mark.parametrize("actor", [Actor(), CLIENT, PROVIDER], ids=lambda actor: actor.role)
@pytest.mark.parametrize("action", [*ProgrammeAction, *RoundAction, *FieldAction])
def test_the_catalogue_is_the_agencys(actor: Actor, action: ProgrammeAction) -> None:
    assert not may(actor, action)
    assert may(AGENCY, action)
    assert may(Actor.system("demo"), action)


def test_publish_shows_the_programme_at_once(client: Client) -> None:
    programme = ProgrammeFactory.create(unpublished=True, name="Datu bāzu tehnoloģijas")
    assert client.get(f"/programma/{programme.number}").status_code == 404
    before = version()
    publish_programme(programme_id=programme.pk, by=AGENCY)
    programme.refresh_from_db()
    assert programme.state == ProgrammeState.PUBLISHED
    assert programme.published_at is not None
    assert " dat baz " in programme.search_text
    assert version() == before + 1
    entry = last_entry(programme)
    assert (entry.action, entry.from_state, entry.to_state) == ("publish", "unpublished", "published")
    assert "Datu bāzu tehnoloģijas" in client.get("/programmas").content.decode()


@pytest.mark.parametrize("left_out", [{"offer": False}, {"venues": []}], ids=["no price", "no venue"])
def test_publish_needs_a_price_and_a_venue(left_out: dict[str, object]) -> None:
    programme = ProgrammeFactory.create(unpublished=True, **left_out)
    with pytest.raises(DomainError) as refused:
        publish_programme(programme_id=programme.pk, by=AGENCY)
    assert refused.value.code == "not_complete"


def test_archive_takes_it_away_at_once(client: Client) -> None:
    programme = ProgrammeFactory.create(name="Datu bāzu tehnoloģijas")
    assert "Datu bāzu" in client.get("/programmas").content.decode()
    before = version()
    archive_programme(programme_id=programme.pk, by=AGENCY)
    assert version() == before + 1
    assert last_entry(programme).action == "archive"
    assert "Datu bāzu" not in client.get("/programmas").content.decode()


ACTS: dict[ProgrammeAction, Callable[..., Programme]] = {
    ProgrammeAction.PUBLISH: publish_programme,
    ProgrammeAction.ARCHIVE: archive_programme,
}


@pytest.mark.parametrize(
    ("action", "state"),
    [(action, state) for action in ProgrammeAction for state in ProgrammeState if not PROGRAMME.allows(action, state)],
)
def test_what_the_table_forbids_is_refused(action: ProgrammeAction, state: ProgrammeState) -> None:
    programme = ProgrammeFactory.create(state=state)
    with pytest.raises(DomainError) as refused:
        ACTS[action](programme_id=programme.pk, by=AGENCY)
    assert refused.value.code == "wrong_state"
    programme.refresh_from_db()
    assert programme.state == state


@pytest.mark.parametrize("act", ACTS.values(), ids=lambda act: act.__name__)
def test_nobody_else_moves_a_programme(act: Callable[..., Programme]) -> None:
    programme = ProgrammeFactory.create()
    with pytest.raises(NotPermitted):
        act(programme_id=programme.pk, by=PROVIDER)


# --- fields ------------------------------------------------------------------------


def test_save_programme_never_moves_the_state() -> None:
    """A form loaded before somebody archived the programme does not publish it again."""
    stale = ProgrammeFactory.create()
    archive_programme(programme_id=stale.pk, by=AGENCY)
    before, stale.name = version(), "Jaunais nosaukums"
    save_programme(programme=stale, changed=["name"], by=AGENCY)
    saved = Programme.objects.get(pk=stale.pk)
    assert (saved.name, saved.state) == ("Jaunais nosaukums", ProgrammeState.ARCHIVED)
    assert " nosaukum " in saved.search_text
    assert last_entry(saved).data == {"changed": ["name"]}
    assert version() == before + 1


def test_save_group_keeps_places_taken_meanwhile() -> None:
    stale = ProgrammeFactory.create(group__capacity=20).groups.get()
    taken_at = ProgrammeFactory._meta.model.objects.get(pk=stale.programme_id)
    take_place_at(programme_id=taken_at.pk, venue_id=stale.venue_id, moment=stale.programme.published_at)
    before, stale.capacity = version(), 15
    save_group(group=stale, changed=["capacity"], by=AGENCY)
    saved = CourseGroup.objects.get(pk=stale.pk)
    assert (saved.capacity, saved.taken) == (15, 1)
    assert version() == before + 1


def test_x45_a_group_never_gets_smaller_than_its_people() -> None:
    group = ProgrammeFactory.create(group__capacity=20, group__taken=12).groups.get()
    group.capacity = 11
    with pytest.raises(DomainError) as refused:
        save_group(group=group, changed=["capacity"], by=AGENCY)
    assert refused.value.code == "capacity_below_taken"


def test_save_venue_is_found_by_its_new_address() -> None:
    programme = ProgrammeFactory.create()
    venue, before = programme.venues.get(), version()
    venue.address = "Zvaigžņu iela 7, Cēsis, LV-4101"
    save_venue(venue=venue, changed=["address"], by=AGENCY)
    programme.refresh_from_db()
    assert " zvaigzn " in programme.search_text
    assert version() == before + 1


def test_a_new_venue_and_a_new_group_are_written_too() -> None:
    programme = ProgrammeFactory.create(group=False)
    venue = save_venue(
        venue=VenueFactory.build(institution=programme.institution, code="jauna"), changed=["code"], by=AGENCY
    )
    group = CourseGroup(
        code="jauna-1",
        programme=programme,
        venue=venue,
        starts_on="2030-01-01",
        ends_on="2030-02-01",
        schedule_kind="mixed",
        capacity=5,
        minimum=1,
    )
    save_group(group=group, changed=["code"], by=AGENCY)
    assert programme.groups.get().venue.code == "jauna"


@pytest.mark.parametrize("save", [save_programme, save_group, save_venue], ids=lambda save: save.__name__)
def test_nobody_else_saves(save: Callable[..., object]) -> None:
    programme = ProgrammeFactory.create()
    rows = {save_programme: programme, save_group: programme.groups.get(), save_venue: programme.venues.get()}
    name = save.__name__.removeprefix("save_")
    with pytest.raises(NotPermitted):
        save(**{name: rows[save], "changed": [], "by": PROVIDER})


def test_reindex_and_refresh_twice_change_nothing() -> None:
    programme = ProgrammeFactory.create()
    texts = []
    for act in (reindex, reindex, refresh, refresh):
        act(programme_id=programme.pk)
        texts.append(Programme.objects.get(pk=programme.pk).search_text)
    assert len(set(texts)) == 1


def test_the_version_row_comes_back_if_it_is_lost() -> None:
    CatalogueVersion.objects.all().delete()
    raise_catalogue_version()
    assert version() == 1
