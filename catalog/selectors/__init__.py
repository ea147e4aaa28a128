"""What others may ask the catalogue."""

from .catalogue import (
    CataloguePage,
    Glance,
    ProgrammeRow,
    catalogue,
    count,
    glance_at,
    matching,
    newest_open,
    page_of,
    similar_programmes,
)
from .comparing import (
    MOST_COMPARED,
    Compared,
    Rating,
    compared,
    institution_at,
    institutions,
    named,
    programmes_of,
    rating_of,
)
from .facets import WORDS, CatalogueQuery, Facets, Option
from .full import forget_full
from .index import forget_index
from .keeping import kept_programmes, kept_searches, query_of
from .own_share import Own, Purse, own_of, purse_of
from .places import Places, free_places, open_groups
from .programmes import ProgrammeNow, gone_programme, in_short, programme_at, published_programme
from .rounds import SourceNow, current_round, is_open, next_round
from .standing import Standing, current_version, standing_at
from .suggesting import PROGRAMME, Idea, suggestions

__all__ = [
    "MOST_COMPARED",
    "PROGRAMME",
    "WORDS",
    "CataloguePage",
    "CatalogueQuery",
    "Compared",
    "Facets",
    "Glance",
    "Idea",
    "Option",
    "Own",
    "Places",
    "ProgrammeNow",
    "ProgrammeRow",
    "Purse",
    "Rating",
    "SourceNow",
    "Standing",
    "catalogue",
    "compared",
    "count",
    "current_round",
    "current_version",
    "forget_full",
    "forget_index",
    "free_places",
    "glance_at",
    "gone_programme",
    "in_short",
    "institution_at",
    "institutions",
    "is_open",
    "kept_programmes",
    "kept_searches",
    "matching",
    "named",
    "newest_open",
    "next_round",
    "open_groups",
    "own_of",
    "page_of",
    "programme_at",
    "programmes_of",
    "published_programme",
    "purse_of",
    "query_of",
    "rating_of",
    "similar_programmes",
    "standing_at",
    "suggestions",
]
