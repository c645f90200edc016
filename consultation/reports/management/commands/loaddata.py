"""Django's `loaddata`, in which a fixture of a report is checked and recorded as by `load_report`, and is alone."""

from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command
from django.core.management.commands import loaddata
from django.core.serializers.base import DeserializationError

from consultation.reports import fixture_files
from consultation.reports.models import Report

_SUFFIXES = {".json", ".yaml", ".yml"}


class Command(loaddata.Command):
    """Docs/decisions/132. What is shipped with the program is loaded by Django into an installation without reports."""

    def load_label(self, fixture_label: str) -> Any:
        """One label of the command line. Raises `CommandError`; then nothing of any label is kept."""
        files = [Path(found) for found, _folder, _name in self.find_fixtures(fixture_label)]
        of_reports = [file for file in files if file.suffix in _SUFFIXES and _holds_a_report(file)]
        shipped = not Path(fixture_label).suffix and not Report.objects.exists()
        if not of_reports or shipped:
            return self._by_django(fixture_label)
        for file in of_reports:
            call_command("load_report", file, stdout=self.stdout)
            self.fixture_count += 1
        return None

    def _by_django(self, fixture_label: str) -> Any:
        """Raises `CommandError` with a sentence for a file of somebody's, Django's own errors for what is shipped."""
        try:
            return super().load_label(fixture_label)
        except DeserializationError as error:
            if not Path(fixture_label).suffix:
                raise
            raise CommandError(f"Nothing was stored. {error}") from error


def _holds_a_report(file: Path) -> bool:
    return fixture_files.names_a_report(file.name, file.read_bytes())
