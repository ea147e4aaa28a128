"""Latvian words found without their diacritics, in other endings, and a little misspelt."""

import csv
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.search import MOST_WORDS, apart_by, fold, indexed, nearest, question, stems
from catalog.selectors import CatalogueQuery, catalogue, count
from catalog.services import raise_catalogue_version, reindex
from stars.demo.loading import catalogue as catalogue_of_the_demo
from stars.demo.loading.calendar import Calendar
from stars.kernel.actor import Actor
from tests.factories.catalog import ProgrammeFactory


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Tīmekļa lietotņu izstrāde", "timekla lietotnu izstrade"),
        ("ĀČĒĢĪĶĻŅŠŪŽ", "acegiklnsuz"),
        ("Informācija", "informacija"),
        ("ﬁnanses", "finanses"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    "words",
    [
        ["analīze", "analīzes", "analīzi", "analīzēm", "analizu"],
        ["tīkls", "tīkla", "tīkli", "tīklu", "tīkliem", "tīklos"],
        ["drošība", "drošības", "drošību", "drosiba"],
        ["datubāze", "datubāzes", "datubāzēm"],
        ["programmēšana", "programmēšanas", "programmēšanu", "programmēt", "programmētājs", "programmētāja"],
        ["metināšana", "metināt", "metinātājs", "metinataju"],
        ["automatizācija", "automatizācijas", "automatizāciju", "automatizacijam"],
        ["kurss", "kursi", "kursiem", "kursu"],
        ["ēka", "ēkas", "ēku", "ēkām"],
        ["māja", "mājas", "māju", "mājām"],
        ["digitāls", "digitālā", "digitālais", "digitālo"],
        ["skapis", "skapja", "skapju"],
    ],
)
def test_the_endings_of_a_word_share_a_stem(words: list[str]) -> None:
    assert len(set(stems(" ".join(words)))) == 1


def test_short_words_stay_whole() -> None:
    assert stems("IT un MI, C++ un C#") == ["it", "un", "mi", "c++", "c#"]


def test_a_question_is_read_only_so_far() -> None:
    assert len(question(" ".join(f"vārds{number}x" for number in range(50)))) == MOST_WORDS
    assert question("%%% ___ '; --") == []
    assert indexed("Datu datu", "bāze datu") == " dat / baz "


def test_words_that_say_nothing_need_not_be_found_where_others_stand() -> None:
    assert [word.is_needed for word in question("kursi par datiem")] == [False, False, True]
    assert [word.is_needed for word in question("kursi")] == [True]


def test_a_word_may_mean_others() -> None:
    (word,) = question("Excel")
    assert word.stems == ("excel", "izklajlap")
    assert [one.is_long for one in question("sestdienas")] == [False]  # nothing like it is looked for
    assert [one.is_long for one in question("kibedrošība")] == [True]


@pytest.mark.parametrize(
    ("one", "other", "letters"),
    [
        ("python", "python", 0),
        ("pyhton", "python", 1),
        ("kibedrosib", "kiberdrosib", 1),
        ("programe", "progame", 1),
        ("kyber", "kiber", 1),
        ("", "abc", 3),
        ("abcd", "badc", 2),
    ],
)
def test_letters_apart(one: str, other: str, letters: int) -> None:
    assert apart_by(one, other) == apart_by(other, one) == letters


def test_the_nearest_words_begin_nearly_the_same() -> None:
    known = ["kiberdrosib", "kibernetik", "drosib"]
    assert nearest("kibedrosib", known) == ("kiberdrosib",)
    assert nearest("kibedro", known) == ("kiberdrosib",)  # typed only so far
    assert nearest("astronom", known) == ()
    assert nearest("kib", known) == ()


def found(words: str) -> list[str]:
    page = catalogue(CatalogueQuery(words=words, sort="atbilstiba"), actor=Actor(), moment=timezone.now())
    assert page.total == len(page.rows)  # the count and the list agree
    return [row.programme.name for row in page.rows]


@pytest.fixture
def programmes() -> None:
    for name in ("Datu analīze un vizualizācija", "Kiberdrošība uzņēmumā", "Tīmekļa lietotņu programmēšana"):
        programme = ProgrammeFactory.create(name=name, description="Teksts.", main_topics=["Pārskati"])
        reindex(programme_id=programme.pk)


@pytest.mark.django_db
@pytest.mark.usefixtures("programmes")
@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("analīze", "Datu analīze un vizualizācija"),
        ("analizes", "Datu analīze un vizualizācija"),
        ("DATU ANALĪZI", "Datu analīze un vizualizācija"),
        ("kiberdrosiba", "Kiberdrošība uzņēmumā"),
        ("kibedrošība", "Kiberdrošība uzņēmumā"),
        ("kyberdrosiba", "Kiberdrošība uzņēmumā"),
        ("progamēšana", "Tīmekļa lietotņu programmēšana"),
        ("tīmekl", "Tīmekļa lietotņu programmēšana"),
        ("vizualizacja", "Datu analīze un vizualizācija"),
    ],
)
def test_it_finds(words: str, first: str) -> None:
    assert found(words)[:1] == [first]


@pytest.mark.django_db
@pytest.mark.usefixtures("programmes")
@pytest.mark.parametrize("words", ["astronomija", "datu astronomija", "!!!", "%", "_", "\\"])
def test_it_does_not_find(words: str) -> None:
    assert found(words) == []


@pytest.mark.django_db
def test_a_word_of_the_name_comes_before_a_word_of_the_topics() -> None:
    for name, topic in (("Aaa", "Kiberdrošība"), ("Zzz kiberdrošība", "Cits")):
        reindex(programme_id=ProgrammeFactory.create(name=name, main_topics=[topic]).pk)
    assert found("kiberdrošība") == ["Zzz kiberdrošība", "Aaa"]


@pytest.mark.django_db
def test_what_a_word_is_not_known_for_is_looked_up_among_those_that_are(client: Client) -> None:
    reindex(programme_id=ProgrammeFactory.create(name="Kiberdrošība").pk)
    said = 'Neatradām vārdu "kibedrosiba", tāpēc rādām programmas ar līdzīgiem vārdiem.'
    assert said in unescape(client.get("/programmas?q=kibedrosiba").content.decode())
    assert "Neatradām vārdu" not in client.get("/programmas?q=kiberdrosiba").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["analīze", "kibedrosiba progamesana", "ai excel kursi par parskatu"])
def test_any_words_cost_the_same_few_queries(words: str, django_assert_num_queries: Any) -> None:
    for programmes in (1, 3):
        ProgrammeFactory.create_batch(programmes)
        raise_catalogue_version()
        catalogue(CatalogueQuery(sort="nosaukums"), actor=Actor(), moment=timezone.now())
        with django_assert_num_queries(3):  # the version with its places, the words' spelling, their programmes
            assert count(CatalogueQuery(words=words), moment=timezone.now()) == 0


ASKED = Path(__file__).parent / "queries.csv"


@pytest.mark.django_db
def test_people_find_what_they_ask_for_among_the_first_three() -> None:
    """Questions as people type them, with the programmes of the demo that answer them: 95 of a hundred at least."""
    catalogue_of_the_demo.load(Calendar(timezone.localdate()))
    rows = list(csv.DictReader(ASKED.read_text(encoding="utf-8").splitlines()))
    assert len(rows) >= 60
    missed = {}
    for row in rows:
        page = catalogue(CatalogueQuery(words=row["query"], sort="atbilstiba"), actor=Actor(), moment=timezone.now())
        first = [str(one.programme.number) for one in page.rows[:3]]
        if not set(first) & set(row["right"].split()):
            missed[row["query"]] = first
    assert len(missed) <= len(rows) * 5 // 100, missed


@pytest.mark.django_db
def test_of_several_words_that_find_nothing_each_may_be_left_out(client: Client) -> None:
    for name in ("Datu bāzes", "Datu analīze"):
        reindex(programme_id=ProgrammeFactory.create(name=name).pk)
    raise_catalogue_version()
    said = unescape(client.get("/programmas?q=datu+astronomija").content.decode()).replace("\xa0", " ")
    assert 'href="/programmas?q=datu">Bez vārda "astronomija": 2 programmas</a>' in said
    assert 'Bez vārda "datu"' not in said
