"""Lets go what is kept longer than its period. A timer runs it with --apply once a day."""

from typing import Any

from django.core.management import BaseCommand, CommandParser

from consultation.keeping import retention


class Command(BaseCommand):
    help = "Say what is kept longer than its period; with --apply, let it go and say so on the record."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="do it; without, nothing is changed")

    def handle(self, *args: Any, **options: Any) -> None:
        numbers = retention.apply() if options["apply"] else retention.due()
        for period in retention.PERIODS:
            line = f"{period.name}: {numbers[period.name]} after {period.kept.days} days ({period.why})"
            self.stdout.write(line)
        if not options["apply"]:
            self.stdout.write("Nothing was changed. --apply lets them go.")
