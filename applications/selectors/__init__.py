"""What pages and other apps may ask about applications."""

from .cards import (
    KEPT,
    ApplicationCard,
    DraftCard,
    Paper,
    Step,
    answers_for_institution,
    answers_of,
    application_cards,
    current_applications,
    drafts_of,
    history_of,
    paper_url,
    papers_of,
)
from .course import answer_by, course_of, next_of, timeline_of
from .drafts import groups_for, open_steps, prefill, questionnaire
from .groups import group_counts, groups_of, people_by_group, people_in, programmes_to_run, waiting_in
from .options import ApplyOption, apply_options, option_for, window_refusal
from .work import WorkFilters, days_shown, work_counts, work_list, work_programmes

__all__ = [
    "KEPT",
    "ApplicationCard",
    "ApplyOption",
    "DraftCard",
    "Paper",
    "Step",
    "WorkFilters",
    "answer_by",
    "answers_for_institution",
    "answers_of",
    "application_cards",
    "apply_options",
    "course_of",
    "current_applications",
    "days_shown",
    "drafts_of",
    "group_counts",
    "groups_for",
    "groups_of",
    "history_of",
    "next_of",
    "open_steps",
    "option_for",
    "paper_url",
    "papers_of",
    "people_by_group",
    "people_in",
    "prefill",
    "programmes_to_run",
    "questionnaire",
    "timeline_of",
    "waiting_in",
    "window_refusal",
    "work_counts",
    "work_list",
    "work_programmes",
]
