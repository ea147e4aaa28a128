"""How a register may fail to answer. `reason` is a word for logs and lists; it never holds what the register said."""


class Unanswered(Exception):
    """No answer that can be relied on: the fact stays unknown and the question is asked again later (D2)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class WrongPerson(Unanswered):
    """The answer is about another personal code: it is thrown away unread, and somebody must look at the register."""

    def __init__(self) -> None:
        super().__init__("wrong_person")


class NotKnown(Exception):
    """The register has answered, and has nobody under this code."""
