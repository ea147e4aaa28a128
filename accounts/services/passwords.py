"""Signing in by e-mail and password, and everything that makes a new password (terms 31, PWD-04 to PWD-10)."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth import authenticate
from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policies
from accounts.errors import AccessDenied, LinkSpent, RegistrationUndecided, SignInFailed, WrongPassword
from accounts.models import LinkPurpose, MailedLink, PasswordRequest, Registration, User
from accounts.passwords import check_password_rules
from accounts.selectors import actor_of, contexts_of, live_link, refusal_of, registration_of
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import require
from stars.kernel.secrets import blind_index
from stars.kernel.security import Event, happened
from stars.kernel.tasks import enqueue
from stars.notices import services as notices

from .ending_sessions import drop_sessions
from .limiting import (
    ACCOUNT_RULES,
    Limit,
    clear,
    count_try,
    forget_failed_account,
    forgive,
    note_failed_account,
    of_address,
)
from .mailing_links import base_address, close_links, send_mailed_link, sent_lately, use_link

LINKS_AN_HOUR = 5


def sign_in_provider(*, email: str, password: str, address: str, device: str = "") -> User:
    """An employee of an institution that co-operates, or a member of a commission, after a right password.

    Raises SignInFailed, TooManyTries, AccessDenied where the terms close the door (32), or RegistrationUndecided.
    """
    undecided = registration_of(email.strip().lower())
    return _sign_in(email, password, address, device, is_let_in=lambda user: not user.is_staff, undecided=undecided)


def sign_in_agency(*, email: str, password: str, address: str, device: str = "") -> User:
    """An officer of the agency, after a right password. Raises SignInFailed, TooManyTries or AccessDenied."""
    return _sign_in(email, password, address, device, is_let_in=lambda user: user.is_staff)


def _sign_in(
    email: str,
    password: str,
    address: str,
    device: str,
    *,
    is_let_in: Callable[[User], bool],
    undecided: Registration | None = None,
) -> User:
    """Count the attempt first and take it back on success: guesses made at the same moment are counted too.

    One password is reckoned, whoever has the address: a user, somebody who has only registered, or nobody (PWD-05).
    """
    login = email.strip().lower()
    account = _mark_of(login)
    key = f"account:{account}:{blind_index(device)[:16]}" if device else f"account:{account}"
    tried = count_try([Limit(key, ACCOUNT_RULES), of_address(address)])
    if undecided is not None and check_password(password, undecided.password):
        forgive(tried, clear=[key])
        forget_failed_account(account=account, address=address)
        happened(Event.NOT_LET_IN_YET, registration=undecided.pk)
        raise RegistrationUndecided(undecided)
    user = None if undecided else authenticate(None, username=login, password=password)
    if not isinstance(user, User) or not is_let_in(user):
        note_failed_account(account=account, address=address)
        happened(Event.PASSWORD_REFUSED, user=user.pk if isinstance(user, User) else None)
        raise SignInFailed
    forgive(tried, clear=[key])
    forget_failed_account(account=account, address=address)
    if refusal := refusal_of(user):
        happened(Event.REFUSED_AT_DOOR, user=user.pk, reason=refusal.reason.value, means="password")
        raise AccessDenied(refusal)
    if not contexts_of(user):
        happened(Event.PASSWORD_REFUSED, user=user.pk)
        raise SignInFailed
    happened(Event.SIGN_IN_OK, user=user.pk, means="password")
    return user


def change_password(*, user_id: int, current: str, password: str, address: str, keep: str, by: Actor) -> User:
    """A new password for oneself; every other session ends and the address is told (PWD-04).

    `keep` is the key of the session that stays. Raises WrongPassword, TooManyTries, or ValidationError by the terms.
    """
    user = User.objects.get(pk=user_id)
    require(policies.may_keep_sign_in(by, user))
    check_current_password(user=user, password=current, address=address)  # counted, whatever becomes of the rest
    check_password_rules(password, user)
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user_id)
        _set(user, password, by=by, action="change_password")
        drop_sessions(user_id=user.pk, but=keep)
    return user


def check_current_password(*, user: User, password: str, address: str) -> None:
    """Whoever sits at an open session guesses no faster than at the door. Raises WrongPassword or TooManyTries."""
    key = f"password:{user.pk}"
    tried = count_try([Limit(key, ACCOUNT_RULES), of_address(address)])
    if not user.check_password(password):
        happened(Event.PASSWORD_REFUSED, user=user.pk)
        raise WrongPassword
    forgive(tried, clear=[key])


def request_password(*, email: str, address: str) -> None:
    """Somebody has forgotten a password. The same work and the same answer for every address (PWD-05).

    A row and a doorbell; whose address it is, and whether anybody's, is looked up by the task. Raises TooManyTries.
    """
    count_try([of_address(address)])
    happened(Event.RESET_ASKED)
    with transaction.atomic():
        row = PasswordRequest.objects.create(email=email.strip().lower())
        enqueue("accounts.answer_password_request", row.pk)


@transaction.atomic
def answer_password_request(*, request_id: int) -> bool:
    """Send the link, if there is somebody to send it to; the request goes either way. Doing it twice changes nothing."""
    row = PasswordRequest.objects.select_for_update(skip_locked=True).filter(pk=request_id).first()
    if row is None:
        return False
    user = User.objects.select_for_update(no_key=True, of=("self",)).filter(email=row.email, is_active=True).first()
    row.delete()
    if user is None:
        return False
    if refusal := refusal_of(user):
        _tell_denied(user, refusal.sentence)
        return False
    if sent_lately(user=user, purpose=LinkPurpose.PASSWORD) >= LINKS_AN_HOUR:
        return False
    _send_link(user)
    audit.record(user, "ask_password", by=Actor.system("password_request"))
    return True


def unanswered_password_requests() -> list[int]:
    """Requests whose bell was lost: older than a minute."""
    minute_ago = timezone.now() - timedelta(minutes=1)
    rows = PasswordRequest.objects.filter(asked_at__lt=minute_ago).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:500])


@transaction.atomic
def start_password_reset(*, user_id: int, by: Actor) -> MailedLink:
    """Terms 31.3: the agency sends the user a link; it neither chooses nor sees a password."""
    user = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user_id)
    require(policies.may_start_reset(by, user))
    link = _send_link(user)
    audit.record(user, "start_password_reset", by=by)
    happened(Event.RESET_STARTED, user=user.pk, by=by.user_id)
    return link


@transaction.atomic
def choose_password(*, token: str, password: str) -> User:
    """Use a mailed link: the password is new, every session ends, the owner's counters begin anew; nobody is signed in.

    Raises LinkSpent, or ValidationError by the terms; then the link still works.
    """
    seen = live_link(token, LinkPurpose.PASSWORD)
    if seen is None:
        raise LinkSpent
    user = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=seen.user_id)
    check_password_rules(password, user)
    use_link(token=token, purpose=LinkPurpose.PASSWORD, email=user.email or "")
    _set(user, password, by=actor_of(user), action="choose_password")
    clear(prefix=f"account:{_mark_of(user.email or '')}")
    drop_sessions(user_id=user.pk)
    return user


def _mark_of(login: str) -> str:
    """How counters name an account: 160 bits that tell nothing of the address."""
    return blind_index(login)[:40]


def _set(user: User, password: str, *, by: Actor, action: str) -> None:
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record(user, action, by=by)
    happened(Event.PASSWORD_CHANGED, user=user.pk, by=by.user_id)
    close_links(user=user, purpose=LinkPurpose.PASSWORD)
    notices.notify(
        recipient=user,
        key=f"password:changed:{user.pk}:{timezone.now():%Y%m%d%H%M%S%f}",
        title=_("Your password has been changed"),
        body=_(
            "The password of your STARS account was changed just now, and every other session was ended.\n"
            "If it was not you, write to stars@viaa.gov.lv or call +371 67359075 at once."
        ),
    )


def _send_link(user: User) -> MailedLink:
    link, token = send_mailed_link(user=user, purpose=LinkPurpose.PASSWORD, email=user.email or "")
    address = base_address(user) + reverse("accounts:choose_password", args=[token])
    notices.mail(
        address=user.email or "",
        key=f"password:link:{link.pk}",
        subject=_("Choose a new password"),
        text=render_to_string("emails/accounts/choose_password.txt", {"address": address, "minutes": 60}),
        recipient=user,
    )
    return link


def _tell_denied(user: User, sentence: str) -> None:
    """Whoever asks for a password in vain reads why, once an hour; only the owner of the address gets the letter."""
    notices.mail(
        address=user.email or "",
        key=f"password:denied:{user.pk}:{timezone.now():%Y%m%d%H}",
        subject=_("Your access to STARS is closed"),
        text=render_to_string("emails/accounts/password_denied.txt", {"sentence": sentence}),
        recipient=user,
    )
