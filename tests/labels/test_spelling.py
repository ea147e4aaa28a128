"""Latvian as it is written: the dictionary knows every word, marks are not lost, plural forms and quotes are right."""

import re
from collections.abc import Callable, Iterator

import polib
import pytest
from django.apps import apps
from django.db.models import CharField, TextField
from django.utils import translation
from django.utils.translation import ngettext

from stars.classifiers.models import Municipality
from tests.labels import spelling

Source = Callable[[], Iterator[tuple[str, str]]]
MACHINE = {"kind", "co_payment", "place_wanted"}  # words of the code kept in a row


@pytest.fixture(scope="module", autouse=True)
def dictionary() -> None:
    """A machine without the dictionary fails and says what to install; bin/test installs it where it may."""
    assert spelling.is_there(), spelling.MISSING


def classifier_rows() -> Iterator[tuple[str, str]]:
    """Choices of forms, kinds, sectors: rows the migrations bring."""
    models = (*apps.get_app_config("classifiers").get_models(), apps.get_model("funding", "FundingSource"))
    for model in models:
        if model is Municipality:
            continue  # names of places
        names = [
            field.name
            for field in model._meta.get_fields()
            if isinstance(field, CharField | TextField) and field.name not in {"code", "framework", "nvo", *MACHINE}
        ]
        for row in model._default_manager.order_by("pk").values_list(*names):
            for text in filter(None, row):
                yield model._meta.label, str(text)


def mistakes(source: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    """(word, where it was first met) of what neither the dictionary nor our own list knows."""
    met: dict[str, str] = {}
    for where, text in source:
        for word in spelling.words_of(text):
            met.setdefault(word, where)
    right = {word.lower() for word in spelling.listed("words.txt")}
    asked = {word for word in met if len(word) > 1 and word.lower() not in right}
    strange = {word for word in spelling.unknown(asked) if word.lower() not in right}  # parts of e-pasts, Smart-ID
    return sorted((word, met.get(word, "in a word with a hyphen")) for word in strange)


@pytest.mark.parametrize("source", [spelling.translations, spelling.content_files, spelling.contracts])
def test_every_word_is_latvian(source: Source) -> None:
    assert mistakes(source()) == []


@pytest.mark.django_db
def test_every_word_of_the_choices_is_latvian() -> None:
    assert mistakes(classifier_rows()) == []


@pytest.mark.parametrize("source", [spelling.translations, spelling.content_files, spelling.contracts])
def test_no_word_has_lost_its_marks(source: Source) -> None:
    bare = spelling.listed("needs_diacritics.txt")
    found = [(word, where) for where, text in source() for word in spelling.words_of(text) if word.lower() in bare]
    assert found == []


def test_the_dictionary_would_find_a_slip() -> None:
    """The control: without it a silent tool would look like a clean text."""
    assert spelling.unknown({"izglītība", "izglitiba", "pieteikums", "pieteikms"}) == {"izglitiba", "pieteikms"}
    assert "sazina" not in spelling.unknown({"sazina"})  # why the other list exists
    assert "sazina" in spelling.listed("needs_diacritics.txt")


def test_no_listed_word_is_known_already() -> None:
    """A word the dictionary has learned leaves our list."""
    ours = {word for word in spelling.listed("words.txt") if len(word) > 2}
    assert sorted(ours - spelling.unknown(ours)) == []


# --- plural forms, quotes, tone -----------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0 programmu"),
        (1, "1 programma"),
        (2, "2 programmas"),
        (10, "10 programmas"),
        (11, "11 programmas"),
        (19, "19 programmas"),
        (20, "20 programmas"),
        (21, "21 programma"),
        (22, "22 programmas"),
        (100, "100 programmas"),
        (101, "101 programma"),
        (111, "111 programmas"),
    ],
)
def test_plural_forms(number: int, said: str) -> None:
    with translation.override("lv"):
        assert ngettext("%(number)s programme", "%(number)s programmes", number) % {"number": number} == said


def test_every_plural_has_three_forms_and_the_number_in_each() -> None:
    wrong = []
    for entry in polib.pofile(str(spelling.CATALOGUE), encoding="utf-8"):
        if not entry.msgid_plural:
            continue
        forms = [entry.msgstr_plural.get(index, "") for index in (0, 1, 2)]
        names = set(re.findall(r"%\(\w+\)[sd]|\{\w+\}", entry.msgid_plural))
        if (
            len(entry.msgstr_plural) != 3
            or not all(forms)
            or any(names - set(re.findall(r"%\(\w+\)[sd]|\{\w+\}", form)) for form in forms[:2])
        ):
            wrong.append(entry.msgid)
    assert wrong == []


def test_quotes_dashes_and_no_shouting() -> None:
    """ "…" and «…»; a dash stands between spaces; nothing is shouted but what the manuals shout (design.md 7)."""
    allowed = {
        "Apsveicam ar mācību pabeigšanu!",  # screens.md 13
        "Vismaz 9 zīmes: mazais un lielais burts (a–z, A–Z), cipars un speciāls simbols, piemēram, - vai !",
    }
    word_for_word = "2025-06-09-piesakies-digitalo-prasmju-apguvei.txt"  # the agency's own news item
    wrong = [
        text
        for source in (spelling.translations, spelling.content_files)
        for where, text in source()
        if where != word_for_word
        and text not in allowed
        and (re.search(r"[“”„‘’]|(?<=\S) - \w|\w–\s|\s–\w", text) or "!" in text)
    ]
    assert wrong == []


def test_people_are_addressed_with_a_capital() -> None:
    wrong = [
        (word, where)
        for source in (spelling.translations, spelling.content_files)
        for where, text in source()
        for word in re.findall(r"\b(?:jūs|jums|jūsu|jūsos)\b", text)
    ]
    assert wrong == []
