"""`release_mail`: after a restore, when the operator has looked at what would go out."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from stars.kernel import place
from stars.notices.models import Delivery
from stars.notices.states import DeliveryState


class Command(BaseCommand):
    help = "Let a restored copy send mail again (B2). --look only tells how many letters would go out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--look", action="store_true", help="change nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        due = Delivery.objects.filter(state=DeliveryState.DUE)
        oldest = due.order_by("created_at").values_list("created_at", flat=True).first()
        since = f", the oldest of {timezone.localtime(oldest):%d.%m.%Y. %H:%M}" if oldest else ""
        self.stdout.write(f"{due.count()} letters are due{since}.")
        if options["look"]:
            self.stdout.write("Mail is held." if not place.is_known() else "Mail is not held.")
            return
        place.remember()
        self.stdout.write("Mail goes out.")
