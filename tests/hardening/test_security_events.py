"""Each try to sign in leaves a line that a program can count, and that tells nobody who tried."""

import json
import logging

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from consultation.serving.logs import JsonLines
from tests import factories

PASSWORD, WRONG = "canary-password-of-a-delegate", "canary-wrong-password"


@pytest.fixture
def events(caplog):
    """The lines of security as JSON, as a site writes them."""
    caplog.set_level(logging.INFO, logger="consultation.security")

    def read():
        lines = [JsonLines().format(record) for record in caplog.records if record.name == "consultation.security"]
        caplog.clear()
        return [json.loads(line) for line in lines]

    return read


@pytest.fixture
def person(db):
    made = factories.UserFactory(email="known@example.org")
    made.set_password(PASSWORD)
    made.save()
    made.emailaddress_set.update_or_create(email=made.email, defaults={"verified": True, "primary": True})
    return made


def signs_in(browser, email, password):
    return browser.post("/accounts/login/", {"login": email, "password": password})


def test_each_try_is_a_line_with_what_stands_for_account_and_network(client, person, events):
    signs_in(client, person.email, WRONG)
    signs_in(client, "nobody-has-this@example.org", WRONG)
    signs_in(client, "Known@Example.org ", PASSWORD)
    client.post("/accounts/logout/")
    told = events()
    assert [line["event"] for line in told] == ["sign_in.failed", "sign_in.failed", "sign_in.done", "sign_out.done"]
    assert [line["level"] for line in told] == ["WARNING", "WARNING", "INFO", "INFO"]
    known, unknown, after, left = (line["account"] for line in told)
    assert known == after == left
    assert unknown not in {known, "-"}
    assert len({line["network"] for line in told} - {"-"}) == 1
    assert all(line["request_id"] for line in told)


def test_what_was_typed_stands_in_no_line(client, person, events):
    signs_in(client, person.email, WRONG)
    signs_in(client, "a\x1b[2J\n2026 CRITICAL forged@example.org", WRONG)
    signs_in(client, person.email, PASSWORD)
    lines = events()
    written = json.dumps(lines)
    assert len(lines) >= 2
    for secret in (WRONG, PASSWORD, person.email, "known", "forged", "127.0.0.1", client.session.session_key):
        assert secret not in written


def test_who_tries_too_often_is_told_of_as_such(client, person, events):
    for _time in range(7):
        signs_in(client, person.email, WRONG)
    told = [line["event"] for line in events()]
    assert told == ["sign_in.failed"] * 5 + ["sign_in.throttled"] * 2


def test_another_network_is_another_name(person, events):
    for address in ("192.0.2.1", "192.0.2.1", "198.51.100.7"):
        signs_in(Client(REMOTE_ADDR=address), person.email, WRONG)
    first, again, other = (line["network"] for line in events())
    assert first == again != other


def test_a_wrong_code_and_changes_of_how_one_signs_in_are_told(client, person, events):
    RecoveryCodes.activate(person)
    totp.TOTP.activate(person, totp.generate_totp_secret())
    signs_in(client, person.email, PASSWORD)
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    codes = RecoveryCodes(person.authenticator_set.get(type="recovery_codes")).get_unused_codes()
    client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": WRONG * 2, "password2": WRONG * 2})
    told = events()
    assert [line["event"] for line in told][:3] == ["second_factor.failed", "sign_in.done", "password.changed"]
    assert {line["account"] for line in told[:3]} == {told[0]["account"]} != {"-"}
    assert codes[0] not in json.dumps(told)
