"""What is written in a programme and what a call demands of it: fields, their reading and their weighing. Pure."""

from .fields import FIELDS, SECTIONS, Asked, Section, Shape
from .reading import Competence, Lists, Read, Taught, answers_of, read
from .scores import Line, ReadScores, read_scores, typed_scores
from .weighing import Demands, Wanted, cost_of, weigh

__all__ = [
    "FIELDS",
    "SECTIONS",
    "Asked",
    "Competence",
    "Demands",
    "Line",
    "Lists",
    "Read",
    "ReadScores",
    "Section",
    "Shape",
    "Taught",
    "Wanted",
    "answers_of",
    "cost_of",
    "read",
    "read_scores",
    "typed_scores",
    "weigh",
]
