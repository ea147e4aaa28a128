"""Who signed a file, whether it is as they signed it, and when: PDF signatures, and containers (ASiC-E, eDoc) with XAdES.

What is provable is said, and no more: "unbroken, by whom, stamped when". Whether the certificate is one the state
vouches for needs trust lists; without any set the answer is "not checked", never "trusted".
"""

from .containers import is_signed as is_container_signed
from .findings import Finding, Trust
from .pdfs import is_signed as is_pdf_signed
from .reading import read_signatures

__all__ = ["Finding", "Trust", "is_container_signed", "is_pdf_signed", "read_signatures"]
