"""The second factor: set up, asked at the door, renewed, taken away by two (MFA-01 to MFA-05)."""

import secrets
from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policies, totp
from accounts.errors import WrongCode
from accounts.models import RecoveryCode, SecondFactor, SecondFactorReset, User
from accounts.selectors import is_obliged, second_factor_of
from accounts.states import RESET, ResetAction
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.kernel.security import Event, happened
from stars.notices.services import notify

from .ending_sessions import drop_sessions
from .limiting import ACCOUNT_RULES, Limit, count_try, forgive, of_address
from .passwords import check_current_password

RECOVERY_CODES = 10
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that looks like something else
PART, PARTS = 4, 4  # "K7QP-2F4M-XC3D-9RTW": the first part finds the row, sixty random bits are hashed


def set_up_second_factor(*, user_id: int, secret: str, code: str, address: str, by: Actor) -> list[str]:
    """The app shows the right code, so the secret counts from now on; gives ten recovery codes, shown once.

    `by` is the user; at the door, before there is a session, the same. Raises WrongCode or TooManyTries.
    """
    step = _matching(user_id, secret, code, address=address)
    with transaction.atomic():
        user = _own(user_id, by)
        if second_factor_of(user) is not None:
            raise DomainError(_("A second factor is set up already."), code="factor_set")
        SecondFactor.of(user, secret, step).save(force_insert=True)
        codes = _renew(user)
        audit.record(user, "set_second_factor", by=by)
        happened(Event.FACTOR_SET, user=user.pk)
        _tell(
            user, "set", _("A second factor has been set up"), _("From now on signing in asks for a code of your app.")
        )
    return codes


def pass_second_step(*, user_id: int, code: str, address: str) -> User:
    """At the door, after a right password: a code of the app, or a recovery code, each works once (MFA-02, MFA-03).

    Failures are counted before the code is looked at (PWD-08). Raises WrongCode or TooManyTries.
    """
    key = f"code:{user_id}"
    tried = count_try([Limit(key, ACCOUNT_RULES), of_address(address)])
    user = _spend(user_id, code)
    if user is None:
        happened(Event.CODE_REFUSED, user=user_id)
        raise WrongCode
    forgive(tried, clear=[key])
    return user


def prove_identity(*, user_id: int, password: str, code: str, address: str) -> User:
    """MFA-04: somebody signed in shows again who they are, with all the factors they have.

    Raises WrongPassword, WrongCode or TooManyTries.
    """
    user = User.objects.get(pk=user_id)
    check_current_password(user=user, password=password, address=address)
    if second_factor_of(user) is not None:
        pass_second_step(user_id=user_id, code=code, address=address)
    happened(Event.PROVED, user=user_id)
    return user


@transaction.atomic
def renew_recovery_codes(*, user_id: int, by: Actor) -> list[str]:
    """Ten new codes; the old ones stop working."""
    user = _own(user_id, by)
    if second_factor_of(user) is None:
        raise DomainError(_("There is no second factor yet. Set it up first."), code="no_factor")
    codes = _renew(user)
    audit.record(user, "renew_recovery_codes", by=by)
    happened(Event.RECOVERY_RENEWED, user=user.pk)
    _tell(user, "renewed", _("New recovery codes"), _("New recovery codes were made; the earlier ones no longer work."))
    return codes


@transaction.atomic
def remove_own_second_factor(*, user_id: int, by: Actor) -> None:
    """Whose roles do not demand it may do without (MFA-01)."""
    user = _own(user_id, by)
    if is_obliged(user):
        raise DomainError(_("Your role demands a second factor; it cannot be switched off."), code="obliged")
    _remove(user)
    audit.record(user, "remove_second_factor", by=by)
    happened(Event.FACTOR_REMOVED, user=user.pk, by=by.user_id)
    _tell(user, "off", _("The second factor is off"), _("Signing in asks for your password only."))


@transaction.atomic
def ask_removal(*, user_id: int, words: str, by: Actor) -> SecondFactorReset:
    """MFA-05, first step: an administrator asks, with a reason, that somebody's lost factor be taken away."""
    user = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user_id)
    require(policies.may_ask_removal(by, user))
    if second_factor_of(user) is None:
        raise DomainError(_("This user has no second factor."), code="no_factor")
    if SecondFactorReset.objects.filter(user=user, decided_at=None).exists():
        raise DomainError(_("The removal has been asked for already."), code="asked_already")
    asked_by = User.objects.get(pk=by.user_id or 0)
    reset = SecondFactorReset.objects.create(user=user, words=words, asked_by=asked_by)
    audit.record(reset, "ask", by=by, to_state=reset.state, data={"user": user.pk, "reason": words})
    _tell(
        user,
        f"removal:{reset.pk}:asked",
        _("Somebody asks to remove your second factor"),
        _("The agency was asked to remove the second factor of your account. If it was not you, write to us at once."),
    )
    return reset


@transaction.atomic
def remove_second_factor(*, reset_id: int, by: Actor) -> SecondFactorReset:
    """MFA-05, second step: another administrator agrees; sessions end, and signing in asks to set up a new factor."""
    reset = _decide(reset_id, ResetAction.REMOVE, by)
    user = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=reset.user_id)
    _remove(user)
    gone = drop_sessions(user_id=user.pk)
    happened(Event.FACTOR_REMOVED, user=user.pk, by=by.user_id, sessions=gone)
    _tell(
        user,
        f"removal:{reset.pk}:done",
        _("Your second factor has been removed"),
        _("Sign in with your password and set up a new second factor."),
    )
    return reset


@transaction.atomic
def keep_second_factor(*, reset_id: int, by: Actor) -> SecondFactorReset:
    """MFA-05: the other administrator does not agree; nothing changes."""
    return _decide(reset_id, ResetAction.KEEP, by)


def _decide(reset_id: int, action: ResetAction, by: Actor) -> SecondFactorReset:
    reset = SecondFactorReset.objects.select_for_update(of=("self",)).get(pk=reset_id)
    require(policies.may_decide_removal(by, action, reset))
    before = reset.state
    reset.state = RESET.after(action, before, refusal=_("Somebody has decided about this already."))
    reset.decided_at, reset.decided_by_id = timezone.now(), by.user_id
    reset.save(update_fields=["state", "decided_at", "decided_by"])
    audit.record(reset, action.value, by=by, from_state=before, to_state=reset.state)
    return reset


def _own(user_id: int, by: Actor) -> User:
    user = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user_id)
    require(policies.may_keep_sign_in(by, user))
    return user


def _matching(user_id: int, secret: str, code: str, *, address: str) -> int:
    """The step of the first code of a new secret; a wrong one counts, whatever becomes of the rest."""
    key = f"code:{user_id}"
    tried = count_try([Limit(key, ACCOUNT_RULES), of_address(address)])
    step = totp.matching_step(secret, _digits(code), timezone.now(), after=-1)
    if step is None:
        happened(Event.CODE_REFUSED, user=user_id)
        raise WrongCode
    forgive(tried, clear=[key])
    return step


@transaction.atomic
def _spend(user_id: int, code: str) -> User | None:
    """Use the code up under the factor's lock, so that two posts of one code open one door."""
    user = User.objects.select_related("person").get(pk=user_id)
    factor = SecondFactor.objects.select_for_update(of=("self",)).filter(user=user).first()
    if factor is None:
        return None
    digits = _digits(code)
    if len(digits) == totp.DIGITS:
        return user if _spend_step(factor, digits, timezone.now()) else None
    return user if _spend_recovery_code(user, code) else None


def _spend_step(factor: SecondFactor, digits: str, now: datetime) -> bool:
    step = totp.matching_step(factor.secret, digits, now, after=factor.last_step)
    if step is None:
        return False
    factor.last_step = step
    factor.save(update_fields=["last_step"])
    return True


def _spend_recovery_code(user: User, code: str) -> bool:
    plain = "".join(sign for sign in code.upper() if sign in ALPHABET)
    row = RecoveryCode.objects.select_for_update().filter(user=user, label=plain[:PART], used_at=None).first()
    # One hash either way: a wrong first part takes as long as a wrong rest.
    if not check_password(plain[PART:], row.hashed if row else make_password(None)) or row is None:
        return False
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    left = RecoveryCode.objects.filter(user=user, used_at=None).count()
    happened(Event.RECOVERY_USED, user=user.pk, left=left)
    _tell(
        user,
        f"recovery:{row.pk}",
        _("A recovery code has been used"),
        _("Somebody signed in with one of your recovery codes; %(left)s are left.") % {"left": left},
    )
    return True


def _renew(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes: dict[str, str] = {}
    while len(codes) < RECOVERY_CODES:
        label, *rest = ("".join(secrets.choice(ALPHABET) for _ in range(PART)) for _ in range(PARTS))
        codes.setdefault(label, "".join(rest))
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, label=label, hashed=make_password(rest)) for label, rest in codes.items()
    )
    return [_written(label + rest) for label, rest in codes.items()]


def _written(code: str) -> str:
    return "-".join(code[at : at + PART] for at in range(0, len(code), PART))


def _remove(user: User) -> None:
    SecondFactor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()


def _digits(code: str) -> str:
    """What an app shows in groups is typed in groups."""
    plain = "".join(code.split())
    return plain if plain.isascii() and plain.isdigit() else ""


def _tell(user: User, what: str, title: str, sentence: str) -> None:
    lines = [sentence, _("If it was not you, write to stars@viaa.gov.lv or call +371 67359075 at once.")]
    moment = f"{timezone.now():%Y%m%d%H%M%S%f}"
    notify(recipient=user, key=f"second_factor:{user.pk}:{what}:{moment}", title=title, body="\n".join(lines))
