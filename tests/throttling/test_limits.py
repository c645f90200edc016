"""Who asks for too much waits: 429 with when to come back and what was typed, counted across processes."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver

from consultation.discussion.models import Comment
from consultation.record import clock
from consultation.stakeholders.models import User
from consultation.throttling import limits
from consultation.throttling.limit import Limit
from consultation.throttling.models import Tally
from tests import factories

MINUTE = timedelta(minutes=1)
# What a file is called at the end of its address's name, and those that are small or made once.
FILES = ("_json", "_csv", "_xlsx", "_docx", "_pdf", "_markdown", "summary_data")
SMALL = {"receipt_json"}


@pytest.fixture
def allow(settings, monkeypatch):
    """Set limits, beginning at a full minute with nothing counted."""

    def set_limits(**numbers):
        settings.LIMITS = {**settings.LIMITS, **{what: Limit(number, 60) for what, number in numbers.items()}}
        limits.COUNTS.clear()
        now = clock.now().replace(second=0, microsecond=0)
        monkeypatch.setattr(clock, "now", lambda: now)

    yield set_limits
    limits.COUNTS.clear()


def statuses(browser, address, number, **headers):
    return [browser.get(address, headers=headers).status_code for _ in range(number)]


def restarted():
    """As in another process: what was counted here and not written is not known."""
    limits.COUNTS.clear()


def test_searching_is_refused_beyond_the_limit_and_taken_again_after_it(client, db, allow, monkeypatch):
    allow(search=4)
    assert statuses(client, "/search/?q=migration", 6) == [200] * 4 + [429] * 2
    refused = client.get("/search/?q=migration")
    assert refused["Retry-After"] == "60"
    assert "Try again in 60 seconds" in refused.content.decode()
    later = clock.now() + 2 * MINUTE
    monkeypatch.setattr(clock, "now", lambda: later)
    assert statuses(client, "/search/?q=migration", 1) == [200]


def test_each_person_counts_for_themselves_and_apart_from_their_address(as_user, db, allow):
    allow(search=2)
    one, other = as_user(factories.UserFactory()), as_user(factories.UserFactory())
    nobody = as_user(None)
    for browser in (one, other, nobody):
        assert statuses(browser, "/search/?q=x", 3) == [200, 200, 429]


def test_a_forged_header_makes_nobody_another(client, db, allow):
    allow(search=2)
    statuses(client, "/search/?q=x", 2)
    assert statuses(client, "/search/?q=x", 1, **{"x-forwarded-for": "203.0.113.7"}) == [429]


def test_behind_a_proxy_of_ours_a_network_of_version_six_counts_as_one(client, db, allow, settings):
    allow(search=2)
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for host in ("1", "2"):
        statuses(client, "/search/?q=x", 1, **{"x-forwarded-for": f"2001:db8:0:1::{host}"})
    assert statuses(client, "/search/?q=x", 1, **{"x-forwarded-for": "2001:db8:0:1::3"}) == [429]
    assert statuses(client, "/search/?q=x", 1, **{"x-forwarded-for": "2001:db8:0:2::3"}) == [200]


def test_processes_share_the_count_beyond_a_quarter_of_it(client, db, allow):
    allow(search=8)
    assert statuses(client, "/search/?q=x", 8) == [200] * 8
    restarted()
    # Two more are let through unwritten; the next one is one too many.
    assert statuses(client, "/search/?q=x", 3) == [200, 200, 429]


def test_reading_at_a_common_pace_writes_nothing_and_a_flood_does_not_either(
    client, db, allow, django_assert_num_queries
):
    allow(search=8)
    statuses(client, "/search/?q=x", 2)
    assert not Tally.objects.exists()
    statuses(client, "/search/?q=x", 7)
    with django_assert_num_queries(0):
        assert statuses(client, "/search/?q=x", 5) == [429] * 5


def test_a_count_tells_nobody_whose_it_is_and_goes_when_its_time_is_over(client, db, allow, monkeypatch):
    allow(search=1)
    statuses(client, "/search/?q=x", 1)
    assert "127.0.0.1" not in str(Tally.objects.values())
    later = clock.now() + 2 * MINUTE
    monkeypatch.setattr(clock, "now", lambda: later)
    call_command("apply_retention", "--apply")
    assert not Tally.objects.exists()


def test_forms_beyond_the_limit_are_not_done_and_the_text_is_given_back(consultation, contributor, as_user, allow):
    allow(forms=2)
    browser = as_user(contributor)
    address = f"/consultations/{consultation.slug}/passages/p8/comments/"
    sent = [browser.post(address, {"type": "comment", "body": "Typed with care."}) for _ in range(3)]
    assert [answer.status_code for answer in sent][-1] == 429
    assert "Typed with care." in sent[-1].content.decode()
    assert int(sent[-1]["Retry-After"]) <= 60
    assert Comment.objects.count() <= 2


def test_a_form_without_its_token_does_not_count_against_anybody(consultation, contributor, allow):
    allow(forms=1)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(contributor, backend="django.contrib.auth.backends.ModelBackend")
    answers = [browser.post("/notifications/read/").status_code for _ in range(3)]
    assert answers == [403] * 3


def test_codes_cannot_be_guessed_at_leisure(consultation, contributor, as_user, allow):
    allow(codes=3)
    address = f"/consultations/{consultation.slug}/code/"
    browser = as_user(contributor)
    assert [browser.post(address, {"code": f"guess{n}"}).status_code for n in range(4)][3] == 429
    assert browser.get(address).status_code == 200


def test_every_file_is_limited():
    found = {}
    for include in get_resolver().url_patterns:
        for pattern in getattr(include, "url_patterns", []):
            name = getattr(pattern, "name", None) or ""
            if name.endswith(FILES) and pattern.callback.__module__.startswith("consultation."):
                found[name] = getattr(pattern.callback, limits.NAME, "")
    assert {name for name, what in found.items() if what != "files"} == SMALL


def test_files_are_refused_beyond_the_limit(client, consultation, allow):
    allow(files=2)
    c = f"/consultations/{consultation.slug}"
    answers = [client.get(f"{c}/{name}") for name in ("summary.csv", "comments.xlsx", "practices.json")]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1]["Retry-After"]) <= 60


@pytest.mark.parametrize("text", ["", "x", "-1/60", "1/0", "1/x", "1/2/3"])
def test_a_limit_that_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        Limit.read(text)


def test_a_limit_of_nothing_is_none():
    assert Limit.read("0").number == 0
    assert Limit.read("90/60") == Limit(90, 60)


def test_signing_up_is_limited_for_an_address(client, db, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "signup": "2/300s/ip"}
    password = "a-long-sample-password"
    answers = [
        client.post(
            "/accounts/signup/",
            {"email": f"n{n}@example.org", "name": "N", "password1": password, "password2": password},
        )
        for n in range(3)
    ]
    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"] == "300"
    assert User.objects.filter(email__startswith="n").count() <= 2


def test_known_and_unknown_addresses_are_answered_alike(client, db, mailoutbox):
    """On the page, in what is sent afterwards, and in how often one may ask."""
    factories.UserFactory(email="known@example.org")
    answers = []
    for email in ("known@example.org", "unknown@example.org"):
        sent = [client.post("/accounts/password/reset/", {"email": email}) for _ in range(6)]
        answers.append([(a.status_code, a.headers.get("Location"), a.headers.get("Retry-After")) for a in sent])
    assert answers[0] == answers[1]
    assert answers[0][-1][0] == 429
