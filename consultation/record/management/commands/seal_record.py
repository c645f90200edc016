"""Seals what was written: the worker does the same every few seconds."""

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from consultation.record import sealing
from consultation.record.keys import KeyProblem
from consultation.record.models import Head


class Command(BaseCommand):
    help = "Give every entry of the record its place in the tree and sign the new head."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--after-loss",
            action="store_true",
            help="sign although entries of a head that was given out are gone (an older backup was restored)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sealed = sealing.continue_after_loss() if options["after_loss"] else 0
            sealed += sealing.seal_all()
        except KeyProblem as problem:
            raise CommandError(str(problem)) from problem
        head = Head.objects.first()
        self.stdout.write(f"{sealed} entries sealed.")
        self.stdout.write(f"Head over {head.size}: {head.root}" if head else "No key is configured: nothing is signed.")
