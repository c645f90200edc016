from urllib.parse import urljoin, urlsplit

import pytest
from allauth.account.models import EmailAddress

from tests import factories

PASSWORD = "a-long-sample-password"


@pytest.fixture
def person(db):
    user = factories.UserFactory(email="person@example.org")
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(client, **fields):
    return client.post("/accounts/login/", {"login": "person@example.org", "password": PASSWORD, **fields})


def test_a_person_signs_in_by_e_mail_whatever_its_case(client, person):
    assert sign_in(client, login="Person@Example.org").url == "/"
    assert "You are signed in as" in client.get("/").content.decode()


@pytest.mark.parametrize("fields", [{"password": "wrong"}, {"login": "nobody@example.org"}])
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client, person, fields):
    answer = sign_in(client, **fields)
    assert answer.status_code == 422
    assert "e-mail address or password is not right" in answer.content.decode()
    assert 'value="' + fields.get("login", "person@example.org") in answer.content.decode()


@pytest.mark.parametrize(
    "target", ["//evil.test", "/\\evil.test", "https:evil.test", "javascript:alert(1)", "%2F%2Fevil.test"]
)
def test_after_signing_in_one_stays_on_this_site(client, person, target):
    answer = client.post(
        f"/accounts/login/?next={target}", {"login": person.email, "password": PASSWORD, "next": target}
    )
    assert answer.status_code == 302
    assert urlsplit(urljoin("http://testserver/accounts/login/", answer.url)).netloc == "testserver"


def test_the_session_has_another_name_after_signing_in_and_is_gone_after_signing_out(client, person):
    session = client.session
    session["x"] = 1
    session.save()
    before = client.cookies["sessionid"].value
    sign_in(client)
    after = client.cookies["sessionid"].value
    assert before != after
    client.post("/accounts/logout/")
    client.cookies["sessionid"] = after
    assert client.get("/delegation/").status_code == 302


def test_signing_out_needs_a_form(client, person):
    sign_in(client)
    client.get("/accounts/logout/")
    assert client.get("/delegation/").status_code == 200


@pytest.mark.parametrize("name", ["", "   ", "\u202eelbmas", "two\nlines"])
def test_a_name_that_cannot_be_shown_is_refused_at_sign_up(client, db, name):
    sent = {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD, "name": name}
    answer = client.post("/accounts/signup/", sent)
    assert answer.status_code == 422
    assert not EmailAddress.objects.filter(email="new@example.org").exists()


def test_signing_up_with_a_known_address_looks_like_any_other(client, person, mailoutbox):
    answers = [
        client.post("/accounts/signup/", {"email": email, "password1": PASSWORD, "password2": PASSWORD, "name": "N"})
        for email in ("new@example.org", person.email)
    ]
    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0].url == answers[1].url
    assert len(mailoutbox) == 2
    assert "It has an account already." in mailoutbox[1].body
    assert not [mail for mail in mailoutbox if "please" in f"{mail.subject} {mail.body}".casefold()]


def test_the_admin_has_no_sign_in_of_its_own(client, person):
    assert client.get("/admin/login/").url.startswith("/accounts/login/")
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/login/")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/", follow=True).status_code == 403


@pytest.mark.parametrize("target", ["/ok%0D%0AX:y", "/%09x", "/a%00b", "/a%7Fb"])
def test_an_address_with_control_characters_is_not_followed(client, person, target):
    answer = client.post(f"/accounts/login/?next={target}", {"login": person.email, "password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, "/")


def test_the_pages_of_accounts_speak_as_the_others_do(client, db):
    for page in (
        "password/reset/",
        "password/reset/done/",
        "password/reset/key/1-abc/",
        "confirm-email/",
        "confirm-email/abc/",
    ):
        answer = client.get(f"/accounts/{page}")
        assert answer.status_code == 200
        words = answer.content.decode().casefold()
        assert not [word for word in ("please", "successful", "oops", "token was", "!</p>") if word in words]
