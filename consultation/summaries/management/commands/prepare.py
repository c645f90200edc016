"""From an empty database to a running application: migrations, groups, the report, its frameworks, sample accounts."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, call_command
from django.core.serializers.base import DeserializationError
from django.db import transaction

from consultation.record import sealing
from consultation.record.keys import KeyProblem
from consultation.reports.framework_actions import follow_text
from consultation.reports.models import Instrument, Report
from consultation.stakeholders.models import StakeholderGroup
from consultation.summaries import sample


class Command(BaseCommand):
    help = (
        "Migrate the database and load what is missing: groups, the report with its reference frameworks and, "
        "with SAMPLE_DATA=1, sample accounts."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        if not StakeholderGroup.objects.exists():
            call_command("loaddata", "stakeholder-groups", verbosity=0)
        if not Report.objects.exists():
            call_command("loaddata", "gfmd-gcm-cluster-1", verbosity=0)
        if not Instrument.objects.exists():
            self._load_frameworks()
        if settings.SAMPLE_DATA:
            made = sample.load()
            self.stdout.write("Sample data: made." if made else "Sample data: kept as they are.")
            self.stdout.write(f"Sample accounts, password {sample.PASSWORD}:")
            for address in sample.addresses():
                self.stdout.write(f"  {address}")
        try:
            sealing.seal_all()
        except KeyProblem as problem:  # The site is of use without; its operator has to decide.
            self.stderr.write(f"The record is not sealed: {problem}")
        self.stdout.write(f"Address: {settings.SITE_URL}/")

    def _load_frameworks(self) -> None:
        """The instruments that the first report invokes, with its mentions; none where the report is another by now."""
        report = Report.objects.filter(slug="gfmd-gcm-cluster-1").first()
        if report is None:
            return
        try:
            with transaction.atomic():
                call_command("loaddata", "gfmd-gcm-cluster-1-frameworks", verbosity=0)
                follow_text(report)
        except DeserializationError:
            self.stdout.write("Reference frameworks: not loaded, the report has other passages than their mentions.")
