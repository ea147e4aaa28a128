"""What the catalogue does by the clock."""

from celery import shared_task

from stars.kernel.actor import Actor
from stars.kernel.jobs import logged

from . import services


@shared_task(name="catalog.tell_of_new_programmes")
@logged("catalog.tell_of_new_programmes")
def tell_of_new_programmes() -> int:
    """Who has saved a search hears of what was published since; a second run does nothing."""
    return services.tell_of_new_programmes(by=Actor.system("catalog.tell_of_new_programmes"))


@shared_task(name="catalog.reindex_renamed")
@logged("catalog.reindex_renamed")
def reindex_renamed() -> int:
    """Institutions that were renamed are found by their new name; a second run does nothing."""
    return services.reindex_renamed(by=Actor.system("catalog.reindex_renamed"))
