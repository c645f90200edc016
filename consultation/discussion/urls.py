from django.urls import path

from consultation.discussion import views

urlpatterns = [
    path("consultations/<slug:slug>/passages/<slug:ref>/comments/", views.add, name="add_comment"),
    path("consultations/<slug:slug>/comments/<slug:public_id>/", views.permalink, name="comment"),
    path("consultations/<slug:slug>/comments/<slug:public_id>/edit/", views.edit, name="edit_comment"),
    path("consultations/<slug:slug>/comments/<slug:public_id>/withdraw/", views.withdraw, name="withdraw_comment"),
]
