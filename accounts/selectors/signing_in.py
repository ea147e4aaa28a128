"""Links that live, second factors, sessions, and whether the state's sign-on answers."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import (
    EmailConfirmation,
    EntryLink,
    LinkPurpose,
    MailedLink,
    RecoveryCode,
    Registration,
    SecondFactor,
    Session,
    SignOnHealth,
    User,
)
from accounts.states import AccessState
from stars.kernel.actor import Role
from stars.kernel.secrets import token_digest

from .contexts import contexts_of


def live_confirmation(token: str) -> EmailConfirmation | None:
    """The confirmation a link stands for while it may still be used; looking changes nothing (PWD-06)."""
    return EmailConfirmation.objects.filter(
        digest=token_digest(token), used_at=None, expires_at__gt=timezone.now()
    ).first()


MOST_FAILURES = 2  # of the sign-on in a row before people are told

OLDEST_LOOK = timedelta(minutes=3)  # a look older than this says nothing: the task may be away

# The same question for /readyz, which asks past Django.
SIGN_ON_ANSWERS = f"""
SELECT NOT EXISTS (
  SELECT FROM accounts_signonhealth
  WHERE id = 1 AND failures >= {MOST_FAILURES} AND checked_at > now() - interval '{OLDEST_LOOK.seconds} seconds'
)
"""  # noqa: S608 - figures of ours


def is_sign_on_away() -> bool:
    """Whether the state's sign-on did not answer of late (SSO-19). Nobody is kept from trying."""
    since = timezone.now() - OLDEST_LOOK
    return SignOnHealth.objects.filter(pk=1, failures__gte=MOST_FAILURES, checked_at__gt=since).exists()


def live_link(token: str, purpose: LinkPurpose) -> MailedLink | None:
    """The mailed link a token stands for while it may still be used; looking changes nothing (PWD-06)."""
    return (
        MailedLink.objects.select_related("user")
        .filter(digest=token_digest(token), purpose=purpose, closed_at=None, expires_at__gt=timezone.now())
        .first()
    )


OBLIGED = {Role.AGENCY, Role.PROVIDER_ADMIN}  # MFA-01


def is_obliged(user: User) -> bool:
    """Whether one of this user's roles demands a second factor; people of the state's sign-on bring theirs along."""
    return user.person_id is None and any(one.actor.role in OBLIGED for one in contexts_of(user))


def second_factor_of(user: User) -> SecondFactor | None:
    return SecondFactor.objects.filter(user=user).first()


def recovery_codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def sessions_of(user: User) -> QuerySet[Session]:
    """The user's live sessions, the one seen last first."""
    return Session.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-seen_at", "pk")


def entry_link(token: str, kind: str) -> EntryLink | None:
    """The link of a token, living or not, to a registration, a right or an invitation: it may be asked for anew."""
    links = EntryLink.objects.select_related(kind, f"{kind}__institution")
    return links.filter(digest=token_digest(token), **{f"{kind}__isnull": False}).first()


def live_entry_link(token: str, kind: str) -> EntryLink | None:
    """The same while it may still be used; looking changes nothing (PWD-06)."""
    link = entry_link(token, kind)
    return link if link and link.closed_at is None and link.expires_at > timezone.now() else None


def registration_of(email: str) -> Registration | None:
    """The newest confirmed registration of an address nobody signs in with yet: it waits, or is refused."""
    rows = Registration.objects.filter(email=email, state__in=(AccessState.WAITING, AccessState.REFUSED))
    taken = User.objects.filter(email=OuterRef("email"))
    return rows.exclude(Exists(taken)).order_by("-confirmed_at", "-pk").first()


def signs_in_already(email: str) -> bool:
    """Asked only for whoever has proved that the address is theirs (PWD-05)."""
    return User.objects.filter(email=email).exists()
