"""From a verified answer of the sign-on to a user, in two steps: the answer comes from another site (SSO-05)."""

import logging
import secrets
from collections.abc import Collection, Mapping
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import sso
from accounts.models import FailedSignIn, Person, PersonalCode, SignInHandle, UsedAssertion, User
from accounts.selectors import actor_of, owners_of
from accounts.sso import Identity, Refused
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.secrets import decrypt, encrypt, token_digest
from stars.kernel.transactions import repeatable

logger = logging.getLogger(__name__)

HANDLE_LIFE = timedelta(seconds=60)
KEEP_FAILURES = timedelta(hours=1)
KEEP_USED = timedelta(days=1)  # well past the life of any answer and the clocks' difference (SSO-06)


def receive_answer(*, form: Mapping[str, str]) -> str:
    """Verify a posted answer and keep its bare result for 60 seconds; gives the handle. Refused: nothing is written."""
    identity = sso.adapter().read(form)
    if _is_used(identity):
        raise Refused("used_before")
    return _keep(identity)


def _is_used(identity: Identity) -> bool:
    by_request = UsedAssertion.objects.filter(request_id=identity.request_id)
    return (
        by_request.exists()
        or UsedAssertion.objects.filter(issuer=identity.issuer, assertion_id=identity.assertion_id).exists()
    )


@repeatable
@transaction.atomic
def _keep(identity: Identity) -> str:
    """One row a request, however often the same answer is posted (SSO-13)."""
    SignInHandle.objects.filter(request_id=identity.request_id).delete()
    handle = secrets.token_urlsafe(32)
    row = SignInHandle(
        digest=token_digest(handle), request_id=identity.request_id, expires_at=timezone.now() + HANDLE_LIFE
    )
    row.sealed = encrypt(identity.to_json(), bound_to=_binding(row))
    row.save(force_insert=True)
    return handle


def _binding(row: SignInHandle) -> str:
    return f"accounts.signinhandle:{row.pk}"


@repeatable
@transaction.atomic
def finish_sign_in(*, handle: str, begun_here: Collection[str]) -> tuple[User, str]:
    """The user behind a kept result, if this browser began the request; gives the request's id too. Works once."""
    row = SignInHandle.objects.select_for_update().filter(digest=token_digest(handle)).first()
    if row is None or row.expires_at <= timezone.now():
        raise Refused("handle_unknown")
    if row.request_id not in begun_here:
        raise Refused("other_browser")
    identity = Identity.from_json(decrypt(row.sealed, bound_to=_binding(row)))
    row.delete()
    _use(identity)
    user = _user_of(identity)
    logger.info("sign_in_ok user=%s means=%s level=%s", user.pk, identity.means, identity.level)
    return user, identity.request_id


def _use(identity: Identity) -> None:
    """One answer and one request sign in once, across browsers and restarts (SSO-06)."""
    try:
        with transaction.atomic():
            UsedAssertion.objects.create(
                issuer=identity.issuer,
                assertion_id=identity.assertion_id,
                request_id=identity.request_id,
                keep_until=max(identity.valid_until, timezone.now()) + KEEP_USED,
            )
    except IntegrityError as error:
        raise Refused("used_before") from error


def _user_of(identity: Identity) -> User:
    """Found by any of the codes, never by name or e-mail (SSO-01); made at the first sign-in."""
    owners = owners_of(list(identity.codes))
    if len(owners) > 1:
        raise Refused("several_persons")
    if not owners:
        return _first_sign_in(identity)
    person = Person.objects.select_for_update(no_key=True).get(pk=owners[0])
    _take_over_names(person, identity)
    _take_over_codes(person, identity)
    return _active_user(person)


def _active_user(person: Person) -> User:
    user, _ = User.objects.get_or_create(person=person, defaults={"password": "!"})
    if not user.is_active:
        raise Refused("user_blocked")
    return user


def _first_sign_in(identity: Identity) -> User:
    """A person, their codes and their user. Two first sign-ins at once end as one person: the code is unique."""
    try:
        with transaction.atomic():
            person = Person.objects.create(first_name=identity.given_name, last_name=identity.surname)
            for place, digits in enumerate(identity.codes):
                PersonalCode.of(person, digits, is_current=place == 0).save(force_insert=True)
            user = User.objects.create(person=person, password="!")  # noqa: S106 - no password can match it
            audit.record(person, "create", by=actor_of(user), data={"by": "sso"})
            return user
    except IntegrityError:
        return _active_user(_sole_owner(identity))


def _sole_owner(identity: Identity) -> Person:
    owners: list[UUID] = owners_of(list(identity.codes))
    if len(owners) != 1:
        raise Refused("several_persons")
    return Person.objects.get(pk=owners[0])


def _take_over_names(person: Person, identity: Identity) -> None:
    """Names change; the state's word is the newest."""
    before = (person.first_name, person.last_name)
    after = (identity.given_name, identity.surname)
    if before == after:
        return
    person.first_name, person.last_name = after
    person.save(update_fields=["first_name", "last_name"])
    audit.record(person, "rename", by=Actor.system("sso"))


def _take_over_codes(person: Person, identity: Identity) -> None:
    """Every code the state names belongs to the person; the marked one is the current one."""
    known = {code.clear: code for code in person.codes.select_for_update()}
    current = known.get(identity.codes[0])
    if current is not None and current.is_current and known.keys() >= set(identity.codes):
        return
    person.codes.filter(is_current=True).update(is_current=False)
    for digits in identity.codes:
        if digits not in known:
            PersonalCode.of(person, digits, is_current=digits == identity.codes[0]).save(force_insert=True)
    if current is not None:
        current.is_current = True
        current.save(update_fields=["is_current"])
    audit.record(person, "change_code", by=Actor.system("sso"))


def sweep_sign_in() -> int:
    """Remove kept results past their minute, used answers past any use, and failed passwords past their window."""
    now = timezone.now()
    handles, _ = SignInHandle.objects.filter(expires_at__lt=now).delete()
    answers, _ = UsedAssertion.objects.filter(keep_until__lt=now).delete()
    failures, _ = FailedSignIn.objects.filter(window_start__lt=now - KEEP_FAILURES).delete()
    return handles + answers + failures
