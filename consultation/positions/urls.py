from django.urls import path

from consultation.positions.views import delegation, position

urlpatterns = [
    path("consultations/<slug:slug>/passages/<slug:ref>/position/", position.position, name="position"),
    path("delegation/<slug:organisation>/<slug:slug>/sign/", delegation.sign_several, name="sign_several"),
    path("delegation/", delegation.delegation, name="delegation"),
]
