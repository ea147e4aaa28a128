from django.db import models
from django.utils.translation import gettext_lazy as _


class ScanState(models.TextChoices):
    """Only clean files can be downloaded; a scanner that is away leaves them quarantined (UPL-06)."""

    QUARANTINED = "quarantined", _("Being checked")
    CLEAN = "clean", _("Clean")
    REFUSED = "refused", _("Refused")


class RenderState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class CheckState(models.TextChoices):
    """Signatures are looked at once the scanner has let the file through."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Checked")
