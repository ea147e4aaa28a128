"""What others may ask the catalogue."""

from .catalogue import (
    CataloguePage,
    Glance,
    ProgrammeRow,
    catalogue,
    count,
    glance_at,
    newest_open,
    page_of,
    profile_sectors,
    similar_programmes,
)
from .facets import CatalogueQuery, Facets, Option
from .index import forget_index
from .own_share import Purse, purse_of
from .places import Places, free_places, open_groups
from .programmes import ProgrammeNow, gone_programme, in_short, programme_at, published_programme
from .rounds import SourceNow, current_round, is_open, next_round
from .standing import Standing, current_version, standing_at

__all__ = [
    "CataloguePage",
    "CatalogueQuery",
    "Facets",
    "Glance",
    "Option",
    "Places",
    "ProgrammeNow",
    "ProgrammeRow",
    "Purse",
    "SourceNow",
    "Standing",
    "catalogue",
    "count",
    "current_round",
    "current_version",
    "forget_index",
    "free_places",
    "glance_at",
    "gone_programme",
    "in_short",
    "is_open",
    "newest_open",
    "next_round",
    "open_groups",
    "page_of",
    "profile_sectors",
    "programme_at",
    "published_programme",
    "purse_of",
    "similar_programmes",
    "standing_at",
]
