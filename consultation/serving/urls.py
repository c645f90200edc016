from django.urls import path

from consultation.serving import views

urlpatterns = [path("metrics", views.metrics, name="metrics")]
