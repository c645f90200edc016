from django.urls import path

from consultation.positions.views import delegation, grid, position

urlpatterns = [
    path("consultations/<slug:slug>/passages/<slug:ref>/position/", position.position, name="position"),
    path("delegation/<slug:organisation>/<slug:slug>/sign/", delegation.sign_several, name="sign_several"),
    path("delegation/<slug:organisation>/<slug:slug>/positions/", grid.positions, name="positions"),
    path("delegation/", delegation.delegation, name="delegation"),
]
