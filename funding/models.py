"""Who pays: sources as data, the learning account, and a double-entry ledger in whole cents."""

import uuid
from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Person, User
from stars.kernel.money import euros

from .states import AccountState, CorrectionState, GrantState, ReservationState, Verdict


class FundingSource(models.Model):
    """IMK, MN, VARAM and those to come: what it is called, who pays how much. Data, not code (domain.md 3)."""

    class CoPayment(models.TextChoices):
        ABOVE_GRANT = "above_grant", _("what exceeds the balance of the account")
        PERCENT = "percent", _("a percentage of the price")
        NONE = "none", _("nothing")

    code = models.SlugField(_("code"), max_length=20, unique=True)  # part of addresses: imk, mn, varam
    label = models.CharField(_("short name"), max_length=20)  # IMK
    name = models.CharField(_("project"), max_length=200)  # Digitālās prasmes lietpratējiem
    legal_name = models.TextField(_("full project name for the choice of source"))
    summary = models.TextField(_("summary"), blank=True)
    co_payment = models.CharField(_("the person pays"), max_length=20, choices=CoPayment)
    percent = models.DecimalField(_("percentage"), max_digits=5, decimal_places=2, null=True, blank=True)
    percent_low_income = models.DecimalField(
        _("percentage, low income"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    grant_cents = models.PositiveIntegerField(_("grant, cents"), null=True, blank=True)
    grant_valid_to = models.DateField(_("grant usable to, inclusive"), null=True, blank=True)
    needs_test = models.BooleanField(_("placement test before the form"), default=False)
    asks_period = models.BooleanField(_("the person chooses the period"), default=False)
    # How long an institution still sees who has applied (security.md 1, ADR 0015).
    shown_days_not_learned = models.PositiveSmallIntegerField(
        _("institution sees an application that ended without learning, days"), default=30
    )
    shown_days_learned = models.PositiveSmallIntegerField(
        _("institution sees an application after learning, days"), default=365
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("funding source")
        verbose_name_plural = _("funding sources")
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(co_payment="percent") | Q(percent__isnull=False, percent_low_income__isnull=False),
                name="funding_percent_source_says_how_much",
            ),
            models.CheckConstraint(
                condition=~Q(co_payment="above_grant") | Q(grant_cents__isnull=False),
                name="funding_grant_source_says_how_much",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class LearningAccount(models.Model):
    """The individual learning account of one person: its approval after the target-group check (terms 26.4)."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="learning_account", verbose_name=_("person"))
    state = models.CharField(_("state"), max_length=10, choices=AccountState, default=AccountState.PENDING)
    refusal_reason = models.TextField(_("reason of refusal"), blank=True)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    # When the target-group check is to look again: the row is the doorbell's outbox.
    check_due_at = models.DateTimeField(_("check due"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("learning account")
        verbose_name_plural = _("learning accounts")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="pending", decided_at=None) | ~Q(state="pending") & Q(decided_at__isnull=False),
                name="funding_account_decided_iff_not_pending",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(refusal_reason=""), name="funding_refusal_has_a_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["check_due_at"], condition=Q(check_due_at__isnull=False), name="funding_accounts_to_check"
            )
        ]

    def __str__(self) -> str:
        return str(self.person)


class Allotment(models.Model):
    """One round of a source's money: "500 € usable to 30.04.2026". Its sum and last day stand on the source while it runs."""

    source = models.ForeignKey(FundingSource, models.PROTECT, related_name="allotments", verbose_name=_("source"))
    name = models.CharField(_("name"), max_length=100)
    opened_on = models.DateField(_("given from"))
    budget_cents = models.PositiveBigIntegerField(_("budget of the round, cents"), null=True, blank=True)

    class Meta:
        verbose_name = _("round of money")
        verbose_name_plural = _("rounds of money")
        ordering = ["-opened_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "opened_on"], name="funding_one_allotment_begins_on_a_day"),
            models.UniqueConstraint(fields=["source", "name"], name="funding_allotment_has_its_name"),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.name}"


class Grant(models.Model):
    """Money given to one account in one round of a source: 500 EUR usable to a date (news [004])."""

    account = models.ForeignKey(LearningAccount, models.PROTECT, related_name="grants", verbose_name=_("account"))
    source = models.ForeignKey(FundingSource, models.PROTECT, related_name="grants", verbose_name=_("source"))
    allotment = models.ForeignKey(
        Allotment, models.PROTECT, related_name="grants", verbose_name=_("round of money")
    )  # of the same source
    amount_cents = models.PositiveIntegerField(_("amount, cents"), validators=[MaxValueValidator(10_000_000)])
    valid_to = models.DateField(_("usable to, inclusive"))
    granted_at = models.DateTimeField(_("granted"), default=timezone.now)

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [
            models.UniqueConstraint(fields=["account", "allotment"], name="funding_one_grant_each_round"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="funding_grant_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.source}"


class ErasedGrant(models.Model):
    """Money of one round was given under this code, and its person has been erased: it is not given again (ADR 0011).

    The keyed hash is another in every round, so rows of one person do not show that they belong together.
    """

    allotment = models.ForeignKey(
        Allotment, models.PROTECT, related_name="erased_grants", verbose_name=_("round of money")
    )
    digest = models.CharField(max_length=64)
    kept_until = models.DateField(_("kept to, inclusive"))  # the last day of the money

    class Meta:
        verbose_name = _("grant of an erased person")
        verbose_name_plural = _("grants of erased people")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["allotment", "digest"], name="funding_erased_grant_once_a_round"),
        ]

    def __str__(self) -> str:
        return str(self.allotment)


class Scope(models.TextChoices):
    ACCOUNT = "account", pgettext_lazy("rule", "learning account and its grant")
    APPLICATION = "application", pgettext_lazy("rule", "one application")


class Basis(models.TextChoices):
    """Which fact decides a rule; how it is weighed is in `rules`."""

    AGE = "age", pgettext_lazy("rule", "birth date in the Register of Natural Persons")
    EMPLOYMENT = "employment", pgettext_lazy("rule", "employment in the State Revenue Service")
    UNUSED_GRANT = "unused_grant", pgettext_lazy("rule", "an earlier grant left unused")
    LEARNING_NOW = "learning_now", pgettext_lazy("rule", "learning paid by an earlier grant goes on")
    BROKEN_OFF = "broken_off", pgettext_lazy("rule", "learning paid by an earlier grant was broken off")
    NOT_DONE_BEFORE = "not_done_before", pgettext_lazy("rule", "declaration that the programme was not done before")
    ACCOUNT = "account", pgettext_lazy("rule", "approval of the learning account")


class EligibilityRuleQuerySet(models.QuerySet["EligibilityRule"]):
    def in_force(self, scope: Scope) -> Self:
        return self.filter(scope=scope, is_active=True)


class EligibilityRule(models.Model):
    """One condition of one source, in the words people read. A change makes a new version; decisions keep theirs (X33)."""

    source = models.ForeignKey(
        FundingSource, models.PROTECT, related_name="eligibility_rules", verbose_name=_("source")
    )
    scope = models.CharField(_("what is checked"), max_length=11, choices=Scope)
    code = models.SlugField(_("code"), max_length=30)
    basis = models.CharField(_("rests on"), max_length=15, choices=Basis)
    parameter = models.PositiveSmallIntegerField(_("figure of the rule"), null=True, blank=True)  # 18 years
    wording = models.CharField(_("condition in words"), max_length=200)
    remedy = models.CharField(_("what helps while it is not met or not known"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    version = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    is_active = models.BooleanField(_("in force"), default=True)

    objects = EligibilityRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("condition of a source")
        verbose_name_plural = _("conditions of sources")
        ordering = ["source", "scope", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "scope", "code", "version"], name="funding_rule_version_is_unique"
            ),
            models.UniqueConstraint(
                fields=["source", "scope", "code"], condition=Q(is_active=True), name="funding_one_version_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.wording}"


class TargetGroupCheck(models.Model):
    """The target-group check of one account for one round of money: rule by rule, frozen with its decision (terms 26.4, X33)."""

    account = models.ForeignKey(LearningAccount, models.PROTECT, related_name="checks", verbose_name=_("account"))
    source = models.ForeignKey(FundingSource, models.PROTECT, related_name="checks", verbose_name=_("source"))
    # None where the source has no money under way: the account can be approved, nothing is given.
    allotment = models.ForeignKey(
        Allotment, models.PROTECT, null=True, blank=True, related_name="checks", verbose_name=_("round of money")
    )
    state = models.CharField(_("state"), max_length=6, choices=GrantState, default=GrantState.OPEN)
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict, default=Verdict.UNKNOWN)
    findings = models.JSONField(_("rule by rule"), default=list, blank=True)
    checked_at = models.DateTimeField(_("checked"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = models.TextField(_("reason of the decision"), blank=True)

    class Meta:
        verbose_name = _("target-group check")
        verbose_name_plural = _("target-group checks")
        ordering = ["checked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "source", "allotment"], nulls_distinct=False, name="funding_one_check_each_round"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None) | ~Q(state="open") & Q(decided_at__isnull=False),
                name="funding_check_decided_iff_not_open",
            ),
            models.CheckConstraint(condition=~Q(state="denied") | ~Q(reason=""), name="funding_denial_has_a_reason"),
        ]
        indexes = [
            models.Index(fields=["verdict", "checked_at"], condition=Q(state="open"), name="funding_open_checks")
        ]

    def __str__(self) -> str:
        return f"{self.account} – {self.allotment or self.source}"


class Reservation(models.Model):
    """Money of a grant held for one application: open, then captured or released (I6)."""

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="reservations", verbose_name=_("grant"))
    purpose = models.UUIDField(_("application"), unique=True)  # Application.reference; one reservation each
    programme_name = models.CharField(_("programme"), max_length=300)
    amount_cents = models.PositiveIntegerField(_("amount, cents"))
    state = models.CharField(_("state"), max_length=10, choices=ReservationState, default=ReservationState.OPEN)
    was_broken_off = models.BooleanField(_("learning was broken off"), db_default=False)  # news [004]: no further grant
    reserved_at = models.DateTimeField(_("reserved"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | ~Q(state="open") & Q(closed_at__isnull=False),
                name="funding_reservation_closed_iff_not_open",
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="funding_reservation_is_positive"),
            models.CheckConstraint(
                condition=Q(was_broken_off=False) | Q(state="captured"), name="funding_broken_off_is_spent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_name}: {self.amount_cents}"


class Movement(models.TextChoices):
    GRANT = "grant", pgettext_lazy("movement", "granted")
    RESERVE = "reserve", pgettext_lazy("movement", "reserved")
    RELEASE = "release", pgettext_lazy("movement", "returned")
    SPEND = "spend", pgettext_lazy("movement", "spent")
    EXPIRE = "expire", pgettext_lazy("movement", "expired")
    CORRECT = "correct", pgettext_lazy("movement", "corrected")


class Bucket(models.TextChoices):
    """Where money stands. Outside = the project's budget; a movement takes from one and gives to another."""

    OUTSIDE = "outside", _("project budget")
    AVAILABLE = "available", pgettext_lazy("bucket", "available")
    RESERVED = "reserved", pgettext_lazy("bucket", "reserved")
    SPENT = "spent", pgettext_lazy("bucket", "spent")


class LedgerTransaction(models.Model):
    """One movement of money, append-only; its entries sum to zero (I6)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="transactions", verbose_name=_("grant"))
    movement = models.CharField(_("movement"), max_length=10, choices=Movement)
    reservation = models.ForeignKey(
        Reservation, models.PROTECT, null=True, blank=True, related_name="transactions", verbose_name=_("reservation")
    )
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("movement of money")
        verbose_name_plural = _("movements of money")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reservation", "movement"],
                condition=Q(reservation__isnull=False),
                name="funding_reservation_moves_once_each_way",
            ),
            models.UniqueConstraint(
                fields=["grant"], condition=Q(movement="grant"), name="funding_grant_is_posted_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_movement_display()} {self.at:%d.%m.%Y}"


class LedgerEntry(models.Model):
    """One leg of a movement: cents added to (or, negative, taken from) one bucket of one grant."""

    transaction = models.ForeignKey(
        LedgerTransaction, models.PROTECT, related_name="entries", verbose_name=_("movement")
    )
    bucket = models.CharField(_("bucket"), max_length=10, choices=Bucket)
    amount_cents = models.IntegerField(_("amount, cents"))

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.UniqueConstraint(fields=["transaction", "bucket"], name="funding_one_entry_per_bucket"),
            models.CheckConstraint(condition=~Q(amount_cents=0), name="funding_entry_is_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.bucket} {self.amount_cents}"


class Correction(models.Model):
    """A movement by hand, in or out of what is available: proposed by one officer, posted by another (ADM-03)."""

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="corrections", verbose_name=_("grant"))
    amount_cents = models.IntegerField(_("amount, cents"))  # negative takes away
    reason = models.TextField(_("reason"))  # what the client reads
    state = models.CharField(_("state"), max_length=8, choices=CorrectionState, default=CorrectionState.PROPOSED)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed"), default=timezone.now)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    explanation = models.TextField(_("explanation"), blank=True)  # why declined
    transaction = models.OneToOneField(
        LedgerTransaction, models.PROTECT, null=True, blank=True, related_name="correction", verbose_name=_("movement")
    )

    class Meta:
        verbose_name = _("correction of the ledger")
        verbose_name_plural = _("corrections of the ledger")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount_cents=0), name="funding_correction_is_not_zero"),
            models.CheckConstraint(condition=~Q(reason=""), name="funding_correction_has_a_reason"),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at=None, decided_by=None)
                | ~Q(state="proposed") & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="funding_correction_decided_iff_not_proposed",
            ),
            models.CheckConstraint(
                condition=Q(state="posted", transaction__isnull=False) | ~Q(state="posted") & Q(transaction=None),
                name="funding_correction_posted_iff_it_is_a_movement",
            ),
            # ADM-03: four eyes.
            models.CheckConstraint(
                condition=~Q(state="posted") | ~Q(decided_by=F("proposed_by")),
                name="funding_correction_is_posted_by_another",
            ),
            models.UniqueConstraint(
                fields=["grant"], condition=Q(state="proposed"), name="funding_one_proposed_correction_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grant}: {euros(self.amount_cents)}"
