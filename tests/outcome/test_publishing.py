"""The rapporteur writes, saves, previews and publishes; what is published stays as it was."""

import hashlib
import json
from uuid import uuid4

import pytest

from consultation.consultations.models import Officer
from consultation.outcome import actions, files, pdf
from consultation.outcome.composition import Choices, Texts
from consultation.outcome.models import Outcome, OutcomeVersion
from consultation.record.errors import AlreadySent, Changed, NotAllowed, Refusal
from consultation.record.models import AppendOnly, Entry
from tests import factories
from tests.outcome import reading
from tests.outcome.arranging import decide, explained


def address(consultation, name=""):
    return f"/consultations/{consultation.slug}/outcome/{name}"


def form(version=0, **words):
    return {"version": version, "explanations": "all", "wordings": "body", "action": "save", **words}


@pytest.fixture
def save(consultation, rapporteur):
    def saving(introduction="An introduction.", seen=0, who=None, **choices):
        texts = Texts(introduction, {"pol3": "Broad support for *standards*."})
        return actions.save_outcome(who or rapporteur, consultation, Choices(**choices), texts, seen_version=seen)

    return saving


@pytest.fixture
def publish(consultation, rapporteur, as_user):
    """Publish through the page, as the rapporteur does."""

    def publishing(who=None, **sent):
        browser = as_user(who or rapporteur)
        page = browser.get(address(consultation, "publish/"))
        form = page.context["form"]
        fields = {name: form[name].value() for name in ("submission_id", "version", "fingerprint")}
        return browser.post(address(consultation, "publish/"), {**fields, **sent})

    return publishing


def test_only_a_rapporteur_writes_and_publishes(consultation, focal_point, moderator, as_user, rapporteur):
    for person in (factories.UserFactory(), focal_point, moderator):
        for name in ("edit/", "publish/"):
            assert as_user(person).get(address(consultation, name)).status_code == 403
            assert as_user(person).post(address(consultation, name), form()).status_code == 403
        assert as_user(person).get(f"/consultations/{consultation.slug}/outcome.docx").status_code == 404
        with pytest.raises(NotAllowed):
            actions.save_outcome(person, consultation, Choices(), Texts("x"), seen_version=0)
    assert as_user(None).post(address(consultation, "edit/"), form()).status_code == 302
    assert not Outcome.objects.exists()
    assert as_user(rapporteur).get(address(consultation, "edit/")).status_code == 200


def test_a_rapporteur_of_another_consultation_is_nobody_here(consultation, as_user):
    other = factories.UserFactory()
    Officer.objects.create(consultation=factories.ConsultationFactory(), user=other, role="rapporteur")
    assert as_user(other).get(address(consultation, "edit/")).status_code == 403


def test_words_and_choices_are_saved_and_shown_again(consultation, rapporteur, as_user):
    browser = as_user(rapporteur)
    sent = form(introduction="Hello **all**.", finding_pol3="A finding.", annex_pol1="on", groups=[], wordings="annex")
    assert browser.post(address(consultation, "edit/"), sent).status_code == 302
    outcome = Outcome.objects.get()
    assert (outcome.version, outcome.findings) == (1, {"pol3": "A finding."})
    assert outcome.recommendations_left_out == ["pol1"]
    assert outcome.wordings is False
    page = browser.get(address(consultation, "edit/")).content.decode()
    assert "Hello **all**." in page
    assert "A finding." in page
    assert Entry.objects.filter(kind="outcome.saved", actor=rapporteur, consultation=consultation.slug).count() == 1


def test_a_preview_shows_what_is_typed_and_saves_nothing(consultation, rapporteur, as_user):
    sent = form(introduction="Only **tried**.", action="preview")
    page = as_user(rapporteur).post(address(consultation, "edit/"), sent).content.decode()
    assert "<strong>tried</strong>" in page
    assert "Only **tried**." in page
    assert not Outcome.objects.exists()


def test_the_later_save_of_two_rapporteurs_gets_both_texts(consultation, rapporteur, as_user, save):
    other = factories.UserFactory(name="Second Rapporteur")
    Officer.objects.create(consultation=consultation, user=other, role="rapporteur")
    save("The colleague’s words.", who=other)
    browser = as_user(rapporteur)
    answer = browser.post(address(consultation, "edit/"), form(introduction="My own words."))
    assert answer.status_code == 409
    page = answer.content.decode()
    for words in ("The colleague’s words.", "My own words.", "Broad support for *standards*.", "Second Rapporteur"):
        assert words in page
    assert Outcome.objects.get().introduction == "The colleague’s words."
    again = answer.context["form"]["version"].value()
    assert browser.post(address(consultation, "edit/"), form(again, introduction="Ours.")).status_code == 302
    assert Outcome.objects.get().introduction == "Ours."


def test_the_same_save_sent_twice_is_one(consultation, rapporteur, save):
    assert save().version == save().version == 1
    with pytest.raises(Changed):
        save("Other words.", seen=0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"introduction": "x" * 10_001},
        {"introduction": "a\x00b"},
        {"finding_pol3": "\u202eabc"},
        {"groups": ["no-such-group"]},
        {"explanations": "none"},
        {"wordings": ""},
        {"version": "x"},
    ],
)
def test_wrong_input_is_told_and_kept(consultation, rapporteur, as_user, wrong):
    answer = as_user(rapporteur).post(address(consultation, "edit/"), form(**{"finding_pol4": "Kept words.", **wrong}))
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
    assert "Kept words." in answer.content.decode()
    assert not Outcome.objects.exists()


def test_what_was_typed_survives_a_session_that_ended(consultation, rapporteur, as_user):
    browser = as_user(None)
    browser.post(address(consultation, "edit/"), form(introduction="Long work.", finding_pol3="A finding."))
    browser.force_login(rapporteur, backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get(address(consultation, "edit/")).content.decode()
    assert "Long work." in page
    assert "A finding." in page


def test_nothing_is_published_before_closing(consultation, rapporteur, save, publish):
    save()
    assert publish().status_code == 409
    assert not OutcomeVersion.objects.exists()
    consultation.refresh_from_db()
    assert consultation.outcome_published_at is None


def test_nothing_is_published_while_a_reservation_waits_for_a_moderator(
    consultation, focal_point, moderator, save, publish, close
):
    version = factories.signed(focal_point, consultation, "pol3", "reservation", "Within our law.")
    save()
    close()
    answer = publish()
    assert answer.status_code == 409
    assert "1 explanation of position waits for a moderator" in answer.content.decode()
    decide(moderator, version, "publish")
    assert publish().status_code == 302


def test_publishing_freezes_words_data_and_files(
    consultation, focal_point, moderator, client, rapporteur, save, publish, close
):
    version = explained(moderator, focal_point, consultation)
    save(explanations="annex")
    close()
    assert publish().status_code == 302
    consultation.refresh_from_db()
    assert consultation.state == "outcome_published"
    one = OutcomeVersion.objects.get()
    assert one.number == 1
    assert hashlib.sha256(one.data).hexdigest() == one.fingerprint
    entry = Entry.objects.get(kind="outcome.published")
    assert entry.content["fingerprint"] == one.fingerprint
    assert entry.content["docx"] == hashlib.sha256(one.docx).hexdigest()
    before = {e: client.get(address(consultation, f"1/outcome.{e}")).content for e in ("docx", "pdf", "json")}
    assert json.loads(before["json"])["positions"][0]["explanation"] == "Within our law."
    # Afterwards a moderator removes the explanation: the published version stays as it was.
    decide(moderator, version, "remove", reason="confidential", statement="It names a third person.")
    assert {e: client.get(address(consultation, f"1/outcome.{e}")).content for e in before} == before
    page = client.get(address(consultation)).content.decode()
    assert "An introduction." in page
    assert "<em>standards</em>" in page
    assert "Within our law." in page
    # Once: at the head of the document, to which the rest of the page refers.
    assert page.count(one.fingerprint) == 1
    for words in (reading.docx_words(before["docx"]), reading.pdf_words(before["pdf"])):
        assert "Final. Version 1" in words
        assert "Interim" not in words
        assert "Within our law." in words
    for extension in ("docx", "pdf"):
        assert client.get(f"/consultations/{consultation.slug}/outcome.{extension}").content == before[extension]


def test_a_correction_is_a_new_version_and_both_stay(consultation, client, rapporteur, save, publish, close):
    save()
    close()
    publish()
    consultation.refresh_from_db()
    first_published = consultation.outcome_published_at
    save("A better introduction.", seen=1)
    assert publish().status_code == 422
    assert publish(correction="The introduction named the wrong day.").status_code == 302
    assert client.get(address(consultation, "1/")).content.decode().count("A better introduction.") == 0
    newest = client.get(address(consultation)).content.decode()
    assert "A better introduction." in newest
    assert "The introduction named the wrong day." in newest
    assert "It was corrected since" in client.get(address(consultation, "1/")).content.decode()
    assert client.get(address(consultation, "3/")).status_code == 404
    consultation.refresh_from_db()
    assert consultation.outcome_published_at == first_published


def test_sent_twice_one_version_is_published(consultation, rapporteur, save, close):
    save()
    close()
    once = uuid4()

    def go(correction=""):
        seen = actions.documents.draft_of(consultation, consultation.closes_at, "x", Choices(), Texts()).fingerprint
        return actions.publish_outcome(
            rapporteur,
            consultation,
            once,
            lambda n: f"v{n}",
            seen_version=1,
            seen_fingerprint=seen,
            correction=correction,
        )

    assert go() == go()
    with pytest.raises(AlreadySent):
        go("Said otherwise.")
    assert OutcomeVersion.objects.count() == 1


def test_what_changed_after_the_check_is_not_published_unseen(
    consultation, focal_point, moderator, rapporteur, as_user, save, close
):
    version = explained(moderator, focal_point, consultation)
    save()
    close()
    browser = as_user(rapporteur)
    seen = browser.get(address(consultation, "publish/")).context["form"]
    sent = {name: seen[name].value() for name in ("submission_id", "version", "fingerprint")}
    decide(moderator, version, "remove", reason="confidential", statement="It names a third person.")
    assert browser.post(address(consultation, "publish/"), sent).status_code == 409
    save("Other words.", seen=1)
    assert browser.post(address(consultation, "publish/"), sent).status_code == 409
    assert not OutcomeVersion.objects.exists()


def test_what_changes_while_the_files_are_made_is_not_published_unseen(
    consultation, focal_point, moderator, save, publish, close, monkeypatch
):
    version = explained(moderator, focal_point, consultation)
    save()
    close()

    def slowly(document, made_at):
        if version.explanation_state == "published":
            decide(moderator, version, "remove", reason="confidential", statement="It names a third person.")
        return pdf.write(document, made_at)

    monkeypatch.setitem(files.WRITERS, "pdf", slowly)
    assert publish().status_code == 409
    assert not OutcomeVersion.objects.exists()
    consultation.refresh_from_db()
    assert consultation.outcome_published_at is None
    assert publish().status_code == 302


def test_a_published_version_cannot_be_changed_or_deleted(consultation, save, publish, close):
    save()
    close()
    publish()
    version = OutcomeVersion.objects.get()
    for change in (version.save, version.delete, OutcomeVersion.objects.all().delete):
        with pytest.raises(AppendOnly):
            change()
    with pytest.raises(AppendOnly):
        OutcomeVersion.objects.update(number=2)


def test_an_outcome_that_was_never_saved_is_not_published(consultation, rapporteur, close):
    close()
    with pytest.raises(Refusal):
        actions.publish_outcome(
            rapporteur, consultation, uuid4(), lambda n: f"v{n}", seen_version=0, seen_fingerprint="x"
        )


def test_the_rapporteur_takes_the_draft_away_with_its_findings(consultation, rapporteur, as_user, save):
    save()
    content = as_user(rapporteur).get(f"/consultations/{consultation.slug}/outcome.docx").content
    words = reading.docx_words(content)
    assert "Interim. Not final. Draft. Not published." in words
    assert "Broad support for standards." in words
    assert "Broad support" not in reading.docx_words(
        as_user(None).get(f"/consultations/{consultation.slug}/summary.docx").content
    )


def test_before_it_is_published_the_page_says_where_it_stands(consultation, client, close):
    assert "prepares it when the consultation has closed" in client.get(address(consultation)).content.decode()
    close()
    assert "The rapporteur prepares it." in client.get(address(consultation)).content.decode()
