"""`load_content`: the portal's starting texts, at every release; nothing the agency has edited is touched."""

from django.core.management.base import BaseCommand

from stars.pages import content


class Command(BaseCommand):
    help = "Put in the starting pages, news, questions and policies that are missing."

    def handle(self, *_args: object, **_options: object) -> None:
        loaded = content.load()
        numbers = f"{loaded.pages} pages, {loaded.news} news, {loaded.questions} questions, {loaded.policies} policies"
        self.stdout.write(f"Put in: {numbers}.")
