"""Where a programme and a course group can be."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProgrammeState(models.TextChoices):
    UNPUBLISHED = "unpublished", _("Not published")
    PUBLISHED = "published", _("Published")
    ARCHIVED = "archived", _("Archived")


class GroupState(models.TextChoices):
    FORMING = "forming", _("Forming")
    RUNNING = "running", _("Learning is under way")
    FINISHED = "finished", _("Finished")
    CANCELLED = "cancelled", _("Cancelled")
