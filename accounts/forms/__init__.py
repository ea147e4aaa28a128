"""What people type, and the sentences for wrong answers; forms never save."""

from .client import DeclaredForm, Difference, PhoneField, ProfileForm, RegistrationForm, speak_for_client
from .consent import ConsentForm
from .coordinator import ContestForm, FindClientForm, MandateForm, ProvisionalForm
from .provider import ProviderSignInForm

__all__ = [
    "ConsentForm",
    "ContestForm",
    "DeclaredForm",
    "Difference",
    "FindClientForm",
    "MandateForm",
    "PhoneField",
    "ProfileForm",
    "ProviderSignInForm",
    "ProvisionalForm",
    "RegistrationForm",
    "speak_for_client",
]
