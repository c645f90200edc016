"""Backs up the database and the uploads into one file, while the application runs."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from consultation.keeping import actions
from consultation.keeping.encryption import read_key
from consultation.keeping.errors import BackupProblem


class Command(BaseCommand):
    help = "Write the database as it is at one instant, and the uploads, to FILE; encrypted where a key is given."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--key-file", help="a file with 32 random bytes in base64; keep it elsewhere")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key = read_key(options["key_file"]) if options["key_file"] else None
            manifest = actions.backup(Path(options["file"]), key)
        except BackupProblem as problem:
            raise CommandError(str(problem)) from problem
        rows = sum(table["rows"] for table in manifest["tables"].values())
        size = Path(options["file"]).stat().st_size
        self.stdout.write(f"{options['file']}: {rows} rows in {len(manifest['tables'])} tables, {size} bytes.")
        if key is None:
            self.stdout.write("Not encrypted: whoever has the file has the data. --key-file encrypts it.")
