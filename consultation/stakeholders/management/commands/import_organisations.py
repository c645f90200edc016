"""Organisations from a CSV file, all of them or none."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from consultation.stakeholders import importing
from consultation.stakeholders.actions import import_organisations


class Command(BaseCommand):
    help = "Import approved organisations from a CSV file: " + ", ".join(importing.COLUMNS)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only show what each row would do")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what each row does; with a problem anywhere name every one and write nothing."""
        try:
            content = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(_("The file cannot be read: %s.") % error.strerror) from error
        sheet = importing.read(content)
        if sheet.problems:
            raise CommandError("\n".join(map(str, sheet.problems)) + "\n" + _("Nothing was imported."))
        for line in sheet.lines:
            told = f"{line.row}: {line.application.name} – {line.outcome} {', '.join(line.changes)}".rstrip()
            self.stdout.write(told)
            if line.resembling:
                self.stdout.write("   " + _("same domain as: %s") % ", ".join(line.resembling))
        if options["dry_run"]:
            self.stdout.write(_("Nothing was imported (--dry-run)."))
            return
        number = import_organisations(None, [line.application for line in sheet.lines])
        self.stdout.write(_("Imported: %(new)d new, %(changed)d changed, %(unchanged)d unchanged.") % number)
