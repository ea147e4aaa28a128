"""What a file really is: by its first bytes, by its own parser and by its name, and all three agree (UPL-01 to UPL-03)."""

from .kinds import ASICE, DOCX, JPEG, KINDS, PDF, PNG, TEXT, Kind
from .looking import Looked, look

__all__ = ["ASICE", "DOCX", "JPEG", "KINDS", "PDF", "PNG", "TEXT", "Kind", "Looked", "look"]
