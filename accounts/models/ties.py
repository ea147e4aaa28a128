"""Whose matters an officer may not handle: their own and their relatives', as the officer has declared (ACC-08)."""

from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .people import PersonalCode
from .users import User


class StaffTieQuerySet(models.QuerySet["StaffTie"]):
    def between(self, user_id: int | None, person_id: UUID) -> bool:
        """Whether this officer has declared a tie to this person."""
        codes = PersonalCode.objects.filter(person_id=person_id).values("digest")
        return user_id is not None and self.filter(user_id=user_id, digest__in=codes).exists()


class StaffTie(models.Model):
    """One declared person, known by the blind index of their code only: no name and no code is kept."""

    class Kind(models.TextChoices):
        SELF = "self", pgettext_lazy("tie", "myself")
        RELATIVE = "relative", pgettext_lazy("tie", "a relative")

    user = models.ForeignKey(User, models.CASCADE, related_name="ties", verbose_name=_("officer"))
    digest = models.CharField(max_length=64, editable=False)
    kind = models.CharField(_("who it is"), max_length=8, choices=Kind)
    declared_at = models.DateTimeField(_("declared"), default=timezone.now, editable=False)

    objects = StaffTieQuerySet.as_manager()

    class Meta:
        verbose_name = _("declared tie of an officer")
        verbose_name_plural = _("declared ties of officers")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="accounts_tie_is_declared_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"
