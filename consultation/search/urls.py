from django.urls import path

from consultation.search import published_views, views

urlpatterns = [
    path("search/", views.search, name="search"),
    path("organisations/<slug:slug>/", published_views.organisation, name="organisation"),
    path("consultations/<slug:slug>/comments.json", published_views.comments_json, name="comments_json"),
    path("consultations/<slug:slug>/comments.csv", published_views.comments_csv, name="comments_csv"),
    path("consultations/<slug:slug>/comments.xlsx", published_views.comments_xlsx, name="comments_xlsx"),
]
