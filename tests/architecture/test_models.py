"""Every model can be made in a test, named, looked at by the agency, and answers for the data it keeps."""

import csv
from importlib import import_module
from pathlib import Path

import factory
import pytest
from django.apps import AppConfig, apps
from django.contrib import admin
from django.db.models import CheckConstraint, DateTimeField, Model, UniqueConstraint
from django.forms import ModelForm
from django.utils import translation

from calls.admin.evaluating import Shown
from stars.kernel.admin import ReadOnlyAdmin
from tests.architecture import house

# Made by one function only, never by hand in a test.
NO_FACTORY = {
    "catalog.CatalogueVersion": "one row, made by the migration",
    "catalog.SearchWord": "written by catalog.services.reindex only",
    "kernel.AuditEntry": "written by kernel.audit.record only, under its seal",
    "kernel.AccessEntry": "written by kernel.audit.note_read only",
    "kernel.JobRun": "written by kernel.jobs only",
    "kernel.Mark": "written by kernel.keys and kernel.place only",
}
NO_ADMIN = {
    "accounts.PersonalCode": "sealed; nobody browses codes (COD-02)",
    "accounts.EmailConfirmation": "digests of links, of no use to people",
    "accounts.UsedAssertion": "digests of sign-on answers, of no use to people",
    "accounts.SignInHandle": "lives a minute, sealed",
    "accounts.FailedSignIn": "counters under digests",
    "documents.FailedCheck": "counters under digests",
    "accounts.SignOnSession": "names of sessions, sealed and under digests",
    "accounts.SignOnHealth": "one row of a counter; /readyz tells it",
    "accounts.SecondFactor": "sealed; the user's page in the admin says that there is one",
    "accounts.RecoveryCode": "hashes of codes, of no use to people",
    "accounts.EntryLink": "digests of links, of no use to people",
    "accounts.RightRequest": "shown on the page of its right",
    "accounts.MailedLink": "digests of links, of no use to people",
    "accounts.PasswordRequest": "lives until a task answers it",
    "accounts.Session": "a key is the way into somebody's session",
    "catalog.CatalogueVersion": "a counter",
    "catalog.SavedProgramme": "a client's own bookmarks, nobody else's matter",
    "catalog.SavedSearch": "a client's own bookmarks, nobody else's matter",
    "catalog.SearchWord": "stems of words, of no use to people",
    "calls.ProgrammeDraft": "the institution's own until it is offered",
    "calls.Paper": "the institution's own until it is sent",
    "kernel.Mark": "of no use to people",
    "funding.LedgerEntry": "shown inside its movement",
    "funding.ErasedGrant": "keyed hashes, of no use to people",
}
# Rules over fields no form of the admin has.
NEVER_TYPED = {"calls_announced_knows_when", "catalog_published_knows_when", "catalog_rating_is_one_to_five"}
# Moments that no state explains: each is a fact of its own.
FREE_MOMENTS = {
    "accounts.RegistryQuestion.leased_until": "a lease may lapse in any state",
    "accounts.RegistryLine.failed_at": "failed or not yet: the moment is the fact",
    "accounts.RegistryLine.answered_at": "answered or not yet: the moment is the fact",
    "accounts.RegistryFact.superseded_at": "current or replaced: the moment is the fact",
    "applications.Closing.done_at": "closed or not yet: the moment is the fact",
    "catalog.CourseGroup.rescheduled_at": "people told or not yet: the moment is the fact",
    "funding.LearningAccount.check_due_at": "when the check looks again; decided accounts of a new round too",
    "accounts.User.last_login": "signed in or not yet: the moment is the fact",
    "applications.Application.told_at": "told or not yet: the moment is the fact",
    "accounts.ClientProfile.email_confirmed_at": "confirmed or not: the moment is the fact",
    "accounts.EmailConfirmation.used_at": "used or not: the moment is the fact",
    "kernel.JobRun.done_at": "succeeded today or not yet: the moment is the fact",
    "accounts.EntryLink.closed_at": "used, replaced or not: the moment is the fact",
    "accounts.Invitation.rights_until": "with an end or without: the moment is the fact",
    "accounts.RightRequest.email_confirmed_at": "confirmed or not: the moment is the fact",
    "accounts.MailedLink.closed_at": "used, replaced or not: the moment is the fact",
    "accounts.RecoveryCode.used_at": "used or not: the moment is the fact",
    "calls.ScoreSheet.given_at": "given or a draft: the moment is the fact",
    "notices.Notice.read_at": "read or not: the moment is the fact",
    "notices.Delivery.leased_until": "a lease may lapse in any state",
}
INVENTORY = house.ROOT / "docs/inventory.csv"
CLASSES = {"none", "personal", "special", "secret"}
ACTIONS = {"keep", "delete", "anonymise", "pseudonymise"}
OURS = house.our_models()


def label(model: type[Model]) -> str:
    return model._meta.label


def factories() -> set[type[Model]]:
    found = set()
    for path in (house.ROOT / "tests/factories").glob("[!_]*.py"):
        module = import_module(f"tests.factories.{path.stem}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, factory.django.DjangoModelFactory):
                model = value._meta.model  # type: ignore[attr-defined]
                if model is not None:
                    found.add(model)
    return found


@pytest.mark.parametrize("model", OURS, ids=label)
def test_it_has_a_factory(model: type[Model]) -> None:
    assert (model in factories()) != (label(model) in NO_FACTORY)


@pytest.mark.parametrize("model", OURS, ids=label)
def test_it_says_what_it_is_in_latvian(model: type[Model]) -> None:
    assert "__str__" in {name for parent in model.__mro__ if parent not in {Model, object} for name in vars(parent)}
    with translation.override("en"):
        english = [str(model._meta.verbose_name), str(model._meta.verbose_name_plural)]
    with translation.override("lv"):
        assert str(model._meta.verbose_name) != english[0]
        assert str(model._meta.verbose_name_plural) != english[1]


@pytest.mark.parametrize("model", OURS, ids=label)
def test_the_agency_sees_it(model: type[Model]) -> None:
    shown = set(admin.site._registry)
    for one in list(admin.site._registry.values()):
        shown |= {inline.model for inline in one.inlines}
    assert (model in shown) != (label(model) in NO_ADMIN)


def constrained(model: type[Model]) -> str:
    """Every fact the database itself guards, as one text to search for field names."""
    checks = [constraint for constraint in model._meta.constraints if isinstance(constraint, CheckConstraint)]
    return " ".join(str(check.condition) for check in checks)


MOMENTS = [
    (model, field)
    for model in OURS
    for field in model._meta.local_fields
    if isinstance(field, DateTimeField) and field.null
]


@pytest.mark.parametrize(("model", "field"), MOMENTS, ids=str)
def test_a_moment_that_may_be_empty_is_constrained(model: type[Model], field: DateTimeField) -> None:
    """`closed_at` is set if and only if it is closed: the database says so, or the moment is a fact of its own."""
    is_free = f"{label(model)}.{field.name}" in FREE_MOMENTS
    assert (field.name in constrained(model)) != is_free


def test_who_and_when_go_together() -> None:
    lonely = []
    for model in OURS:
        names = {field.name for field in model._meta.local_fields}
        for when in {name for name in names if name.endswith("_at")}:
            who = when.removesuffix("_at") + "_by"
            if who in names and who not in constrained(model):
                lonely.append(f"{label(model)}.{who}")
    assert lonely == []


def test_constraints_are_true_sentences_of_their_app() -> None:
    wrong = [
        constraint.name
        for model in OURS
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint | UniqueConstraint)
        and not str(constraint.name).startswith(f"{model._meta.app_label}_")
    ]
    assert wrong == []


def test_no_model_keeps_money_as_a_fraction() -> None:
    kinds = {"FloatField"}
    assert [
        f"{label(model)}.{field.name}"
        for model in OURS
        for field in model._meta.fields
        if type(field).__name__ in kinds
    ] == []


def test_gdp_01_every_model_stands_in_the_inventory() -> None:
    with INVENTORY.open(encoding="utf-8") as lines:
        rows = {row["model"]: row for row in csv.DictReader(lines)}
    through = {field.remote_field.through for model in apps.get_models() for field in model._meta.local_many_to_many}
    everything = {
        label(model) for model in apps.get_models(include_auto_created=False) if model not in through or model in OURS
    }
    assert set(rows) == everything
    for row in rows.values():
        assert row["class"] in CLASSES, row
        assert row["action"] in ACTIONS, row
        assert row["export"] in {"yes", "no"}, row
        assert row["purpose"], row
        assert row["retention"], row
        assert row["legal ground"] or row["class"] == "none", row


def test_gdp_01_what_is_personal_is_exported_or_secret() -> None:
    with INVENTORY.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["model"] for row in rows if row["class"] == "none" and row["export"] == "yes"] == []
    assert [row["model"] for row in rows if row["class"] == "secret" and row["export"] == "yes"] == []


def test_every_app_keeps_its_own_models() -> None:
    homeless = [config.label for config in house.our_configs() if list(config.get_models()) and not _has_models(config)]
    assert homeless == []


def _has_models(config: AppConfig) -> bool:
    return Path(config.path, "models.py").exists() or Path(config.path, "models").is_dir()


def test_what_an_officer_typed_wrong_is_said_in_words() -> None:
    """A rule of the database that a form of the admin can break has a sentence, not the rule's name."""
    edited = set()
    for admin_of in admin.site._registry.values():
        if not isinstance(admin_of, ReadOnlyAdmin) or admin_of.form is not ModelForm:
            edited.add(admin_of.model)
        edited |= {inline.model for inline in admin_of.inlines if inline.can_delete and not issubclass(inline, Shown)}
    nameless = {
        f"{model._meta.label}: {rule.name}"
        for model in edited
        if model._meta.app_label in {"calls", "catalog"}
        for rule in model._meta.constraints
        if rule.violation_error_message == rule.default_violation_error_message and rule.name not in NEVER_TYPED
    }
    assert sorted(nameless) == []


def test_the_sentence_of_a_rule_can_be_said() -> None:
    """Django puts the rule's name into it with `%`; a percent sign of ours is doubled, in Latvian too."""
    for language in ("en", "lv"):
        with translation.override(language):
            assert all(rule.get_violation_error_message() for model in OURS for rule in model._meta.constraints)
