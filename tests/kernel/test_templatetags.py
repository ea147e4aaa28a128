"""Money, dates and codes are written one way everywhere."""

from datetime import UTC, date, datetime

import pytest
from django.http import HttpRequest, QueryDict
from django.template.context import Context
from django.template.defaultfilters import filesizeformat
from django.utils import translation
from lucide import IconDoesNotExist

from stars.kernel.templatetags import stars

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (0, f"0,00{NBSP}€"),
        (5, f"0,05{NBSP}€"),
        (42743, f"427,43{NBSP}€"),
        (123456789, f"1{NBSP}234{NBSP}567,89{NBSP}€"),
        (-42743, f"\N{MINUS SIGN}427,43{NBSP}€"),
        (None, ""),
    ],
)
def test_money_is_written_with_a_comma_and_a_no_break_space(cents: int | None, words: str) -> None:
    assert stars.money(cents) == words


@pytest.mark.parametrize(
    ("cents", "words"),
    [(41652, f"+416,52{NBSP}€"), (-41652, f"\N{MINUS SIGN}416,52{NBSP}€"), (0, f"0,00{NBSP}€"), (None, "")],
)
def test_a_movement_of_money_shows_its_sign(cents: int | None, words: str) -> None:
    assert stars.signed_money(cents) == words


def test_bytes_are_counted_in_latvian() -> None:
    with translation.override("lv"):
        assert [filesizeformat(size).split("\xa0")[1] for size in (1, 580, 21, 11)] == [
            "baits",
            "baiti",
            "baits",
            "baiti",
        ]


def test_a_moment_is_shown_in_riga_time_in_winter_and_summer() -> None:
    assert stars.moment(datetime(2024, 12, 28, 9, 48, tzinfo=UTC)) == "28.12.2024 11:48"
    assert stars.moment(datetime(2025, 6, 12, 13, 58, tzinfo=UTC)) == "12.06.2025 16:58"
    assert stars.moment(None) == ""


def test_the_clock_shows_riga_time() -> None:
    assert stars.clock(datetime(2025, 6, 12, 13, 58, tzinfo=UTC)) == "16:58"
    assert stars.clock(None) == ""


def test_a_day_ends_with_a_full_stop_and_a_late_moment_belongs_to_the_next_riga_day() -> None:
    assert stars.day(date(2025, 4, 14)) == "14.04.2025."
    assert stars.day(datetime(2025, 6, 12, 22, 30, tzinfo=UTC)) == "13.06.2025."
    assert stars.day(None) == ""


def test_a_period_stands_on_both_sides_of_a_dash() -> None:
    assert stars.period(date(2025, 5, 19), date(2025, 8, 7)) == f"19.05.2025.{NBSP}– 07.08.2025."
    assert stars.period(date(2025, 5, 19), None) == f"19.05.2025.{NBSP}–"
    assert stars.period(None, None) == ""


def test_the_machine_form_of_a_moment_keeps_its_offset() -> None:
    assert stars.machine(datetime(2025, 6, 12, 13, 58, tzinfo=UTC)) == "2025-06-12T16:58+03:00"
    assert stars.machine(date(2025, 6, 12)) == "2025-06-12"
    assert stars.machine(None) == ""


@pytest.mark.parametrize(
    ("code", "shown"), [("010190-12345", "010190-*****"), ("32123412345", "321234-*****"), ("", ""), (None, "")]
)
def test_the_second_half_of_a_personal_code_is_hidden(code: str | None, shown: str) -> None:
    assert stars.masked(code) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("26123456", f"26{NBSP}123{NBSP}456"),
        ("+371 26 123 456", f"26{NBSP}123{NBSP}456"),
        ("+46 70 123 45 67", "+46 70 123 45 67"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_latvian_number_is_written_in_groups(number: str | None, shown: str) -> None:
    assert stars.phone(number) == shown


def test_a_mean_has_one_decimal_and_a_comma() -> None:
    assert stars.decimal_comma(4.58) == "4,6"
    assert stars.decimal_comma(None) == ""


def test_lookup_reads_a_mapping_by_the_text_of_the_key() -> None:
    assert stars.lookup({"7": "Rīga"}, 7) == "Rīga"
    assert stars.lookup({"7": "Rīga"}, 8) == ""
    assert stars.lookup(None, 8) == ""


def request_with(query: str) -> HttpRequest:
    request = HttpRequest()
    request.GET = QueryDict(query)
    return request


def test_the_query_keeps_what_it_is_not_told_to_change() -> None:
    context = Context({"request": request_with("veids=m&veids=k&lapa=3")})
    assert stars.query(context, lapa=4) == "?veids=m&veids=k&lapa=4"
    assert stars.query(context, veids=None) == "?lapa=3"
    assert stars.query(context, veids="", lapa=None) == "?"


def test_an_icon_is_hidden_from_screen_readers_and_drawn_once() -> None:
    house = stars.icon("house")
    assert house.startswith("<svg")
    assert 'aria-hidden="true"' in house
    assert 'class="i"' in house
    assert stars.icon("house") is house


def test_the_star_is_one_of_the_icons() -> None:
    assert stars.icon("star4") == stars.star4()
    assert 'aria-hidden="true"' in stars.star4()


def test_an_unknown_icon_is_an_error_not_a_gap() -> None:
    with pytest.raises(IconDoesNotExist):
        stars.icon("no-such-icon")
