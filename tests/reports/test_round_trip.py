"""Any report is the same again after it was written as a file and read: fixture, Markdown, DOCX."""

import io
from dataclasses import asdict

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.reports import fixture_files
from consultation.reports.checks import check
from consultation.reports.contents import Contents, PassageFields, ReportFields, RoleFields, contents_of
from consultation.reports.draft import read_draft
from consultation.reports.exports import export
from consultation.reports.models import Report
from tests.reports import documents

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


MADE = b"""# Report of the sample round table

4 December 2025
Sample Hall

Welcome.

## Summary

1. The group met.
2. It rested.

## Political recommendations

- Read.
- Write.

## Practical recommendations

- Speak.
"""


def placed(draft):
    return {p.text: (p.ref, p.kind, p.parent) for p in draft.contents().passages}


@pytest.mark.parametrize("form", ["md", "docx"])
def test_what_was_added_to_an_export_finds_its_place_and_is_asked_about(form):
    file = export(read_draft("made.md", MADE).contents(), form)
    added = {"Welcome.": "Again.", "2. It rested.": "3. It ate.", "Read.": "Count.", "Speak.": "Sing."}
    if form == "md":
        text = file.decode()
        for words, new in added.items():
            bullet = "- " if f"- {words}" in text else ""
            text = text.replace(f"{bullet}{words}\n", f"{bullet}{words}\n{bullet}{new}\n")
        file = text.encode()
    else:
        document = docx.Document(io.BytesIO(file))
        for paragraph in document.paragraphs:
            if new := added.get(paragraph.text):
                again = document.add_paragraph(new, paragraph.style)
                paragraph._p.addnext(again._p)
        file = documents.saved(document)
    draft = read_draft(f"edited.{form}", file)
    check(draft.contents())
    found = placed(draft)
    assert found["Again."] == ("u2", "paragraph", None)
    assert found["It ate."] == ("p3", "paragraph", "h1")
    assert found["Count."] == ("pol3", "recommendation", "political")
    assert found["Sing."] == ("pra2", "recommendation", "practical")
    assert found["Write."] == ("pol2", "recommendation", "political")
    assert [doubt.kind for _place, doubt in draft.open_doubts()] == ["new"] * 4


def test_a_title_that_was_corrected_in_an_export_is_the_title():
    document = docx.Document(io.BytesIO(export(read_draft("made.md", MADE).contents(), "docx")))
    document.paragraphs[0].runs[0].text = "Corrected report"
    draft = read_draft("edited.docx", documents.saved(document))
    assert draft.contents().report.title == "Corrected report"
    assert draft.contents().report.place_line == "Sample Hall"
    assert [doubt.kind for _place, doubt in draft.open_doubts()] == ["new"]
