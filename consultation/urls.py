"""Addresses: the contract's, each in its room."""

from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

admin.site.site_header = _("Consultation: secretariat")
admin.site.site_title = _("Consultation")
admin.site.index_title = _("Secretariat")

urlpatterns = [
    path("", include("consultation.record.urls")),
    path("", include("consultation.stakeholders.urls")),
    path("", include("consultation.consultations.urls")),
    path("", include("consultation.summaries.urls")),
    path("", include("consultation.discussion.urls")),
    path("", include("consultation.positions.urls")),
    path("", include("consultation.moderation.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
