"""After a change of the installation's key, what the earlier one signed is taken until it is given up."""

import base64
import hashlib
import hmac
import secrets

import pytest

from consultation.api import signing
from consultation.api.models import Webhook
from consultation.notifications import unsubscribing
from tests import factories

EARLIER, NEWER = "e" * 60, "n" * 60


@pytest.fixture
def change(settings):
    """Let the newer key be the installation's, with the earlier one still taken, or given up."""
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = EARLIER, []

    def changed(*still_taken):
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEWER, list(still_taken)

    return changed


def test_who_is_signed_in_stays_so(db, as_user, change):
    browser = as_user(factories.UserFactory())
    change(EARLIER)
    assert browser.get("/notifications/settings/").status_code == 200
    change()
    # Django gave the session the newer key's mark meanwhile.
    assert browser.get("/notifications/settings/").status_code == 200


def test_who_is_signed_in_is_signed_out_where_the_earlier_key_is_given_up_at_once(db, as_user, change):
    browser = as_user(factories.UserFactory())
    change()
    assert browser.get("/notifications/settings/").status_code == 302


def test_links_in_mails_lead_where_they_led(change):
    token = unsubscribing.address(7, unsubscribing.DAILY).rstrip("/").rpartition("/")[2]
    change(EARLIER)
    assert unsubscribing.read(token) == (7, unsubscribing.DAILY)
    change()
    assert unsubscribing.read(token) is None


def test_a_webhook_is_signed_by_each_key_that_is_taken(change):
    hook = Webhook(salt=secrets.token_hex(16))
    first = signing.secret_of(hook)
    assert checks(hook, first)
    change(EARLIER)
    second = signing.secret_of(hook)
    assert second != first
    assert checks(hook, first)
    assert checks(hook, second)
    change()
    assert checks(hook, second)
    assert not checks(hook, first)


def checks(hook, secret):
    """Whether a receiver with this secret takes it, as Standard Webhooks says: any of the signatures is enough."""
    headers = signing.signed(hook, "msg_1", 1_700_000_000, b"{}")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.digest(key, b"msg_1.1700000000.{}", hashlib.sha256)).decode()
    return f"v1,{expected}" in headers["webhook-signature"].split(" ")
