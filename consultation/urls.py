"""Addresses: the contract's, each in its room."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _

admin.site.site_header = _("Consultation: secretariat")
admin.site.site_title = _("Consultation")
# The admin has no sign-in of its own: throttling and second factors hold for it too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.index_title = _("Secretariat")

handler400 = "consultation.refusals.bad_request"
handler500 = "consultation.refusals.server_error"
handler429 = "consultation.refusals.too_many"  # asked for by allauth

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("consultation.record.urls")),
    path("", include("consultation.stakeholders.urls")),
    path("", include("consultation.consultations.urls")),
    path("", include("consultation.summaries.urls")),
    path("", include("consultation.drafting.urls")),
    path("", include("consultation.silence.urls")),
    path("", include("consultation.dispositions.urls")),
    path("", include("consultation.outcome.urls")),
    path("", include("consultation.commitments.urls")),
    path("", include("consultation.discussion.urls")),
    path("", include("consultation.positions.urls")),
    path("", include("consultation.practices.urls")),
    path("", include("consultation.statements.urls")),
    path("", include("consultation.moderation.urls")),
    path("", include("consultation.receipts.urls")),
    path("", include("consultation.offline.urls")),
    path("", include("consultation.notifications.urls")),
    path("", include("consultation.api.urls")),
    path("", include("consultation.search.urls")),
    path("", include("consultation.serving.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
if settings.DEBUG:
    from consultation.styleguide import styleguide

    urlpatterns += [path("styleguide/", styleguide)]
