"""The public catalogue's pages."""

from .catalogue import catalogue, count, suggestions
from .comparing import compare
from .institutions import institution, institutions
from .keeping import change_search, save_search, saved

__all__ = [
    "catalogue",
    "change_search",
    "compare",
    "count",
    "institution",
    "institutions",
    "save_search",
    "saved",
    "suggestions",
]
