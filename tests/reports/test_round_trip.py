"""Any report is the same again after it was written as a file and read: fixture, Markdown, DOCX."""

from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.reports import fixture_files
from consultation.reports.checks import check
from consultation.reports.contents import Contents, PassageFields, ReportFields, RoleFields, contents_of
from consultation.reports.draft import read_draft
from consultation.reports.exports import export
from consultation.reports.models import Report

LETTERS = st.characters(categories=("L", "N", "P", "S"), exclude_characters="")
LINE = (
    st.text(st.one_of(LETTERS, st.just(" ")), min_size=1, max_size=30)
    .map(str.strip)
    .filter(lambda words: any(c.isalnum() for c in words))
)
SOME_LINES = st.lists(LINE, min_size=1, max_size=3).map("\n".join)
MARKED = st.sampled_from(
    ["**bold** word", "*so*", "[link](https://example.org/a)", "[none](#)", "a\\*b", "<!-- passage"]
)
NOTED = st.sampled_from(["so[^1]", "**so[^2] bold**", "[link[^a]](https://example.org/a)", "[^1][^2]", "1[^9]2"])
TEXT = st.one_of(SOME_LINES, st.tuples(LINE, st.one_of(MARKED, NOTED), LINE).map(" ".join))
TITLE = st.one_of(LINE, LINE.map("{}[^1]".format))
MARKERS = ["", "1. ", "- ", " - o ", "## "]
NOTES = ["[^1]: ", "[^2]:\t", "[^a]: ", "[^9]: "]


@st.composite
def reports(draw):
    passages = []
    for number in range(1, draw(st.integers(1, 6)) + 1):
        kind = draw(st.sampled_from(["heading", "paragraph", "list", "recommendation", "table", "note"]))
        above = draw(st.sampled_from([None, *passages]))
        strand = draw(st.sampled_from(["political", "practical", "general"])) if kind == "recommendation" else ""
        text = draw(TEXT)
        breaks = [i for i, c in enumerate(text) if c == " "][:1] if draw(st.booleans()) else []
        passages.append(
            PassageFields(
                f"x-{number}",
                draw(st.sampled_from(["", "¶ 1", "POL.1"])),
                kind,
                strand,
                above.ref if above else None,
                number,
                above.depth + 1 if above else 0,
                text,
                draw(st.sampled_from(["", "A note -->."])),
                draw(st.sampled_from(MARKERS + NOTES * (kind == "note"))),
                draw(st.booleans()),
                breaks,
            )
        )
    block = ReportFields(
        "x", "en", draw(st.one_of(st.just(""), TITLE)), draw(TITLE), "", draw(LINE), "2025-01-02", None, None
    )
    return Contents(block, [RoleFields("chair", draw(LINE), "", 1)], passages)


@pytest.mark.parametrize("form", ["json", "yaml", "md", "docx"])
@given(contents=reports())
@settings(max_examples=40)
def test_a_report_comes_back_without_difference(form, contents):
    check(contents)
    file = export(contents, form)
    if form in {"json", "yaml"}:
        again = fixture_files.read(f"x.{form}", file)
    else:
        again = read_draft(f"x.{form}", file).contents()
    assert asdict(again) == asdict(contents)


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["md", "docx"])
def test_the_first_report_comes_back_from_a_document(form):
    contents = contents_of(Report.objects.get(slug="gfmd-gcm-cluster-1"))
    draft = read_draft(f"report.{form}", export(contents, form))
    draft.notes = {}
    assert asdict(draft.contents()) == asdict(contents)
    assert draft.open_doubts() == []
    assert draft.fidelity().same
