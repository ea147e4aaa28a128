"""The task queue: a doorbell, never the only carrier of a business event (reliability.md 6)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stars.settings.local")

app = Celery("stars")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
