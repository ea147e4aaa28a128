"""What is typed becomes values or sentences, never an error; costs follow the worked examples (domain.md 4)."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calls.contents import FIELDS, Competence, Demands, Lists, Wanted, answers_of, cost_of, read, weigh
from calls.costs import Cost, Rate, reckon
from tests.factories.calls import ready

MODULE, SET = Rate("whole", 534, 42743), Rate("parts", 534, 42743)
COURSE, STUDIES = Rate("whole", 515, 41213), Rate("parts", 515, 41213)
LISTS = Lists(
    choices={
        "kind": {"module": "Modulis", "module_set": "Moduļu kopa"},
        "sector": {"3": "IKT"},
        "qualification": {},
        "venues": {"v-1": "Enkura iela 12"},
        "mode": {"onsite": "klātiene"},
        "prior_education": {"general_secondary": "vidējā"},
        "schedule_kinds": {"weekday_evenings": "vakari"},
    },
    competences=[Competence(3, 4, "Programmēšana", "Satura radīšana")],
)
DEMANDS = Demands({"module": MODULE, "module_set": SET}, 4, 6, frozenset(), 70)


def reckoned(rate: Rate, *hours: int, whole: int | None = None) -> Cost:
    return reckon(rate, [(f"{number}", one) for number, one in enumerate(hours)], programme_cost_cents=whole)


@pytest.mark.parametrize(
    ("rate", "hours", "whole", "requested", "calculated"),
    [
        (MODULE, [167], None, 42743, 89178),
        (MODULE, [34], None, 18156, 18156),
        (MODULE, [136], None, 42743, 72624),
        (SET, [34, 136], None, 60899, 90780),
        (COURSE, [160], None, 41213, 82400),
        (MODULE, [78], None, 41652, 41652),
        (MODULE, [80], None, 42720, 42720),
        (MODULE, [81], None, 42743, 43254),
        (COURSE, [80], None, 41200, 41200),
        (COURSE, [81], None, 41213, 41715),
        (STUDIES, [75, 85], None, 79838, 82400),
    ],
)
def test_worked_examples(rate: Rate, hours: list[int], whole: int | None, requested: int, calculated: int) -> None:
    found = reckoned(rate, *hours, whole=whole)
    assert (found.requested_cents, found.calculated_cents) == (requested, calculated)


def test_a_set_stays_under_the_whole_programme() -> None:
    """Eight modules of a programme of 960 hours: 2489,13 € become 2127,19 € (metodika 13)."""
    hours = [300, 234, 200, 40, 45, 46, 47, 48]
    assert (sum(hours), reckoned(SET, *hours).requested_cents) == (960, 248913)
    found = reckoned(SET, *hours, whole=212719)
    assert found.requested_cents == 212719
    assert found.is_under_programme
    assert not found.is_cut_by_part
    assert reckoned(MODULE, 960, whole=10).requested_cents == 42743  # only sets are held under it


@pytest.mark.parametrize("hours", [[], [0], [-5], [34, 0]])
def test_without_hours_nothing_is_reckoned(hours: list[int]) -> None:
    with pytest.raises(ValueError, match=r".*"):
        reckoned(SET, *hours)


hours = st.lists(st.integers(min_value=1, max_value=5000), min_size=1, max_size=12)


@settings(deadline=None)
@given(hours=hours, rate=st.integers(1, 5000), cap=st.integers(1, 200_000), whole=st.none() | st.integers(1, 500_000))
def test_the_rule_holds_for_every_programme(hours: list[int], rate: int, cap: int, whole: int | None) -> None:
    found = reckoned(Rate("parts", rate, cap), *hours, whole=whole)
    assert found.calculated_cents == sum(hours) * rate
    assert 0 < found.requested_cents <= found.calculated_cents
    assert found.requested_cents <= found.cap_cents
    assert all(part.requested_cents == min(part.hours * rate, cap) for part in found.parts)
    parts = sum(part.requested_cents for part in found.parts)
    assert found.requested_cents == (parts if whole is None else min(parts, whole))
    assert found.hours == sum(hours)


@settings(deadline=None)
@given(hours=hours, more=st.integers(1, 500))
def test_another_part_never_makes_it_cheaper(hours: list[int], more: int) -> None:
    assert reckoned(SET, *hours, more).requested_cents > reckoned(SET, *hours).requested_cents


@settings(deadline=None, max_examples=60)
@given(
    raw=st.dictionaries(
        st.sampled_from([*FIELDS, "part_0_name", "part_0_hours", "digcomp_3_4_level", "digcomp_3_4_description"]),
        st.text(max_size=40) | st.lists(st.text(max_size=5), max_size=3),
    )
)
def test_x21_no_draft_is_too_odd_to_be_read(raw: dict[str, Any]) -> None:
    found = read(raw, LISTS)
    weigh(found, DEMANDS, ())
    cost_of(found, DEMANDS)


def problems(**changes: Any) -> set[str]:
    content = ready(venues=["v-1"], **changes)
    return set(weigh(read(content, LISTS), DEMANDS, ()))


def test_a_ready_programme_has_no_problem() -> None:
    assert problems() == set()


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"kind": "study_course"}, "kind"),
        ({"name": ""}, "name"),
        ({"digital_share_percent": "69"}, "digital_share_percent"),
        ({"digital_share_percent": "101"}, "digital_share_percent"),
        ({"theory_onsite": "", "practice_onsite": ""}, "theory_onsite"),
        ({"theory_onsite": "-1"}, "theory_onsite"),
        ({"theory_onsite": "١٢"}, "theory_onsite"),
        ({"schedule_kinds": []}, "schedule_kinds"),
        ({"digcomp_3_4_level": "3"}, "digcomp_3_4_level"),
        ({"digcomp_3_4_level": "7"}, "digcomp_3_4_level"),
        ({"digcomp_3_4_level": "", "digcomp_3_4_description": ""}, "digcomp"),
        ({"digcomp_3_4_description": ""}, "digcomp_3_4_description"),
        ({"kind": "module_set"}, "part_0_name"),
        ({"programme_cost_cents": "daudz"}, "programme_cost_cents"),
    ],
)
def test_each_obstacle_is_named_where_it_is_mended(changes: dict[str, Any], where: str) -> None:
    assert problems(**changes) == {where}


def test_parts_add_up_to_the_whole() -> None:
    parts = {"part_0_name": "Viens", "part_0_hours": "67", "part_1_name": "Divi", "part_1_hours": "100"}
    assert problems(kind="module_set", **parts) == set()
    assert problems(kind="module_set", **parts | {"part_1_hours": "99"}) == {"part_0_hours"}
    assert problems(kind="module_set", **parts | {"part_1_hours": "x"}) >= {"part_1_hours"}


def test_areas_and_attachments_of_the_call_are_asked() -> None:
    asking = Demands(DEMANDS.rates, 4, 6, frozenset({1}), 70, (Wanted("plans", "Mācību plāns", is_required=True),))
    found = read(ready(venues=["v-1"]), LISTS)
    assert set(weigh(found, asking, ())) == {"digcomp", "paper_plans"}
    assert set(weigh(found, asking, {"plans"})) == {"digcomp"}


def test_web_07_only_known_names_are_kept_and_no_nul() -> None:
    kept = answers_of(
        {"name": "A\0B", "is_admin": "1", "part_99_name": "x", "part_2_name": "y", "digcomp_1_1_level": "4"}
    )
    assert kept["name"] == "AB"
    assert "is_admin" not in kept
    assert "part_99_name" not in kept
    assert (kept["part_2_name"], kept["digcomp_1_1_level"]) == ("y", "4")
