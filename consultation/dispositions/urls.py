from django.urls import path

from consultation.dispositions import public_views, views

_AT = "consultations/<slug:slug>/dispositions"

urlpatterns = [
    path(f"{_AT}/", public_views.dispositions, name="dispositions"),
    path(f"{_AT}.json", public_views.dispositions_json, name="dispositions_json"),
    path("consultations/<slug:slug>/comments-table.docx", public_views.comments_table_docx, name="comments_table_docx"),
    path("consultations/<slug:slug>/comments-table.xlsx", public_views.comments_table_xlsx, name="comments_table_xlsx"),
    path(f"{_AT}/edit/", views.edit, name="edit_dispositions"),
    path(f"{_AT}/edit/<slug:public_id>/", views.edit_one, name="edit_disposition"),
    path(f"{_AT}/publish/", views.publish, name="publish_dispositions"),
    path(f"{_AT}/<slug:public_id>/", public_views.disposition, name="disposition"),
]
