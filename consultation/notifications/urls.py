from django.urls import path

from consultation.notifications import views

urlpatterns = [
    path("notifications/", views.told, name="notifications"),
    path("notifications/read/", views.mark_read, name="mark_read"),
    path("notifications/settings/", views.settings, name="notification_settings"),
    path("notifications/unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("consultations/<slug:slug>/follow/", views.follow, name="follow"),
]
