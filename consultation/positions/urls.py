from django.urls import path

from consultation.positions import views

urlpatterns = [
    path("consultations/<slug:slug>/passages/<slug:ref>/position/", views.position, name="position"),
    path("delegation/<slug:organisation>/<slug:slug>/sign/", views.sign_several, name="sign_several"),
    path("delegation/", views.delegation, name="delegation"),
]
