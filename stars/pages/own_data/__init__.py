"""What a person may know of their own data: who has looked, what is kept and why, all of it as a file."""

from .gathering import Table, as_data, gathered, in_words, rows_of
from .inventory import CATEGORIES, WAYS, Category, Entry, entries
from .looks import Look, looks_in_words

__all__ = [
    "CATEGORIES",
    "WAYS",
    "Category",
    "Entry",
    "Look",
    "Table",
    "as_data",
    "entries",
    "gathered",
    "in_words",
    "looks_in_words",
    "rows_of",
]
