"""Nothing that lets somebody in stands in the log, whatever is asked for and however it fails."""

import logging
import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.db import OperationalError

from consultation.serving.logs import WithoutAddresses
from consultation.stakeholders import actions as stakeholders
from tests import factories

PASSWORD = "canary-password-of-a-delegate"
WRONG = "canary-wrong-password"


@pytest.fixture
def log(caplog):
    """Every line that a production site would write, and more: from DEBUG on, with tracebacks as they are written."""
    caplog.set_level(logging.DEBUG)
    for name in ("django", "django.request", "django.security", "allauth", "consultation"):
        caplog.set_level(logging.DEBUG, logger=name)
    # The parameters of statements are logged with DEBUG=1 alone, which no site has.
    caplog.set_level(logging.INFO, logger="django.db.backends")
    return caplog


def as_written(record):
    """The line that the handler of the settings makes of it."""
    WithoutAddresses().filter(record)
    return logging.Formatter().format(record)


@pytest.fixture
def person(consultation, focal_point):
    focal_point.set_password(PASSWORD)
    focal_point.email = "known@example.org"
    focal_point.save()
    EmailAddress.objects.create(user=focal_point, email=focal_point.email, verified=True, primary=True)
    return focal_point


def test_no_password_token_session_code_or_link_is_in_the_log(client, consultation, person, log, settings, monkeypatch):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    client.raise_request_exception = False
    organisation = factories.organisation_of(person)
    secret = totp.generate_totp_secret()
    code = factories.code_for(organisation, consultation).code
    client.post("/accounts/login/", {"login": person.email, "password": WRONG})
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    session, csrf = client.session.session_key, client.get("/settings/").cookies["csrftoken"].value
    client.post(f"/consultations/{consultation.slug}/code/", {"code": code})
    client.post("/accounts/password/change/", {"oldpassword": WRONG, "password1": PASSWORD, "password2": WRONG})
    totp.TOTP.activate(person, secret)
    client.post("/accounts/password/reset/", {"email": person.email})
    link = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[-1].body).group(0)
    client.get(link)
    _invitation, token = stakeholders.invite(person, organisation, "new@example.org", "observer", "1" * 32)
    client.get(f"/invitations/{token}/")

    def fail(*_args, **_how):
        raise OperationalError("away")

    monkeypatch.setattr("consultation.stakeholders.views.render", fail)
    client.get(f"/invitations/{token}/")
    client.post("/organisations/apply/", {"name": "x", "password": PASSWORD})
    written = "\n".join(as_written(record) for record in log.records)
    assert len(log.records) > 3
    kept = [
        PASSWORD,
        WRONG,
        session,
        csrf,
        code,
        secret,
        settings.SECRET_KEY,
        link.rstrip("/").rpartition("-")[2],
        token,
    ]
    assert [n for n, word in enumerate(kept) if word in written] == []
    assert "Service Unavailable: invitations/<str:token>/" in written


def test_what_people_send_makes_no_line_of_its_own(client, db, log):
    client.raise_request_exception = False
    client.post("/accounts/login/", {"login": "a\x1b[2J\n2026 CRITICAL forged@example.org", "password": "x"})
    client.get("/nothing/%0d%0a2026%20CRITICAL%20forged/%1b[2J")
    for record in log.records:
        assert "\x1b" not in record.getMessage()
        assert "\n2026" not in record.getMessage()
