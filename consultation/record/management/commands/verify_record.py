"""Checks the record against the tables: for a timer, and after every restore."""

from typing import Any

from django.core.management import BaseCommand, CommandError

from consultation.record import checking
from consultation.record.models import Entry, Leaf


class Command(BaseCommand):
    help = "Recompute the whole record from the tables; name every entry that was changed, removed, added or moved."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for problem in checking.problems():
            self.stdout.write(problem)
            found += 1
        if found:
            raise CommandError(f"The record is not as it was sealed: {found} findings.")
        sealed = Leaf.objects.exclude(seq=None).count()
        self.stdout.write(f"The record is whole: {Entry.objects.count()} entries, {sealed} of them sealed.")
