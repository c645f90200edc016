from django.urls import path

from consultation.practices import views, writing_views

urlpatterns = [
    path("consultations/<slug:slug>/practices/", views.practices, name="practices"),
    path("consultations/<slug:slug>/practices.json", views.practices_json, name="practices_json"),
    path("consultations/<slug:slug>/practices.csv", views.practices_csv, name="practices_csv"),
    path("consultations/<slug:slug>/practices.xlsx", views.practices_xlsx, name="practices_xlsx"),
    path("consultations/<slug:slug>/practices/new/", writing_views.add, name="add_practice"),
    path("consultations/<slug:slug>/practices/<slug:public_id>/", views.practice, name="practice"),
    path("consultations/<slug:slug>/practices/<slug:public_id>/edit/", writing_views.edit, name="edit_practice"),
    path(
        "consultations/<slug:slug>/practices/<slug:public_id>/withdraw/",
        writing_views.withdraw,
        name="withdraw_practice",
    ),
]
