"""The ground and the roof. The task queue is known to every process that sends to it, not to the worker alone."""

from stars.celery import app as celery_app

__all__ = ["celery_app"]
