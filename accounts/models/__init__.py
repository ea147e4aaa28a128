"""People, how they sign in, what they have agreed to, the institutions they work for, and their rights."""

from .agreeing import Consent, PolicyKind, PolicyVersion
from .institutions import Institution, Membership
from .mandates import Basis, Mandate, Scope
from .people import ClientProfile, Person, PersonalCode, PersonalCodeQuerySet
from .rights import Right, RightKind
from .sign_on import SignOnConflict, SignOnHealth, SignOnSession
from .signing_in import EmailConfirmation, FailedSignIn, SignInHandle, UsedAssertion
from .users import User, UserManager

__all__ = [
    "Basis",
    "ClientProfile",
    "Consent",
    "EmailConfirmation",
    "FailedSignIn",
    "Institution",
    "Mandate",
    "Membership",
    "Person",
    "PersonalCode",
    "PersonalCodeQuerySet",
    "PolicyKind",
    "PolicyVersion",
    "Right",
    "RightKind",
    "Scope",
    "SignInHandle",
    "SignOnConflict",
    "SignOnHealth",
    "SignOnSession",
    "UsedAssertion",
    "User",
    "UserManager",
]
