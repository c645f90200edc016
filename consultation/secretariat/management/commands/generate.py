"""A large consultation to measure with: organisations, comments and positions, all made up."""

import time
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from consultation.secretariat.generation import Sizes, generate


class Command(BaseCommand):
    help = "Generate a consultation of a given size to measure with. Needs SAMPLE_DATA=1 and a prepared database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organisations", type=int, default=2000)
        parser.add_argument("--comments", type=int, default=10_000)
        parser.add_argument("--positions", type=int, default=4_000)
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same data")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()

        def told(what: str, done: int, of: int) -> None:
            self.stdout.write(f"{time.monotonic() - started:6.1f} s  {done} of {of} {what}")

        sizes = Sizes(options["organisations"], options["comments"], options["positions"], options["seed"])
        if min(sizes.organisations, sizes.comments + 1, sizes.positions + 1) < 1:
            raise CommandError("There must be at least one organisation, and no number may be negative.")
        try:
            consultation = generate(sizes, told)
        except (RuntimeError, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"/consultations/{consultation.slug}/")
