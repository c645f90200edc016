from django.urls import path

from consultation.silence import views

C = "consultations/<slug:slug>/silence"
ONE = f"{C}/<slug:public_id>"
urlpatterns = [
    path(f"{C}/", views.silences, name="silences"),
    path(f"{C}/start/", views.start_silence, name="start_silence"),
    path(f"{ONE}/", views.silence, name="silence"),
    path(f"{ONE}/break/", views.break_silence, name="break_silence"),
    path(f"{ONE}/withdraw/", views.withdraw_breaking, name="withdraw_breaking"),
    path(f"{ONE}/chair/", views.chair_silence, name="chair_silence"),
]
