"""Benchmarks in the admin; commitments are the organisations' own and are only read there."""

from typing import Any

from django.contrib import admin

from consultation.commitments.models import Benchmark
from consultation.record.admin import RecordedAdmin


@admin.register(Benchmark)
class BenchmarkAdmin(RecordedAdmin):
    """Once something is reported at a benchmark, its consultation and date stand."""

    recorded_words = ("name",)
    list_display = ("name", "date", "consultation")
    list_select_related = ("consultation",)
    list_filter = ("consultation",)

    def get_readonly_fields(self, request: Any, obj: Benchmark | None = None) -> tuple[str, ...]:
        return ("consultation", "date") if obj and obj.progress.exists() else ()
