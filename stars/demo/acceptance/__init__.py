"""The data set of acceptance (AC-02): the same seed gives the same rows, ids and JSON, on any day.

Only ciphertexts and password hashes differ, for they hold chance by design. Moments are fixed: past rounds lie in 2024,
open ones run until 2099, so that nothing depends on the day of seeding.
"""

from .building import NotEmpty, build

__all__ = ["NotEmpty", "build"]
