"""What others may ask the catalogue."""

from .catalogue import CataloguePage, ProgrammeRow, catalogue, count, profile_sectors, similar_programmes
from .facets import CatalogueQuery, Facets, Option
from .own_share import Purse, purse_of
from .programmes import (
    Places,
    free_places,
    gone_programme,
    in_short,
    open_groups,
    published_programme,
)
from .rounds import SourceNow, current_round, is_open, next_round, sources_at

__all__ = [
    "CataloguePage",
    "CatalogueQuery",
    "Facets",
    "Option",
    "Places",
    "ProgrammeRow",
    "Purse",
    "SourceNow",
    "catalogue",
    "count",
    "current_round",
    "free_places",
    "gone_programme",
    "in_short",
    "is_open",
    "next_round",
    "open_groups",
    "profile_sectors",
    "published_programme",
    "purse_of",
    "similar_programmes",
    "sources_at",
]
