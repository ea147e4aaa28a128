"""Latvian words found without their diacritics, in other endings, and a little misspelt."""

import pytest
from django.utils import timezone

from catalog.search import MOST_WORDS, fold, indexed, question, stem, stems
from catalog.selectors import CatalogueQuery, catalogue
from catalog.services import reindex
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
        ["programmēšana", "programmēšanas", "programmēšanu"],
    ],
)
def test_the_endings_of_a_word_share_a_stem(words: list[str]) -> None:
    assert len({stem(fold(word)) for word in words}) == 1


def test_short_words_stay_whole() -> None:
    assert stems("IT un MI, C++ un C#") == ["it", "un", "mi", "c++", "c#"]


def test_a_question_is_read_only_so_far() -> None:
    assert len(question(" ".join(f"vārds{number}x" for number in range(50)))) == MOST_WORDS
    assert question("%%% ___ '; --") == []
    assert indexed("Datu datu", "bāze") == " dat baz "


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
