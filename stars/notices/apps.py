"""Wires the app: what of the mail is told to `/readyz`, and what of it rings."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "stars.notices"
    verbose_name = _("Messages and notices")

    def ready(self) -> None:
        from stars.kernel import alarms, health, place

        health.NEIGHBOURS["mail"] = health.takes_mail
        health.STATEMENTS["outbox"] = (
            "SELECT NOT EXISTS (SELECT FROM notices_delivery WHERE state = 'due' AND due_at < now() + interval '1 hour'"
            " AND least(due_at, CASE WHEN attempts > 0 THEN created_at ELSE due_at END) < now() - interval '5 minutes')"
        )
        alarms.COUNTED["mail_held"] = (
            "this is a restored copy, or the server was changed: no letter goes out until manage.py release_mail",
            place.MOVED,
        )
        alarms.COUNTED["letters_given_up"] = (
            "letters could not be sent; admin, e-mails: look at the error, then send again",
            "SELECT count(*) FROM notices_delivery WHERE state = 'dead'",
        )
