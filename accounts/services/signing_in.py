"""From a verified answer of the sign-on to a user, in two steps: the answer comes from another site (SSO-05)."""

import hashlib
import logging
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts import sso
from accounts.browsers.store import SessionStore
from accounts.models import FailedSignIn, SignInHandle, SignOnSession, UsedAssertion, User
from accounts.sso import Identity, Refused, SignedOut, Unclear, was_recent
from stars.kernel.secrets import decrypt, encrypt, token_digest
from stars.kernel.transactions import repeatable

from .limiting import LONGEST_WINDOW
from .recognising import SeveralPersons, user_of
from .resolving import note_conflict

logger = logging.getLogger(__name__)

HANDLE_LIFE = timedelta(seconds=60)
KEEP_FAILURES = LONGEST_WINDOW + timedelta(hours=1)
KEEP_USED = timedelta(days=1)  # well past the life of any answer and the clocks' difference (SSO-06)
KEEP_SESSIONS = timedelta(days=1)  # well past the longest session (SES-02)
MOST_REFUSED = 30  # answers an address may have refused in a minute before they are no longer looked into (SSO-12)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who has signed in, answering which request; how the provider names person and session; when they were identified."""

    user: User
    request_id: str
    issuer: str
    names: SignedOut
    identified_at: datetime


def receive_answer(*, form: Mapping[str, str]) -> str:
    """Verify a posted answer and keep its bare result for 60 seconds; gives the handle. Refused: nothing is written.

    But for a person the state vouches for and we cannot tell: one row for the agency to resolve (SSO-10).
    """
    try:
        identity = sso.adapter().read(form)
    except Unclear as unclear:
        note_conflict(reason=unclear.reason, codes=unclear.codes)
        raise
    if _is_used(identity):
        raise Refused("used_before")
    return _keep(identity)


def _is_used(identity: Identity) -> bool:
    by_assertion = Q(issuer=identity.issuer, assertion_id=identity.assertion_id)
    return UsedAssertion.objects.filter(Q(request_id=identity.request_id) | by_assertion).exists()


@repeatable
@transaction.atomic
def _keep(identity: Identity) -> str:
    """One row a request and one an answer, however often it is posted, under whatever state (SSO-13, WSF-02)."""
    row = SignInHandle(pk=_key_of(identity), request_id=identity.request_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(row.pk)])
    SignInHandle.objects.filter(Q(pk=row.pk) | Q(request_id=identity.request_id)).delete()
    handle = secrets.token_urlsafe(32)
    row.digest, row.expires_at = token_digest(handle), timezone.now() + HANDLE_LIFE
    row.sealed = encrypt(identity.to_json(), bound_to=_binding(row))
    row.save(force_insert=True)
    return handle


def _key_of(identity: Identity) -> UUID:
    return UUID(bytes=hashlib.sha256(f"{identity.issuer}\n{identity.assertion_id}".encode()).digest()[:16])


def _binding(row: SignInHandle) -> str:
    return f"accounts.signinhandle:{row.pk}"


def finish_sign_in(
    *, handle: str, begun_here: Collection[str], anew: Collection[str] = (), known: User | None = None
) -> SignedIn:
    """The user behind a kept result, if this browser began the request. Works once.

    A request in `anew` asked the person, `known` if signed in, to identify again: it takes a fresh identification of
    the same person (WSF-07).
    """
    try:
        return _finish(handle, begun_here, anew, known)
    except _Conflict as conflict:
        _set_aside(conflict.identity)
        raise Refused(conflict.reason) from conflict


class _Conflict(Refused):
    def __init__(self, identity: Identity) -> None:
        super().__init__("several_persons")
        self.identity = identity


@repeatable
@transaction.atomic
def _finish(handle: str, begun_here: Collection[str], anew: Collection[str], known: User | None) -> SignedIn:
    row = SignInHandle.objects.select_for_update().filter(digest=token_digest(handle)).first()
    if row is None or row.expires_at <= timezone.now():
        raise Refused("handle_unknown")
    if row.request_id not in begun_here:
        raise Refused("other_browser")
    identity = Identity.from_json(decrypt(row.sealed, bound_to=_binding(row)))
    row.delete()
    _use(identity)
    if identity.request_id in anew and not was_recent(identity.identified_at, timezone.now()):
        raise Refused("not_identified_anew")
    try:
        user = user_of(identity)
    except SeveralPersons as error:
        raise _Conflict(identity) from error
    if identity.request_id in anew and known is not None and known != user:
        raise Refused("other_person")
    logger.info("sign_in_ok user=%s means=%s level=%s", user.pk, identity.means, identity.level)
    names = SignedOut(identity.name_id, identity.name_format, identity.session_index)
    return SignedIn(user, identity.request_id, identity.issuer, names, identity.identified_at)


@transaction.atomic
def _set_aside(identity: Identity) -> None:
    """The answer is used up all the same, and the agency is told."""
    SignInHandle.objects.filter(request_id=identity.request_id).delete()
    _use(identity)
    note_conflict(reason="several_persons", codes=identity.codes)


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


def count_refused_answer(*, address: str) -> bool:
    """One more refused answer from this address in this minute; whether there were too many already (SSO-12).

    One row an address and minute, not written any more once it is full. Answers that hold are never counted nor held
    up: a school behind one address signs in whatever somebody there posts (PWD-10).
    """
    minute = timezone.now().replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {FailedSignIn._meta.db_table} AS kept (key, window_start, count) VALUES (%s, %s, 1)"  # noqa: S608
            " ON CONFLICT (key, window_start) DO UPDATE SET count = kept.count + 1 WHERE kept.count < %s RETURNING count",
            [f"answer:{address}", minute, MOST_REFUSED],
        )
        row = cursor.fetchone()
    if row is not None and row[0] == MOST_REFUSED:
        logger.warning("sign_in_limited scope=answer")
    return row is None


def sweep_sign_in() -> int:
    """Remove kept results past their minute, used answers past any use, failed tries past their window, names of ended sessions."""
    now = timezone.now()
    handles, _ = SignInHandle.objects.filter(expires_at__lt=now).delete()
    answers, _ = UsedAssertion.objects.filter(keep_until__lt=now).delete()
    failures, _ = FailedSignIn.objects.filter(window_start__lt=now - KEEP_FAILURES).delete()
    live = SessionStore.get_model_class().objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
    ended = SignOnSession.objects.filter(~Exists(live) | Q(began_at__lt=now - KEEP_SESSIONS))
    sessions, _ = ended.delete()
    return handles + answers + failures + sessions
