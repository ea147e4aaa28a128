"""Wires the app: what of the scanner is told to `/readyz`, and what of the files rings."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class FilesConfig(AppConfig):
    name = "stars.files"
    verbose_name = _("Files")

    def ready(self) -> None:
        from stars.kernel import alarms, health

        health.NEIGHBOURS["scanner"] = lambda: health.replies(
            settings.STARS_CLAMD_HOST, settings.STARS_CLAMD_PORT, b"zPING\0", b"PONG"
        )
        alarms.COUNTED["documents_given_up"] = (
            "PDF documents could not be made; admin, PDF documents says why",
            "SELECT count(*) FROM files_rendereddocument WHERE state = 'failed'",
        )
        alarms.COUNTED["files_unscanned"] = (
            "files have waited more than an hour for the scanner",
            "SELECT count(*) FROM files_storedfile WHERE state = 'quarantined' AND stored_at < now() - interval '1 hour'",
        )
