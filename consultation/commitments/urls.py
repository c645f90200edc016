from django.urls import path
from django.views.generic import RedirectView

urlpatterns = [
    path("consultations/<slug:slug>/commitments/", RedirectView.as_view(pattern_name="outcome"), name="commitments")
]
