"""Acting for someone: asked for, confirmed by the client or on a signed document, ended, contested (security.md 8)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policies
from accounts.models import ON_PAPER, Basis, Consent, Mandate, Person, PersonalCode, Right, RightKind, Scope, User
from accounts.selectors import current_policies, owners_of, user_of
from accounts.states import MANDATE, MandateAction, MandateState
from stars.files import services as files
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.kernel.templatetags.stars import day
from stars.notices.services import notify

LONGEST = timedelta(days=366)
PURPOSE = "mandate"  # of the signed document


@transaction.atomic
def find_client(*, digits: str, by: Actor) -> Person | None:
    """The person with exactly this code. The look is written down for the person, the try for the auditors."""
    require(by.is_coordinator and by.acting_for_id is None)
    own = _right_of(by)
    owners = owners_of([digits])
    audit.record(own, "find_client", by=by, data={"found": len(owners) == 1})
    if len(owners) != 1:
        return None
    person = Person.objects.get(pk=owners[0])
    audit.note_read(person.pk, by=by, what=_("name, found by personal code"), purpose=_("to act for you"))
    return person


@transaction.atomic
def register_provisional(*, digits: str, first_name: str, last_name: str, by: Actor) -> Person:
    """A person who has never been here: named as in the document they signed, and consenting by it (ACT-03).

    Their own first sign-in brings the names of the state and asks for the terms again. Raises DomainError for a code
    somebody here has already.
    """
    require(by.is_coordinator and by.acting_for_id is None)
    if owners_of([digits]):
        raise DomainError(_("A person with this code is here already. Find them by the code."), code="known_code")
    person = Person.objects.create(first_name=first_name, last_name=last_name)
    PersonalCode.of(person, digits).save()
    user = User(person=person)
    user.set_unusable_password()
    user.save()
    Consent.objects.bulk_create(Consent(user=user, policy=policy, channel=ON_PAPER) for policy in current_policies())
    audit.record(person, "register_provisional", by=by, is_first=True)
    return person


@transaction.atomic
def record_provisional(*, digits: str, first_name: str, last_name: str, by: Actor, **asked: Any) -> Mandate:
    """Somebody who has never been here, with the mandate they have signed: both are kept, or neither."""
    person = register_provisional(digits=digits, first_name=first_name, last_name=last_name, by=by)
    return ask_mandate(client_id=person.pk, by=by, **asked)


@transaction.atomic
def ask_mandate(
    *,
    client_id: UUID,
    scope: Collection[Scope],
    basis: Basis,
    valid_until: datetime,
    by: Actor,
    document: str = "",
    paper: files.Upload | None = None,
) -> Mandate:
    """Record the mandate: in force at once on a signed document, else when the client confirms.

    `valid_until` is aware and half-open, at most a year away. The signed document comes as a file, its signatures are read
    by a worker. The client is told either way. Raises DomainError where the document is missing.
    """
    require(by.is_coordinator and by.acting_for_id is None)
    client = Person.objects.select_for_update(no_key=True).get(pk=client_id)
    right = _right_of(by)
    if right.user.person_id == client.pk:
        raise DomainError(_("You cannot hold a mandate for yourself."), code="own_mandate")
    if client.municipality_id not in (None, right.municipality_id):
        raise DomainError(
            _(
                "By the Register of Natural Persons this client does not live in your municipality, so you cannot act for"
                " them. If the register is wrong, the client can say so in their profile."
            ),
            code="lives_elsewhere",
        )
    now = timezone.now()
    if not now < valid_until <= now + LONGEST:
        raise DomainError(_("The term must end in the future, within a year."), code="odd_term")
    if Mandate.objects.filter(right=right, client=client, state__in=(MandateState.WAITING, MandateState.LIVE)).exists():
        raise DomainError(_("You have a mandate for this client already. End it first."), code="has_mandate")
    is_signed = basis == Basis.SIGNED
    if is_signed and (paper is None or not document):
        raise DomainError(_("Add the document the client has signed, with its number and date."), code="no_document")
    mandate = Mandate.objects.create(
        right=right,
        client=client,
        scope=sorted(scope),
        basis=basis,
        document=document if is_signed else "",
        file=files.keep(upload=paper, purpose=PURPOSE, person_id=client.pk) if is_signed and paper else None,
        state=MandateState.LIVE if is_signed else MandateState.WAITING,
        valid_from=now,
        valid_until=valid_until,
    )
    if mandate.file is not None:
        files.request_signature_check(stored=mandate.file)
    audit.record(
        mandate, "ask", by=by, to_state=mandate.state, data={"scope": mandate.scope, "basis": basis}, is_first=True
    )
    asked = {"day": day(mandate.last_day), "who": by.label, "what": ", ".join(mandate.scope_words).lower()}
    if is_signed:
        title = _("A coordinator may act for you")
        words = _("Until %(day)s %(who)s may do for you: %(what)s.") % asked
        words += " " + _("You have signed the document “%(document)s”. You can open it there.") % {"document": document}
    else:
        title = _("A coordinator asks to act for you")
        words = _("%(who)s asks to do for you until %(day)s: %(what)s.") % asked
        words += " " + _("Nothing can be done before you confirm it.")
    _tell(mandate, "asked", title, words, _("You can end it at once in your profile, under “Who acts for me”."))
    return mandate


@transaction.atomic
def begin_acting(*, mandate_id: int, by: Actor) -> Mandate:
    """From here on the coordinator is in the client's place; the client can read when (ACT-04)."""
    live = Mandate.objects.live().select_for_update(of=("self",), no_key=True).select_related("right")
    mandate = live.filter(pk=mandate_id).first()
    if mandate is None:
        raise DomainError(_("This mandate is no longer open."), code="wrong_state")
    require(policies.may_act_by(by, mandate))
    audit.record(mandate, "begin_acting", by=by)
    return mandate


@transaction.atomic
def accept_mandate(*, mandate_id: int, by: Actor) -> Mandate:
    """The client agrees; the coordinator may begin."""
    mandate = _locked(mandate_id, MandateAction.ACCEPT, by)
    if mandate.valid_until <= timezone.now():
        raise DomainError(_("The term of this mandate is over. The coordinator can ask again."), code="term_over")
    mandate.valid_from = timezone.now()
    _move(mandate, MandateAction.ACCEPT, by=by)
    _tell_coordinator(mandate, _("The client has confirmed your mandate"))
    return mandate


@transaction.atomic
def decline_mandate(*, mandate_id: int, by: Actor) -> Mandate:
    """The client does not agree; nothing has been done for them."""
    mandate = _locked(mandate_id, MandateAction.DECLINE, by)
    _move(mandate, MandateAction.DECLINE, by=by)
    _tell_coordinator(mandate, _("The client has declined your mandate"))
    return mandate


@transaction.atomic
def end_mandate(*, mandate_id: int, by: Actor) -> Mandate:
    """Over from this moment: the coordinator's next request, open forms included, is refused (X6)."""
    mandate = _locked(mandate_id, MandateAction.END, by)
    _move(mandate, MandateAction.END, by=by)
    if by.person_id == mandate.client_id:
        _tell_coordinator(mandate, _("The client has ended your mandate"))
    else:
        _tell(
            mandate,
            "ended",
            _("A coordinator no longer acts for you"),
            _("The mandate of %(who)s has ended.") % {"who": mandate.right.user.label},
        )
    return mandate


def end_mandates_left_behind(*, person: Person, by: Actor) -> int:
    """The person lives in another municipality now: its coordinators act no longer (ACC-09). Gives how many ended.

    The caller holds the person's lock. Both sides hear of it; where the person lives now the coordinator does not.
    """
    if person.municipality_id is None:
        return 0
    left = list(
        Mandate.objects.select_for_update(of=("self",), no_key=True)
        .select_related("right__user__person", "client")
        .filter(client=person, state__in=(MandateState.WAITING, MandateState.LIVE))
        .exclude(right__municipality_id=person.municipality_id)
        .order_by("pk")
    )
    for mandate in left:
        require(policies.may_mandate(by, MandateAction.END, mandate))
        why = _("By the Register of Natural Persons the client no longer lives in this municipality.")
        _move(mandate, MandateAction.END, by=by, explanation=why)
        _tell_coordinator(mandate, _("A mandate of yours has ended"), why)
        _tell(
            mandate,
            "ended",
            _("A coordinator no longer acts for you"),
            _("The mandate of %(who)s has ended.") % {"who": mandate.right.user.label},
            _("By the Register of Natural Persons you live in another municipality. A coordinator there can help you."),
            _("If the entry is wrong, say so in your profile, beside the entry."),
        )
    return len(left)


@transaction.atomic
def contest_mandate(*, mandate_id: int, explanation: str, by: Actor) -> Mandate:
    """The client says that something was not agreed: the mandate ends and the agency looks at it."""
    mandate = _locked(mandate_id, MandateAction.CONTEST, by)
    _move(mandate, MandateAction.CONTEST, by=by, explanation=explanation)
    _tell_coordinator(mandate, _("The client contests what was done by your mandate"))
    _tell(
        mandate,
        "contested",
        _("We have received your objection"),
        _("The coordinator can no longer act for you. The agency answers within 10 working days."),
    )
    return mandate


def forget_mandate(*, mandate: Mandate) -> None:
    """A mandate whose time of keeping is over goes with its document; the caller holds its lock and has written down why."""
    stored = mandate.file_id
    mandate.delete()
    if stored is not None:
        files.discard(file_id=stored)


def tell_acted(*, by: Actor, what: str, key: str) -> None:
    """ACT-04: the client hears of each thing done for them, at once; nothing for what people do themselves."""
    client = user_of(by.acting_for_id) if by.acting_for_id else None
    if client is not None:
        notify(
            recipient=client,
            key=f"acted:{key}",
            title=_("Coordinator %(who)s has acted for you") % {"who": by.label},
            body=_("Done: %(what)s. If you did not agree to it, contest it in your profile.") % {"what": what},
            path=reverse("accounts:mandates"),
        )


def _right_of(by: Actor) -> Right:
    """The right behind the coordinator's role, held until the end: what is looked for stands in its trail."""
    assert by.user_id is not None
    assert by.municipality_id is not None
    rights = Right.objects.in_force().select_for_update(of=("self",), no_key=True)
    return rights.get(user_id=by.user_id, municipality_id=by.municipality_id, kind=RightKind.COORDINATOR)


def _locked(mandate_id: int, action: MandateAction, by: Actor) -> Mandate:
    mandate = (
        Mandate.objects.select_for_update(of=("self",), no_key=True)
        .select_related("right__user__person", "client")
        .get(pk=mandate_id)
    )
    require(policies.may_mandate(by, action, mandate))
    return mandate


def _move(mandate: Mandate, action: MandateAction, *, by: Actor, explanation: str = "") -> None:
    before = mandate.state
    mandate.state = MANDATE.after(action, before, refusal=_("This mandate is no longer open."))
    if mandate.state != MandateState.LIVE and mandate.ended_at is None:
        mandate.ended_at = timezone.now()
    mandate.explanation = explanation or mandate.explanation
    mandate.save(update_fields=["state", "valid_from", "ended_at", "explanation"])
    data = {"explanation": explanation} if explanation else None
    audit.record(mandate, action.value, by=by, from_state=before, to_state=mandate.state, data=data)


def _tell(mandate: Mandate, event: str, title: str, *lines: str) -> None:
    client = user_of(mandate.client_id)
    if client is not None:
        notify(
            recipient=client,
            key=f"mandate:{mandate.pk}:{event}",
            title=title,
            body="\n".join(lines),
            path=reverse("accounts:mandates"),
        )


def _tell_coordinator(mandate: Mandate, title: str, *lines: str) -> None:
    notify(
        recipient=mandate.right.user,
        key=f"mandate:{mandate.pk}:{mandate.state}:coordinator",
        title=title,
        body="\n".join([_("Client: %(client)s.") % {"client": mandate.client.full_name}, *lines]),
        path=reverse("accounts:coordinator_home"),
    )
