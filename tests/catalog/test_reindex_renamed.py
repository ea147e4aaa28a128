"""An institution that was renamed is found by its new name, without anybody touching its programmes."""

import pytest

from accounts.models import Institution
from catalog import tasks
from catalog.models import Programme
from catalog.selectors import current_version
from catalog.services import reindex, reindex_renamed
from stars.kernel.actor import Actor
from stars.kernel.errors import NotPermitted
from tests.catalog.test_search import found
from tests.factories.catalog import ProgrammeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme() -> Programme:
    made: Programme = ProgrammeFactory.create(name="Datu analīze", institution__name="Saules skola")
    reindex(programme_id=made.pk)
    reindex(programme_id=ProgrammeFactory.create(name="Tīkli", institution__name="Zvaigžņu koledža").pk)
    return made


def rename(programme: Programme, name: str) -> None:
    Institution.objects.filter(pk=programme.institution_id).update(name=name)


def test_a_renamed_institution_is_found_by_its_new_name_and_not_by_the_old_one(programme: Programme) -> None:
    rename(programme, "Mēness akadēmija")
    assert found("mēness") == []
    before = current_version()
    assert tasks.reindex_renamed() == 1
    assert found("menesa akademija") == ["Datu analīze"]
    assert found("saules") == []
    assert current_version() > before


def test_a_second_run_and_a_run_without_a_new_name_change_nothing(programme: Programme) -> None:
    assert tasks.reindex_renamed() == 0
    rename(programme, 'SIA "Mēness & Ko" 2')
    tasks.reindex_renamed()
    before = current_version()
    assert tasks.reindex_renamed() == 0
    assert current_version() == before


def test_nobody_but_the_job_may(programme: Programme) -> None:
    with pytest.raises(NotPermitted):
        reindex_renamed(by=Actor())
