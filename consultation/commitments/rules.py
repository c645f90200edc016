"""When commitments and reports can be made. Who drafts and who signs: as with positions."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consultation.commitments.models import Benchmark
from consultation.consultations.models import Consultation
from consultation.record import clock
from consultation.record.errors import Refusal


def require_outcome(consultation: Consultation) -> None:
    """Raise `Refusal` until the outcome is published: commitments are made on it."""
    if consultation.state != Consultation.State.OUTCOME_PUBLISHED:
        raise Refusal(_("Commitments are made after the outcome is published."))


def today(consultation: Consultation) -> date:
    """The day that it is at the consultation's place."""
    return clock.now().astimezone(consultation.zone).date()


def has_come(benchmark: Benchmark, consultation: Consultation) -> bool:
    """Progress is reported from the day of the benchmark on."""
    return benchmark.date <= today(consultation)


def require_come(benchmark: Benchmark, consultation: Consultation) -> None:
    """Raise `Refusal` before the day of the benchmark."""
    if not has_come(benchmark, consultation):
        raise Refusal(
            _("Progress at “%(name)s” can be reported from %(date)s on.")
            % {"name": benchmark.name, "date": date_format(benchmark.date, "j F Y")}
        )
