"""Closing the door for one of the eight reasons of terms 32, and opening it again. Coded, in words, told, live at once."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policies
from accounts.models import Denial, DenialReason, Institution, Membership, Right, User
from accounts.selectors import Refusal, contexts_of
from accounts.states import AccessState
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.kernel.security import Event, happened
from stars.notices.services import notify

from .deaths import close_after_death
from .ending_sessions import drop_sessions
from .members import leave_an_administrator


@transaction.atomic
def deny_access(*, user_id: int, reason: DenialReason, words: str, by: Actor, until: datetime | None = None) -> Denial:
    """Close every door to this user from now on; sessions end at once. `words` are read by the person.

    For a death (32.8) nobody is told and no letter goes to the mailbox any more. Raises DomainError where the same
    reason holds already, the term ends in the past, or the only administrator would suspend themselves.
    """
    if by.user_id == user_id and reason is DenialReason.OWN_WISH:
        leave_an_administrator(User.objects.get(pk=user_id))
    user = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user_id)
    require(policies.may_deny(by, user, reason))
    now = timezone.now()
    if until is not None and until <= now:
        raise DomainError(_("The term ends in the past. Choose a later day."), code="term_over")
    if Denial.objects.in_force(now).filter(user=user, reason=reason).exists():
        raise DomainError(_("Access is denied for this reason already."), code="denied_already")
    denial = Denial.objects.create(
        user=user, reason=reason, words=words, since=now, until=until, decided_by_id=by.user_id
    )
    gone = drop_sessions(user_id=user.pk)
    if reason is DenialReason.DEATH:
        close_after_death(user, by=by)
    else:
        _tell_denied(denial, user)
    audit.record(user, "deny", by=by, data={"reason": reason.value, "denial": denial.pk, "sessions": gone})
    happened(Event.DENIED, user=user.pk, reason=reason.value, by=by.user_id, sessions=gone)
    return denial


@transaction.atomic
def end_cooperation(*, institution_id: int, words: str, by: Actor) -> Denial:
    """Terms 32.7: nobody works for this institution in the portal any more; who has no other role is signed out."""
    institution = Institution.objects.select_for_update(no_key=True, of=("self",)).get(pk=institution_id)
    require(policies.may_end_cooperation(by))
    if not institution.is_active:
        raise DomainError(_("The co-operation has ended already."), code="denied_already")
    denial = Denial.objects.create(
        institution=institution, reason=DenialReason.COOPERATION_ENDED, words=words, decided_by_id=by.user_id
    )
    institution.is_active = False
    institution.save(update_fields=["is_active"])
    people = _people_of(institution)
    for user in people:
        if not contexts_of(user):
            drop_sessions(user_id=user.pk)
        _tell_denied(denial, user)
    audit.record(institution, "end_cooperation", by=by, data={"denial": denial.pk, "people": len(people)})
    happened(Event.DENIED, institution=institution.pk, reason=denial.reason, by=by.user_id, people=len(people))
    return denial


@transaction.atomic
def lift_denial(*, denial_id: int, words: str, by: Actor) -> Denial:
    """Open the door again, with the reason why. A right that was closed is opened by `unblock_right`."""
    denial = Denial.objects.select_for_update(of=("self",)).get(pk=denial_id)
    require(policies.may_lift(by, denial))
    if denial.lifted_at is not None:
        raise DomainError(_("Somebody has lifted this denial already."), code="lifted_already")
    denial.lifted_at, denial.lifted_by_id, denial.lifted_words = timezone.now(), by.user_id, words
    denial.save(update_fields=["lifted_at", "lifted_by", "lifted_words"])
    people: list[User] = []
    if denial.institution is not None:
        institution = Institution.objects.select_for_update(no_key=True, of=("self",)).get(pk=denial.institution.pk)
        institution.is_active = True
        institution.save(update_fields=["is_active"])
        people = _people_of(institution)
        audit.record(institution, "resume_cooperation", by=by, data={"denial": denial.pk})
    elif denial.user is not None:
        user = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=denial.user.pk)
        if denial.reason == DenialReason.DEATH:
            user.is_active = True
            user.save(update_fields=["is_active"])
        people = [user]
        audit.record(user, "lift_denial", by=by, data={"reason": denial.reason, "denial": denial.pk})
    happened(Event.DENIAL_LIFTED, denial=denial.pk, reason=denial.reason, by=by.user_id)
    for user in people:
        _tell_lifted(denial, user)
    return denial


def _people_of(institution: Institution) -> list[User]:
    """Its employees, and those who come by the state's sign-on to work for it: its consultants."""
    members = Membership.objects.filter(institution=institution, is_active=True).values("user")
    holders = Right.objects.filter(institution=institution, state=AccessState.APPROVED).values("user")
    people = User.objects.filter(Q(pk__in=members) | Q(pk__in=holders))
    return list(people.select_related("person").order_by("pk"))


def _tell_denied(denial: Denial, user: User) -> None:
    refusal = Refusal.of(denial)
    if refusal.is_own_wish:
        title = _("Your account is suspended")
        remedy = _("To come back, or if it was not you who asked: write to stars@viaa.gov.lv or call +371 67359075.")
    else:
        title = _("Your access to STARS is closed")
        remedy = _("If you disagree, write to stars@viaa.gov.lv or call +371 67359075.")
    notify(recipient=user, key=f"denial:{denial.pk}", title=title, body=f"{refusal.sentence}\n{remedy}")


def _tell_lifted(denial: Denial, user: User) -> None:
    notify(
        recipient=user,
        key=f"denial:{denial.pk}:lifted",
        title=_("Your access to STARS is open again"),
        body=_("You can sign in again in the usual way."),
    )
