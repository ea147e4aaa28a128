"""What a file really is: content, parser and name agree, or it is refused with what to do next (UPL-01 to UPL-03)."""

import io
import stat
import zipfile

import pytest
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

from stars.demo import signing
from stars.files.contents import ASICE, DOCX, JPEG, KINDS, PDF, PNG, Kind, archives, images, look
from stars.files.errors import EmptyFile, FileRefused, Why
from tests.files import making

GOOD = [
    ("liecība.pdf", signing.plain_pdf(), PDF),
    ("bilde.png", making.picture("PNG"), PNG),
    ("bilde.jpeg", making.picture("JPEG"), JPEG),
    ("vēstule.DOCX", making.docx(), DOCX),
    ("līgums.edoc", making.container({"līgums.pdf": signing.plain_pdf(), "piezīme.txt": "Ā".encode()}), ASICE),
    ("līgums.asice", making.container({"vēstule.docx": making.docx()}), ASICE),
]


def why(content: bytes, name: str) -> Why:
    with pytest.raises(FileRefused) as refused:
        look(io.BytesIO(content), name=name)
    assert refused.value.message
    assert "%(" not in refused.value.message
    return refused.value.why


def locked_pdf() -> bytes:
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(signing.plain_pdf())))
    writer.encrypt("parole")  # type: ignore[no-untyped-call]
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


@pytest.mark.parametrize(("name", "content", "kind"), GOOD, ids=lambda value: value if isinstance(value, str) else "")
def test_upl_01_the_kinds_we_take(name: str, content: bytes, kind: Kind) -> None:
    assert look(io.BytesIO(content), name=name).kind == kind


@pytest.mark.parametrize(("name", "content", "kind"), GOOD, ids=lambda value: value if isinstance(value, str) else "")
def test_upl_01_a_kind_the_field_does_not_ask_for(name: str, content: bytes, kind: Kind) -> None:
    with pytest.raises(FileRefused) as refused:
        look(io.BytesIO(content), name=name, allowed=[one for one in KINDS if one != kind])
    assert refused.value.why is Why.KIND


def test_upl_01_a_file_that_lies_is_told_what_it_claims_and_what_to_do() -> None:
    with pytest.raises(FileRefused) as refused:
        look(io.BytesIO(b"just words"), name="Plāns.PDF")
    assert "sola PDF, bet tā saturs ir cits" in refused.value.message
    assert "saglabājiet to kā PDF un pievienojiet vēlreiz" in refused.value.message


@pytest.mark.parametrize("name", ["liecība.exe", "liecība", "liecība.pdf.exe"])
def test_upl_01_the_name_agrees_with_the_content(name: str) -> None:
    assert why(signing.plain_pdf(), name) is Why.NAME


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"MZ\x90\x00" + b"\0" * 100, "fails.pdf", Why.LIES),
        (b"<html><script>alert(1)</script></html>", "fails.png", Why.LIES),
        (signing.plain_pdf(), "liecība.png", Why.LIES),
        (b"MZ\x90\x00" + b"\0" * 100, "fails.exe", Why.KIND),
        (signing.plain_pdf()[:-40], "fails.pdf", Why.BROKEN),
        (b"%PDF-1.7\nnothing of the sort\n%%EOF\n", "fails.pdf", Why.BROKEN),
        (making.picture("PNG")[:50], "fails.png", Why.BROKEN),
        (making.picture("JPEG")[:200], "fails.jpg", Why.BROKEN),
        (making.docx()[:-30], "fails.docx", Why.BROKEN),
        (making.zipped({"word/document.xml": b"<x/>"}), "fails.docx", Why.BROKEN),
        (locked_pdf(), "fails.pdf", Why.LOCKED),
        (signing.plain_pdf() + making.zipped({"a": b"a"}), "fails.pdf", Why.TWO_IN_ONE),
        (making.docx() + b"more" * 10, "fails.docx", Why.TWO_IN_ONE),
        (making.zipped({"[Content_Types].xml": making.TYPES}, comment=b"\0\1"), "fails.docx", Why.TWO_IN_ONE),
    ],
)
def test_upl_01_broken_locked_and_double_files(content: bytes, name: str, reason: Why) -> None:
    assert why(content, name) is reason


def test_upl_01_an_empty_file() -> None:
    with pytest.raises(EmptyFile):
        look(io.BytesIO(b""), name="a.pdf")


@pytest.mark.parametrize(
    "files",
    [
        {"word/vbaProject.bin": b"x"},
        {
            "[Content_Types].xml": b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled"/></Types>'
        },
        {"word/_rels/settings.xml.rels": making.relation("attachedTemplate")},
        {"word/_rels/document.xml.rels": making.relation("image")},
        {"word/_rels/document.xml.rels": making.relation("oleObject")},
        {"word/header1.xml": b'<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>'},
    ],
)
def test_upl_02_active_documents(files: dict[str, bytes]) -> None:
    assert why(making.docx(files), "a.docx") is Why.ACTIVE


@pytest.mark.parametrize(
    "body",
    [
        b"<w:instrText>DDEAUTO c:\\\\windows cmd</w:instrText>",
        b"<w:instrText>DD</w:instrText><w:instrText>E cmd</w:instrText>",
        b'<w:fldSimple w:instr="dde cmd"/>',
    ],
)
def test_upl_02_commands_in_fields(body: bytes) -> None:
    assert why(making.docx(body=body), "a.docx") is Why.ACTIVE


def test_upl_02_a_document_that_would_unfold_into_a_giant_tree_is_refused_unread() -> None:
    """A megabyte packed is gigabytes of a tree. Noise keeps the ratio of packing where nobody minds."""
    many = b"".join(b"<w:p/><!--%d-->" % n for n in range(archives.MOST_MARKS // 2))
    assert why(making.docx(body=many), "a.docx") is Why.ARCHIVE


def test_upl_02_an_entity_hides_in_no_other_encoding() -> None:
    hidden = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY y "DDE">]><x>&y;</x>'.encode("utf-16")
    assert why(making.docx({"word/header1.xml": hidden}), "a.docx") is Why.ACTIVE


def test_upl_02_a_link_to_press_is_fine() -> None:
    linked = making.docx({"word/_rels/document.xml.rels": making.relation("hyperlink")})
    assert look(io.BytesIO(linked), name="a.docx").kind == DOCX


@pytest.mark.parametrize("name", ["/etc/passwd", "../a.txt", "a/../../b.txt", "c:\\a.txt"])
def test_upl_02_paths_that_lead_out(name: str) -> None:
    assert why(making.container({name: b"x"}), "a.edoc") is Why.ARCHIVE


def test_upl_02_links_and_doubles() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("META-INF/signatures0.xml", b"<x/>")
        link = zipfile.ZipInfo("a.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert why(content.getvalue(), "a.edoc") is Why.ARCHIVE
    assert why(making.container({"a.txt": b"a", "A.TXT": b"b"}), "a.edoc") is Why.ARCHIVE


def test_upl_02_a_bomb_is_stopped_while_it_is_unpacked() -> None:
    assert why(making.container({"a.txt": b"0" * 5_000_000}), "a.edoc") is Why.ARCHIVE


def test_upl_02_so_is_one_in_many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_BYTES", 3000)
    assert why(making.container({f"{n}.txt": b"ab" * 400 for n in range(4)}), "a.edoc") is Why.ARCHIVE


def test_upl_02_too_many_entries() -> None:
    many = {f"{n}.txt": b"x" for n in range(archives.MOST_ENTRIES)}
    assert why(making.container(many), "a.edoc") is Why.ARCHIVE


@pytest.mark.parametrize(
    ("name", "inside", "reason"),
    [
        ("a.edoc", making.container({"a.txt": b"a"}), Why.ARCHIVE),
        ("a.docx", making.docx({"word/vbaProject.bin": b"x"}), Why.ACTIVE),
        ("a.exe", b"MZ\x90\x00\xff\xfe", Why.INSIDE),
        ("a.html", b"<script>alert(1)</script>", Why.INSIDE),
        ("a.exe", signing.plain_pdf(), Why.INSIDE),
        ("a.pdf", locked_pdf(), Why.LOCKED),
        ("a.pdf", signing.plain_pdf() + making.zipped({"a": b"a"}), Why.TWO_IN_ONE),
        ("a.pdf", b"%PDF-1.7\nnothing of the sort\n%%EOF\n", Why.BROKEN),
        ("a.png", making.picture("PNG")[:50], Why.BROKEN),
    ],
)
def test_upl_02_a_signature_spares_nothing_inside(name: str, inside: bytes, reason: Why) -> None:
    signed = signing.signed_container(signing.signer("Anna Paraugs"), {name: inside}, stamped=False)
    assert why(signed, "a.edoc") is reason


def test_upl_02_whole_documents_and_pictures_inside_are_fine() -> None:
    papers = {"a.pdf": signing.plain_pdf(), "b.png": making.picture("PNG"), "c.JPG": making.picture("JPEG")}
    signed = signing.signed_container(signing.signer("Anna Paraugs"), papers, stamped=False)
    assert look(io.BytesIO(signed), name="a.edoc").clean is None


def test_upl_02_a_container_without_documents() -> None:
    assert why(making.container({}), "a.edoc") is Why.BROKEN


def test_upl_03_a_picture_is_drawn_anew_without_its_secrets() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Kamera"
    exif[0x0112] = 6  # turned by a quarter
    marked = making.picture("JPEG", size=(8, 6), exif=exif.tobytes()) + b"PK\x03\x04hidden"
    drawn = look(io.BytesIO(marked), name="a.jpg").clean
    assert drawn is not None
    again = Image.open(io.BytesIO(drawn))
    assert dict(again.getexif()) == {}
    assert b"Kamera" not in drawn
    assert b"hidden" not in drawn
    assert again.size == (6, 8)


def test_sam_06_a_worker_without_room_is_not_the_pictures_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Image.Image, "load", no_room)
    with pytest.raises(MemoryError):
        images.drawn_anew(io.BytesIO(making.picture("PNG")), PNG)


def test_upl_03_pixels_are_counted_before_they_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MOST_PIXELS", 47)
    assert why(making.picture("PNG", size=(8, 6)), "a.png") is Why.PIXELS


@pytest.mark.parametrize("mode", ["P", "L", "RGBA", "1", "LA"])
def test_upl_03_every_kind_of_png_keeps_its_look(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (4, 3), 1).save(out, "PNG")
    drawn = look(io.BytesIO(out.getvalue()), name="a.png").clean
    assert drawn is not None
    assert Image.open(io.BytesIO(drawn)).convert("RGBA").tobytes() == Image.open(out).convert("RGBA").tobytes()
