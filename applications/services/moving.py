"""The one place where an application's state changes, with its audit entry (I5), and the locks before it (K4)."""

from typing import Any

from django.utils import timezone

from accounts.states import ROLE_WORDS
from applications.errors import AlreadyDecided
from applications.models import Application, ApplicationQuerySet
from applications.services.telling import told_of_sending
from applications.states import HOLDS_PLACE, LIFECYCLE, LIVE, Action, status_word
from catalog.services import free_place
from funding.services import lock_account
from stars.kernel import audit
from stars.kernel.actor import Actor, Role
from stars.kernel.models import AuditEntry

DECISIONS = {Action.ADMIT, Action.REJECT, Action.DECLARE_INELIGIBLE, Action.LOSE_GROUP}


def fetched(application_id: int) -> Application:
    """The application with everything its messages name; not locked."""
    return _with_names().get(pk=application_id)


def hold(application: Application, action: Action) -> Application:
    """Takes every lock the action needs, in the one order: the person's account, the group, the application (K4).

    The group's lock is the giving back of the place itself; a refusal later on rolls it back. Raises AlreadyDecided.
    """
    leaves_place = LIFECYCLE.moves[action].to not in HOLDS_PLACE
    if leaves_place or action == Action.COMPLETE:  # money moves too
        lock_account(person_id=application.client_id)
        _refuse_late(fetched(application.pk), action)
    if leaves_place:
        free_place(group_id=application.group_id)
    held = _with_names().locked(application.pk)
    _refuse_late(held, action)
    told_of_sending(held)
    return held


def move(
    application: Application, action: Action, *, by: Actor, data: dict[str, Any] | None = None, **changes: Any
) -> None:
    """Changes the state of an application that `hold` has locked, and writes the audit entry."""
    before, now = application.state, timezone.now()
    application.state = LIFECYCLE.after(action, before, refusal="")
    if action in DECISIONS:
        application.decided_at = now
    if application.state not in LIVE:
        application.closed_at = now
    for name, value in changes.items():
        setattr(application, name, value)
    application.save(update_fields=["state", "decided_at", "closed_at", *changes])
    audit.record(application, action.value, by=by, from_state=before, to_state=application.state, data=data)


def _with_names() -> ApplicationQuerySet:
    return Application.objects.select_related(
        "programme__institution", "client__user", "client__profile", "source", "round", "group"
    )


def _refuse_late(application: Application, action: Action) -> None:
    """Says who did what and when: the last entry of the object's own trail (X35)."""
    if LIFECYCLE.allows(action, application.state):
        return
    last = (
        AuditEntry.objects.filter(object_type=application._meta.label_lower, object_id=str(application.pk))
        .order_by("-sequence")
        .first()
    )
    who, at = "", application.closed_at or application.submitted_at
    if last:
        who, at = last.actor_label or str(ROLE_WORDS.get(Role(last.actor_role), "")), last.at
    raise AlreadyDecided(who, at, status_word(application.state, is_woman=False))
