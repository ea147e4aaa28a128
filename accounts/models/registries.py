"""What the state's registers were asked and what they said, kept beside what the person declared (terms 26.1, X11)."""

import json
import uuid
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.states import DisputeState, FactKind, FactVerdict, Origin, Purpose, QuestionState, Registry
from stars.kernel.actor import Actor
from stars.kernel.secrets import decrypt, encrypt

from .people import Person


def _request_id() -> str:
    return uuid.uuid4().hex


class RegistryQuestion(models.Model):
    """One question about one person to one register: made with the event, asked by a worker until it is answered."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="registry_questions", verbose_name=_("person"))
    registry = models.CharField(_("register"), max_length=4, choices=Registry)
    purpose = models.CharField(_("why asked"), max_length=12, choices=Purpose)
    # Goes along with the question, so that both sides find it in their logs.
    request_id = models.CharField(_("request"), max_length=32, unique=True, default=_request_id, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=QuestionState, default=QuestionState.DUE)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)  # a worker is asking
    last_error = models.CharField(_("last error"), max_length=40, blank=True)  # a word, never what was answered
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("question to a register")
        verbose_name_plural = _("questions to registers")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "registry"], condition=Q(state="due"), name="accounts_one_open_question_each"
            ),
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False) | ~Q(state="answered") & Q(answered_at=None),
                name="accounts_answered_knows_when",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="due"), name="accounts_due_questions"),
            models.Index(fields=["person", "registry", "answered_at"], name="accounts_questions_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_registry_display()}: {self.person}"


class RegistryLine(models.Model):
    """The breaker of one register: after five failures in a row nobody asks for a while. A row, so that all workers know."""

    registry = models.CharField(_("register"), max_length=4, choices=Registry, unique=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    closed_until = models.DateTimeField(_("not asked until"), null=True, blank=True)
    failed_at = models.DateTimeField(_("last failure"), null=True, blank=True)
    answered_at = models.DateTimeField(_("last answer"), null=True, blank=True)

    class Meta:
        verbose_name = _("line to a register")
        verbose_name_plural = _("lines to registers")
        ordering = ["registry"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_until=None) | Q(failures__gt=0), name="accounts_line_is_closed_by_failures"
            )
        ]

    def __str__(self) -> str:
        return self.get_registry_display()


def opened(sealed: str, fact_id: uuid.UUID) -> Any:
    """What a register said, in the form of `registries.answers`; None where it does not say."""
    return json.loads(decrypt(sealed, bound_to=_binding(fact_id))) if sealed else None


def _binding(fact_id: uuid.UUID) -> str:
    return f"accounts.registryfact:{fact_id}"


class RegistryFactQuerySet(models.QuerySet["RegistryFact"]):
    def visible_to(self, actor: Actor) -> Self:
        """The person's own, and the agency's to look into; no institution and no coordinator sees facts (security.md 1)."""
        if actor.is_client and actor.acting_for_id is None:
            return self.filter(person_id=actor.person_id)
        return self if actor.is_agency or actor.is_system else self.none()

    def current(self) -> Self:
        return self.filter(superseded_at=None)


class RegistryFact(models.Model):
    """One thing a register said of a person, sealed. A newer answer makes a new row; the older one stays as it was (X12)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="registry_facts", verbose_name=_("person"))
    kind = models.CharField(_("what"), max_length=10, choices=FactKind)
    origin = models.CharField(_("origin"), max_length=6, choices=Origin)
    sealed = models.TextField(blank=True)  # empty = the register does not say
    verdict = models.CharField(_("verdict"), max_length=9, choices=FactVerdict)
    request_id = models.CharField(_("request"), max_length=64)
    valid_on = models.DateField(_("holds on"))
    fetched_at = models.DateTimeField(_("received"), default=timezone.now)
    superseded_at = models.DateTimeField(_("replaced"), null=True, blank=True)

    objects = RegistryFactQuerySet.as_manager()

    class Meta:
        verbose_name = _("fact from a register")
        verbose_name_plural = _("facts from registers")
        ordering = ["-fetched_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(superseded_at=None), name="accounts_one_current_fact_each"
            ),
            # I15: a fact carries its request; without a value nothing is confirmed or refuted.
            models.CheckConstraint(condition=~Q(request_id=""), name="accounts_fact_carries_its_request"),
            models.CheckConstraint(
                condition=Q(verdict="unknown") | Q(verdict__in=("confirmed", "refuted")) & ~Q(sealed=""),
                name="accounts_verdict_needs_a_value",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_origin_display()})"

    def keep(self, value: Any) -> None:
        """Seals what the register said; None = it does not say."""
        self.sealed = "" if value is None else encrypt(json.dumps(value), bound_to=self._binding)

    @property
    def _binding(self) -> str:
        return _binding(self.pk)

    @property
    def value(self) -> Any:
        return opened(self.sealed, self.pk)

    @property
    def is_known(self) -> bool:
        """May decide something: it has a value, and nobody disputes it (I15)."""
        return self.verdict != FactVerdict.UNKNOWN


class FactDispute(models.Model):
    """ "Šis reģistra ieraksts ir nepareizs": in the person's words, with a clock and somebody who answers."""

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    fact = models.ForeignKey(RegistryFact, models.PROTECT, related_name="disputes", verbose_name=_("fact"))
    reason = models.TextField(_("what is wrong, in the person's words"))
    state = models.CharField(_("state"), max_length=9, choices=DisputeState, default=DisputeState.OPEN)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    due_on = models.DateField(_("to be answered by"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    explanation = models.TextField(_("answer to the person"), blank=True)

    class Meta:
        verbose_name = _("disputed entry")
        verbose_name_plural = _("disputed entries")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["fact"], condition=Q(state="open"), name="accounts_one_open_dispute_of_a_fact"
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None) | ~Q(state="open") & Q(answered_at__isnull=False),
                name="accounts_dispute_answered_iff_not_open",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | ~Q(explanation=""), name="accounts_dispute_is_answered_in_words"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="accounts_dispute_says_why"),
        ]

    def __str__(self) -> str:
        return str(self.fact)

    @property
    def is_open(self) -> bool:
        return self.state == DisputeState.OPEN

    def is_late(self, today: date) -> bool:
        return self.is_open and today > self.due_on
