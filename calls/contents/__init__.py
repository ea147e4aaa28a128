"""What is written in a programme and what a call demands of it: fields, their reading and their weighing. Pure."""

from .fields import FIELDS, SECTIONS, Asked, Section, Shape
from .reading import Competence, Lists, Read, Taught, answers_of, read
from .weighing import Demands, Wanted, cost_of, weigh

__all__ = [
    "FIELDS",
    "SECTIONS",
    "Asked",
    "Competence",
    "Demands",
    "Lists",
    "Read",
    "Section",
    "Shape",
    "Taught",
    "Wanted",
    "answers_of",
    "cost_of",
    "read",
    "weigh",
]
