"""What a PDF of ours says of itself: its objects unpacked, and the claims of PDF/UA a reader's tools look for."""

import re
import zlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Pdf:
    """Everything inside the file, unpacked."""

    inside: bytes

    @property
    def language(self) -> str:
        return _first(rb"/Lang ?\(([^)]*)\)", self.inside)

    @property
    def title(self) -> str:
        """What a reader shows in the head of its window."""
        return _first(rb"<dc:title>.*?<rdf:li[^>]*>(.*?)</rdf:li>", self.inside)

    @property
    def tags(self) -> set[str]:
        return {tag.decode() for tag in re.findall(rb"/Type ?/StructElem/S ?/(\w+)", self.inside)}

    @property
    def alternatives(self) -> list[str]:
        """The words that stand for pictures."""
        return [_decoded(found) for found in re.findall(rb"/Alt ?(<[0-9a-f]+>|\([^)]*\))", self.inside)]

    @property
    def fonts(self) -> set[str]:
        return {name.decode() for name in re.findall(rb"/BaseFont ?/([\w+-]+)", self.inside)}

    @property
    def embedded_fonts(self) -> int:
        return len(set(re.findall(rb"/FontFile\d? (\d+) ", self.inside)))

    @property
    def metadata(self) -> str:
        """All that travels beside the pages: the XMP packet and the information dictionary."""
        packets = re.findall(rb"<\?xpacket begin.*?<\?xpacket end", self.inside, re.DOTALL)
        words = re.findall(rb"<</Producer[^\n]*", self.inside)
        decoded = [_decoded(one) for word in words for one in re.findall(rb"<[0-9a-f]{8,}>|\([^)]*\)", word)]
        return "\n".join([*(packet.decode() for packet in packets), *decoded])

    @property
    def claims_ua(self) -> bool:
        claims = (b'pdfuaid:part="1"', b"/MarkInfo", b"/Marked true", b"/StructTreeRoot", b"/DisplayDocTitle true")
        return all(claim in self.inside for claim in claims)


def read(made: bytes) -> Pdf:
    assert made.startswith(b"%PDF-1.7")
    unpacked = []
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL):
        try:
            unpacked.append(zlib.decompressobj().decompress(stream))
        except zlib.error:
            unpacked.append(stream)
    return Pdf(b"\n".join([made, *unpacked]))


def _first(pattern: bytes, where: bytes) -> str:
    found = re.search(pattern, where, re.DOTALL)
    return found[1].decode() if found else ""


def _decoded(word: bytes) -> str:
    if word.startswith(b"<"):
        return bytes.fromhex(word.strip(b"<>").decode()).decode("utf-16")
    return word.strip(b"()").decode("latin-1")
