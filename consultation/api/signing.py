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
    return PREFIX + base64.b64encode(_key(hook, settings.SECRET_KEY)).decode()


def signed(hook: Webhook, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of one try, with a signature by each key of the installation that is still taken."""
    told = f"{message_id}.{timestamp}.".encode() + body
    keys = [_key(hook, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    signatures = [base64.b64encode(hmac.digest(key, told, hashlib.sha256)).decode() for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def _key(hook: Webhook, key: str) -> bytes:
    return hmac.digest(key.encode(), _PURPOSE + hook.salt.encode(), hashlib.sha256)
