"""After the outcome organisations pledge, sign, report and withdraw; everybody sees promises against progress."""

import csv
import io
from datetime import timedelta
from uuid import uuid4

import pytest

from consultation.commitments import actions, evidence
from consultation.commitments.actions import Promise, Told
from consultation.commitments.models import Benchmark, Commitment, CommitmentVersion, Progress
from consultation.commitments.progress import overview_of
from consultation.consultations.models import Consultation
from consultation.record import checking, clock, sealing
from consultation.record.errors import AlreadySent, Changed, NotAllowed, Refusal
from consultation.record.models import Entry
from consultation.stakeholders.models import Organisation
from tests import factories
from tests.secretariat.editing import sent_back


@pytest.fixture
def published(consultation):
    """The consultation has closed, and its outcome is published."""
    now = clock.now()
    Consultation.objects.filter(pk=consultation.pk).update(
        opens_at=now - timedelta(days=9),
        closes_at=now - timedelta(days=2),
        outcome_published_at=now - timedelta(days=1),
    )
    consultation.refresh_from_db()
    return consultation


@pytest.fixture
def benchmark(published):
    return Benchmark.objects.create(
        consultation=published, date=clock.now().date() - timedelta(days=1), name="First look"
    )


def promise(what="We train 40 officials.", days=300):
    return Promise(what, clock.now().date() + timedelta(days=days), "40 certificates", "The ministry")


def typed(**other):
    made = promise()
    return {
        "recommendation": "pol3",
        "what": made.what,
        "by_when": made.by_when.isoformat(),
        "indicator": made.indicator,
        "responsible": made.responsible,
        "submission_id": str(uuid4()),
        **other,
    }


def drafted(person, consultation, ref="pol3", **what):
    return actions.pledge(person, consultation, factories.passage(consultation, ref), promise(**what), uuid4())


def signed(person, consultation, ref="pol3", **what):
    commitment = drafted(person, consultation, ref, **what)
    actions.sign(person, commitment, uuid4(), seen_version=1)
    return commitment


def reported(person, commitment, benchmark, status="under_way", words="20 trained."):
    number = actions.newest(commitment.progress.filter(benchmark=benchmark))
    report = actions.draft_progress(person, commitment, benchmark, Told(status, words), uuid4(), seen_version=number)
    return actions.sign_progress(person, commitment, benchmark, uuid4(), seen_version=report.number)


def url(consultation, rest=""):
    return f"/consultations/{consultation.slug}/commitments{rest}"


def test_a_contributor_drafts_and_only_the_focal_point_signs(published, contributor, focal_point, as_user):
    browser = as_user(contributor)
    sent = typed()
    for _ in range(2):
        answer = browser.post(url(published, "/pledge/"), sent)
        assert answer.status_code == 302
    commitment = Commitment.objects.get()
    sign = url(published, f"/{commitment.public_id}/sign/")
    assert answer.url == sign
    assert "Waiting for signature" in browser.get(sign).content.decode()
    assert browser.post(sign, {"version": 1}).status_code == 403
    # Until it is signed nobody outside the delegation knows of it.
    for stranger in (None, factories.UserFactory(), factories.focal_point(published)):
        assert as_user(stranger).get(url(published, f"/{commitment.public_id}/")).status_code == 404
    assert "We train 40 officials." not in as_user(None).get(url(published, "/")).content.decode()
    page = as_user(focal_point).get(sign)
    form = page.context["form"]
    once = {"version": form["version"].value(), "submission_id": form["submission_id"].value()}
    for _ in range(2):
        assert as_user(focal_point).post(sign, once).status_code == 302
    assert CommitmentVersion.objects.get().state == "signed"
    for address in ("/", f"/{commitment.public_id}/"):
        assert "We train 40 officials." in as_user(None).get(url(published, address)).content.decode()
    kinds = list(Entry.objects.filter(consultation=published.slug).values_list("kind", flat=True))
    assert [k for k in kinds if k.startswith("commitment")] == ["commitment.drafted", "commitment.signed"]


def test_commitments_are_made_only_after_the_outcome(consultation, focal_point, as_user):
    assert as_user(focal_point).get(url(consultation, "/pledge/")).status_code == 409
    with pytest.raises(Refusal):
        drafted(focal_point, consultation)
    assert "after the outcome is published" in as_user(None).get(url(consultation, "/")).content.decode()


def test_who_may_not_pledge(published, moderator, contributor, as_user):
    observer = factories.delegate(published, "observer", factories.organisation_of(contributor))
    for person in (moderator, observer, factories.UserFactory()):
        assert as_user(person).post(url(published, "/pledge/"), typed()).status_code == 403
    assert not Commitment.objects.exists()


def test_the_draft_of_a_change_is_for_the_delegation_only(published, focal_point, as_user):
    commitment = signed(focal_point, published)
    actions.change(focal_point, commitment, promise("Secret words."), uuid4(), seen_version=1)
    address = url(published, f"/{commitment.public_id}/")
    assert "Secret words." in as_user(focal_point).get(address).content.decode()
    for stranger in (None, factories.UserFactory(), factories.focal_point(published)):
        assert "Secret words." not in as_user(stranger).get(address).content.decode()
    assert "Secret words." not in as_user(None).get(url(published, ".json")).content.decode()


def test_another_delegation_touches_nothing(published, focal_point, benchmark, as_user):
    commitment = signed(focal_point, published)
    other = as_user(factories.focal_point(published))
    for rest in ("change/", "sign/", "withdraw/", f"progress/{benchmark.pk}/", f"progress/{benchmark.pk}/sign/"):
        assert other.post(url(published, f"/{commitment.public_id}/{rest}"), typed(word="x")).status_code == 403
    assert CommitmentVersion.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"recommendation": "p8"},
        {"recommendation": ""},
        {"what": ""},
        {"what": "x" * 5_001},
        {"what": "a\x00b"},
        {"by_when": "2001-01-01"},
        {"by_when": "soon"},
        {"indicator": " \u200b "},
        {"responsible": "\u202eabc"},
    ],
)
def test_wrong_input_is_told_and_kept(published, contributor, as_user, wrong):
    sent = {**typed(what="Kept words."), **wrong}
    answer = as_user(contributor).post(url(published, "/pledge/"), sent)
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
    if "what" not in wrong:
        assert "Kept words." in answer.content.decode()
    assert not Commitment.objects.exists()


def test_a_change_waits_for_its_signature_and_every_signed_version_stays(published, focal_point, contributor, client):
    commitment = signed(focal_point, published)
    actions.change(contributor, commitment, promise("We train 60 officials."), uuid4(), seen_version=1)
    page = client.get(url(published, f"/{commitment.public_id}/")).content.decode()
    assert "40 officials" in page
    assert "60 officials" not in page
    actions.sign(focal_point, commitment, uuid4(), seen_version=2)
    page = client.get(url(published, f"/{commitment.public_id}/")).content.decode()
    assert "40 officials" in page
    assert "60 officials" in page


def test_of_two_changes_at_once_the_later_gets_both_texts(published, focal_point, contributor, as_user):
    commitment = signed(focal_point, published)
    address = url(published, f"/{commitment.public_id}/change/")
    actions.change(focal_point, commitment, promise("Theirs."), uuid4(), seen_version=1)
    browser = as_user(contributor)
    answer = browser.post(address, typed(what="Mine.", version=1))
    assert answer.status_code == 409
    assert "Theirs." in answer.content.decode()
    assert "Mine." in answer.content.decode()
    again = answer.context["form"]["version"].value()
    assert browser.post(address, typed(what="Ours.", version=again)).status_code == 302


def test_what_was_changed_after_reading_is_not_signed(published, focal_point, contributor):
    commitment = drafted(focal_point, published)
    actions.change(contributor, commitment, promise("Other words."), uuid4(), seen_version=1)
    with pytest.raises(Changed):
        actions.sign(focal_point, commitment, uuid4(), seen_version=1)
    assert not CommitmentVersion.objects.filter(state="signed").exists()


def test_progress_is_reported_from_the_day_of_the_benchmark_on(published, focal_point, as_user):
    commitment = signed(focal_point, published)
    later = Benchmark.objects.create(
        consultation=published, date=clock.now().date() + timedelta(days=30), name="Second look"
    )
    assert as_user(focal_point).get(url(published, f"/{commitment.public_id}/progress/{later.pk}/")).status_code == 409
    with pytest.raises(Refusal):
        reported(focal_point, commitment, later)


def test_a_report_is_read_by_everybody_once_it_is_signed(published, benchmark, contributor, focal_point, as_user):
    commitment = signed(focal_point, published)
    address = url(published, f"/{commitment.public_id}/progress/{benchmark.pk}/")
    browser = as_user(contributor)
    assert browser.post(address, {"words": "20 trained."}).status_code == 422
    sent = {"status": "under_way", "words": "20 trained.", "version": 0, "submission_id": str(uuid4())}
    assert browser.post(address, sent).status_code == 302
    public = url(published, f"/{commitment.public_id}/")
    assert "20 trained." not in as_user(None).get(public).content.decode()
    assert browser.post(f"{address}sign/", {"version": 1}).status_code == 403
    assert "20 trained." in as_user(focal_point).get(f"{address}sign/").content.decode()
    assert as_user(focal_point).post(f"{address}sign/", {"version": 1}).status_code == 302
    assert "20 trained." in as_user(None).get(public).content.decode()
    assert Entry.objects.get(kind="progress.signed").content["status"] == "under_way"
    reported(focal_point, commitment, benchmark, "done", "40 trained.")
    assert Progress.objects.count() == 2
    page = as_user(None).get(public).content.decode()
    assert "40 trained." in page
    assert "20 trained." not in page


def test_a_withdrawn_commitment_stays_readable_with_its_word_and_no_longer_counts(
    published, focal_point, contributor, as_user
):
    commitment = signed(focal_point, published)
    address = url(published, f"/{commitment.public_id}/withdraw/")
    assert as_user(contributor).post(address, {"word": "No funds."}).status_code == 403
    assert as_user(focal_point).post(address, {"word": ""}).status_code == 422
    for _ in range(2):
        assert as_user(focal_point).post(address, {"word": "No funds."}).status_code == 302
    page = as_user(None).get(url(published, f"/{commitment.public_id}/")).content.decode()
    assert "No funds." in page
    assert "We train 40 officials." in page
    total = overview_of(published).total
    assert (total.commitments, total.withdrawn) == (0, 1)
    with pytest.raises(Changed):
        actions.change(focal_point, commitment, promise("Again."), uuid4(), seen_version=1)
    other = as_user(focal_point).post(address, {"word": "Another word."})
    assert other.status_code == 409
    assert "Another word." in other.content.decode()
    assert Entry.objects.filter(kind="commitment.withdrawn").count() == 1


def test_a_form_that_comes_again_with_other_words_is_not_taken_for_the_first(published, focal_point, benchmark):
    once, change, report = uuid4(), uuid4(), uuid4()
    pol3, pol4 = (factories.passage(published, ref) for ref in ("pol3", "pol4"))
    commitment = actions.pledge(focal_point, published, pol3, promise(), once)
    assert actions.pledge(focal_point, published, pol3, promise(), once) == commitment
    actions.change(focal_point, commitment, promise("We train 60."), change, seen_version=1)
    actions.sign(focal_point, commitment, uuid4(), seen_version=2)
    actions.draft_progress(focal_point, commitment, benchmark, Told("done", "All."), report, seen_version=0)
    for again in (
        lambda: actions.pledge(focal_point, published, pol3, promise("Other words."), once),
        lambda: actions.pledge(focal_point, published, pol4, promise(), once),
        lambda: actions.change(focal_point, commitment, promise("We train 70."), change, seen_version=1),
        lambda: actions.draft_progress(
            focal_point, commitment, benchmark, Told("done", "Other words."), report, seen_version=0
        ),
    ):
        with pytest.raises(AlreadySent):
            again()


def test_promises_against_progress_are_counted_with_their_denominators(published, benchmark, focal_point, as_user):
    civil = factories.focal_point(
        published, factories.OrganisationFactory(group=factories.StakeholderGroup.objects.get(slug="civil-society"))
    )
    one, two = signed(focal_point, published), signed(focal_point, published, "pra1")
    signed(civil, published)
    reported(focal_point, one, benchmark, "done")
    reported(focal_point, two, benchmark, "given_up")
    told = as_user(None).get(url(published, ".json")).json()
    states, civil_society = told["groups"]
    assert (states["commitments"], states["done"], states["given_up"], states["no_report"]) == (2, 1, 1, 0)
    assert (states["organisations_with_commitments"], states["organisations"]) == (1, 1)
    assert (civil_society["commitments"], civil_society["no_report"]) == (1, 1)
    pol3 = next(r for r in told["recommendations"] if r["ref"] == "pol3")
    assert (pol3["commitments"], pol3["organisations_with_commitments"], pol3["organisations"]) == (2, 2, 2)
    assert told["benchmarks"][0]["reported"] == 2
    assert told["benchmarks"][0]["of"] == 3
    assert len(told["commitments"]) == 3
    Organisation.objects.filter(pk=factories.organisation_of(civil).pk).update(state="suspended")
    assert as_user(None).get(url(published, ".json")).json()["totals"]["commitments"] == 2


def test_the_csv_reads_back_and_starts_no_formula(published, benchmark, focal_point, client):
    words = '=HYPERLINK("http://x"); two\nlines, "quoted"'
    reported(focal_point, signed(focal_point, published, what=words), benchmark, words=" ＝done")
    drafted(focal_point, published, what="A secret draft.")
    text = client.get(url(published, ".csv")).content.decode()
    assert "secret" not in text
    (line,) = csv.DictReader(io.StringIO(text, newline=""))
    assert line["what"] == f"'{words}"
    assert line["progress"] == "' ＝done"
    assert (line["code"], line["status"], line["benchmark"]) == ("POL.3", "under_way", "First look")


@pytest.mark.parametrize("number", [1, 9])
def test_the_page_takes_as_many_queries_for_many_commitments_as_for_one(
    published, benchmark, client, number, django_assert_num_queries
):
    for _ in range(number):
        person = factories.focal_point(published)
        reported(person, signed(person, published), benchmark)
    with django_assert_num_queries(14):
        client.get(url(published, "/"))


def test_only_what_is_signed_and_stands_can_be_reported_on(published, benchmark, focal_point):
    with pytest.raises(Changed):
        reported(focal_point, drafted(focal_point, published), benchmark)


def test_a_person_who_left_the_delegation_signs_nothing(published, focal_point):
    commitment = drafted(focal_point, published)
    focal_point.memberships.update(ended_at=clock.now())
    with pytest.raises(NotAllowed):
        actions.sign(focal_point, commitment, uuid4(), seen_version=1)


def test_a_benchmark_whose_date_was_edited_leaves_the_record_as_it_was(published, benchmark, focal_point):
    """Entries name the date as it was then; with the same number at two benchmarks, too."""
    commitment = signed(focal_point, published)
    second = Benchmark.objects.create(consultation=published, date=benchmark.date - timedelta(days=30), name="Other")
    reported(focal_point, commitment, benchmark)
    reported(focal_point, commitment, second, words="None yet.")
    sealing.seal_all()
    assert list(checking.problems()) == []
    Benchmark.objects.filter(pk=benchmark.pk).update(date=benchmark.date - timedelta(days=5))
    assert list(checking.problems()) == []
    Benchmark.objects.filter(pk=second.pk).update(date=benchmark.date)
    Progress.objects.filter(benchmark=second).update(words="All of it.")
    assert [line.partition(":")[0] for line in checking.problems()] == ["changed", "changed"]


def test_an_entry_that_names_its_benchmark_by_key_is_about_that_one(published, benchmark, focal_point):
    commitment = signed(focal_point, published)
    second = Benchmark.objects.create(consultation=published, date=benchmark.date - timedelta(days=30), name="Other")
    reported(focal_point, commitment, benchmark)
    reported(focal_point, commitment, second, words="None yet.")
    entry = Entry(
        subject=f"commitments.commitment:{commitment.pk}",
        content={"version": 1, "benchmark": str(benchmark.date), "benchmark_key": second.pk},
    )
    entry.pk = 1
    assert evidence.words([entry])[1]["progress"] == "None yet."


@pytest.fixture
def secretariat(db):
    return factories.UserFactory(is_staff=True, is_superuser=True)


def test_what_is_edited_of_a_benchmark_is_on_the_record(benchmark, secretariat, as_user):
    browser, address = as_user(secretariat), f"/admin/commitments/benchmark/{benchmark.pk}/change/"
    later = benchmark.date + timedelta(days=4)
    sent = {**sent_back(browser.get(address)), "date": later.isoformat()}
    assert browser.post(address, sent).status_code == 302
    entry = Entry.objects.about(benchmark).get()
    assert (entry.kind, entry.actor) == ("benchmark.changed", secretariat)
    told = entry.content["changes"][0]["changed"]
    assert (told["before"], told["after"]) == ({"date": benchmark.date.isoformat()}, {"date": later.isoformat()})
    assert "delete_selected" not in browser.get("/admin/commitments/benchmark/").content.decode()


def test_the_date_of_a_benchmark_stands_once_it_is_reported_on(published, benchmark, focal_point, secretariat, as_user):
    reported(focal_point, signed(focal_point, published), benchmark)
    browser, address = as_user(secretariat), f"/admin/commitments/benchmark/{benchmark.pk}/change/"
    sent = {**sent_back(browser.get(address)), "name": "Renamed", "date": "2030-01-01", "consultation": "0"}
    assert browser.post(address, sent).status_code == 302
    was = benchmark.date
    benchmark.refresh_from_db()
    assert (benchmark.name, benchmark.date, benchmark.consultation) == ("Renamed", was, published)
