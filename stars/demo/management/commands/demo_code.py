from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts import totp
from accounts.models import SecondFactor


class Command(BaseCommand):
    help = "What the authenticator apps of the demo show now: one code for each user with a second factor."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", nargs="?", help="only this user's")

    def handle(self, *args: Any, **options: Any) -> None:
        factors = SecondFactor.objects.select_related("user").order_by("user__email")
        if options["email"]:
            factors = factors.filter(user__email=options["email"].strip().lower())
        step = totp.step_of(timezone.now())
        for factor in factors:
            self.stdout.write(f"{totp.code_at(factor.secret, step)}  {factor.user.email}")
