"""The signature of what is sent to a webhook, as Standard Webhooks 1.0 has it.

The secret is made of a salt in the database and the installation's key: who reads the database alone signs nothing.
docs/decisions/107.
"""

import base64
import hashlib
import hmac

from django.conf import settings

from consultation.api.models import Webhook

PREFIX = "whsec_"
_PURPOSE = b"consultation.api.webhook:"


def secret_of(hook: Webhook) -> str:
    """What its owner checks signatures with: shown once, when the webhook is made."""
    return PREFIX + base64.b64encode(_key(hook)).decode()


def signed(hook: Webhook, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of one try."""
    told = f"{message_id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.digest(_key(hook), told, hashlib.sha256)).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{signature}",
    }


def _key(hook: Webhook) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), _PURPOSE + hook.salt.encode(), hashlib.sha256)
