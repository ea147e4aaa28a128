"""UPL-01: one person has at most 20 files here, 100 MB together; those held for a form are among them."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from stars.demo import signing
from stars.files import services
from stars.files.contents import PDF
from stars.files.errors import NoRoom
from stars.files.forms import UploadField, UploadForm
from stars.files.models import StoredFile
from stars.files.services import Upload
from stars.files.services.storing import MOST_BYTES_OF_A_PERSON, MOST_FILES_OF_A_PERSON
from stars.files.taking import hold_uploads
from tests.factories.files import HeldUploadFactory, StoredFileFactory
from tests.files.conftest import lying

pytestmark = pytest.mark.django_db
PLAIN = signing.plain_pdf()
SOMEBODY = uuid4()


class Form(UploadForm):
    purpose = "test"
    paper = UploadField(allowed=[PDF])


def upload() -> Upload:
    return Upload(name="a.pdf", content_type=PDF.content_type, size=len(PLAIN), content=ContentFile(PLAIN))


def keep(person: object = SOMEBODY) -> StoredFile:
    return services.keep(upload=upload(), purpose="test", person_id=person)  # type: ignore[arg-type]


def test_upl_01_the_twentieth_file_passes_and_the_next_does_not(media: Path) -> None:
    assert MOST_FILES_OF_A_PERSON == 20
    StoredFileFactory.create_batch(18, person_id=SOMEBODY)
    HeldUploadFactory.create(file__person_id=SOMEBODY)  # held for a form: counted too
    assert keep().person_id == SOMEBODY
    with pytest.raises(NoRoom) as refused:
        keep()
    assert "20" in refused.value.message
    assert "stars@viaa.gov.lv" in refused.value.message
    assert len(lying(media)) == 1  # nothing was written for the one refused
    assert keep(uuid4())  # somebody else has room
    assert keep(None)  # and what we make ourselves


def test_upl_01_a_hundred_megabytes_pass_and_a_byte_more_does_not() -> None:
    assert MOST_BYTES_OF_A_PERSON == 100 * 1024 * 1024
    full = StoredFileFactory.create(person_id=SOMEBODY, size=MOST_BYTES_OF_A_PERSON - len(PLAIN) + 1)
    with pytest.raises(NoRoom):
        services.hold(upload=upload(), purpose="test", person_id=SOMEBODY)
    StoredFile.objects.filter(pk=full.pk).update(size=full.size - 1)
    held = services.hold(upload=upload(), purpose="test", person_id=SOMEBODY)
    kept = services.keep(upload=held, purpose="test", person_id=SOMEBODY)  # taken over, not counted twice
    assert kept.person_id == SOMEBODY


def test_upl_01_an_institution_has_a_limit_of_its_own(settings: Any) -> None:
    """A setting, because offers grow with calls; files taken over from a form are counted like those sent at once."""
    settings.STARS_INSTITUTION_FILES, settings.STARS_INSTITUTION_MEGABYTES = 25, 1
    school = uuid4()
    StoredFileFactory.create_batch(23, institution_id=school)
    assert services.keep(upload=upload(), purpose="test", institution_id=school).institution_id == school
    held = services.hold(upload=upload(), purpose="test")
    assert services.keep(upload=held, purpose="test", institution_id=school).institution_id == school
    for late in (upload(), services.hold(upload=upload(), purpose="test")):
        with pytest.raises(NoRoom) as refused:
            services.keep(upload=late, purpose="test", institution_id=school)
    assert "25" in refused.value.message
    full = uuid4()
    StoredFileFactory.create(institution_id=full, size=1024 * 1024)
    with pytest.raises(NoRoom):
        services.keep(upload=upload(), purpose="test", institution_id=full)
    assert services.keep(upload=upload(), purpose="test", institution_id=uuid4())


def test_upl_01_a_held_file_counts_for_whose_it_turns_out_to_be() -> None:
    """A coordinator's form holds the paper before there is a person."""
    held = services.hold(upload=upload(), purpose="test")
    StoredFileFactory.create_batch(20, person_id=SOMEBODY)
    with pytest.raises(NoRoom):
        services.keep(upload=held, purpose="test", person_id=SOMEBODY)
    other = uuid4()
    assert services.keep(upload=held, purpose="test", person_id=other).person_id == other


def test_upl_01_the_form_says_so_beside_the_field() -> None:
    StoredFileFactory.create_batch(20, person_id=SOMEBODY)
    form = Form(QueryDict(), MultiValueDict({"paper": [SimpleUploadedFile("a.pdf", PLAIN)]}))
    assert form.is_valid()
    hold_uploads(form, person_id=SOMEBODY)
    assert "20" in form.errors["paper"][0]
    assert form["paper"].initial == []
    assert StoredFile.objects.count() == 20
