from django.db import models
from django.utils.translation import gettext_lazy as _


class ReceiptKind(models.TextChoices):
    """What a receipt proves; the label is the title of the paper."""

    APPLICATION_SENT = "application_sent", _("Receipt of an application")
    APPLICATION_WITHDRAWN = "application_withdrawn", _("Receipt of a withdrawal")
    OFFER_SENT = "offer_sent", _("Receipt of an offer")
    OFFER_WITHDRAWN = "offer_withdrawn", _("Receipt of an offer's withdrawal")
