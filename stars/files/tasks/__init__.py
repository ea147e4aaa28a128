from uuid import UUID

from celery import shared_task

from stars.files import services
from stars.kernel.jobs import logged

from .making import make_one

BATCH = 20


@shared_task(name="files.scan")
def scan(pk: str) -> None:
    """Scans one file as soon as it is stored."""
    services.scan(file_id=UUID(pk))
    services.check_signatures()


@shared_task(name="files.scan_due")
@logged("files.scan_due")
def scan_due() -> None:
    """Scans what the doorbell missed or the scanner could not take, and clears away what nobody came back for."""
    services.scan_due()
    services.check_signatures()
    services.drop_held()
    services.remove_orphans()


@shared_task(name="files.check_signatures")
def check_signatures() -> None:
    """Looks at signatures as soon as somebody asks; files still in quarantine follow their scan."""
    services.check_signatures()


@shared_task(name="files.render")
def render(pk: int) -> None:
    """Makes one PDF as soon as it is asked for."""
    make_one(pk)


@shared_task(name="files.render_due")
@logged("files.render_due")
def render_due() -> None:
    """Makes what the doorbell missed or this machine could not make before."""
    for _turn in range(BATCH):
        if not make_one():
            break
