"""The engine of every lifecycle table: when an action is possible, and where it leads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .errors import DomainError


@dataclass(frozen=True, slots=True)
class Move:
    sources: tuple[str, ...]
    to: str


def move(*sources: str, to: str) -> Move:
    return Move(tuple(sources), to)


class Lifecycle:
    """Action -> Move. `after()` is the only way a state may change; it raises DomainError when it is too late."""

    def __init__(self, moves: Mapping[str, Move]) -> None:
        self.moves = moves

    def allows(self, action: str, state: str) -> bool:
        return state in self.moves[action].sources

    def after(self, action: str, state: str, *, refusal: str) -> str:
        """The next state; `refusal` is the sentence shown when the object is no longer where this starts."""
        if not self.allows(action, state):
            raise DomainError(refusal, code="wrong_state")
        return self.moves[action].to

    def edges(self) -> Iterator[tuple[str, str, str]]:
        """(source, action, target) for diagrams and for the test that every state can be reached."""
        for action, step in self.moves.items():
            for source in step.sources:
                yield source, action, step.to
