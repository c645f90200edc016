from django.urls import path

from consultation.stakeholders import display, views

urlpatterns = [
    path("settings/", display.display, name="display"),
    path("help/", display.help_page, name="help"),
    path("accounts/", views.account, name="account"),
    path("accounts/data.json", views.account_data, name="account_data"),
    path("organisations/apply/", views.apply_for_organisation, name="apply"),
    path("organisations/<slug:slug>/delegation/", views.members, name="members"),
    path("organisations/<slug:slug>/delegation/<int:pk>/", views.member, name="member"),
    path(
        "organisations/<slug:slug>/delegation/invitations/<int:pk>/take-back/",
        views.take_back_invitation,
        name="take_back_invitation",
    ),
    path("organisations/<slug:slug>/delegation/take-over/", views.take_over, name="take_over"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
]
