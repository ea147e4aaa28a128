"""A registration becomes a user with a place in an institution, or is refused with a reason, or lapses (terms 27)."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policies
from accounts.models import Consent, Institution, Membership, Registration, RegistrationKind, User
from accounts.selectors import clashing_institutions
from accounts.states import ACCESS, AccessAction, AccessState
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.notices import services as notices

from .registering_institutions import forget_registration

KEEP = timedelta(days=30)  # of what nobody has approved (GDP-02)


@transaction.atomic
def approve_registration(*, registration_id: int, by: Actor, institution_id: int | None = None) -> Membership:
    """Whoever registered can sign in from now on: as the administrator of a new institution, or as an employee.

    `institution_id` names an institution we know already whose numbers the registration gives: its new administrator.
    Raises DomainError where the numbers clash with one that was not named.
    """
    registration = _locked(registration_id, AccessAction.APPROVE, by)
    user = _user_of(registration, by)
    if registration.kind == RegistrationKind.EMPLOYEE:
        institution, role = registration.institution, Membership.MemberRole.EMPLOYEE
        assert institution is not None
    else:
        institution, role = _institution_of(registration, institution_id, by), Membership.MemberRole.ADMINISTRATOR
    membership = _join(user, institution, role, by)
    registration.user, registration.institution, registration.decided_at = user, institution, timezone.now()
    _move(registration, AccessAction.APPROVE, by=by)
    notices.notify(
        recipient=user,
        key=f"registration:{registration.pk}:approved",
        title=_("Your registration is approved"),
        body=_("You can now sign in and work for the institution: %(institution)s.")
        % {"institution": institution.name},
        path=reverse("applications:provider_home"),
    )
    return membership


@transaction.atomic
def refuse_registration(*, registration_id: int, explanation: str, by: Actor) -> Registration:
    """`explanation` is what the person reads, by e-mail: there is nobody to sign in."""
    registration = _locked(registration_id, AccessAction.REFUSE, by)
    registration.decided_at = timezone.now()
    _move(registration, AccessAction.REFUSE, by=by, explanation=explanation)
    notices.mail(
        address=registration.email,
        key=f"registration:{registration.pk}:refused",
        subject=_("Your registration is not approved"),
        text=render_to_string(
            "emails/accounts/registration_refused.txt", {"where": registration.where, "explanation": explanation}
        ),
    )
    return registration


def sweep_registrations(*, by: Actor) -> int:
    """What nobody has approved for thirty days goes with its documents; who still waited is told. Gives how many."""
    require(by.is_system)
    old = timezone.now() - KEEP
    never_approved = Q(state__in=(AccessState.UNCONFIRMED, AccessState.WAITING), asked_at__lte=old)
    lapsed = Registration.objects.filter(never_approved | Q(state=AccessState.REFUSED, decided_at__lte=old))
    return sum(_sweep(pk, by) for pk in list(lapsed.values_list("pk", flat=True)))


@transaction.atomic
def _sweep(pk: int, by: Actor) -> bool:
    registration = Registration.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if registration is None or registration.state == AccessState.APPROVED:
        return False
    if registration.state == AccessState.WAITING:
        notices.mail(
            address=registration.email,
            key=f"registration:{registration.pk}:lapsed",
            subject=_("Your registration has lapsed"),
            text=render_to_string("emails/accounts/registration_lapsed.txt", {"where": registration.where}),
        )
    audit.record(registration, "lapse", by=by, from_state=registration.state)
    forget_registration(registration=registration)
    return True


def _locked(pk: int, action: AccessAction, by: Actor) -> Registration:
    registration = Registration.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    require(policies.may(by, action, registration))
    return registration


def _move(registration: Registration, action: AccessAction, *, by: Actor, explanation: str = "") -> None:
    before = registration.state
    registration.state = ACCESS.after(
        action, before, refusal=_("Somebody has decided about this registration already.")
    )
    registration.explanation = explanation
    registration.save(update_fields=["state", "explanation", "decided_at", "user", "institution"])
    data = {"explanation": explanation} if explanation else {}
    audit.record(registration, action.value, by=by, from_state=before, to_state=registration.state, data=data)


def _user_of(registration: Registration, by: Actor) -> User:
    """Whoever proved the address: a user with the password they chose, or the one who signs in with it already."""
    ACCESS.after(
        AccessAction.APPROVE,
        registration.state,
        refusal=_("Somebody has decided about this registration already."),
    )
    user = User.objects.select_for_update(of=("self",), no_key=True).filter(email=registration.email).first()
    if user is not None and user.is_staff:
        raise DomainError(
            _("This address signs in an officer of the agency. Refuse, and ask for another address."), code="is_staff"
        )
    if user is None:
        user = User.objects.create(email=registration.email, name=registration.name, password=registration.password)
        audit.record(user, "create", by=by, data={"registration": str(registration.reference)}, is_first=True)
    known = set(user.consents.values_list("policy_id", flat=True))
    Consent.objects.bulk_create(
        Consent(user=user, policy=policy, at=registration.asked_at, channel="registration")
        for policy in registration.policies.all()
        if policy.pk not in known
    )
    return user


def _institution_of(registration: Registration, institution_id: int | None, by: Actor) -> Institution:
    clashes = {one.pk: one for one in clashing_institutions(registration)}
    if institution_id is not None and institution_id in clashes:
        return clashes[institution_id]
    if clashes:
        names = "; ".join(f"{one.name} ({one.company_number}, {one.institution_number})" for one in clashes.values())
        raise DomainError(_("An institution with such a number is known already: %(names)s.") % {"names": names})
    institution = Institution.objects.create(
        code=f"iestade-{registration.institution_number}",
        name=registration.institution_name,
        company_number=registration.company_number,
        institution_number=registration.institution_number,
        email=registration.email,
    )
    audit.record(institution, "create", by=by, data={"registration": str(registration.reference)}, is_first=True)
    return institution


def _join(user: User, institution: Institution, role: Membership.MemberRole, by: Actor) -> Membership:
    """A place in the institution; somebody who left comes back, and an employee may become the administrator."""
    found = Membership.objects.select_for_update(of=("self",)).filter(user=user, institution=institution).first()
    if found is not None and found.state == AccessState.BLOCKED:
        raise DomainError(_("This person's place in the institution is blocked. Open it again first."), code="blocked")
    membership = found or Membership(user=user, institution=institution)
    membership.role, membership.state, membership.explanation = role, AccessState.APPROVED, ""
    membership.save()
    audit.record(membership, "join", by=by, to_state=membership.state, data={"role": role.value})
    return membership
