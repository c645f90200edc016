"""What every answer tells browsers, whether a page, a file, an error, a refusal or a static file."""

import re
import subprocess
import sys

import pytest
from django.conf import settings as configured
from django.db import OperationalError
from django.test import Client

from consultation.throttling import limits
from consultation.throttling.limit import Limit
from tests import factories
from tests.run import PRODUCTION

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}
POLICY = {
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "font-src 'none'",
    "frame-ancestors 'none'",
    "frame-src 'none'",
    "object-src 'none'",
}


def browser(**how):
    client = Client(**how)
    client.raise_request_exception = False
    return client


def pages(consultation, contributor):
    """One address of each kind, by the status that it is asked for."""
    c = f"/consultations/{consultation.slug}"
    signed_in = browser()
    signed_in.force_login(contributor, backend="django.contrib.auth.backends.ModelBackend")
    nobody = browser()
    yield 200, nobody.get("/")
    yield 200, nobody.get(f"{c}/passages/p8/")
    yield 200, nobody.get(f"{c}/summary.json")
    yield 200, nobody.get(f"{c}/comments.csv")
    yield 200, nobody.get(f"{c}/comments.xlsx")
    yield 200, nobody.get("/record/verify.py")
    yield 200, nobody.get("/healthz")
    yield 200, nobody.get("/accounts/login/")
    yield 200, nobody.get("/accounts/signup/")
    yield 200, signed_in.get("/delegation/")
    yield 302, nobody.get("/delegation/")
    yield 302, nobody.get("/admin/")
    yield 404, nobody.get("/nothing/")
    yield 405, signed_in.get("/notifications/read/")
    yield 403, signed_in.get("/moderation/")
    yield 403, browser(enforce_csrf_checks=True).post("/accounts/login/", {})
    yield 409, signed_in.post(f"{c}/code/", {"code": "x"})
    yield 422, signed_in.post(f"{c}/passages/p8/comments/", {"body": ""})
    yield 400, nobody.get("/", headers={"host": "evil.example"})
    yield 400, nobody.get("/", headers={"host": "localhost:99999"})


def test_every_answer_has_every_header(consultation, contributor):
    for status, answer in pages(consultation, contributor):
        where = answer.request["PATH_INFO"], status
        assert answer.status_code == status, where
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, where
        assert set(answer["Content-Security-Policy"].split("; ")) == POLICY, where
        assert "geolocation=()" in answer["Permissions-Policy"], where
        assert not re.search(r"=\(\*\)|=\*", answer["Permissions-Policy"]), where


def test_errors_of_ours_and_too_many_requests_have_them_too(consultation, settings, monkeypatch):
    settings.LIMITS = {**settings.LIMITS, "search": Limit(1, 60)}
    limits.COUNTS.clear()
    client = browser()
    answers = [client.get("/search/?q=x") for _ in range(2)]
    limits.COUNTS.clear()
    for error in (OperationalError("away"), ZeroDivisionError()):

        def fail(*_args, error=error):
            raise error

        monkeypatch.setattr("consultation.search.queries.question", fail)
        settings.LIMITS = dict.fromkeys(settings.LIMITS, Limit(0, 1))
        answers.append(client.get("/search/?q=x"))
    assert [answer.status_code for answer in answers] == [200, 429, 503, 500]
    for answer in answers:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert set(answer["Content-Security-Policy"].split("; ")) == POLICY


def test_no_page_has_a_script_or_style_in_it(consultation, contributor):
    """What the policy forbids would not work; what is not there cannot be widened to be allowed."""
    inline = re.compile(
        r"<script(?![^>]*(?:\bsrc=|application/json))[^>]*>|<style|\sstyle=|\son[a-z]+=\"", re.IGNORECASE
    )
    for _status, answer in pages(consultation, contributor):
        if not answer.streaming and "text/html" in answer["Content-Type"]:
            assert not inline.findall(answer.content.decode()), answer.request["PATH_INFO"]


def test_what_belongs_to_a_person_is_stored_nowhere(consultation, contributor, as_user):
    """Neither their own pages nor those of everybody, on which a reader who is signed in has drafts and forms."""
    person, c = as_user(contributor), f"/consultations/{consultation.slug}"
    slug = factories.organisation_of(contributor).slug
    own = ("/", "/delegation/", "/accounts/", "/notifications/", "/accounts/data.json", "/help/", "/nothing/")
    of_everybody = ("/", "/report/", "/passages/p8/", "/passages/pol3/", "/recommendations/", "/summary/", "/outcome/")
    files = ("/summary.json", "/summary.csv", "/summary.xlsx", "/comments.json", "/breakdown.csv")
    others = ("/search/?q=migration", f"/organisations/{slug}/", f"/delegation/{slug}/receipts.csv")
    for address in (*own, *others, *(f"{c}{page}" for page in (*of_everybody, *files))):
        answer = person.get(address)
        said = set(answer.get("Cache-Control", "").replace(" ", "").split(","))
        assert {"no-store", "private"} <= said, address
        assert "ETag" not in answer, address
    assert "Cookie" in person.get("/")["Vary"]


def test_what_is_public_is_asked_for_again_because_it_may_be_withdrawn(consultation, client):
    c = f"/consultations/{consultation.slug}"
    for address in (f"{c}/comments.json", f"{c}/comments.csv", f"{c}/summary.csv", "/search/?q=migration", "/nothing/"):
        assert client.get(address)["Cache-Control"] == "no-cache", address


def test_who_signed_out_gets_what_everybody_gets(consultation, contributor, as_user, settings):
    settings.PAGES_KEPT_SECONDS = 60
    person, page = as_user(contributor), f"/consultations/{consultation.slug}/passages/p8/"
    assert person.get(page)["Cache-Control"] == "private, no-store"
    left = person.post("/accounts/logout/").cookies[configured.SESSION_COOKIE_NAME]
    assert (left.value, left["max-age"]) == ("", 0)
    del person.cookies[configured.SESSION_COOKIE_NAME]  # as a browser does
    person.get(page)  # with the message
    answer = person.get(page)
    assert (answer["Cache-Control"], "ETag" in answer) == ("no-cache", True)


PRINT = """
from django.conf import settings; from django.test import Client; import django; django.setup()
a = Client().get("/nothing/", headers={"host": "consultation.example"}, secure=True)
print(a.status_code, a["Strict-Transport-Security"])
print(Client().get("/", headers={"host": "consultation.example"})["Location"])
print(Client().get("/", headers={"host": "consultation.example", "x-forwarded-host": "evil.example"})["Location"])
s = Client().get("/accounts/login/", headers={"host": "consultation.example"}, secure=True).cookies
print(*(c.OutputString() for c in s.values()))
print(settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY)
print(settings.SESSION_COOKIE_PATH, settings.SESSION_COOKIE_DOMAIN, settings.SESSION_COOKIE_SAMESITE)
"""


def test_a_site_of_production_is_served_over_https_alone(tmp_path):
    """Read from a process with the settings of production: these of the tests are those of a loopback address."""
    environment = {**PRODUCTION, "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "consultation.settings"}
    environment |= {"PATH": "/usr/bin", "DEBUG": "0", "DATABASE_URL": "", "PYTHONPATH": str(configured.BASE_DIR)}
    told = []
    for command in (["manage.py", "collectstatic", "--noinput", "-v0"], ["-c", PRINT]):
        how = {"env": environment, "cwd": configured.BASE_DIR, "stdout": subprocess.PIPE, "text": True}
        told = subprocess.run([sys.executable, *command], check=True, **how).stdout.splitlines()
    assert told[0] == "404 max-age=31536000; includeSubDomains; preload"
    assert told[1] == told[2] == "https://consultation.example/"
    assert told[3].startswith("__Host-csrftoken=")
    assert "Secure" in told[3]
    assert "SameSite=Lax" in told[3]
    assert "Path=/" in told[3]
    assert "Domain" not in told[3]
    assert told[4:] == ["__Host-sessionid True True", "/ None Lax"]


@pytest.mark.parametrize(
    "address",
    [
        "/admin/autocomplete/?app_label=stakeholders&model_name=membership&field_name=user&term=a",
        "/admin/stakeholders/user/",
        "/admin/consultations/consultation/",
        "/admin/jsi18n/",
    ],
)
def test_the_admin_and_its_look_ups_are_the_secretariats(db, as_user, contributor, moderator, address):
    for person in (None, contributor, moderator):
        answer = as_user(person).get(address)
        assert answer.status_code == 302
        assert answer.url.startswith("/admin/login/" if person else "/accounts/login/") or "/login/" in answer.url
    bare = factories.UserFactory(is_staff=True)
    if "autocomplete" in address or "stakeholders" in address:
        assert as_user(bare).get(address).status_code == 403


def test_look_ups_of_the_admin_find_people_and_organisations_and_no_text(db):
    """A look-up shows a row to whoever may choose it: nothing that is not published can be chosen."""
    from django.contrib import admin  # noqa: PLC0415 - after the rooms are loaded

    for model, registered in admin.site._registry.items():
        fields = {"password", "token", "secret", "body", "explanation", "email_hash", "code"}
        asked = {name.rpartition("__")[2] for name in registered.search_fields}
        assert not fields & asked, model
