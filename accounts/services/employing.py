"""People who work in an institution: a user with e-mail and password, and their place there."""

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import policies
from accounts.models import Institution, Membership, User
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require


@transaction.atomic
def create_institution_user(
    *, institution_id: int, email: str, name: str, password: str, role: Membership.MemberRole, by: Actor
) -> User:
    """A sign-in and a place in the institution. Raises ValidationError for a password the terms refuse."""
    require(policies.may_employ(by))
    institution = Institution.objects.select_for_update(no_key=True).get(pk=institution_id)
    if User.objects.filter(email=email.strip().lower()).exists():
        raise DomainError(_("Somebody already signs in with this e-mail address."), code="email_taken")
    user = User(email=email.strip().lower(), name=name)
    validate_password(password, user)
    user.set_password(password)
    user.save()
    membership = Membership.objects.create(user=user, institution=institution, role=role)
    audit.record(membership, "create", by=by, data={"role": membership.role})
    return user
