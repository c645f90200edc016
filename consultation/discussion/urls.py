from django.urls import path

from consultation.discussion import reading_views, views

urlpatterns = [
    path("consultations/<slug:slug>/passages/<slug:ref>/comments/", views.add, name="add_comment"),
    path("consultations/<slug:slug>/passages/<slug:ref>/proposals/", reading_views.proposals, name="proposals"),
    path("consultations/<slug:slug>/comments/<slug:public_id>/", reading_views.permalink, name="comment"),
    path("consultations/<slug:slug>/comments/<slug:public_id>/replies/", reading_views.replies, name="replies"),
    path("consultations/<slug:slug>/comments/<slug:public_id>/history/", reading_views.history, name="comment_history"),
    path("consultations/<slug:slug>/comments/<slug:public_id>/edit/", views.edit, name="edit_comment"),
    path(
        "consultations/<slug:slug>/comments/<slug:public_id>/attribution/", views.attribution, name="attribute_comment"
    ),
    path("consultations/<slug:slug>/comments/<slug:public_id>/withdraw/", views.withdraw, name="withdraw_comment"),
    path("consultations/<slug:slug>/comments/<slug:public_id>/support/", views.support, name="support_proposal"),
]
