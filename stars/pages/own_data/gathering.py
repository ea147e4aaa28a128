"""Everything of one person that the inventory lets out: as rows of words for a page, and as plain data for JSON."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Field, ForeignKey, ManyToManyField, Model, QuerySet
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from accounts.models import Consent, Mandate
from accounts.models.registries import RegistryFact
from accounts.registries import in_words as fact_in_words
from accounts.states import FactKind
from applications.models import Draft
from applications.selectors import questionnaire
from funding.states import Verdict
from stars.classifiers.models import EducationLevel
from stars.notices.models import Delivery

from .inventory import CATEGORIES, WAYS, Category, entries
from .looks import role_in_words

# Rows whose names are put together of further rows: fetched with them.
FETCHED_WITH = {
    "accounts.Mandate": ("right__user__person", "right__institution", "right__municipality"),
    "accounts.FactDispute": ("fact",),
    "applications.Application": ("round__source", "group__programme", "group__venue"),
}


# The secret end of a link in a letter: whoever reads it here has not proved that the mailbox is theirs (PWD-06).
ONE_TIME = re.compile(r"(?<=/)[\w-]{40,}")


@dataclass(frozen=True, slots=True)
class Said:
    """What a register said, or what a draft answers: as it is kept, for systems, and as its person reads it."""

    plain: Any
    words: str


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one model, each a list of field and value."""

    title: str
    model: str
    rows: list[list[tuple[str, str, Any]]]  # the field's name, its label, its value


def gathered(person_id: UUID) -> Iterator[tuple[Category, list[Table]]]:
    """By category; models of which there is no row are left out. As many statements as there are models."""
    for category in CATEGORIES:
        tables = [_table(label, person_id) for label in category.models]
        yield category, [table for table in tables if table.rows]


def as_data(person_id: UUID) -> dict[str, Any]:
    """The whole as plain data: model by model, with the names of the fields as they are in the portal."""
    models = {
        table.model: [{name: _plain(value) for name, _label, value in row} for row in table.rows]
        for _category, tables in gathered(person_id)
        for table in tables
    }
    return {"portal": "STARS", "made_at": timezone.now().isoformat(), "person": str(person_id), "data": models}


def in_words(value: Any) -> str:
    """For people: dates as written in Latvia, yes and no, lists by commas; kept answers as "question: answer"."""
    match value:
        case None | "":
            return "–"
        case bool():
            return _("Yes") if value else _("No")
        case Said():
            return str(value.words) or "–"
        case datetime():
            return f"{timezone.localtime(value):%d.%m.%Y %H:%M}"
        case date():
            return f"{value:%d.%m.%Y}."
        case dict() if "label" in value and "value" in value:
            return f"{value['label']}: {in_words(value.get('says') or value['value'])}"
        case {"rule": _rule, "says": says, "verdict": verdict}:
            return f"{says}: {Verdict(verdict).label}"
        case dict():
            return "; ".join(in_words(one) for one in value.values() if one not in (None, "", [], {})) or "–"
        case list() | tuple():
            return "; ".join(in_words(one) for one in value) or "–"
        case _:
            return str(value)


def rows_of(label: str, person_id: UUID) -> QuerySet[Model]:
    """The person's rows of one model."""
    model: type[Model] = apps.get_model(label)
    return model._default_manager.filter(**{WAYS[label]: person_id}).order_by("pk")


def _table(label: str, person_id: UUID) -> Table:
    fields = _exported(label)
    rows = rows_of(label, person_id)
    links = [field.name for field in fields if isinstance(field, ForeignKey)]
    several = [field.name for field in fields if isinstance(field, ManyToManyField)]
    links += FETCHED_WITH.get(label, ())
    found = rows.select_related(*links) if links else rows
    found = found.prefetch_related(*several) if several else found
    levels = dict(EducationLevel.objects.values_list("code", "label")) if label == "accounts.RegistryFact" else {}
    return Table(
        title=str(rows.model._meta.verbose_name),  # above each row
        model=label,
        rows=[[*_cells(row, fields), *_opened(row, levels)] for row in found],
    )


def _cells(row: Model, fields: list[Any]) -> list[tuple[str, str, Any]]:
    return [(field.name, str(field.verbose_name), _value(row, field)) for field in fields]


def _opened(row: Model, levels: dict[str, str]) -> list[tuple[str, str, Any]]:
    """What a register said is sealed in the row; its person may read it."""
    if not isinstance(row, RegistryFact):
        return []
    words = "; ".join(fact_in_words(FactKind(row.kind), row.value, levels))
    return [("value", _("what the register says"), Said(row.value, words))]


def _exported(label: str) -> list[Any]:
    model = apps.get_model(label)
    return [model._meta.get_field(entry.field) for entry in entries().get(label, ()) if entry.is_exported]


def _value(row: Model, field: "Field[Any, Any]") -> Any:
    if isinstance(field, ManyToManyField):
        return [str(one) for one in getattr(row, field.name).all()]
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    value = getattr(row, field.name)
    if field.name == "actor_role":
        return role_in_words(value)
    if isinstance(row, Consent) and field.name == "channel":
        return row.channel_words
    if isinstance(row, Draft) and field.name == "answers":
        return Said(value, lazy(_draft_in_words, str)(row))
    if isinstance(row, Mandate) and field.name == "scope":
        return row.scope_words
    if isinstance(row, Delivery) and field.name == "text":
        return ONE_TIME.sub("…", value)
    return str(value) if isinstance(value, Model | UUID) else value


def _draft_in_words(draft: Draft) -> str:
    """By the questions the source asks now; asked only where somebody reads it."""
    shown = questionnaire(draft.source_id, draft.programme_id).shown(draft.answers)
    return "; ".join(f"{one.label}: {one.says}" for one in shown if one.says)


def _plain(value: Any) -> Any:
    if isinstance(value, Said):
        value = value.plain
    return value.isoformat() if isinstance(value, date) else value
