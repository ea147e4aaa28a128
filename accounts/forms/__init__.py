"""What people type, and the sentences for wrong answers; forms never save."""

from .client import DeclaredForm, Difference, PhoneField, ProfileForm, RegistrationForm
from .consent import ConsentForm
from .provider import ProviderSignInForm

__all__ = [
    "ConsentForm",
    "DeclaredForm",
    "Difference",
    "PhoneField",
    "ProfileForm",
    "ProviderSignInForm",
    "RegistrationForm",
]
