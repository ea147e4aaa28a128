"""The agency's view of people, institutions and rights, and what it decides about them."""

from . import doors, people, sign_on, signing_in

__all__ = ["doors", "people", "sign_on", "signing_in"]
