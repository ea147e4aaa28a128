"""What people type, and the sentences for wrong answers; forms never save."""

from .client import DeclaredForm, Difference, PhoneField, ProfileForm, RegistrationForm, speak_for_client
from .consent import ConsentForm
from .coordinator import ContestForm, FindClientForm, MandateForm, ProvisionalForm
from .institution import InstitutionProfileForm
from .members import AcceptInvitationForm, InviteForm, TermForm, WhyForm
from .provider import ProviderSignInForm
from .registering import EmployeeRegistrationForm, InstitutionRegistrationForm
from .registries import DisputeForm
from .rights import ConsultantForm, CoordinatorForm
from .signing_in import (
    AddressForm,
    AskPasswordForm,
    ChangePasswordForm,
    CodeForm,
    NewPasswordForm,
    ProofForm,
    SetUpForm,
)

__all__ = [
    "AcceptInvitationForm",
    "AddressForm",
    "AskPasswordForm",
    "ChangePasswordForm",
    "CodeForm",
    "ConsentForm",
    "ConsultantForm",
    "ContestForm",
    "CoordinatorForm",
    "DeclaredForm",
    "Difference",
    "DisputeForm",
    "EmployeeRegistrationForm",
    "FindClientForm",
    "InstitutionProfileForm",
    "InstitutionRegistrationForm",
    "InviteForm",
    "MandateForm",
    "NewPasswordForm",
    "PhoneField",
    "ProfileForm",
    "ProofForm",
    "ProviderSignInForm",
    "ProvisionalForm",
    "RegistrationForm",
    "SetUpForm",
    "TermForm",
    "WhyForm",
    "speak_for_client",
]
