"""Dispositions in the admin, only to read: those that are published."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet

from consultation.dispositions.models import Disposition
from consultation.record.admin import ReadOnlyAdmin


@admin.register(Disposition)
class DispositionAdmin(ReadOnlyAdmin):
    list_display = ("comment", "consultation", "published")
    list_filter = ("consultation",)
    list_select_related = ("comment__passage", "comment__organisation", "consultation", "published")
    fields = ("consultation", "comment", "published")

    def get_queryset(self, request: Any) -> "QuerySet[Disposition]":
        return super().get_queryset(request).filter(published__isnull=False)
