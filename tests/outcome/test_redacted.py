"""What a moderator blacks out after the outcome is published is in no version and in no later one."""

import io
from uuid import uuid4

import docx
import pytest

from consultation.moderation import actions as moderation
from consultation.outcome import actions, documents
from consultation.outcome.composition import Choices, Texts
from consultation.outcome.models import Outcome, OutcomeVersion
from consultation.record import clock
from consultation.record.errors import Refusal
from tests import factories
from tests.outcome.arranging import explained

WORDS = "We cannot accept this.\n\nA certain person\n\nknows why. Call **their office** at\n\n- 0123 456\n- 789"


@pytest.fixture
def version(consultation, focal_point, moderator):
    explanation = explained(moderator, focal_point, consultation, words=WORDS)
    factories.close(consultation)
    return explanation


@pytest.fixture
def save(consultation, rapporteur):
    def saving(introduction="", **findings):
        seen = getattr(Outcome.objects.filter(consultation=consultation).first(), "version", 0)
        texts = Texts(introduction, findings)
        return actions.save_outcome(rapporteur, consultation, Choices(), texts, seen_version=seen)

    return saving


@pytest.fixture
def publish(consultation, rapporteur):
    def publishing(correction=""):
        consultation.refresh_from_db()
        outcome = Outcome.objects.get(consultation=consultation)
        draft = documents.draft_of(consultation, clock.now(), "x", *documents.contents_of(outcome))
        seen = {"seen_version": outcome.version, "seen_fingerprint": draft.fingerprint}
        made = actions.publish_outcome(
            rapporteur, consultation, uuid4(), lambda n: f"v{n}", correction=correction, **seen
        )
        return OutcomeVersion.objects.get(pk=made.pk)

    return publishing


@pytest.fixture
def black_out(moderator, version):
    def blacking(words):
        item = f"explanation-{version.position.public_id}"
        why = {"reason": "personal_data", "statement": "It names a person.", "submission_id": uuid4()}
        moderation.redact(moderator, item, version.number, [words], **why)

    return blacking


@pytest.mark.parametrize(
    ("words", "gone", "left"),
    [
        ("this.\n\nA certain", ["this.", "certain"], ["We cannot accept", "person", "knows why."]),
        ("accept this.\n\nA certain person\n\nknows", ["accept", "certain", "knows"], ["We cannot", "why. Call"]),
        ("**their office** at\n\n- 0123 456\n- 789", ["office", "0123", "789"], ["A certain person", "knows why."]),
        ("A certain person", ["certain"], ["We cannot accept this.", "knows why."]),
    ],
)
def test_what_is_blacked_out_across_paragraphs_is_on_no_page(
    consultation, client, save, publish, black_out, words, gone, left
):
    save("An introduction.")
    publish()
    black_out(words)
    address = f"/consultations/{consultation.slug}/outcome/"
    page = client.get(address).content.decode()
    article = page[page.index("POL.3 R1") :].partition("POL.4")[0]
    assert article.count("█████") == 1
    for each in gone:
        assert each not in article
    for each in left:
        assert each in article
    for extension in ("docx", "pdf", "json"):
        assert client.get(f"{address}1/outcome.{extension}").status_code == 409
    publish("Words are blacked out.")
    for extension in ("docx", "pdf", "json"):
        assert client.get(f"{address}2/outcome.{extension}").status_code == 200


@pytest.mark.parametrize(
    ("texts", "named"),
    [
        ({"introduction": "As *a certain* person\n\nsaid."}, "Introduction"),
        ({"introduction": "", "pol3": "A certain person knows."}, "Finding on POL.3"),
    ],
)
def test_a_correction_does_not_repeat_what_is_blacked_out(
    consultation, rapporteur, as_user, version, save, publish, black_out, texts, named
):
    save(**texts)
    publish()
    black_out("A certain person")
    with pytest.raises(Refusal, match=named):
        publish("Words are blacked out.")
    browser, address = as_user(rapporteur), f"/consultations/{consultation.slug}/outcome/"
    for page in ("edit/", "publish/"):
        assert named in browser.get(address + page).context["obstacle"]
    finding = {"finding_pol3": texts["pol3"]} if "pol3" in texts else {}
    sent = {"version": 1, "explanations": "all", "wordings": "body", "introduction": texts["introduction"], **finding}
    refused = browser.post(address + "edit/", {**sent, "action": "save"})
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["finding_pol3" if finding else "introduction"]
    save("Without it.")
    assert publish("Words are blacked out.").number == 2


def test_nor_does_the_sentence_that_says_what_is_corrected(
    consultation, rapporteur, as_user, version, save, publish, black_out
):
    save("An introduction.")
    publish()
    black_out("A certain person")
    with pytest.raises(Refusal, match="What is corrected"):
        publish("It named a certain person.")
    browser, address = as_user(rapporteur), f"/consultations/{consultation.slug}/outcome/publish/"
    form = browser.get(address).context["form"]
    sent = {name: form[name].value() for name in ("submission_id", "version", "fingerprint")}
    refused = browser.post(address, {**sent, "correction": "It named a certain person."})
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["correction"]
    assert OutcomeVersion.objects.count() == 1


def test_the_files_of_a_version_say_what_its_page_says_is_corrected(consultation, save, close):
    """Also where a first try failed after its files were made, and was sent again with other words."""
    outcome, at = save("An introduction."), clock.now()
    close()
    for words in ("The first words.", "The second words."):
        made = documents.version_of(consultation, at, "x", outcome, number=2, correction=words)
        said = [p.text for p in docx.Document(io.BytesIO(made.file("docx"))).paragraphs]
        assert f"Corrected in this version: {words}" in said
