"""What is kept of a person, field by field, and the way from a row to its person (GDP-01, GDP-03).

`docs/inventory.csv` answers for each model, `fields.csv` beside this file for each field of those about people.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

FIELDS = Path(__file__).with_name("fields.csv")

# From a row to the person it is about. Rows without a way lead to nobody, or to several people at once.
WAYS = {
    "accounts.ClientProfile": "person",
    "accounts.Consent": "user__person",
    "accounts.Denial": "user__person",
    "accounts.EmailConfirmation": "person",
    "accounts.FactDispute": "fact__person",
    "accounts.MailedLink": "user__person",
    "accounts.Mandate": "client",
    "accounts.Membership": "user__person",
    "accounts.Person": "pk",
    "accounts.PersonalCode": "person",
    "accounts.RecoveryCode": "user__person",
    "accounts.RegistryFact": "person",
    "accounts.RegistryQuestion": "person",
    "accounts.Right": "user__person",
    "accounts.RightRequest": "right__user__person",
    "accounts.SecondFactor": "user__person",
    "accounts.SecondFactorReset": "user__person",
    "accounts.Session": "user__person",
    "accounts.SignOnSession": "user__person",
    "accounts.User": "person",
    "applications.Application": "client",
    "applications.Closing": "application__client",
    "applications.Draft": "client",
    "applications.EligibilityCheck": "application__client",
    "catalog.SavedProgramme": "person",
    "catalog.SavedSearch": "person",
    "documents.Receipt": "person",
    "funding.Correction": "grant__account__person",
    "funding.Grant": "account__person",
    "funding.LearningAccount": "person",
    "funding.LedgerEntry": "transaction__grant__account__person",
    "funding.LedgerTransaction": "grant__account__person",
    "funding.Reservation": "grant__account__person",
    "funding.TargetGroupCheck": "account__person",
    "kernel.AccessEntry": "person_id",
    "notices.Delivery": "recipient__person",
    "notices.Notice": "recipient__person",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One field: how sensitive it is, whether its person gets it in the export, what erasure does to it."""

    model: str
    field: str
    kind: str  # none, personal, special, secret
    is_exported: bool
    erasure: str  # keep, blank, or delete with its row


@dataclass(frozen=True, slots=True)
class Category:
    """Models that are one thing to the person, with why they are kept, for how long, and what erasure does."""

    title: Any
    models: tuple[str, ...]
    why: Any
    how_long: Any
    erased: Any


CATEGORIES = (
    Category(
        _("Who you are"),
        ("accounts.Person", "accounts.User"),
        _("The state's sign-on gives your name; you are recognised by your personal code (terms of use, point 13)."),
        _("While you use the portal and 10 years after your last application"),
        _("Name, birth date and personal code are erased. A number without a name stays."),
    ),
    Category(
        _("Your profile"),
        ("accounts.ClientProfile",),
        _("Contacts and what you declared of yourself, for registration and applications (Cabinet Regulation 506)."),
        _("While you use the portal and 10 years after your last application"),
        _("Contacts, workplace and household are erased. Education and status stay without a name, for statistics."),
    ),
    Category(
        _("What the state's registers say of you"),
        ("accounts.RegistryFact", "accounts.FactDispute", "accounts.RegistryQuestion"),
        _("To check whether you belong to the target group (terms of use, point 26.1; Cabinet Regulation 506)."),
        _("While you use the portal and 10 years after your last application"),
        _("Erased."),
    ),
    Category(
        _("Terms you have accepted"),
        ("accounts.Consent",),
        _("Proof of which version you accepted and when (General Data Protection Regulation, Article 7(1))."),
        _("As long as the account"),
        _("Kept without a name."),
    ),
    Category(
        _("Applications and drafts"),
        ("applications.Application", "applications.EligibilityCheck", "applications.Draft", "documents.Receipt"),
        _("To decide about your place and to account for public money (Cabinet Regulation 506)."),
        _("10 years after the project's end; drafts 30 days"),
        _("Answers, explanations, drafts and receipts are erased. Programme, dates, decision and price stay."),
    ),
    Category(
        _("Your learning account"),
        (
            "funding.LearningAccount",
            "funding.TargetGroupCheck",
            "funding.Grant",
            "funding.Reservation",
            "funding.LedgerTransaction",
            "funding.LedgerEntry",
            "funding.Correction",
        ),
        _("Each movement of public money must be accounted for (Cabinet Regulation 506)."),
        _("10 years after the project's end"),
        _(
            "Kept without a name: the law demands it. Until a round's money ends we remember that it was given, "
            "so that it is not given twice."
        ),
    ),
    Category(
        _("What you have saved in the catalogue"),
        ("catalog.SavedProgramme", "catalog.SavedSearch"),
        _("So that you find programmes and searches again, and are told of new ones (GDPR, Article 6(1)(e))."),
        _("Until you remove it"),
        _("Erased."),
    ),
    Category(
        _("Notices and e-mails"),
        ("notices.Notice", "notices.Delivery"),
        _("What the portal has told you (terms of use, point 25)."),
        _("Notices 3 years, e-mails 1 year"),
        _("Erased."),
    ),
    Category(
        _("Rights and mandates"),
        (
            "accounts.Mandate",
            "accounts.Right",
            "accounts.RightRequest",
            "accounts.Membership",
            "accounts.Denial",
            "accounts.SecondFactorReset",
        ),
        _("Who acts for you, and what you may do in the portal (terms of use, points 27 to 32)."),
        _("5 years after their end"),
        _("Kept without a name; explanations, work contacts and documents are erased."),
    ),
    Category(
        _("Who has looked at your data"),
        ("kernel.AccessEntry",),
        _("So that you can see it (General Data Protection Regulation, Articles 5(2) and 15)."),
        _("5 years"),
        _("Kept without a name."),
    ),
)


@cache
def entries() -> dict[str, tuple[Entry, ...]]:
    """The fields of every model about people, by the model's label, in their order."""
    found = defaultdict(list)
    with FIELDS.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            entry = Entry(row["model"], row["field"], row["class"], row["export"] == "yes", row["erasure"])
            found[entry.model].append(entry)
    return {model: tuple(rows) for model, rows in found.items()}
