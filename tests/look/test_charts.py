"""Drawings: the numbers stand in a table beside them, and every coordinate is a number a browser reads."""

import re
from datetime import date

import pytest
from bs4 import BeautifulSoup

from stars.kernel.templatetags import charts
from tests.look.rendering import the, words

ROWS = [("Drošība", 64.5, "64,5 %"), ("Komunikācija", 81, "81 %"), ("Saturs", 0, "0 %")]


def drawn(kind: str, rows: list[tuple[str, float, str]]) -> BeautifulSoup:
    return BeautifulSoup(
        charts.chart(kind, rows, title="Rezultāts", label_head="Sadaļa", value_head="%"), "html.parser"
    )


@pytest.mark.parametrize("kind", ["bar", "line", "funnel"])
def test_a_chart_is_drawn_wide_and_narrow_with_one_table(kind: str) -> None:
    page = drawn(kind, ROWS)
    assert [svg["class"][-1] for svg in page.select("svg[role=img]")] == ["only-wide", "only-narrow"]
    assert [words(row) for row in page.select("tbody tr")] == ["Drošība 64,5 %", "Komunikācija 81 %", "Saturs 0 %"]
    assert all("Rezultāts" in str(svg["aria-label"]) for svg in page.select("svg[role=img]"))


@pytest.mark.parametrize("kind", ["bar", "line", "funnel"])
@pytest.mark.parametrize("rows", [ROWS, ROWS[:1], [], [("a", 0, "0"), ("b", 0, "0")]])
def test_every_coordinate_is_a_number(kind: str, rows: list[tuple[str, float, str]]) -> None:
    for svg in drawn(kind, rows).select("svg[role=img]"):
        for tag in svg.select("rect, text, circle, line"):
            for name in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height"):
                if name in tag.attrs:
                    assert re.fullmatch(r"-?\d+(\.\d+)?", str(tag[name])), (name, tag)


def test_the_longest_bar_fills_its_track_and_the_others_are_in_proportion() -> None:
    wide = drawn("bar", ROWS).select("svg.only-wide")[0]
    lengths = [float(str(rect["width"])) for rect in wide.select("rect.f1")]
    track = float(str(wide.select("rect.ftrack")[0]["width"]))
    assert lengths[1] == track
    assert lengths[0] == pytest.approx(track * 64.5 / 81, abs=0.1)
    assert lengths[2] == 0


def test_words_are_made_from_the_number_when_none_are_given() -> None:
    page = BeautifulSoup(
        charts.chart("bar", [("a", 4.5)], title="t", label_head="h", value_head="v", csv="/x.csv"), "html.parser"
    )
    assert words(the(page, "td")) == "4,5"
    assert the(page, "a[download]")["href"] == "/x.csv"


def test_a_stack_puts_its_parts_in_the_order_of_the_legend_and_says_each_number() -> None:
    rows = [("Uzņemts", 12, 30, 6), ("Neuzņemts", 1, 0, 2)]
    html = charts.chart(
        "stacked", rows, title="Pieteikumi", label_head="Statuss", value_head="", parts=("IMK", "MN", "VARAM")
    )
    page = BeautifulSoup(html, "html.parser")
    for svg in page.select("svg[role=img]"):
        first = svg.select("rect")[:3]
        assert [rect["class"] for rect in first] == [["f1"], ["f2"], ["f3"]]
        ends = [float(str(rect["x"])) + float(str(rect["width"])) for rect in first]
        assert ends[0] <= float(str(first[1]["x"]))
        assert ends[1] <= float(str(first[2]["x"]))
        assert [words(text) for text in svg.select("text.strong")] == ["48", "3"]
    assert [words(one) for one in page.select(".legend li")] == ["IMK", "MN", "VARAM"]
    assert [words(row) for row in page.select("tbody tr")] == ["Uzņemts 12 30 6", "Neuzņemts 1 0 2"]


def test_a_funnel_stands_around_one_middle() -> None:
    for svg in drawn("funnel", ROWS).select("svg[role=img]"):
        middles = {
            round(float(str(rect["x"])) + float(str(rect["width"])) / 2) for rect in svg.select("rect.f1, rect.ftrack")
        }
        assert len(middles) == 1


def days(today: date, closes: date = date(2025, 6, 20)) -> BeautifulSoup:
    return BeautifulSoup(charts.round_days(date(2025, 6, 9), closes, today, "Dienas"), "html.parser")


@pytest.mark.parametrize(
    ("today", "filled"), [(date(2025, 6, 8), 0), (date(2025, 6, 9), 1), (date(2025, 6, 14), 6), (date(2025, 7, 1), 12)]
)
def test_the_days_of_a_round_are_filled_up_to_today(today: date, filled: int) -> None:
    page = days(today)
    assert len(page.select("rect")) == 12
    assert len(page.select("rect.f1")) == filled


def test_words_of_the_days_never_stand_on_each_other() -> None:
    assert [words(text) for text in days(date(2025, 6, 14)).select("text")] == ["09.06.", "Šodien", "20.06."]
    assert [words(text) for text in days(date(2025, 6, 9)).select("text")] == ["Šodien", "20.06."]
    assert [words(text) for text in days(date(2025, 6, 20)).select("text")] == ["09.06.", "Šodien"]
    assert [words(text) for text in days(date(2025, 6, 1)).select("text")] == ["09.06.", "20.06."]


def test_a_long_round_is_drawn_in_at_most_sixty_boxes() -> None:
    assert len(days(date(2025, 9, 1), closes=date(2026, 6, 1)).select("rect")) == 60


def test_the_stairs_show_the_levels_of_the_programme_and_the_person() -> None:
    page = BeautifulSoup(charts.digcomp_steps(5, 6, 5, "Līmeņi"), "html.parser")
    assert [words(text) for text in page.select("text.strong")] == ["5", "6", "Jūsu līmenis"]
    assert len(page.select("rect.f1")) == 2
    unknown = BeautifulSoup(charts.digcomp_steps(1, 2, 0, "Līmeņi"), "html.parser")
    assert "Jūsu līmenis" not in words(unknown)
