"""People, how they sign in, what they agreed to, whom they work for, rights and how those end, what registers say."""

from .agreeing import Consent, PolicyKind, PolicyVersion
from .denials import Denial, DenialReason
from .institutions import IS_A_CODE, LIKE_A_CODE, Institution, Membership
from .invitations import Invitation, InvitationKind
from .links import EntryLink
from .mailed_links import LinkPurpose, MailedLink, PasswordRequest
from .mandates import Basis, Mandate, Scope
from .people import ON_PAPER, ClientProfile, Person, PersonalCode, PersonalCodeQuerySet
from .registering import Registration, RegistrationFile, RegistrationKind
from .registries import FactDispute, RegistryFact, RegistryLine, RegistryQuestion
from .rights import Right, RightKind, RightRequest
from .second_factor import RecoveryCode, SecondFactor, SecondFactorReset
from .sessions import Session
from .sign_on import SignOnConflict, SignOnHealth, SignOnSession
from .signing_in import EmailConfirmation, FailedSignIn, SignInHandle, UsedAssertion
from .ties import StaffTie
from .users import FORGOTTEN, User, UserManager

__all__ = [
    "FORGOTTEN",
    "IS_A_CODE",
    "LIKE_A_CODE",
    "ON_PAPER",
    "Basis",
    "ClientProfile",
    "Consent",
    "Denial",
    "DenialReason",
    "EmailConfirmation",
    "EntryLink",
    "FactDispute",
    "FailedSignIn",
    "Institution",
    "Invitation",
    "InvitationKind",
    "LinkPurpose",
    "MailedLink",
    "Mandate",
    "Membership",
    "PasswordRequest",
    "Person",
    "PersonalCode",
    "PersonalCodeQuerySet",
    "PolicyKind",
    "PolicyVersion",
    "RecoveryCode",
    "Registration",
    "RegistrationFile",
    "RegistrationKind",
    "RegistryFact",
    "RegistryLine",
    "RegistryQuestion",
    "Right",
    "RightKind",
    "RightRequest",
    "Scope",
    "SecondFactor",
    "SecondFactorReset",
    "Session",
    "SignInHandle",
    "SignOnConflict",
    "SignOnHealth",
    "SignOnSession",
    "StaffTie",
    "UsedAssertion",
    "User",
    "UserManager",
]
