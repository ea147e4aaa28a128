"""Time stamps (RFC 3161): the moment another party has seen these bytes."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from hashlib import new as hashed
from typing import NamedTuple

from asn1crypto import cms
from pyhanko.sign.general import SignedDataCerts
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, validate_tst_signed_data

from .findings import name_in
from .trusting import context_of

_HASHES = {"sha256", "sha384", "sha512"}


class Stamp(NamedTuple):
    """A token that holds, with the name of who gave it."""

    at: datetime
    by: str


def stamp_in(token: bytes, over: Callable[[], bytes]) -> Stamp | None:
    """The stamp of a token over these bytes; None where the token does not hold or is about other bytes."""
    content = cms.ContentInfo.load(token, strict=True)
    if content["content_type"].native != "signed_data":
        return None
    signed: cms.SignedData = content["content"]
    said = asyncio.run(validate_tst_signed_data(signed, context_of(()), lambda name: _digest(name, over())))
    if not (said["intact"] and said["valid"]):
        return None
    certificates: SignedDataCerts = extract_certs_for_validation(signed)
    return Stamp(said["timestamp"], name_in(certificates.signer_cert))


def _digest(name: str, content: bytes) -> bytes:
    return hashed(name, content).digest() if name in _HASHES else b""
