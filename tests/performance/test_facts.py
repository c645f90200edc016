"""What is kept between pages: the same for everybody, and never older than the record."""

import pytest
from django.core.management import call_command
from django.db import transaction

from consultation.consultations.facts import Facts
from consultation.record.actions import append
from consultation.summaries import queries
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _kept(settings):
    settings.FACTS_KEPT_SECONDS = 60


@pytest.fixture(autouse=True)
def _report(transactional_db):
    """Tests with real transactions empty the tables behind them."""
    call_command("loaddata", "stakeholder-groups", "gfmd-gcm-cluster-1", verbosity=0)


@pytest.fixture
def consultation(_report):
    return factories.ConsultationFactory()


def page(browser, consultation, ref="p8"):
    return browser.get(f"/consultations/{consultation.slug}/passages/{ref}/").content.decode()


@pytest.mark.parametrize("number", [1, 12])
def test_once_known_a_thread_costs_six_queries_and_the_report_four(
    client, consultation, moderator, contributor, number, django_assert_max_num_queries
):
    for _ in range(number):
        factories.published(contributor, consultation, moderator)
    report = f"/consultations/{consultation.slug}/report/"
    page(client, consultation), client.get(report)
    with django_assert_max_num_queries(6):
        assert f"({number})</span></h2>" in page(client, consultation)
    with django_assert_max_num_queries(4):
        client.get(report)


def test_what_is_recorded_shows_at_once(client, consultation, moderator, contributor, focal_point):
    assert "(0)" in page(client, consultation)
    comment = factories.published(contributor, consultation, moderator)
    assert "(1)" in page(client, consultation)
    factories.decided(moderator, comment, "remove")
    assert "(0)" in page(client, consultation)
    assert queries.counts_by_passage(consultation)[factories.passage(consultation, "pol3").pk].taken == 0
    factories.signed(focal_point, consultation)
    assert queries.counts_by_passage(consultation)[factories.passage(consultation, "pol3").pk].taken == 1


def test_what_is_not_committed_is_kept_for_nobody(consultation, contributor):
    before = Facts(consultation).get("said", lambda _c: "before")
    with transaction.atomic():
        append("sample.changed", consultation, consultation=consultation.slug)
        assert Facts(consultation).get("said", lambda _c: "never committed") == "never committed"
        transaction.set_rollback(True)
    assert Facts(consultation).get("said", lambda _c: "after") == before


def test_consultations_keep_their_own(consultation):
    other = factories.ConsultationFactory()
    assert Facts(consultation).get("said", lambda c: c.slug) != Facts(other).get("said", lambda c: c.slug)
