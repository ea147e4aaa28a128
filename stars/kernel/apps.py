"""Wires the app: no worker and no beat starts with the keys of another database (COD-03)."""

import sys
from typing import Any

from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    default = True
    name = "stars.kernel"
    verbose_name = _("Journal")

    def ready(self) -> None:
        from celery.signals import beat_init, worker_init

        worker_init.connect(_refuse_wrong_keys, dispatch_uid="kernel.keys")
        beat_init.connect(_refuse_wrong_keys, dispatch_uid="kernel.keys")


def _refuse_wrong_keys(**_: Any) -> None:
    """Celery swallows errors of its signals, but not an exit."""
    from django.core.exceptions import ImproperlyConfigured

    from . import keys

    try:
        keys.refuse_wrong_keys()
    except ImproperlyConfigured as error:
        sys.exit(str(error))


class AgencyAdminConfig(admin.AdminConfig):
    """Django's admin under the agency's own site: its menu and its first page."""

    default = False
    default_site = "stars.pages.agency.AgencySite"
