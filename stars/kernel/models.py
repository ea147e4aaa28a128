"""What every app leaves behind: the audit chain of an object, and who has looked at whose data."""

from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

# How a person reads what somebody did in their place.
ACTS = {
    "register": _("registered you in the portal"),
    "open": _("opened your learning account"),
    "save_profile": _("changed your profile"),
    "submit": _("sent an application"),
    "withdraw": _("withdrew an application"),
    "discard": _("discarded a draft"),
}


class AuditEntry(models.Model):
    """One event in the life of one object; each entry seals the one before it (AUD-01). Written by kernel.audit only."""

    object_type = models.CharField(_("object"), max_length=60)  # "applications.application"
    object_id = models.CharField(_("object id"), max_length=40)
    sequence = models.PositiveIntegerField(_("number"))
    action = models.CharField(_("action"), max_length=40)
    from_state = models.CharField(_("from"), max_length=30, blank=True)
    to_state = models.CharField(_("to"), max_length=30, blank=True)
    actor_role = models.CharField(_("role"), max_length=20)
    actor_user_id = models.BigIntegerField(_("user id"), null=True, blank=True)
    actor_label = models.CharField(_("who"), max_length=200, blank=True)
    acting_for_id = models.UUIDField(_("acting for"), null=True, blank=True)
    data = models.JSONField(_("details"), default=dict, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    at = models.DateTimeField(_("when"))
    seal = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["object_type", "object_id", "sequence"], name="kernel_audit_chain_has_no_fork"
            ),
        ]
        indexes = [models.Index(fields=["-at"], name="kernel_audit_by_time")]

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id} #{self.sequence} {self.action}"

    @property
    def in_words(self) -> str:
        """What was done, for the person it was done for; the bare action where no words are kept."""
        return str(ACTS.get(self.action, self.action))


class AccessEntryQuerySet(models.QuerySet["AccessEntry"]):
    def about(self, person_id: UUID) -> Self:
        return self.filter(person_id=person_id)


class AccessEntry(models.Model):
    """One look by somebody else at one person's data, written before it is shown (AUD-02)."""

    person_id = models.UUIDField(_("person"))
    actor_role = models.CharField(_("role"), max_length=20)
    actor_user_id = models.BigIntegerField(_("user id"), null=True, blank=True)
    actor_label = models.CharField(_("who"), max_length=200)
    # Where the looker works: what the person reads instead of a name.
    institution_id = models.BigIntegerField(_("institution's id"), null=True, blank=True)
    municipality_id = models.BigIntegerField(_("municipality's id"), null=True, blank=True)
    what = models.CharField(_("what"), max_length=100)
    purpose = models.CharField(_("purpose"), max_length=200)
    is_list = models.BooleanField(_("one line of a list"), default=False, db_default=False)  # AUD-03 counts them apart
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    at = models.DateTimeField(_("when"))

    objects = AccessEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("look at personal data")
        verbose_name_plural = _("looks at personal data")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["person_id", "-at", "-id"], name="kernel_looks_of_person"),
            BrinIndex(fields=["at"], name="kernel_looks_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_label or self.actor_role}: {self.what}"


class JobRun(models.Model):
    """One job of beat on one local day: when it last succeeded, or why it did not (O7, T3). Written by kernel.jobs only."""

    job = models.CharField(_("job"), max_length=60)
    day = models.DateField(_("day"))
    started_at = models.DateTimeField(_("started"))
    done_at = models.DateTimeField(_("last success"), null=True, blank=True)
    runs = models.PositiveIntegerField(_("runs"), default=1)
    failures = models.PositiveIntegerField(_("failures"), default=0)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("run of a job")
        verbose_name_plural = _("runs of jobs")
        ordering = ["-day", "job"]
        constraints = [models.UniqueConstraint(fields=["job", "day"], name="kernel_one_run_log_a_day")]

    def __str__(self) -> str:
        return f"{self.job} {self.day:%d.%m.%Y}."


class Mark(models.Model):
    """What the portal remembers of its surroundings, so that others are noticed: keys, and the server it writes to.

    Written by kernel.keys and kernel.place only.
    """

    name = models.CharField(_("of what"), max_length=60, unique=True)  # "field:k1", "index", "audit", "place"
    mark = models.TextField()

    class Meta:
        verbose_name = _("mark of the surroundings")
        verbose_name_plural = _("marks of the surroundings")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


JsonObject = dict[str, Any]
