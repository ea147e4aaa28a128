"""What an honest client posts in the registration form."""

from uuid import UUID

from accounts.models import User
from stars.classifiers.models import EconomicStatus, EducationLevel, InformationSource, RegistrationReason, Sector

Form = dict[str, str | list[str]]


def answers(**changes: str | list[str]) -> Form:
    """The required answers; `changes` replace some, an empty one leaves it out."""
    form: Form = {
        "email": "anna@example.lv",
        "phone": "26 123 456",
        "economic_status": str(EconomicStatus.objects.get(code="employed").pk),
        "education": str(EducationLevel.objects.get(code="bachelor").pk),
        "registration_reasons": [reason("find_learning")],
        "sectors": [sector(3)],
        "information_sources": [str(InformationSource.objects.get(code="media").pk)],
    }
    return {name: value for name, value in (form | changes).items() if value}


def reason(code: str) -> str:
    return str(RegistrationReason.objects.get(code=code).pk)


def sector(number: int) -> str:
    return str(Sector.objects.get(number=number).pk)


def person_of(user: User) -> UUID:
    assert user.person_id is not None
    return user.person_id
