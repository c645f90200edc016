from django.urls import path

from consultation.positions.views import delegation, grid, position, spreadsheet

urlpatterns = [
    path("consultations/<slug:slug>/passages/<slug:ref>/position/", position.position, name="position"),
    path("delegation/<slug:organisation>/<slug:slug>/sign/", delegation.sign_several, name="sign_several"),
    path("delegation/<slug:organisation>/<slug:slug>/positions/", grid.positions, name="positions"),
    path("delegation/<slug:organisation>/<slug:slug>/positions.xlsx", spreadsheet.download, name="positions_xlsx"),
    path("delegation/<slug:organisation>/<slug:slug>/positions/upload/", spreadsheet.upload, name="positions_upload"),
    path("delegation/", delegation.delegation, name="delegation"),
]
