"""What people type, and the sentences for wrong answers; forms never save."""

from .client import DeclaredForm, Difference, ProfileForm, RegistrationForm, speak_for_client
from .consent import ConsentForm
from .contacts import PhoneField, email_field, name_field
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
    "email_field",
    "name_field",
    "speak_for_client",
]
