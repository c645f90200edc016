from django.urls import path

from consultation.moderation import public_views, redaction_views, views

urlpatterns = [
    path("moderation/", views.waiting, name="moderation"),
    path("moderation/several/", views.several, name="moderation_several"),
    path("moderation/decisions/<int:pk>/undo/", views.undo, name="undo_decision"),
    path("moderation/redactions/<int:pk>/", redaction_views.redaction, name="redaction"),
    path("moderation/<str:item_id>/redact/", redaction_views.redact, name="redact"),
    path("moderation/<str:item_id>/", views.item, name="moderation_item"),
    path("moderation/<str:item_id>/claim/", views.claim, name="claim_item"),
    path("consultations/<slug:slug>/moderation/", public_views.figures, name="moderation_figures"),
    path("consultations/<slug:slug>/flag/<str:item_id>/", public_views.flag, name="flag"),
    path("consultations/<slug:slug>/appeal/<str:item_id>/", public_views.appeal, name="appeal"),
    path("consultations/<slug:slug>/passages/<slug:ref>/stop/", public_views.stop, name="stop_thread"),
]
