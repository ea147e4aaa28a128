"""The public catalogue's pages."""

from .catalogue import catalogue, count, suggestions
from .comparing import compare
from .institutions import institution, institutions

__all__ = ["catalogue", "compare", "count", "institution", "institutions", "suggestions"]
