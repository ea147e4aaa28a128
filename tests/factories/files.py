"""Files as the services leave them; `laid()` puts real bytes on disk as well."""

import hashlib
from datetime import timedelta

import factory
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from stars.files import models
from stars.files.signatures import Finding
from stars.files.states import CheckState, ScanState


class StoredFileFactory(factory.django.DjangoModelFactory):
    """The row of a file in quarantine; `clean=True` after the scanner's verdict."""

    class Meta:
        model = models.StoredFile

    display_name = factory.Sequence(lambda n: f"apliecība {n}.pdf")
    content_type = "application/pdf"
    size = 9
    sha256 = hashlib.sha256(b"%PDF-test").hexdigest()

    class Params:
        clean = factory.Trait(state=ScanState.CLEAN, scanned_at=factory.LazyFunction(timezone.now))
        refused = factory.Trait(
            state=ScanState.REFUSED, scanned_at=factory.LazyFunction(timezone.now), verdict="Eicar-Test-Signature"
        )


class RenderedDocumentFactory(factory.django.DjangoModelFactory):
    """Asked for and waiting."""

    class Meta:
        model = models.RenderedDocument

    key = factory.Sequence(lambda n: f"test:{n}")
    template = "pdf/base.html"
    file_name = "dokuments.pdf"


def laid(content: bytes = b"%PDF-test", **fields: object) -> models.StoredFile:
    """A stored file with its bytes on disk."""
    stored: models.StoredFile = StoredFileFactory(
        size=len(content), sha256=hashlib.sha256(content).hexdigest(), **fields
    )
    default_storage.save(stored.path, ContentFile(content))
    return stored


class HeldUploadFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.HeldUpload

    file = factory.SubFactory(StoredFileFactory)
    purpose = "test"
    until = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=24))


class SignatureCheckFactory(factory.django.DjangoModelFactory):
    """Asked for and waiting; `done=True` with one signature that holds."""

    class Meta:
        model = models.SignatureCheck

    file = factory.SubFactory(StoredFileFactory, clean=True)

    class Params:
        done = factory.Trait(
            state=CheckState.DONE,
            checked_at=factory.LazyFunction(timezone.now),
            found=factory.LazyFunction(
                lambda: [Finding(signer="Anna Paraugs", is_unbroken=True, covers_all=True).as_json()]
            ),
        )
