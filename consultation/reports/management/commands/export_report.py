"""A report as a file: fixture, Markdown or DOCX, by the ending of the file's name."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from consultation.reports.contents import contents_of
from consultation.reports.exports import FORMS, export
from consultation.reports.models import Report


class Command(BaseCommand):
    help = "Write the report SLUG to FILE (.json, .yaml, .md, .docx); reading it gives the same report."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        report = Report.objects.filter(slug=options["slug"]).first()
        form = options["file"].suffix.lstrip(".")
        if report is None or form not in FORMS:
            raise CommandError("No report has this slug." if report is None else f"Name a file of {', '.join(FORMS)}.")
        options["file"].write_bytes(export(contents_of(report), form))
        self.stdout.write(f"Written: {options['file'].name}")
