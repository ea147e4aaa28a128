"""The agency gives an employee of an institution a sign-in."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Membership, User
from accounts.selectors import actor_of
from accounts.services import create_institution_user
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AuditEntry
from tests.factories.accounts import PASSWORD, AgencyUserFactory, InstitutionFactory, ProviderFactory

pytestmark = pytest.mark.django_db
ADMINISTRATOR = Membership.MemberRole.ADMINISTRATOR


def create(by: Actor, email: str = "Mara@Example.lv", password: str = PASSWORD) -> User:
    institution = InstitutionFactory()
    return create_institution_user(
        institution_id=institution.pk, email=email, name="Māra Zvirbule", password=password, role=ADMINISTRATOR, by=by
    )


def test_the_agency_makes_a_user_with_a_place() -> None:
    user = create(actor_of(AgencyUserFactory()))
    assert user.email == "mara@example.lv"
    assert user.check_password(PASSWORD)
    assert actor_of(user).is_provider
    membership = user.memberships.get()
    assert AuditEntry.objects.get(object_type="accounts.membership").object_id == str(membership.pk)


def test_one_address_one_user() -> None:
    ProviderFactory(email="mara@example.lv")
    with pytest.raises(DomainError) as refused:
        create(Actor.system("demo"))
    assert refused.value.code == "email_taken"


def test_a_weak_password_is_refused() -> None:
    with pytest.raises(ValidationError):
        create(Actor.system("demo"), password="short")


def test_institutions_do_not_make_users_here() -> None:
    with pytest.raises(NotPermitted):
        create(actor_of(ProviderFactory()))
