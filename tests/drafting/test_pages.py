"""The pages of the next text: the rapporteur's desk, what everybody reads, and that nothing of it is seen before."""

import html
from uuid import uuid4

import pytest

from consultation.drafting.models import NextPassage, NextPassageVersion, NextSource, NextText
from consultation.drafting.proposed import Change, Proposed
from consultation.drafting.runs import runs
from tests import factories
from tests.drafting import arranging

OLD = "Adhere to international standards, including the UN CMW."
NEW = "Adhere to all agreed standards, including the UN CMW and CEDAW."


def read(answer):
    return " ".join(html.unescape(answer.content.decode()).split())


@pytest.fixture
def c(consultation):
    return f"/consultations/{consultation.slug}"


@pytest.fixture
def desk(c):
    return f"{c}/next-text/draft/passages/pol3/"


def sent(**fields):
    return {"action": "save", "version": 0, "submission_id": str(uuid4()), "text": NEW, "why": "", **fields}


def test_one_click_takes_a_proposed_wording_as_the_start(
    consultation, contributor, moderator, rapporteur, as_user, desk
):
    comment = arranging.wording(contributor, consultation, moderator, words=NEW)
    browser = as_user(rapporteur)
    assert f"?from={comment.public_id}" in read(browser.get(desk))
    form = browser.get(desk, {"from": comment.public_id}).context["form"]
    assert form["text"].value() == NEW
    keys = [f"run_{run.key}" for run in runs(OLD, NEW)]
    assert [form[key].value() for key in keys] == [[comment.public_id]] * 2
    ticked = {key: [comment.public_id] for key in keys}
    answer = browser.post(desk, sent(started_from=comment.public_id, **ticked), follow=True)
    assert "Saved. Nobody but rapporteurs" in read(answer)
    version = NextPassageVersion.objects.get()
    assert (version.text, version.started_from) == (NEW, comment.published)
    assert list(NextSource.objects.values_list("comment", "run").order_by("run")) == [(comment.pk, 1), (comment.pk, 2)]


def test_an_unexplained_change_is_told_with_its_number_and_everything_typed_stays(
    consultation, contributor, moderator, rapporteur, as_user, desk
):
    comment = factories.published(contributor, consultation, moderator, ref="pol3")
    first = runs(OLD, NEW)[0]
    answer = as_user(rapporteur).post(desk, sent(**{f"run_{first.key}": [comment.public_id]}))
    shown = read(answer)
    assert answer.status_code == 422
    assert "Nothing is named for change 2." in shown
    assert answer.context["form"]["text"].value() == NEW
    assert (
        f'value="{comment.public_id}" class="form-check-input" id="id_run_{first.key}_0" checked' in shown
        or "checked" in shown
    )
    assert not NextText.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": ""}, "Enter a text"),
        ({"text": OLD}, "These are those of the old text."),
        ({"text": "x" * 20_001, "why": "Longer."}, "too long"),
        ({"others": "not-a-number"}, "is not the number of a comment"),
        ({"whole": ["000000000000"]}, "Nothing is named for change"),
    ],
)
def test_what_cannot_be_saved_is_told_beside_its_field(rapporteur, as_user, desk, fields, words):
    answer = as_user(rapporteur).post(desk, sent(**fields))
    assert (answer.status_code, words in read(answer)) == (422, True)


def test_a_preview_saves_nothing_and_numbers_the_changes(rapporteur, as_user, desk):
    answer = as_user(rapporteur).post(desk, sent(action="preview"))
    shown = read(answer)
    assert answer.status_code == 200
    assert "Nothing is saved yet." in shown
    assert "all agreed</ins>" in shown
    assert not NextText.objects.exists()


def test_a_colleague_who_saved_meanwhile_is_not_written_over(consultation, rapporteur, as_user, desk):
    arranging.changed(arranging.officer(consultation), consultation, text="Words of the colleague.")
    browser = as_user(rapporteur)
    answer = browser.post(desk, sent(why="Agreed language."))
    shown = read(answer)
    assert answer.status_code == 409
    assert "Words of the colleague." in shown
    assert answer.context["form"]["text"].value() == NEW
    again = sent(why="Agreed language.", version=answer.context["form"]["version"].value())
    assert browser.post(desk, again).status_code == 302
    assert NextPassage.objects.get().latest.text == NEW


def test_the_old_words_written_again_are_the_old_text(consultation, rapporteur, as_user, desk):
    browser = as_user(rapporteur)
    browser.post(desk, sent(why="Because."))
    browser.post(desk, sent(text=f"  {OLD}\r\n", version=1))
    assert NextPassage.objects.get().latest.change == "kept"
    browser.post(desk, sent(why="Because.", version=2))
    browser.post(desk, sent(action="keep", version=3))
    assert [v.change for v in NextPassageVersion.objects.order_by("number")] == ["changed", "kept"] * 2


def test_dropping_asks_why_and_a_new_passage_is_put_after_one(consultation, rapporteur, as_user, desk, c):
    browser = as_user(rapporteur)
    answer = browser.post(desk, sent(action="drop"))
    assert (answer.status_code, "Enter why the passage is dropped" in read(answer)) == (422, True)
    assert browser.post(desk, sent(action="drop", why="It is said in POL.1.")).status_code == 302
    after = f"{c}/next-text/draft/passages/pol4/after/"
    assert "It stands after" in read(browser.get(after))
    assert browser.post(after, sent(text="A new one.")).status_code == 422
    assert browser.post(after, sent(text="A new one.", why="It was missing.")).status_code == 302
    place = NextPassage.objects.get(after__ref="pol4")
    own = f"{c}/next-text/draft/new/{place.public_id}/"
    assert browser.get(own).context["form"]["text"].value() == "A new one."
    browser.post(own, sent(action="keep", version=1))
    shown = read(browser.get(f"{c}/next-text/draft/"))
    assert "It is said in POL.1." not in shown
    assert "POL.4 bis" not in shown
    assert browser.get(f"{c}/next-text/draft/passages/h1/after/").status_code == 404


def test_comments_elsewhere_stand_behind_a_change_by_their_number(
    consultation, contributor, moderator, rapporteur, as_user, desk
):
    comment = factories.published(contributor, consultation, moderator, ref="p8")
    as_user(rapporteur).post(desk, sent(others=f"#{comment.public_id}"))
    assert NextSource.objects.get().comment == comment


def test_the_secretariat_reads_the_draft_and_does_not_write_it(consultation, rapporteur, as_user, desk, c):
    arranging.changed(rapporteur, consultation, text="Drafted words.")
    secretariat = as_user(arranging.officer(consultation, "secretariat"))
    shown = read(secretariat.get(f"{c}/next-text/draft/"))
    assert "Drafted words" in shown
    assert desk not in shown
    assert secretariat.get(desk).status_code == 403
    assert secretariat.post(desk, sent(why="Mine.")).status_code == 403


CANARY = "Canarywords"


@pytest.fixture
def prepared(consultation, contributor, moderator, rapporteur):
    """A text in preparation after closing, which takes up a comment, with a word that stands nowhere else."""
    comment = arranging.wording(contributor, consultation, moderator)
    what = Proposed(Change.CHANGED, f"New {CANARY}.", f"Why {CANARY}.", frozenset({comment.public_id}))
    arranging.save(rapporteur, consultation, "pol3", what)
    arranging.added(rapporteur, consultation, "pol4", f"Another {CANARY}.")
    arranging.close(consultation)
    return comment


def test_nothing_of_a_text_in_preparation_is_seen_anywhere(
    consultation, contributor, focal_point, moderator, prepared, as_user, c
):
    pages = (
        "/ {c}/ {c}/report/ {c}/report.json {c}/report.md {c}/recommendations/ {c}/passages/pol3/ {c}/passages/pol4/ "
        "{c}/passages/pol3/proposals/ {c}/summary/ {c}/summary.json {c}/summary.csv {c}/outcome/ {c}/outcome/data.json "
        "{c}/comments.json {c}/comments.csv {c}/next-text/ {c}/next-text/?show=all /delegation/ /notifications/ "
        "/search/?q=Canarywords /accounts/data.json {c}/comments/{id}/replies/ {c}/comments/{id}/history/"
    )
    people = (None, factories.UserFactory(), contributor, focal_point, moderator)
    superuser = factories.UserFactory(is_staff=True, is_superuser=True)
    for person in (*people, superuser):
        browser = as_user(person)
        for page in pages.format(c=c, id=prepared.public_id).split():
            answer = browser.get(page, follow=True)
            shown = answer.content.decode() if not answer.streaming else b"".join(answer).decode()
            assert shown.replace("q=Canarywords", "").count(CANARY) <= ("search" in page) * 3, (person, page)
            assert "aken up in the next text" not in shown
            assert "POL.4 bis" not in shown
        assert "No new version of this report’s text is published." in read(browser.get(f"{c}/next-text/"))
        for page in ("draft/", "draft/passages/pol3/", "publish/"):
            assert browser.get(f"{c}/next-text/{page}").status_code == (302 if person is None else 403)


def test_published_it_shows_old_new_difference_why_and_the_comments_behind(
    consultation, rapporteur, prepared, as_user, client, c
):
    arranging.dropped(rapporteur, consultation, "pol11")
    browser = as_user(rapporteur)
    checked = browser.get(f"{c}/next-text/publish/")
    assert CANARY in read(checked)
    form = checked.context["form"]
    fields = {"title": "Second version", "version": form["version"].value(), "submission_id": str(uuid4())}
    assert browser.post(f"{c}/next-text/publish/", {**fields, "title": ""}).status_code == 422
    assert browser.post(f"{c}/next-text/publish/", fields).status_code == 302
    shown = read(client.get(f"{c}/next-text/"))
    for words in (
        "“Second version”",
        f"New {CANARY}",
        f"Why {CANARY}.",
        OLD,
        "POL.4 bis",
        "It is said elsewhere.",
        f"/comments/{prepared.public_id}/",
        "3 passages are changed, new or dropped; 56 stand as they were.",
        "Positions stay bound to the text",
    ):
        assert words in shown
    assert "Leaving no one behind" not in shown
    assert "Leaving no one behind" in read(client.get(f"{c}/next-text/", {"show": "all"}))
    passage = read(client.get(f"{c}/passages/pol3/"))
    assert "The next text says:" in passage
    assert "Taken up in the next text of POL.3" in passage
    assert "This passage is not in the next text." in read(client.get(f"{c}/passages/pol11/"))
    assert "In the next text the words are the same." in read(client.get(f"{c}/passages/pol1/"))
    assert "The next text of the report is published" in read(client.get(f"{c}/"))
    for page in ("draft/", "publish/"):
        assert browser.get(f"{c}/next-text/{page}").url == f"{c}/next-text/"
    assert browser.post(f"{c}/next-text/draft/passages/pol3/", sent(why="Late.")).status_code == 409


def test_a_comment_that_is_gone_since_is_only_counted(consultation, moderator, rapporteur, prepared, client, c):
    arranging.publish(rapporteur, consultation)
    factories.decided(moderator, prepared, "remove")
    shown = read(client.get(f"{c}/next-text/"))
    assert prepared.public_id not in shown
    assert prepared.organisation.name not in shown
    assert "1 comment that is no longer published" in shown


@pytest.mark.parametrize("number", [2, 24])
def test_the_number_of_changes_and_comments_costs_no_queries(
    consultation, contributor, moderator, rapporteur, as_user, client, c, number, django_assert_num_queries
):
    for recommendation in list(consultation.recommendations())[:number]:
        comments = [factories.published(contributor, consultation, moderator, ref=recommendation.ref) for _ in range(2)]
        behind = frozenset(comment.public_id for comment in comments)
        arranging.changed(rapporteur, consultation, recommendation.ref, whole=behind)
    browser = as_user(rapporteur)
    browser.get(f"{c}/next-text/draft/")
    with django_assert_num_queries(16):
        browser.get(f"{c}/next-text/draft/")
    arranging.publish(rapporteur, consultation)
    with django_assert_num_queries(9):
        client.get(f"{c}/next-text/")
    with django_assert_num_queries(25):
        client.get(f"{c}/passages/pol2/")
