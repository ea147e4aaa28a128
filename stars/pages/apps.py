"""Wires the app: an alarm for what only the database's owner can delete."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

LOOKS_KEPT_TOO_LONG = """
SELECT count(*) FROM (
  SELECT FROM kernel_accessentry WHERE at < now() - interval '31 days'
    - (SELECT days FROM pages_retentionterm WHERE subject = 'looks') * interval '1 day' LIMIT 1000
) AS looks
"""


class PagesConfig(AppConfig):
    name = "stars.pages"
    verbose_name = _("Content")

    def ready(self) -> None:
        from stars.kernel import alarms

        alarms.COUNTED["looks_kept_too_long"] = (
            "the log of looks is past its time and only the database's owner can delete there",
            LOOKS_KEPT_TOO_LONG,
        )
