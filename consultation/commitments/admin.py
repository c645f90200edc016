"""Benchmarks in the admin; commitments are the organisations' own and are only read there."""

from django.contrib import admin

from consultation.commitments.models import Benchmark


@admin.register(Benchmark)
class BenchmarkAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "date", "consultation")
    list_select_related = ("consultation",)
    list_filter = ("consultation",)
