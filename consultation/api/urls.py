from django.urls import path

from consultation.api import desk_views, drafting_views, feeds, views

_C = "api/v1/consultations/<slug:slug>/"

urlpatterns = [
    path("api/", views.about, name="api"),
    path("api/v1/openapi.json", views.openapi, name="api_openapi"),
    path("api/v1/consultations/", views.consultations, name="api_consultations"),
    path(_C, views.consultation, name="api_consultation"),
    path(f"{_C}passages/", views.passages, name="api_passages"),
    path(f"{_C}passages/<slug:ref>/", views.passage, name="api_passage"),
    path(f"{_C}passages/<slug:ref>/comments/", drafting_views.draft_comment, name="api_draft_comment"),
    path(f"{_C}passages/<slug:ref>/position/", drafting_views.draft_position, name="api_draft_position"),
    path(f"{_C}comments/", views.comments, name="api_comments"),
    path(f"{_C}summary/", views.summary, name="api_summary"),
    path(f"{_C}positions/", views.positions, name="api_positions"),
    path("api/v1/<path:rest>", views.nothing, name="api_nothing"),
    path("delegation/<slug:organisation>/tokens/", desk_views.tokens, name="tokens"),
    path("delegation/<slug:organisation>/tokens/<int:pk>/revoke/", desk_views.revoke_token, name="revoke_token"),
    path("delegation/<slug:organisation>/webhooks/", desk_views.webhooks, name="webhooks"),
    path("delegation/<slug:organisation>/webhooks/<int:pk>/stop/", desk_views.stop_webhook, name="stop_webhook"),
    path("consultations/<slug:slug>/webhooks/", desk_views.secretariat_webhooks, name="secretariat_webhooks"),
    path(
        "consultations/<slug:slug>/webhooks/<int:pk>/stop/",
        desk_views.stop_secretariat_webhook,
        name="stop_secretariat_webhook",
    ),
    path("consultations/<slug:slug>/feed.atom", feeds.of_consultation, name="feed"),
    path("consultations/<slug:slug>/passages/<slug:ref>/feed.atom", feeds.of_passage, name="passage_feed"),
]
