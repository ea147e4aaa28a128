"""What people type, and the sentences for wrong answers; forms never save."""

from .client import DeclaredForm, Difference, PhoneField, ProfileForm, RegistrationForm, speak_for_client
from .consent import ConsentForm
from .coordinator import ContestForm, FindClientForm, MandateForm, ProvisionalForm
from .provider import ProviderSignInForm
from .registries import DisputeForm
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
    "AddressForm",
    "AskPasswordForm",
    "ChangePasswordForm",
    "CodeForm",
    "ConsentForm",
    "ContestForm",
    "DeclaredForm",
    "Difference",
    "DisputeForm",
    "FindClientForm",
    "MandateForm",
    "NewPasswordForm",
    "PhoneField",
    "ProfileForm",
    "ProofForm",
    "ProviderSignInForm",
    "ProvisionalForm",
    "RegistrationForm",
    "SetUpForm",
    "speak_for_client",
]
