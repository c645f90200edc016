"""Two factors in a real browser: an authenticator app's code, and a passkey made and used by the browser itself."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from tests.browser.conftest import picture
from tests.browser.test_newcomer import PASSWORD, sign_up


@pytest.fixture
def page(open_browser, site):
    """A browser at localhost by name (passkeys belong to names, not to numbers) with an authenticator of its own."""
    page = open_browser()
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(site.replace("127.0.0.1", "localhost"))
    return page


def go(page, path):
    page.goto(re.match(r"http://[^/]+", page.url).group(0) + path)


def sign_in(page, email):
    go(page, "/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()


def confirm_password(page):
    """What the accounts ask before they change a second factor."""
    if page.locator("main [name=password]").count():
        page.fill("main [name=password]", PASSWORD)
        page.locator("main form button[type=submit]").first.click()


def sign_out(page):
    go(page, "/accounts/logout/")
    page.locator("main form button[type=submit]").click()


def newcomer(page, mails, email):
    """An account of its own, so that the sample accounts stay as every other test expects them."""
    home = page.url
    go(page, "/accounts/signup/")
    sign_up(page, mails, email, "K. Sample")
    page.goto(home)


def code(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_an_authenticator_app_is_asked_for_its_code(page, mails):
    email = "codes@factors.example"
    newcomer(page, mails, email)
    sign_in(page, email)
    go(page, "/accounts/2fa/totp/activate/")
    confirm_password(page)
    secret = page.input_value("#authenticator_secret, [readonly], [disabled]")
    picture(page, "totp-1280")
    page.fill("[name=code]", code(secret))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/2fa/**")
    sign_out(page)
    sign_in(page, email)
    page.fill("[name=code]", "000000")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("body")).to_contain_text("Incorrect code")
    page.fill("[name=code]", code(secret))
    page.locator("main form button[type=submit]").first.click()
    page.get_by_text("You are signed in as").wait_for()


def test_a_passkey_signs_in_without_a_password(page, mails):
    email = "keys@factors.example"
    newcomer(page, mails, email)
    sign_in(page, email)
    go(page, "/accounts/2fa/webauthn/add/")
    confirm_password(page)
    page.fill("[name=name]", "Sample key")
    page.check("[name=passwordless]")
    picture(page, "passkey-1280")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/")
    sign_out(page)
    go(page, "/accounts/login/")
    page.get_by_role("button", name=re.compile("passkey", re.IGNORECASE)).click()
    page.get_by_text("You are signed in as").wait_for()
    go(page, "/accounts/email/")
    assert email in page.content()
