"""Files as people, careless programs and attackers make them."""

import io
import zipfile
from collections.abc import Mapping

from PIL import Image

TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
DOCUMENT = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>%s</w:body></w:document>'
RELATIONS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'


def zipped(files: Mapping[str, bytes], *, comment: bytes = b"", before: bytes = b"") -> bytes:
    content = io.BytesIO()
    content.write(before)
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in files.items():
            archive.writestr(name, inside)
        archive.comment = comment
    return content.getvalue()


def docx(files: Mapping[str, bytes] | None = None, *, body: bytes = b"") -> bytes:
    return zipped({"[Content_Types].xml": TYPES, "word/document.xml": DOCUMENT % body} | dict(files or {}))


def relation(kind: str, target: str = "https://evil.example/x") -> bytes:
    said = f'<Relationship Id="r1" Type="http://x/{kind}" Target="{target}" TargetMode="External"/>'
    return RELATIONS % said.encode()


def picture(form: str = "PNG", *, size: tuple[int, int] = (8, 6), exif: bytes = b"") -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, (200, 30, 30))
    image.save(out, form, **({"exif": exif} if exif else {}))
    return out.getvalue()


def container(files: Mapping[str, bytes]) -> bytes:
    """A container with a signature file nobody has signed."""
    return zipped({"mimetype": b"application/vnd.etsi.asic-e+zip", "META-INF/signatures0.xml": b"<x/>"} | dict(files))
