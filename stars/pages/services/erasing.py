"""Erasing a person by the inventory: rows that go, fields that are emptied, what the law keeps without a name (GDP-03)."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import Field, JSONField, Q
from django.utils.translation import pgettext_lazy

from accounts import policies as accounts_policies
from accounts import services as accounts
from accounts.models import Mandate, Person, RightRequest
from accounts.states import MandateAction
from applications.models import Application
from documents.models import Receipt
from funding import services as funding
from stars.files import services as files
from stars.files.models import RenderedDocument
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.kernel.security import Event, happened
from stars.pages import own_data, policies, selectors
from stars.pages.models import DataExport

# Rows that others point to come after those that point.
LAST = ("accounts.User", "accounts.Person")
NAMELESS = {"first_name": pgettext_lazy("name", "Erased"), "last_name": pgettext_lazy("name", "person")}


@transaction.atomic
def erase_person(*, person_id: UUID, by: Actor) -> None:
    """Delete and empty what the inventory says; money, decisions and the trail stay under a number without a name.

    The personal code goes with its index, so the same human being comes back as a new person; only that a round's money
    was given is remembered (ADR 0011). Raises DomainError, with what to do first, while an application is under way or a
    right to work in the portal is in force.
    """
    require(policies.may_own(by, person_id))
    _erase_person(person_id, by)
    happened(Event.ERASED, user=by.user_id)


@transaction.atomic
def forget_person(*, person_id: UUID, by: Actor) -> None:
    """The same, years after the last application and sign-in (GDP-02): the account no longer lives. Only a job does it."""
    require(by.is_system)
    _erase_person(person_id, by)
    happened(Event.ERASED, by=by.label)


def _erase_person(person_id: UUID, by: Actor) -> None:
    person = Person.objects.select_for_update(no_key=True).get(pk=person_id)
    funding.lock_account(person_id=person_id)  # an application that is being sent now is seen, or finds nothing to send
    if reason := selectors.erasure_waits_for(person_id):
        raise DomainError(reason, code="erasure_waits")
    for mandate in Mandate.objects.filter(client=person).order_by("pk"):
        if MandateAction.END in accounts_policies.open_mandate_actions(by, mandate):
            accounts.end_mandate(mandate_id=mandate.pk, by=by)
    done = Counter[str]()
    _drop_papers(person)
    funding.remember_grants(person_id=person_id, by=by)
    for label in sorted(own_data.WAYS, key=lambda one: (one in LAST, one)):
        _erase(label, person_id, done)
    audit.record(person, "erase", by=by, data={"rows": dict(sorted(done.items()))})


def _erase(label: str, person_id: UUID, done: Counter[str]) -> None:
    entries = own_data.entries().get(label, ())
    rows = own_data.rows_of(label, person_id)
    if any(entry.erasure == "delete" for entry in entries):
        done[label] += rows.order_by().delete()[0]
        return
    emptied = {entry.field: _empty(label, entry.field) for entry in entries if entry.erasure == "blank"}
    if emptied:
        done[label] += rows.order_by().update(**emptied)


def _empty(label: str, name: str) -> Any:
    """Nothing, in the way this column says nothing."""
    field: Field[Any, Any] = apps.get_model(label)._meta.get_field(name)
    if name in NAMELESS:
        return str(NAMELESS[name])
    if name == "password":
        return "!"
    if name == "is_active":
        return False
    if field.null:
        return None
    return [] if isinstance(field, JSONField) else field.get_default()


def _drop_papers(person: Person) -> None:
    """The papers that delegate and empower, PDFs made of what is erased, and the file of own data."""
    for request in RightRequest.objects.filter(right__user__person=person, document__isnull=False).order_by("pk"):
        document, request.document = request.document, None
        request.save(update_fields=["document"])
        if document is not None:
            files.discard(file_id=document.pk)
    for mandate in Mandate.objects.filter(client=person, file__isnull=False).order_by("pk"):
        signed, mandate.file = mandate.file, None
        mandate.save(update_fields=["file"])
        if signed is not None:
            files.discard(file_id=signed.pk)
    receipts = [
        f"receipt:{pk}" for pk in Receipt.objects.filter(person=person).order_by("pk").values_list("pk", flat=True)
    ]
    made = Q(key__in=receipts)
    for pk in Application.objects.filter(client=person).order_by("pk").values_list("pk", flat=True):
        made |= Q(key__startswith=f"application:{pk}:")
    papers: list[RenderedDocument | DataExport] = [*RenderedDocument.objects.filter(made).order_by("pk")]
    for row in [*papers, *DataExport.objects.filter(person=person).order_by("pk")]:
        file_id = row.file_id
        row.delete()
        if file_id is not None:
            files.discard(file_id=file_id)
