"""Tokens, webhooks and what was sent to them, for the secretariat to look at. Their own pages make and end them."""

from django.contrib import admin

from consultation.api.models import Delivery, Token, Webhook
from consultation.record.admin import ReadOnlyAdmin


@admin.register(Token)
class TokenAdmin(ReadOnlyAdmin):
    list_display = ("name", "organisation", "made_by", "made_at", "expires_at", "revoked_at", "last_used_at")
    list_select_related = ("organisation", "made_by")
    exclude = ("digest", "submission_id")


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin):
    list_display = ("url", "organisation", "consultation", "made_by", "made_at", "stopped_at", "problem")
    list_select_related = ("organisation", "consultation", "made_by")
    exclude = ("salt", "submission_id")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("event", "webhook", "state", "tries", "answer", "made_at", "ended_at", "problem")
    list_filter = ("state", "event")
    list_select_related = ("webhook",)
    exclude = ("claim",)
