"""The agency's view of people, institutions, rights and what registers say, and what it decides about them."""

from . import doors, invitations, people, registrations, registries, rights, sign_on, signing_in

__all__ = ["doors", "invitations", "people", "registrations", "registries", "rights", "sign_on", "signing_in"]
