"""The life of one e-mail; the row is the outbox."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DeliveryState(models.TextChoices):
    HELD = "held", _("Waits for a confirmed address")
    DUE = "due", _("To be sent")
    SENT = "sent", _("Sent")
    DEAD = "dead", _("Could not be sent")
