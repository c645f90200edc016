"""The outbox in the admin: what waits, what was sent, what is parked and may be sent again. Never the text."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultation.notifications import actions, rules
from consultation.notifications.models import Mail, Told
from consultation.record.admin import ReadOnlyAdmin


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = ("recipient", "subject", "state", "tries", "next_try_at", "made_at", "problem")
    list_filter = ("state", "is_digest")
    search_fields = ("recipient", "message_id")
    fields = (
        "recipient",
        "sender",
        "subject",
        "message_id",
        "state",
        "tries",
        "next_try_at",
        "made_at",
        "ended_at",
        "problem",
    )
    actions = ["send_again"]

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        return rules.may_see_mails(request.user)

    @admin.action(description=gettext_lazy("Send the selected parked mails again"))
    def send_again(self, request: Any, queryset: "QuerySet[Mail]") -> None:
        """Try each parked one from the beginning."""
        parked = [actions.send_again(mail) for mail in queryset.filter(state=Mail.State.PARKED)]
        messages.success(request, _("Mails that are tried again: %s") % len(parked))


@admin.register(Told)
class ToldAdmin(ReadOnlyAdmin):
    """The entries that nobody could be told of."""

    list_display = ("entry", "at", "problem")
    list_select_related = ("entry",)

    def get_queryset(self, request: Any) -> "QuerySet[Told]":
        return super().get_queryset(request).exclude(problem="")
