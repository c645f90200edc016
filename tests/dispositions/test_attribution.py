"""Comments without a name among the dispositions: figures, table, files and filters tell no more than the thread."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from consultation.consultations import times
from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment
from consultation.dispositions import queries, table
from consultation.dispositions.errors import NotAnswerable
from consultation.dispositions.rules import require_answerable
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from tests import factories


@pytest.fixture(autouse=True)
def others(consultation, contributor):
    """Two more states take part, and organisations may leave their name out."""
    consultation.attribution_choice = True
    consultation.save()
    return [factories.focal_point(consultation) for _ in range(2)]


@pytest.fixture
def nameless(consultation, contributor, moderator):
    def saying(attribution="group", ref="pol3", body="Without a name."):
        where = contributor, consultation, factories.passage(consultation, ref)
        written = discussion.write_comment(*where, Words(body), uuid4(), attribution=attribution)
        return factories.decided(moderator, written)

    return saying


def test_the_figures_have_a_row_without_a_group(consultation, nameless, said, others, answered, publish, client):
    for comment in (nameless(), nameless("secretariat"), said(others[0])):
        answered(comment)
    publish()
    figures = queries.figures_of(consultation)
    assert [(group.slug, counts.of, counts.organisations) for group, counts in figures.lines] == [("states", 1, 1)]
    assert (figures.unattributed.accepted, figures.unattributed.organisations) == (2, 0)
    assert figures.totals.of == 3
    page = client.get(f"/consultations/{consultation.slug}/dispositions/").content.decode()
    assert "Without a name" in page
    told = json.loads(b"".join(client.get(f"/consultations/{consultation.slug}/dispositions.json")))
    assert told["unattributed"]["accepted"] == 2
    assert "organisations" not in told["unattributed"]
    assert [(d["organisation"], d["group"], d["attribution"]) for d in told["dispositions"]][:2] == [
        ("", "states", "group"),
        ("", "", "none"),
    ]


def test_the_rapporteur_is_not_told_and_the_secretariat_is(
    consultation, contributor, nameless, rapporteur, secretariat, as_user
):
    comment, name = nameless(), factories.organisation_of(contributor).name
    c = f"/consultations/{consultation.slug}/dispositions"
    for address in (f"{c}/edit/", f"{c}/edit/{comment.public_id}/"):
        assert name not in as_user(rapporteur).get(address).content.decode()
        assert name in as_user(secretariat).get(address).content.decode()


def test_nobody_finds_it_by_name_or_by_a_group_that_is_not_told(
    consultation, contributor, nameless, answered, publish, as_user
):
    answered(nameless("secretariat"))
    publish()
    address = f"/consultations/{consultation.slug}/dispositions/"
    for question in (f"?organisation={factories.organisation_of(contributor).name}", "?group=states"):
        assert "Without a name." not in as_user(None).get(address + question).content.decode()
        assert "Without a name." in as_user(contributor).get(address + question).content.decode()


@pytest.mark.parametrize("by", ["passage", "organisation"])
def test_the_table_tells_no_explanation_that_would_name_it(consultation, focal_point, nameless, moderator, said, by):
    """Neither beside a comment without a name, nor that of a position without one beside a comment with it."""
    for ref, attribution in (("pol3", "named"), ("pol4", "group")):
        what = Answer("endorse", f"Said of {ref}.", attribution=attribution)
        version = positions.sign_position(
            focal_point, consultation, factories.passage(consultation, ref), what, uuid4()
        )
        type(version).objects.filter(pk=version.pk).update(explanation_state="published")
    name = factories.organisation_of(focal_point).name
    where = focal_point, consultation, factories.passage(consultation, "pol3")
    hidden = discussion.write_comment(*where, Words("Without a name."), uuid4(), attribution="group")
    factories.decided(moderator, hidden)
    said(focal_point, "With a name.", "pol4")
    said(focal_point, "With a name, too.", "pol3")
    rows = {line[5]: line for line in table.lines(focal_point, consultation, by)}
    assert rows["Without a name."][7:10] == ["", "An organisation of the group States", "States"]
    assert rows["With a name."][7:9] == ["", name]
    assert rows["With a name, too."][7:9] == ["Said of pol3.", name]


@pytest.mark.parametrize("attribution", ["secretariat", "named"])
def test_the_rapporteur_is_told_the_day_on_which_a_comment_without_a_name_went(
    consultation, contributor, said, attribution
):
    comment = said(contributor)
    gone = datetime(2026, 3, 4, 13, 57, tzinfo=UTC)
    Comment.objects.filter(pk=comment.pk).update(state="withdrawn", state_at=gone, attribution=attribution)
    comment.refresh_from_db()
    with pytest.raises(NotAnswerable, match="4 March 2026") as refused:
        require_answerable(comment)
    assert (times.said(gone, consultation) in refused.value.sentence) == (attribution == "named")
