"""A fixture of a report, checked in full, shown as a difference, loaded in one transaction."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from consultation.record.errors import Refusal
from consultation.reports import actions, fixture_files
from consultation.reports.checks import check
from consultation.reports.comparison import compare
from consultation.reports.contents import contents_of
from consultation.reports.models import Edition, Report


class Command(BaseCommand):
    help = "Load a report from a fixture FILE (.json, .yaml). It can hold a report and nothing else."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="show the difference, and store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            contents = fixture_files.read(file.name, file.read_bytes())
            check(contents)
            report = Report.objects.filter(slug=contents.report.slug).first()
            found = compare(contents_of(report) if report else None, contents)
            for change in found.passages:
                self.stdout.write(f"{change.kind}: {change.ref} {', '.join(change.fields)}".rstrip())
            for name, old, new in found.title_block:
                self.stdout.write(f"{name}: {old} -> {new}")
            if options["dry_run"]:
                self.stdout.write("Nothing was stored (--dry-run).")
                return
            report = actions.store(None, contents, way=Edition.Way.FIXTURE, file_name=file.name)
        except Refusal as refusal:
            raise CommandError(f"Nothing was stored.\n{refusal.sentence}") from refusal
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}") from error
        self.stdout.write(f"Stored: {report.slug}." if not found.same else "Already there, without a difference.")
