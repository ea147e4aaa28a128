"""The agency's hand on a call: its text, its announcement, its deadline, its copy. What was before stays in the audit."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import ChangedMeanwhile
from calls import policies, selectors
from calls.models import Call, Offer
from calls.states import CALL, CallAction, CallEdit, CallState
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require

from . import telling

HOW_SCORED = ("scores_needed", "tolerance")


@transaction.atomic
def save_call(*, call: Call, changed: Iterable[str], by: Actor) -> Call:
    """Writes what the agency's form has checked. Raises ChangedMeanwhile for an older version (K6).

    Raises DomainError where another number of scores or another tolerance would weigh scores begun already (ADR 0016).
    """
    require(policies.may_keep_call(by, CallEdit.SAVE, call))
    if call._state.adding:
        call.save()
    else:
        kept = Call.objects.locked(call.pk)
        if kept.version != call.version:
            raise ChangedMeanwhile
        if any(getattr(kept, name) != getattr(call, name) for name in HOW_SCORED) and selectors.is_being_scored(kept):
            raise DomainError(
                _("Scores are being given: how many are needed and how far apart they may lie stays as it is."),
                code="being_scored",
            )
        call.version += 1
        kept_as_is = {"id", "state", "announced_at", "opens_at", "closes_at"} if kept.announced_at else {"id"}
        call.save(update_fields=[one.name for one in Call._meta.concrete_fields if one.name not in kept_as_is])
    audit.record(call, CallEdit.SAVE, by=by, data={"changed": sorted(changed)})
    return call


@transaction.atomic
def announce_call(*, call_id: int, by: Actor) -> Call:
    """Everybody sees it from now on; institutions may offer once it opens. It needs its kinds of programmes first."""
    call = Call.objects.locked(call_id)
    require(policies.may_keep_call(by, CallAction.ANNOUNCE, call))
    before = call.state
    call.state = CALL.after(CallAction.ANNOUNCE, before, refusal=_("The call is announced already."))
    if not call.kinds.exists():
        raise DomainError(_("First say which kinds of programmes may be offered, with rates and caps."))
    call.announced_at = timezone.now()
    call.version += 1
    call.save(update_fields=["state", "announced_at", "version"])
    audit.record(call, CallAction.ANNOUNCE, by=by, from_state=before, to_state=call.state)
    return call


@transaction.atomic
def move_deadline(*, call_id: int, closes_at: datetime, reason: str, by: Actor) -> Call:
    """Another closing moment for everybody, with its reason (X79). Never into the past, never once offers are opened."""
    call = Call.objects.locked(call_id)
    require(policies.may_keep_call(by, CallEdit.MOVE_DEADLINE, call))
    if call.state != CallState.ANNOUNCED or closes_at <= max(call.opens_at, timezone.now()):
        raise DomainError(_("The new closing moment must lie ahead."), code="in_the_past")
    if Offer.objects.filter(call=call).exclude(state__in=("draft", "submitted", "withdrawn")).exists():
        raise DomainError(_("Offers of this call are being evaluated. The deadline stays."), code="being_evaluated")
    before = call.closes_at
    call.closes_at, call.version = closes_at, call.version + 1
    call.save(update_fields=["closes_at", "version"])
    said = {"before": before.isoformat(), "after": closes_at.isoformat(), "reason": reason}
    audit.record(call, CallEdit.MOVE_DEADLINE, by=by, data=said)
    telling.deadline_moved(call, before=before, reason=reason)
    return call


# What a call says beside its own fields. Its timeline and its commission are of that call only.
COPIED = ("kinds", "conditions", "criteria", "attachments", "documents")


@transaction.atomic
def copy_call(*, call_id: int, by: Actor) -> Call:
    """Another call in preparation with the same rules, kinds, conditions and criteria; its window opens tomorrow."""
    call = Call.objects.get(pk=call_id)
    require(policies.may_keep_call(by, CallEdit.COPY, call))
    first_day = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    taken = set(Call.objects.filter(slug__startswith=call.slug[:50]).order_by().values_list("slug", flat=True))
    made = Call.objects.get(pk=call_id)
    made.pk, made._state.adding = None, True
    made.slug = next(slug for number in count(2) if (slug := f"{call.slug[:50]}-{number}") not in taken)
    made.name = _("%(name)s (copy)") % {"name": call.name[:180]}
    made.state, made.announced_at, made.version = CallState.PREPARED, None, 1
    made.opens_at, made.closes_at = first_day, first_day + (call.closes_at - call.opens_at)
    made.save(force_insert=True)
    made.areas.set(call.areas.order_by("pk"))
    for name in COPIED:
        rows = list(getattr(call, name).order_by("pk"))
        for row in rows:
            row.pk, row.call = None, made
        getattr(call, name).model.objects.bulk_create(rows)
    audit.record(made, CallEdit.COPY, by=by, data={"copied_from": call.slug}, is_first=True)
    return made
