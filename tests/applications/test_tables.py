"""The two tables agree: when and who name the same verbs, and every state has its word."""

from django.utils.translation import override

from applications.models import Question
from applications.policies import WHO
from applications.questions import ORDER
from applications.states import (
    FAMILY,
    FEMININE,
    HOLDS_PLACE,
    LIFECYCLE,
    LIVE,
    VERDICT_FAMILY,
    Action,
    State,
    Verdict,
    status_word,
)


def test_every_action_has_its_when_and_its_who() -> None:
    assert set(LIFECYCLE.moves) == set(WHO) == set(Action)
    assert all(WHO.values())


def test_every_state_can_be_reached() -> None:
    assert {target for _, _, target in LIFECYCLE.edges()} | {State.SUBMITTED} == set(State)


def test_every_state_has_a_look() -> None:
    assert set(FAMILY) == set(State)
    assert set(VERDICT_FAMILY) == set(Verdict)


def test_live_applications_hold_places() -> None:
    assert set(LIVE) < set(HOLDS_PLACE)


def test_every_question_is_worded() -> None:
    assert set(ORDER) == set(Question)


def test_status_words_agree_with_the_person() -> None:
    """screens.md 9, letter by letter."""
    with override("lv"):
        he = {state.value: status_word(state, is_woman=False) for state in State}
        she = {state.value: status_word(state, is_woman=True) for state in FEMININE}
    assert he == {
        "submitted": "Pieteikts",
        "admitted": "Uzņemts",
        "ineligible": "Neatbilst nosacījumiem",
        "rejected": "Neuzņemts",
        "withdrawn": "Atteicies",
        "completed": "Pabeidzis",
        "expelled": "Atskaitīts",
    }
    assert she == {
        "admitted": "Uzņemta",
        "rejected": "Neuzņemta",
        "withdrawn": "Atteikusies",
        "completed": "Pabeigusi",
        "expelled": "Atskaitīta",
    }
