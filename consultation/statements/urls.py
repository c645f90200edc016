from django.urls import path

from consultation.statements import views

P = "consultations/<slug:slug>/passages/<slug:ref>/statements"
urlpatterns = [
    path(f"{P}/in-the-name-of/<slug:grouping>/", views.make_statement, name="make_statement"),
    path(f"{P}/<slug:public_id>/", views.group_statement, name="group_statement"),
    path(f"{P}/<slug:public_id>/confirm/", views.confirm_statement, name="confirm_statement"),
    path(f"{P}/<slug:public_id>/dissociate/", views.dissociate, name="dissociate"),
]
