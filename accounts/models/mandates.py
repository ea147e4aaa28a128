"""A client's permission to a municipal coordinator to act in their place (security.md 8)."""

import uuid
from datetime import date, datetime, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.states import MandateState
from stars.files.models import StoredFile
from stars.kernel.actor import Actor, Role

from .denials import Denial
from .people import Person
from .rights import Right


class Scope(models.TextChoices):
    """What the coordinator may do for the client; messages, bank account, consents and sign-in are never among it."""

    PROFILE = "profile", pgettext_lazy("mandate", "Fill in and change the profile")
    APPLICATIONS = "applications", pgettext_lazy("mandate", "Apply for programmes and withdraw")


class Basis(models.TextChoices):
    """By what the client has agreed."""

    CONFIRMED = "confirmed", pgettext_lazy("mandate", "The client confirms in the portal")
    SIGNED = "signed", pgettext_lazy("mandate", "The client has signed a document")


class MandateQuerySet(models.QuerySet["Mandate"]):
    def live(self, moment: datetime | None = None) -> Self:
        """In force now: so are the coordinator's own rights and the client's access, and the client lives there (ACC-09, X6).

        Asked at each request. Of somebody whose residence no register has said nothing is held against the mandate.
        """
        now = moment or timezone.now()
        rights = Right.objects.in_force(now).values("pk")
        denied = Denial.objects.in_force(now).of_users().values("user")
        at_home = Q(client__municipality=None) | Q(client__municipality=F("right__municipality"))
        return self.filter(
            at_home,
            state=MandateState.LIVE,
            valid_from__lte=now,
            valid_until__gt=now,
            right__in=rights,
            right__user__is_active=True,
            client__user__is_active=True,
        ).exclude(client__user__in=denied)

    def visible_to(self, actor: Actor) -> Self:
        """The client's own, a coordinator's own while open, all for the agency; anything else is 404 (X85)."""
        if actor.role is Role.CLIENT and actor.person_id:
            return self.filter(client_id=actor.person_id)
        if actor.role is Role.COORDINATOR:
            return self.filter(right__user_id=actor.user_id, right__municipality_id=actor.municipality_id)
        return self if actor.is_agency or actor.is_system else self.none()


class Mandate(models.Model):
    """One client, one coordinator's right, a scope and a term."""

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    right = models.ForeignKey(Right, models.PROTECT, related_name="mandates", verbose_name=_("coordinator"))
    client = models.ForeignKey(Person, models.PROTECT, related_name="mandates", verbose_name=_("client"))
    scope = ArrayField(models.CharField(max_length=12, choices=Scope), verbose_name=_("scope"))
    basis = models.CharField(_("basis"), max_length=10, choices=Basis)
    document = models.CharField(_("signed document: number and date"), max_length=200, blank=True)
    file = models.OneToOneField(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed document")
    )
    state = models.CharField(_("state"), max_length=10, choices=MandateState, default=MandateState.WAITING)
    valid_from = models.DateTimeField(_("in force from"), default=timezone.now)
    valid_until = models.DateTimeField(_("in force until"))  # half-open
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    explanation = models.CharField(_("explanation"), max_length=500, blank=True)  # why it was ended or contested

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["right", "client"],
                condition=Q(state__in=("waiting", "live")),
                name="accounts_one_open_mandate_each",
            ),
            models.CheckConstraint(condition=Q(valid_until__gt=F("valid_from")), name="accounts_mandate_has_a_term"),
            models.CheckConstraint(condition=Q(scope__len__gt=0), name="accounts_mandate_has_a_scope"),
            models.CheckConstraint(
                condition=~Q(basis="signed", state__in=("waiting", "live")) | ~Q(document=""),
                name="accounts_signed_mandate_names_its_document",  # once it has ended, erasure may empty it
            ),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "live"), ended_at=None)
                | ~Q(state__in=("waiting", "live")) & Q(ended_at__isnull=False),
                name="accounts_mandate_ended_iff_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.right.user} → {self.client}"

    @property
    def last_day(self) -> date:
        """The last day on which it holds, in Riga."""
        return timezone.localdate(self.valid_until - timedelta(microseconds=1))

    @property
    def over_since(self) -> datetime | None:
        """When it was ended or its term ran out; None while only the right or the client's access is what is missing."""
        return self.ended_at or (self.valid_until if self.valid_until <= timezone.now() else None)

    @property
    def scope_words(self) -> list[str]:
        return [str(Scope(one).label) for one in self.scope]

    def actor(self) -> Actor:
        """The coordinator in the client's place: both ids stand in every event (ACT-04)."""
        return Actor(
            role=Role.COORDINATOR,
            user_id=self.right.user_id,
            person_id=self.client_id,
            acting_for_id=self.client_id,
            municipality_id=self.right.municipality_id,
            scope=frozenset(self.scope),
            binding=str(self.reference),
            label=self.right.user.label,
        )
