"""Signed files: unbroken, by whom, stamped when; a personal code in a certificate goes nowhere (COD-04)."""

import base64
import io
import logging
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from stars.demo import signing
from stars.files.contents import ASICE, PDF
from stars.files.signatures import Finding, Trust, is_container_signed, is_pdf_signed, read_signatures
from tests.files import making

CODE = "010190-12345"
STAMPED = datetime(2025, 6, 9, 6, 30, tzinfo=UTC)
FILES = {"apliecinājums.txt": b"Apliecinu.\n"}
INDEPENDENT = Path(__file__).with_name("independent.asice")  # made by another program, libdigidocpp


@pytest.fixture(scope="module")
def anna() -> signing.Signer:
    return signing.signer("Anna Šķēle", code=CODE)


def pdf(content: bytes, **options: object) -> list[Finding]:
    return read_signatures(io.BytesIO(content), content_type=PDF.content_type, **options)  # type: ignore[arg-type]


def edoc(content: bytes, **options: object) -> list[Finding]:
    return read_signatures(io.BytesIO(content), content_type=ASICE.content_type, **options)  # type: ignore[arg-type]


def rewritten(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The same container with changed entries."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return making.zipped({name: change(name, archive.read(name)) for name in archive.namelist()})


def only(name_part: str, old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    def change(name: str, entry: bytes) -> bytes:
        if name_part not in name:
            return entry
        assert old in entry
        return entry.replace(old, new, 1)

    return change


def test_a_signed_pdf_is_unbroken_and_stamped(anna: signing.Signer) -> None:
    [found] = pdf(signing.signed_pdf(anna, at=STAMPED))
    assert (found.signer, found.is_unbroken, found.covers_all) == ("Anna Šķēle", True, True)
    assert found.stamped_at == STAMPED.isoformat()
    assert found.stamped_by == "Demo laika zīmogi"
    assert found.trust is Trust.UNCHECKED
    assert found.is_good


def test_so_is_a_container(anna: signing.Signer) -> None:
    [found] = edoc(signing.signed_container(anna, FILES, at=STAMPED))
    assert (found.signer, found.is_unbroken, found.covers_all) == ("Anna Šķēle", True, True)
    assert (found.said_at, found.stamped_at) == (STAMPED.isoformat(), STAMPED.isoformat())
    assert found.is_good


def test_a_container_another_program_made_is_read_alike() -> None:
    [found] = edoc(INDEPENDENT.read_bytes())
    assert (found.signer, found.is_unbroken, found.covers_all, found.stamped_at) == ("JANIS PARAUGS", True, True, "")


def test_without_a_stamp_the_moment_is_a_claim(anna: signing.Signer) -> None:
    for [found] in (
        pdf(signing.signed_pdf(anna, stamped=False)),
        edoc(signing.signed_container(anna, FILES, stamped=False)),
    ):
        assert found.is_unbroken
        assert found.said_at
        assert found.stamped_at == ""


def test_cod_04_no_personal_code_is_kept_or_logged(anna: signing.Signer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        found = pdf(signing.signed_pdf(anna)) + edoc(signing.signed_container(anna, FILES))
        found += edoc(signing.signed_container(signing.signer(f"ŠĶĒLE,ANNA,{CODE}"), FILES))
    kept = str([one.as_json() for one in found]) + caplog.text
    assert CODE not in kept
    assert CODE.replace("-", "") not in kept
    assert len(found) == 3


def test_unsigned_files_have_no_signatures() -> None:
    assert pdf(signing.plain_pdf()) == []
    assert not is_pdf_signed(io.BytesIO(signing.plain_pdf()))
    bare = making.zipped({"mimetype": ASICE.content_type.encode(), "a.txt": b"a"})
    assert edoc(bare) == []
    assert not is_container_signed(io.BytesIO(bare))


def test_signed_ones_are_told_apart_at_once(anna: signing.Signer) -> None:
    assert is_pdf_signed(io.BytesIO(signing.signed_pdf(anna)))
    assert is_container_signed(io.BytesIO(signing.signed_container(anna, FILES)))


def test_a_changed_pdf_is_broken(anna: signing.Signer) -> None:
    content = signing.signed_pdf(anna, words="100 EUR")
    [found] = pdf(content.replace(b"100 EUR", b"900 EUR", 1))
    assert not found.is_unbroken
    assert not found.is_good


def test_something_added_after_signing_is_seen(anna: signing.Signer) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(signing.signed_pdf(anna)))
    writer.root["/Marked"] = writer.root["/Type"]
    writer.update_root()  # type: ignore[no-untyped-call]
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    [found] = pdf(out.getvalue())
    assert not found.is_good


@pytest.mark.parametrize(
    "change",
    [
        only("apliecin", b"Apliecinu", b"Nesolu ne"),
        only("signatures", b"<xades:SigningTime>20", b"<xades:SigningTime>19"),
        only("signatures", b"#ecdsa-sha256", b"#ecdsa-sha512"),
        only("signatures", b"xmlenc#sha256", b"xmldsig#sha1"),
        only("signatures", b"xml-c14n11", b"xml-c14n11#WithComments"),
        only("signatures", b'URI="#S0-SignedProperties"', b'URI=""'),
        only("signatures", b"<?xml", b"<!-- <!DOCTYPE x> --><?xml"),
    ],
    ids=["document", "signed time", "algorithm", "weak digest", "canonical form", "reference", "doctype"],
)
def test_a_changed_container_is_broken(anna: signing.Signer, change: Callable[[str, bytes], bytes]) -> None:
    [found] = edoc(rewritten(signing.signed_container(anna, FILES), change))
    assert not found.is_unbroken


def test_a_document_outside_the_signature_is_seen(anna: signing.Signer) -> None:
    def added(content: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            kept = {name: archive.read(name) for name in archive.namelist()}
        return making.zipped(kept | {"vēl.txt": b"x"})

    [found] = edoc(added(signing.signed_container(anna, FILES)))
    assert found.is_unbroken
    assert not found.covers_all
    assert not found.is_good


def test_somebody_elses_certificate_in_its_place_is_refused(anna: signing.Signer) -> None:
    """The signer's certificate is among what is signed: the name cannot be swapped."""
    ours, theirs = base64.b64encode(anna.der), base64.b64encode(signing.signer("Cits Cilvēks").der)
    [found] = edoc(rewritten(signing.signed_container(anna, FILES), only("signatures", ours, theirs)))
    assert not found.is_unbroken


def test_signed_properties_elsewhere_are_not_believed(anna: signing.Signer) -> None:
    """Wrapping: the true properties are moved aside, and others stand in their place."""

    def wrap(name: str, entry: bytes) -> bytes:
        if "signatures" not in name:
            return entry
        tree = etree.fromstring(entry)
        [properties] = tree.xpath("//*[local-name()='SignedProperties']")
        forged = etree.fromstring(etree.tostring(properties).replace(b"SigningTime>20", b"SigningTime>19"))
        forged.set("Id", "other")
        qualifying = properties.getparent()
        qualifying.replace(properties, forged)
        tree.append(properties)
        return bytes(etree.tostring(tree))

    [found] = edoc(rewritten(signing.signed_container(anna, FILES), wrap))
    assert not found.is_unbroken


def test_ids_used_twice_are_refused(anna: signing.Signer) -> None:
    change = only("signatures", b'Id="S0-SIG"', b'Id="S0"')
    [found] = edoc(rewritten(signing.signed_container(anna, FILES), change))
    assert not found.is_unbroken


def test_a_stamp_of_another_signature_proves_nothing(anna: signing.Signer) -> None:
    stamp = re.compile(rb"<xades:EncapsulatedTimeStamp>[^<]+</xades:EncapsulatedTimeStamp>")

    def stamp_of(content: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = stamp.search(archive.read("META-INF/signatures0.xml"))
        assert found
        return found[0]

    mine, other = signing.signed_container(anna, FILES), signing.signed_container(anna, FILES)
    [found] = edoc(rewritten(mine, only("signatures", stamp_of(mine), stamp_of(other))))
    assert found.is_unbroken
    assert found.stamped_at == ""


def test_trust_is_claimed_only_of_a_list(anna: signing.Signer) -> None:
    content = signing.signed_container(anna, FILES)
    [trusted] = edoc(content, roots=[anna.asn1])
    [untrusted] = edoc(content, roots=[signing.signer("Cita Sakne").asn1])
    assert (trusted.trust, untrusted.trust) == (Trust.TRUSTED, Trust.UNTRUSTED)
    assert trusted.is_good
    assert not untrusted.is_good
    [in_pdf] = pdf(signing.signed_pdf(anna), roots=[anna.asn1])
    assert in_pdf.trust is Trust.TRUSTED


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7\n/ByteRange [0 1 2 3]\n%%EOF", b"\0" * 100])
def test_what_nobody_can_read_has_no_signature_that_holds(content: bytes) -> None:
    for found in (*pdf(content), *edoc(content)):
        assert not found.is_unbroken


def test_a_finding_survives_being_kept(anna: signing.Signer) -> None:
    [found] = edoc(signing.signed_container(anna, FILES))
    assert Finding.from_json(found.as_json()) == found
