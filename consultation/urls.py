"""Addresses: the contract's, each in its room."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

admin.site.site_header = _("Consultation: secretariat")
admin.site.site_title = _("Consultation")
# The admin has no sign-in of its own: throttling and second factors hold for it too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.index_title = _("Secretariat")

handler429 = "consultation.refusals.too_many"  # asked for by allauth

urlpatterns = [
    path("", include("consultation.record.urls")),
    path("", include("consultation.stakeholders.urls")),
    path("", include("consultation.consultations.urls")),
    path("", include("consultation.summaries.urls")),
    path("", include("consultation.dispositions.urls")),
    path("", include("consultation.outcome.urls")),
    path("", include("consultation.commitments.urls")),
    path("", include("consultation.discussion.urls")),
    path("", include("consultation.positions.urls")),
    path("", include("consultation.moderation.urls")),
    path("", include("consultation.notifications.urls")),
    path("", include("consultation.search.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
