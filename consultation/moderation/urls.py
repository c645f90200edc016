from django.urls import path

from consultation.moderation import views

urlpatterns = [
    path("moderation/", views.waiting, name="moderation"),
    path("moderation/<slug:item_id>/", views.item, name="moderation_item"),
]
