"""Accounts: too many tries are refused for a while, second factors, sessions, change of address."""

import re
import time
from itertools import pairwise

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp

from tests import factories

PASSWORD = "a-long-sample-password"
NEW_PASSWORD = "another-long-sample-password"
LOGIN = "/accounts/login/"


def person(email):
    user = factories.UserFactory(email=email)
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def tries(client, email, number=1, **headers):
    sent = {"login": email, "password": "wrong"}
    return [client.post(LOGIN, sent, headers=headers).status_code for _ in range(number)]


@pytest.fixture
def delegate(db):
    return person("delegate@example.org")


def test_an_account_is_tried_five_times(client, delegate):
    assert tries(client, delegate.email, 7) == [422] * 5 + [429] * 2
    answer = client.post(LOGIN, {"login": delegate.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert answer["Retry-After"] == "300"
    assert "Too many failed login attempts" in answer.content.decode()


def test_an_address_tries_few_accounts_and_a_forged_header_does_not_make_it_another(client, delegate):
    answers = [tries(client, f"nobody{n}@example.org")[0] for n in range(20)]
    assert set(answers) == {422}
    forged = {"x-forwarded-for": "203.0.113.7"}
    assert tries(client, "nobody@example.org", **forged) == [429]


def test_behind_a_proxy_of_ours_each_person_counts_for_themselves(client, delegate, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for n in range(20):
        tries(client, f"nobody{n}@example.org", **{"x-forwarded-for": "198.51.100.1, 203.0.113.7"})
    assert tries(client, "nobody@example.org", **{"x-forwarded-for": "203.0.113.7"}) == [429]
    assert tries(client, "nobody@example.org", **{"x-forwarded-for": "203.0.113.8"}) == [422]


def test_the_right_person_recovers_by_mail(client, delegate, mailoutbox):
    tries(client, delegate.email, 6)
    client.post("/accounts/password/reset/", {"email": delegate.email})
    link = re.search(r"http://testserver(/\S+)", mailoutbox[-1].body).group(1)
    form = client.get(link, follow=True).request["PATH_INFO"]
    client.post(form, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert client.post(LOGIN, {"login": delegate.email, "password": NEW_PASSWORD}).status_code == 302


def test_resetting_is_throttled_on_a_page_of_its_own(client, delegate):
    answers = [client.post("/accounts/password/reset/", {"email": delegate.email}) for _ in range(6)]
    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"] == "300"
    assert "Try again in 5 minutes." in answers[-1].content.decode()


@pytest.mark.parametrize("code", ["totp", "recovery"])
def test_a_code_is_taken_once(client, delegate, code):
    authenticator = totp.TOTP.activate(delegate, totp.generate_totp_secret())
    if code == "totp":
        secret = authenticator.instance.data["secret"]
        value = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
    else:
        value = RecoveryCodes.activate(delegate).get_unused_codes()[0]
    answers = []
    for _ in range(2):
        client.logout()
        assert client.post(LOGIN, {"login": delegate.email, "password": PASSWORD}).url.startswith("/accounts/2fa/")
        answers.append(client.post("/accounts/2fa/authenticate/", {"code": value}).status_code)
    assert answers == [302, 422]


def test_a_new_address_is_confirmed_and_both_addresses_are_told(client, delegate, mailoutbox):
    client.post(LOGIN, {"login": delegate.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/email/", {"email": "new@example.org", "action_add": "1"})
    delegate.refresh_from_db()
    assert delegate.email == "delegate@example.org"
    assert {m.to[0] for m in mailoutbox} == {"new@example.org", "delegate@example.org"}
    confirming = next(m for m in mailoutbox if m.to == ["new@example.org"])
    client.post(re.search(r"http://testserver(/\S+)", confirming.body).group(1))
    delegate.refresh_from_db()
    assert delegate.email == "new@example.org"
    told = [m.subject for m in mailoutbox if m.to == ["delegate@example.org"]]
    assert len(told) == 2


def test_changing_the_address_asks_for_the_password_again(client, delegate):
    client.force_login(delegate, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/accounts/email/", {"email": "new@example.org", "action_add": "1"})
    assert answer.url.startswith("/accounts/reauthenticate/")
    assert not EmailAddress.objects.filter(email="new@example.org").exists()


def test_a_changed_password_signs_out_everywhere_else(client, delegate, as_user):
    other = as_user(delegate)
    assert other.get("/delegation/").status_code == 200
    client.post(LOGIN, {"login": delegate.email, "password": PASSWORD})
    changed = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post("/accounts/password/change/", changed).status_code == 302
    assert other.get("/delegation/").status_code == 302
    assert client.get("/delegation/").status_code == 200


def test_one_signs_out_everywhere(client, delegate):
    browsers = [client, *(type(client)() for _ in range(2))]
    for browser in browsers:
        browser.post(LOGIN, {"login": delegate.email, "password": PASSWORD})
    page = client.get("/accounts/sessions/").content.decode()
    assert page.count("127.0.0.1") == len(browsers)
    client.post("/accounts/sessions/")
    assert [b.get("/delegation/").status_code for b in browsers] == [200, 302, 302]


@pytest.mark.parametrize("password", ["password", "delegate@example.org", "short", "x" * 10_000])
def test_a_weak_or_endless_password_is_refused(client, db, password):
    sent = {"email": "delegate@example.org", "password1": password, "password2": password, "name": "N. Sample"}
    assert client.post("/accounts/signup/", sent).status_code == 422
    assert not EmailAddress.objects.exists()


def test_asking_for_a_reset_answers_the_same_for_known_and_unknown(client, delegate, mailoutbox):
    pages = []
    for email in (delegate.email, "nobody@example.org"):
        answer = client.post("/accounts/password/reset/", {"email": email}, follow=True)
        pages.append((answer.redirect_chain, answer.content.decode().replace(email, "")))
    assert all(a == b for a, b in pairwise(pages))
