from django.urls import path

from consultation.drafting import views

C = "consultations/<slug:slug>/next-text"
urlpatterns = [
    path(f"{C}/", views.next_text, name="next_text"),
    path(f"{C}/draft/", views.desk, name="draft_next_text"),
    path(f"{C}/draft/passages/<slug:ref>/", views.passage, name="draft_passage"),
    path(f"{C}/draft/passages/<slug:ref>/after/", views.insert, name="insert_passage"),
    path(f"{C}/draft/new/<slug:public_id>/", views.inserted, name="draft_new_passage"),
    path(f"{C}/publish/", views.publish, name="publish_next_text"),
]
