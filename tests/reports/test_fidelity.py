"""The fixture is the source, character by character, both ways."""

import html
import re
from pathlib import Path

import pytest

from consultation.reports.markdown import to_markdown
from consultation.reports.models import Passage, Report

SOURCE = (Path(__file__).parent / "source.txt").read_text(encoding="utf-8")
# The four places where a page of the source ends in the middle of a sentence or of the practical list.
BREAKS = [
    ("protection of the\n\nhuman rights", "protection of the human rights"),
    ("including\n\nthe principle", "including the principle"),
    ("exploitation of\n\nmigrant workers", "exploitation of migrant workers"),
    ("through the media.\n\n- Provide", "through the media.\n- Provide"),
]

pytestmark = pytest.mark.django_db


@pytest.fixture
def report():
    return Report.objects.get(slug="gfmd-gcm-cluster-1")


def joined(source: str) -> str:
    for broken, whole in BREAKS:
        assert source.count(broken) == 1
        source = source.replace(broken, whole)
    return source


def test_the_fixture_gives_the_source_with_its_page_breaks_joined(report):
    assert to_markdown(report, report.passages.order_by("order")) == joined(SOURCE)


def test_the_fixture_gives_the_source_itself_with_its_page_breaks(report):
    assert to_markdown(report, report.passages.order_by("order"), page_breaks=True) == SOURCE


def test_every_line_of_the_source_is_in_the_fixture(report):
    in_fixture = {report.forum, report.title, report.date_line, report.place_line}
    in_fixture |= {p.marker + p.text for p in report.passages.all()}
    assert {line for line in joined(SOURCE).split("\n") if line} == in_fixture


def test_the_refs_are_those_that_outside_programs_rely_on(report):
    refs = list(report.passages.order_by("order").values_list("ref", flat=True))
    wanted = [f"p{n}" for n in range(1, 27)] + [f"h{n}" for n in range(1, 7)] + ["political", "practical", "pra7a"]
    wanted += [f"pol{n}" for n in range(1, 12)] + [f"pra{n}" for n in range(1, 13)]
    assert sorted(refs) == sorted(wanted)
    assert refs[:10] == ["p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "h1"]


@pytest.mark.parametrize(
    ("ref", "code", "parent"),
    [("p8", "¶ 8", None), ("p10", "¶ 10", "h1"), ("pol3", "POL.3", "political"), ("pra7a", "PRA.7.a", "pra7")],
)
def test_people_see_codes_and_the_tree_has_parents(report, ref, code, parent):
    passage = report.passages.get(ref=ref)
    assert passage.code == code
    assert (passage.parent.ref if passage.parent else None) == parent


def test_the_session_record_stands_in_the_words_of_the_report(report):
    first, sixth = (report.passages.get(ref=ref).words for ref in ("p1", "p6"))
    *people, paper, brief = report.session_roles.all()
    for line in people:
        assert line.name in first
        assert line.capacity in first
    assert f"{paper.name} {paper.capacity}" in first
    assert f"{brief.name} {brief.capacity}" in sixth
    roles = [line.role for line in people]
    assert roles == ["chair", "speaker", "speaker", "rapporteur", "presenter"]
    assert paper.role == brief.role == "document"


def test_the_session_record_is_shown_whole(client, consultation):
    report = consultation.report
    for page in ("", "report/"):
        shown = html.unescape(client.get(f"/consultations/{consultation.slug}/{page}").content.decode())
        for said in (report.forum, report.date_line, report.place_line):
            assert said in shown
        for line in report.session_roles.all():
            assert line.name in shown
            assert line.capacity in shown


def test_reading_loses_no_word_and_shows_no_mark(report):
    for passage in report.passages.all():
        assert passage.words == re.sub(r"\[([^\]]*)\]\(#\)", r"\1", passage.text.replace("**", ""))


def test_a_recommendation_is_political_or_practical_and_nothing_else_is():
    assert set(Passage.objects.recommendations().values_list("strand", flat=True)) == {"political", "practical"}
    assert Passage.objects.recommendations().count() == 24
    assert not Passage.objects.exclude(kind="recommendation").exclude(strand="").exists()
