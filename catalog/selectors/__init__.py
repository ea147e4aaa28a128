"""What others may ask the catalogue."""

from .catalogue import (
    CataloguePage,
    Glance,
    ProgrammeRow,
    catalogue,
    count,
    glance_at,
    page_of,
    profile_sectors,
    similar_programmes,
)
from .facets import CatalogueQuery, Facets, Option
from .index import forget_index
from .own_share import Purse, purse_of
from .programmes import (
    Places,
    free_places,
    gone_programme,
    in_short,
    open_groups,
    published_programme,
)
from .rounds import SourceNow, current_round, is_open, next_round
from .standing import Standing, standing_at

__all__ = [
    "CataloguePage",
    "CatalogueQuery",
    "Facets",
    "Glance",
    "Option",
    "Places",
    "ProgrammeRow",
    "Purse",
    "SourceNow",
    "Standing",
    "catalogue",
    "count",
    "current_round",
    "forget_index",
    "free_places",
    "glance_at",
    "gone_programme",
    "in_short",
    "is_open",
    "next_round",
    "open_groups",
    "page_of",
    "profile_sectors",
    "published_programme",
    "purse_of",
    "similar_programmes",
    "standing_at",
]
