"""The agency's plain text: what becomes a link, a list, a point – and that nothing becomes HTML."""

import pytest

from stars.pages.texts import inline, pieces, rows


def kinds(body: str, **options: bool) -> list[str]:
    return [piece.kind for piece in pieces(body, **options)]


def test_paragraphs_lists_and_headings_in_their_order() -> None:
    body = "Pirmā\nrinda.\n\n- viens\n- divi\n\n## Virsraksts\n\nOtrā."
    assert kinds(body) == ["paragraph", "list", "heading", "paragraph"]
    assert pieces(body)[0].html == "Pirmā rinda."
    assert pieces(body)[1].items == ("viens", "divi")
    assert pieces(body)[2].anchor == "virsraksts"


def test_a_list_may_follow_its_sentence_without_an_empty_line() -> None:
    assert kinds("Vajag:\n- vienu\n- otru\nUn vēl.") == ["paragraph", "list", "paragraph"]


def test_numbered_points_have_level_and_anchor() -> None:
    points = pieces("27. Iestāde:\n27.1. norāda:\n27.1.1. nosaukumu;", points=True)
    assert [(one.number, one.level, one.anchor) for one in points] == [
        ("27", 1, "p27"),
        ("27.1", 2, "p27.1"),
        ("27.1.1", 3, "p27.1.1"),
    ]
    assert points[2].html == "nosaukumu;"


def test_a_reference_to_a_point_leads_there_only_in_a_policy() -> None:
    assert inline("Regulas 6. panta 1. punkta", points=True) == "Regulas 6. panta 1. punkta"
    assert inline("skat. 25.punktā", points=True) == 'skat. <a href="#p25">25.punktā</a>'
    assert inline("skat. 25.punktā") == "skat. 25.punktā"


def test_rtx_01_what_looks_like_html_stays_text() -> None:
    assert inline("<script>alert(1)</script> & [<b>x</b>](/a)") == (
        '&lt;script&gt;alert(1)&lt;/script&gt; &amp; <a href="/a">&lt;b&gt;x&lt;/b&gt;</a>'
    )


@pytest.mark.parametrize(
    "address", ["javascript:alert", "//evil.example", "/\\evil.example", "data:text/html", "http://a.example"]
)
def test_an_unsafe_address_leaves_only_its_words(address: str) -> None:
    assert inline(f"[vārdi]({address})") == "vārdi"


def test_rtx_02_a_link_that_leaves_the_portal_takes_nothing_along() -> None:
    rel = 'rel="noopener noreferrer nofollow"'
    assert inline("[vārdi](https://a.example/x?y=1)") == f'<a href="https://a.example/x?y=1" {rel}>vārdi</a>'
    assert "rel=" not in inline("[vārdi](/programmas) [vārdi](#saturs) [vārdi](mailto:a@b.lv)")
    assert pieces("- [vārdi](https://a.example)")[0].items[0].count(rel) == 1


def test_mail_and_phone_become_links() -> None:
    assert inline("Rakstiet: stars@viaa.gov.lv.") == (
        'Rakstiet: <a href="mailto:stars@viaa.gov.lv">stars@viaa.gov.lv</a>.'
    )
    assert inline("+371 67359075") == '<a href="tel:+37167359075">+371\u00a067359075</a>'


def test_rows_are_cut_and_timeline_marks_taken_off() -> None:
    found = rows("+ 2023 | sākums\n\n> 2025 | tagad\n2026 | beigas | vēl")
    assert [(row.state, row.head, row.rest) for row in found] == [
        ("done", "2023", "sākums"),
        ("now", "2025", "tagad"),
        ("todo", "2026", "beigas"),
    ]


def test_a_row_without_a_second_part_is_not_an_error() -> None:
    assert rows("viens")[0].rest == ""
