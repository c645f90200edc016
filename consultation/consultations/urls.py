from django.urls import path

from consultation.consultations import views

urlpatterns = [
    path("", views.home, name="home"),
    path("consultations/<slug:slug>/", views.overview, name="overview"),
    path("consultations/<slug:slug>/code/", views.access_code, name="access_code"),
]
