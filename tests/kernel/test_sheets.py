"""Files for spreadsheet programs (EXP-01)."""

import pytest

from stars.kernel.sheets import csv_file, plain_cell


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+371 26123456", "-2", "@SUM(A1)", "\t=1", "\r=1", "|calc", "%0A=1"),
        *(" =1", "\u00a0=1", "\u200b=1", "＝1+1", "＋1", "－1", "＠a", "\n=1"),
    ],
)
def test_exp_01_what_a_program_would_count_gets_an_apostrophe(text: str) -> None:
    assert plain_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Anna Ozoliņa", "12.05.2025.", "2 = 2", "a-b", "", "427,43 €"])
def test_exp_01_other_text_stays_as_it_is(text: str) -> None:
    assert plain_cell(text) == text


def test_exp_01_the_file_is_utf_8_with_a_mark_and_is_downloaded() -> None:
    response = csv_file("x.csv", ["Kas", "Kad"], [['Ģirts; "Šķēle"', "=1"]])
    assert response.content.decode() == '\ufeffKas;Kad\r\n"Ģirts; ""Šķēle""";\'=1\r\n'
    assert response["Content-Disposition"] == 'attachment; filename="x.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
