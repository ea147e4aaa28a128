"""Whether a certificate leads to one the agency trusts; asked of the moment of signing, nothing is fetched."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from asn1crypto import pem, x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from .findings import Trust

Roots = Sequence[x509.Certificate]


def roots_in(content: bytes) -> list[x509.Certificate]:
    """The certificates of a PEM file, in order. Raises ValueError for anything else."""
    return [x509.Certificate.load(der) for _name, _headers, der in pem.unarmor(content, multiple=True)]


def context_of(
    roots: Roots, moment: datetime | None = None, others: Sequence[x509.Certificate] = ()
) -> ValidationContext:
    return ValidationContext(trust_roots=list(roots), other_certs=list(others), moment=moment, allow_fetching=False)


def trust_in(
    certificate: x509.Certificate, others: Sequence[x509.Certificate], roots: Roots, moment: datetime | None
) -> Trust:
    """A path to one of `roots` at `moment`; without roots nothing is claimed."""
    if not roots:
        return Trust.UNCHECKED
    validator = CertificateValidator(
        certificate, intermediate_certs=list(others), validation_context=context_of(roots, moment)
    )
    try:
        asyncio.run(validator.async_validate_path())
    except (PathError, ValidationError):
        return Trust.UNTRUSTED
    return Trust.TRUSTED
