"""What pages and other apps may ask about applications."""

from .cards import (
    KEPT,
    ApplicationCard,
    DraftCard,
    Step,
    answers_of,
    application_cards,
    current_applications,
    drafts_of,
    history_of,
    timeline_of,
)
from .drafts import groups_for, open_steps, prefill, questionnaire
from .options import ApplyOption, apply_options, option_for
from .work import WorkFilters, work_counts, work_list, work_programmes

__all__ = [
    "KEPT",
    "ApplicationCard",
    "ApplyOption",
    "DraftCard",
    "Step",
    "WorkFilters",
    "answers_of",
    "application_cards",
    "apply_options",
    "current_applications",
    "drafts_of",
    "groups_for",
    "history_of",
    "open_steps",
    "option_for",
    "prefill",
    "questionnaire",
    "timeline_of",
    "work_counts",
    "work_list",
    "work_programmes",
]
