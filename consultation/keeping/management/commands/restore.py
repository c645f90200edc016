"""Restores a backup, and checks the record afterwards."""

import time
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from consultation.keeping import actions
from consultation.keeping.encryption import read_key
from consultation.keeping.errors import BackupProblem
from consultation.record import checking


class Command(BaseCommand):
    help = "Restore a backup into an empty installation, or with --replace over what is here. Stop the servers first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--key-file", help="the key that the backup was encrypted with")
        parser.add_argument("--replace", action="store_true", help="put it in the place of the data that is here")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        try:
            key = read_key(options["key_file"]) if options["key_file"] else None
            manifest = actions.restore(Path(options["file"]), key, replace=options["replace"])
        except BackupProblem as problem:
            raise CommandError(str(problem)) from problem
        rows = sum(table["rows"] for table in manifest["tables"].values())
        self.stdout.write(f"Restored as of {manifest['made_at']}: {rows} rows in {len(manifest['tables'])} tables.")
        self.stdout.write(f"People erased again: {manifest['erased_again']}.")
        found = list(checking.problems())
        for finding in found:
            self.stdout.write(finding)
        self.stdout.write(f"Took {time.monotonic() - began:.0f} seconds.")
        if found:
            raise CommandError(
                "The record is not the one that was sealed last. Where entries are lost with the older backup, "
                "manage.py seal_record --after-loss signs what is here."
            )
        self.stdout.write("The record is whole.")
