"""Which of our sessions the provider knows by which name, and how either side ends them (SSO-15)."""

import json
import logging

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.browsers import store
from accounts.models import SignOnSession, UsedAssertion, User
from accounts.sso import Farewell, Refused, SignedOut
from stars.kernel.secrets import blind_index, decrypt, encrypt

from .signing_in import KEEP_USED

logger = logging.getLogger(__name__)


@transaction.atomic
def note_session(*, user: User, session_key: str, issuer: str, names: SignedOut) -> None:
    """This session was opened by the sign-on, which calls it so; the names are sealed, and found by blind index."""
    row = SignOnSession(user=user, session_key=session_key)
    row.named = _named(issuer, names.name_id, names.session_index)
    told = {"name_id": names.name_id, "name_format": names.name_format, "session_index": names.session_index}
    row.sealed = encrypt(json.dumps(told), bound_to=_binding(row))
    row.save(force_insert=True)


@transaction.atomic
def forget_session(*, session_key: str | None) -> SignedOut | None:
    """What the provider calls a session that is being ended here; None where the sign-on did not open it."""
    row = SignOnSession.objects.filter(session_key=session_key or "").first()
    if row is None:
        return None
    names = SignedOut(**json.loads(decrypt(row.sealed, bound_to=_binding(row))))
    row.delete()
    return names


@transaction.atomic
def end_named_sessions(*, farewell: Farewell) -> list[str]:
    """Ends the sessions a signed request names, and no other; gives their keys. The same request again is Refused."""
    _use(farewell)
    named = [_named(farewell.issuer, person, index) for person, index in farewell.named]
    rows = SignOnSession.objects.filter(named__in=named)
    keys = list(rows.select_for_update().order_by("pk").values_list("session_key", flat=True))
    store.end(*keys)
    rows.delete()
    logger.info("sign_out_asked_by_provider sessions=%s", len(keys))
    return keys


def _use(farewell: Farewell) -> None:
    """A request is one message, used once like an answer (SSO-06)."""
    try:
        with transaction.atomic():
            UsedAssertion.objects.create(
                issuer=farewell.issuer,
                assertion_id=farewell.message_id,
                request_id=farewell.message_id,
                keep_until=(farewell.valid_until or timezone.now()) + KEEP_USED,
            )
    except IntegrityError as error:
        raise Refused("used_before") from error


def _named(issuer: str, person: str, index: str) -> str:
    return blind_index("\n".join((issuer, person, index)))


def _binding(row: SignOnSession) -> str:
    return f"accounts.signonsession:{row.pk}"
