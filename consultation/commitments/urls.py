from django.urls import path

from consultation.commitments import views

C = "consultations/<slug:slug>/commitments"
ONE = f"{C}/<slug:public_id>"
urlpatterns = [
    path(f"{C}/", views.commitments, name="commitments"),
    path(f"{C}.csv", views.commitments_csv, name="commitments_csv"),
    path(f"{C}.json", views.commitments_json, name="commitments_json"),
    path(f"{C}/pledge/", views.pledge, name="pledge"),
    path(f"{ONE}/", views.commitment, name="commitment"),
    path(f"{ONE}/change/", views.change_commitment, name="change_commitment"),
    path(f"{ONE}/sign/", views.sign_commitment, name="sign_commitment"),
    path(f"{ONE}/withdraw/", views.withdraw_commitment, name="withdraw_commitment"),
    path(f"{ONE}/progress/<int:benchmark>/", views.progress, name="progress"),
    path(f"{ONE}/progress/<int:benchmark>/sign/", views.sign_progress, name="sign_progress"),
]
