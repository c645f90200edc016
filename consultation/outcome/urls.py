from django.urls import path

from consultation.outcome import views

C = "consultations/<slug:slug>"
urlpatterns = [
    path(f"{C}/outcome/", views.outcome, name="outcome"),
    path(f"{C}/outcome/edit/", views.edit_outcome, name="edit_outcome"),
    path(f"{C}/outcome/publish/", views.publish_outcome, name="publish_outcome"),
    path(f"{C}/outcome/data.json", views.summary_data, name="summary_data"),
    path(f"{C}/outcome/<int:number>/", views.outcome, name="outcome_version"),
    *(
        path(f"{C}/outcome/<int:number>/outcome.{e}", views.version_file, {"extension": e}, name=f"outcome_version_{e}")
        for e in ("docx", "pdf", "json")
    ),
    *(path(f"{C}/outcome.{e}", views.outcome_file, {"extension": e}, name=f"outcome_{e}") for e in ("docx", "pdf")),
    *(path(f"{C}/summary.{e}", views.summary_file, {"extension": e}, name=f"summary_{e}") for e in ("docx", "pdf")),
]
