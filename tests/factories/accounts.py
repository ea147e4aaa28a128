"""People of every role. `ClientFactory()` is a client as registration leaves them; use its `.person`."""

from datetime import timedelta
from typing import Any

import factory
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts import models
from accounts.selectors import actor_of, current_policies, policies_to_accept
from accounts.services import note_conflict
from accounts.signals import client_registered
from accounts.states import AccessState, MandateState
from stars.classifiers.models import (
    EconomicStatus,
    EducationLevel,
    InformationSource,
    Municipality,
    RegistrationReason,
    Sector,
)

PASSWORD = "Kaplis-9-jumta"
NAMES = [("Anna", "Bērziņa", "f"), ("Jānis", "Ozoliņš", "m"), ("Līga", "Kļaviņa", "f"), ("Andris", "Šķēle", "m")]


class PersonFactory(factory.django.DjangoModelFactory):
    """A person known to the state's sign-on, with one personal code; `code="010190-12345"` sets it."""

    class Meta:
        model = models.Person
        skip_postgeneration_save = True

    first_name = factory.Sequence(lambda n: NAMES[n % len(NAMES)][0])
    last_name = factory.Sequence(lambda n: NAMES[n % len(NAMES)][1])
    gender = factory.Sequence(lambda n: NAMES[n % len(NAMES)][2])

    @factory.post_generation
    def code(obj, create: bool, extracted: str | None, **_: Any) -> None:  # noqa: N805
        if create:
            digits = (extracted or "").replace("-", "") or f"32{200_000_000 + next(_codes):09d}"
            models.PersonalCode.of(obj, digits).save()


def _count() -> Any:
    number = 0
    while True:
        yield number
        number += 1


_codes = _count()


class PersonalCodeFactory(factory.django.DjangoModelFactory):
    """A former code of a person; `digits="01019012345"` sets it, `is_current=True` makes it the one in force."""

    class Meta:
        model = models.PersonalCode

    digits = factory.LazyFunction(lambda: f"33{next(_codes):09d}")
    person = factory.SubFactory(PersonFactory)
    is_current = False

    @classmethod
    def _create(cls, model_class: type[models.PersonalCode], *args: Any, **kwargs: Any) -> models.PersonalCode:
        code = models.PersonalCode.of(kwargs.pop("person"), kwargs.pop("digits"), **kwargs)
        code.save()
        return code


class PolicyVersionFactory(factory.django.DjangoModelFactory):
    """Terms in force since yesterday; `kind="privacy"` for the policy."""

    class Meta:
        model = models.PolicyVersion

    kind = models.PolicyKind.TERMS
    version = factory.Sequence(lambda n: f"9.{n}")
    title = "Prasmju pārvaldības platformas lietošanas noteikumi"
    body = "1. Noteikumi."
    published_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))


class ConsentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Consent

    user = factory.SubFactory("tests.factories.accounts.UserFactory")
    policy = factory.SubFactory(PolicyVersionFactory)


def agree(user: models.User) -> None:
    """Accept every policy in force."""
    for policy in policies_to_accept(user):
        models.Consent.objects.create(user=user, policy=policy)


class UserFactory(factory.django.DjangoModelFactory):
    """A person who has signed in and nothing more: no consent, no registration."""

    class Meta:
        model = models.User

    person = factory.SubFactory(PersonFactory)
    password = "!"


class ClientProfileFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.ClientProfile
        skip_postgeneration_save = True

    person = factory.SubFactory(PersonFactory)
    email = factory.Sequence(lambda n: f"klients{n}@example.lv")
    email_confirmed_at = factory.LazyFunction(timezone.now)
    phone = "+371 26123456"
    economic_status = factory.LazyFunction(lambda: EconomicStatus.objects.order_by("-is_employed", "position")[0])
    education = factory.LazyFunction(lambda: EducationLevel.objects.order_by("position")[0])

    @factory.post_generation
    def choices(obj, create: bool, extracted: object, **_: Any) -> None:  # noqa: N805
        if create:
            obj.registration_reasons.set(RegistrationReason.objects.filter(asks_text=False).order_by("position")[:1])
            obj.sectors.set(Sector.objects.filter(excludes_others=False).order_by("number")[:1])
            obj.information_sources.set(InformationSource.objects.order_by("position")[:1])


class ClientFactory(UserFactory):
    """A registered client: policies accepted, e-mail confirmed, learning account opened by funding's own receiver.

    `profile__email="x@y.lv"` and the like change the profile; `profile=False` stops after consent.
    """

    class Meta:
        model = models.User
        skip_postgeneration_save = True

    @factory.post_generation
    def consents(obj, create: bool, extracted: bool | None, **_: Any) -> None:  # noqa: N805
        if create and extracted is not False:
            agree(obj)

    @factory.post_generation
    def profile(obj, create: bool, extracted: object, **fields: Any) -> None:  # noqa: N805
        if not create or extracted is False:
            return
        profile = ClientProfileFactory.create(person=obj.person, **fields)
        client_registered.send(sender=models.ClientProfile, person_id=profile.person_id, by=actor_of(obj))


class EmailConfirmationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.EmailConfirmation

    person = factory.SubFactory(PersonFactory)
    email = factory.Sequence(lambda n: f"klients{n}@example.lv")
    digest = factory.Sequence(lambda n: f"{n:064x}")
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=60))


class InstitutionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Institution

    code = factory.Sequence(lambda n: f"iestade-{n}")
    name = factory.Sequence(lambda n: f'Mācību centrs "Plus {n}"')
    kind = models.Institution.Kind.CONTINUING_EDUCATION_CENTRE
    company_number = factory.Sequence(lambda n: f"4{n:010d}")
    institution_number = factory.Sequence(lambda n: f"{n:010d}")
    email = factory.Sequence(lambda n: f"iestade{n}@example.lv")
    phone = "+371 67000000"


class EmployeeFactory(factory.django.DjangoModelFactory):
    """Somebody who signs in by e-mail and password (`PASSWORD`), policies accepted, working nowhere yet."""

    class Meta:
        model = models.User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"darbinieks{n}@example.lv")
    name = factory.Sequence(lambda n: f"Māra Zvirbule {n}")

    @classmethod
    def _create(cls, model_class: type[models.User], *args: Any, **kwargs: Any) -> models.User:
        return models.User.objects.create_user(kwargs.pop("email"), kwargs.pop("password", PASSWORD), **kwargs)

    @factory.post_generation
    def consents(obj, create: bool, extracted: bool | None, **_: Any) -> None:  # noqa: N805
        if create and extracted is not False:
            agree(obj)


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Membership

    user = factory.SubFactory(EmployeeFactory)
    institution = factory.SubFactory(InstitutionFactory)
    role = models.Membership.MemberRole.EMPLOYEE


class ProviderFactory(EmployeeFactory):
    """An employee of an institution: `ProviderFactory(membership__institution=…, membership__role="administrator")`."""

    class Meta:
        model = models.User
        skip_postgeneration_save = True

    membership = factory.RelatedFactory(MembershipFactory, factory_related_name="user")


class AgencyUserFactory(EmployeeFactory):
    """An officer of the agency who may see everything in the admin."""

    email = factory.Sequence(lambda n: f"agentura{n}@example.lv")
    name = factory.Sequence(lambda n: f"Ilze Lapiņa {n}")
    is_staff = True
    is_superuser = True


class AgencyOfficerFactory(EmployeeFactory):
    """An officer with named duties and no more: `AgencyOfficerFactory(duties=["finance"])`."""

    class Meta:
        model = models.User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"ierednis{n}@example.lv")
    name = factory.Sequence(lambda n: f"Dace Ozola {n}")
    is_staff = True

    @factory.post_generation
    def duties(obj, create: bool, extracted: list[str] | None, **_: Any) -> None:  # noqa: N805
        for duty in extracted or () if create else ():
            RightFactory.create(user=obj, kind=duty, municipality=None)


class RightFactory(factory.django.DjangoModelFactory):
    """An approved right without an end; a coordinator's unless said otherwise."""

    class Meta:
        model = models.Right

    user = factory.SubFactory(UserFactory)
    kind = models.RightKind.COORDINATOR
    municipality = factory.LazyFunction(lambda: Municipality.objects.order_by("pk")[0])
    state = AccessState.APPROVED
    valid_from = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    decided_at = factory.LazyFunction(timezone.now)


class _HolderFactory(UserFactory):
    """A person who has signed in by the state, agreed, and holds one right; not registered as a client."""

    class Meta:
        model = models.User
        skip_postgeneration_save = True
        abstract = True

    @factory.post_generation
    def consents(obj, create: bool, extracted: bool | None, **_: Any) -> None:  # noqa: N805
        if create and extracted is not False:
            agree(obj)


class CoordinatorFactory(_HolderFactory):
    """A municipal coordinator; `right__municipality=…`."""

    right = factory.RelatedFactory(RightFactory, factory_related_name="user")


class ConsultantFactory(_HolderFactory):
    """An independent career consultant; `right__institution=…` for an institution's."""

    right = factory.RelatedFactory(
        RightFactory, factory_related_name="user", kind=models.RightKind.CONSULTANT, municipality=None
    )


class MandateFactory(factory.django.DjangoModelFactory):
    """A live mandate for everything, confirmed by the client, for a month; `signed=True` on a document."""

    class Meta:
        model = models.Mandate

    right = factory.SubFactory("tests.factories.accounts.RightFactory")
    client = factory.LazyFunction(lambda: ClientFactory.create().person)
    scope = factory.LazyFunction(lambda: [one.value for one in models.Scope])
    basis = models.Basis.CONFIRMED
    state = MandateState.LIVE
    valid_from = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    valid_until = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))

    class Params:
        signed = factory.Trait(
            basis=models.Basis.SIGNED,
            document="Nr. 12, 14.04.2026.",
            file=factory.SubFactory("tests.factories.files.StoredFileFactory", clean=True),
        )


class CommissionMemberFactory(EmployeeFactory):
    """A member of the evaluation commission, who signs in by password."""

    class Meta:
        model = models.User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"komisija{n}@example.lv")
    right = factory.RelatedFactory(
        RightFactory, factory_related_name="user", kind=models.RightKind.COMMISSION_MEMBER, municipality=None
    )


class UsedAssertionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.UsedAssertion

    issuer = "https://idp.example.lv"
    assertion_id = factory.Sequence(lambda n: f"_a{n}")
    request_id = factory.Sequence(lambda n: f"_r{n}")
    keep_until = factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=10))


class SignInHandleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.SignInHandle

    digest = factory.Sequence(lambda n: f"{n:064x}")
    request_id = factory.Sequence(lambda n: f"_r{n}")
    sealed = "sealed"
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(seconds=60))


class FailedSignInFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.FailedSignIn

    key = factory.Sequence(lambda n: f"account:{n}")
    window_start = factory.LazyFunction(timezone.now)
    count = 1


class SignOnSessionFactory(factory.django.DjangoModelFactory):
    """A session the state's sign-on opened, as `services.note_session` leaves it but for its sealed names."""

    class Meta:
        model = models.SignOnSession

    user = factory.SubFactory(UserFactory)
    session_key = factory.Sequence(lambda n: f"{n:032d}")
    named = factory.Sequence(lambda n: f"{n:064x}")
    sealed = "sealed"


class SignOnConflictFactory(factory.django.DjangoModelFactory):
    """A vouched-for person the portal cannot tell; `codes=["01019012345", …]` are theirs, `people=[…]` are concerned."""

    class Meta:
        model = models.SignOnConflict
        skip_postgeneration_save = True

    codes = factory.LazyFunction(lambda: [f"34{next(_codes):09d}", f"34{next(_codes):09d}"])
    reason = models.SignOnConflict.Reason.SEVERAL_PERSONS

    @classmethod
    def _create(cls, model_class: type[models.SignOnConflict], *args: Any, **kwargs: Any) -> models.SignOnConflict:
        return note_conflict(reason=kwargs["reason"], codes=kwargs["codes"])

    @factory.post_generation
    def people(obj, create: bool, extracted: list[models.Person] | None, **_: Any) -> None:  # noqa: N805
        if create and extracted:
            obj.people.set(extracted)


class SignOnHealthFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.SignOnHealth
        django_get_or_create = ("id",)

    id = 1


class DenialFactory(factory.django.DjangoModelFactory):
    """Access denied to a user under 32.5; `user=None, institution=…` or `right=…` for the others."""

    class Meta:
        model = models.Denial

    user = factory.SubFactory(UserFactory)
    reason = models.DenialReason.TERMS_BROKEN
    words = "Konta dati nodoti citam."


SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class SecondFactorFactory(factory.django.DjangoModelFactory):
    """An authenticator app with a known secret (`SECRET`), never used yet."""

    class Meta:
        model = models.SecondFactor

    user = factory.SubFactory(EmployeeFactory)
    secret = SECRET
    last_step = -1

    @classmethod
    def _create(cls, model_class: type[models.SecondFactor], *args: Any, **kwargs: Any) -> models.SecondFactor:
        factor = models.SecondFactor.of(kwargs.pop("user"), kwargs.pop("secret"), kwargs.pop("last_step"))
        factor.save(force_insert=True)
        return factor


class RecoveryCodeFactory(factory.django.DjangoModelFactory):
    """`AAAA-BBBB-CCCC-DDDD`, with other first parts for more."""

    class Meta:
        model = models.RecoveryCode

    user = factory.SubFactory(EmployeeFactory)
    label = "AAAA"
    hashed = factory.LazyFunction(lambda: make_password("BBBBCCCCDDDD"))


class SecondFactorResetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.SecondFactorReset

    user = factory.SubFactory(EmployeeFactory)
    asked_by = factory.SubFactory(AgencyUserFactory)
    words = "Tālrunis pazaudēts."


class MailedLinkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.MailedLink

    user = factory.SubFactory(EmployeeFactory)
    purpose = models.LinkPurpose.PASSWORD
    email = factory.SelfAttribute("user.email")
    digest = factory.Sequence(lambda n: f"{n:064x}")
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=60))


class PasswordRequestFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.PasswordRequest

    email = factory.Sequence(lambda n: f"darbinieks{n}@example.lv")


class SessionFactory(factory.django.DjangoModelFactory):
    """A live session of a user, begun now; what it holds is empty."""

    class Meta:
        model = models.Session

    session_key = factory.Sequence(lambda n: f"{n:032x}")
    session_data = ""
    expire_date = factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=15))
    user = factory.SubFactory(EmployeeFactory)
    device = "Firefox, Windows"
    began_at = factory.LazyFunction(timezone.now)
    seen_at = factory.LazyFunction(timezone.now)


class RegistrationFactory(factory.django.DjangoModelFactory):
    """An institution that has confirmed its address and waits; `unconfirmed=True` stops before the link.

    `employee=True` is somebody who asks for a place in an institution.
    """

    class Meta:
        model = models.Registration
        skip_postgeneration_save = True

    class Params:
        unconfirmed = factory.Trait(state=AccessState.UNCONFIRMED, confirmed_at=None, due_at=None)
        employee = factory.Trait(
            kind=models.RegistrationKind.EMPLOYEE,
            institution=factory.SubFactory(InstitutionFactory),
            institution_name="",
            company_number="",
            institution_number="",
        )

    kind = models.RegistrationKind.INSTITUTION
    state = AccessState.WAITING
    name = factory.Sequence(lambda n: f"Vita Kalniņa {n}")
    email = factory.Sequence(lambda n: f"registrejas{n}@example.lv")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))
    institution_name = factory.Sequence(lambda n: f"Jauna izglītības iestāde {n}")
    company_number = factory.Sequence(lambda n: f"5{n:010d}")
    institution_number = factory.Sequence(lambda n: f"9{n:09d}")
    confirmed_at = factory.LazyFunction(timezone.now)
    due_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))

    @factory.post_generation
    def policies(obj, create: bool, extracted: object, **_: Any) -> None:  # noqa: N805
        if create:
            obj.policies.set(current_policies())


class RegistrationFileFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.RegistrationFile

    registration = factory.SubFactory(RegistrationFactory)
    part = models.RegistrationFile.Part.STATEMENT
    file = factory.SubFactory("tests.factories.files.StoredFileFactory", clean=True)


class InvitationFactory(factory.django.DjangoModelFactory):
    """Somebody is asked into an institution; open for a fortnight."""

    class Meta:
        model = models.Invitation

    kind = models.InvitationKind.MEMBER
    name = factory.Sequence(lambda n: f"Ilga Priede {n}")
    email = factory.Sequence(lambda n: f"aicinats{n}@example.lv")
    institution = factory.SubFactory(InstitutionFactory)
    role = models.Membership.MemberRole.EMPLOYEE
    invited_by = factory.SubFactory(EmployeeFactory)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))


class EntryLinkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.EntryLink

    registration = factory.SubFactory(RegistrationFactory, unconfirmed=True)
    email = factory.SelfAttribute("registration.email")
    digest = factory.Sequence(lambda n: f"{n:064x}")
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=60))


class RightRequestFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.RightRequest

    right = factory.SubFactory(RightFactory)
    position = "Izglītības speciāliste"
    email = factory.Sequence(lambda n: f"darbs{n}@pasvaldiba.example")
    phone = "+371 67000000"
