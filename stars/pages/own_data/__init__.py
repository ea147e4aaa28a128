"""What a person may know of their own data: who has looked, what is kept and why, all of it as a file."""

from .looks import Look, looks_in_words

__all__ = ["Look", "looks_in_words"]
