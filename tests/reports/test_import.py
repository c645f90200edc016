"""Reports become passages: the first report exactly, three of other makes from DOCX and Markdown alike."""

import io
import json
from pathlib import Path

import docx
import pytest
from django.core.management import CommandError, call_command
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from consultation.record.models import Entry
from consultation.reports import fixture_files
from consultation.reports.contents import contents_of
from consultation.reports.draft import from_json, read_draft
from consultation.reports.forms import BlockForm
from consultation.reports.models import Edition, Import, Report
from tests.reports import documents

HERE = Path(__file__).parent
FIXTURES = HERE.parents[1] / "fixtures"
SEED = HERE / "source.txt"


def tree(file_name, content):
    """Ref, code, kind, parent and words of each passage."""
    passages = read_draft(file_name, content).contents().passages
    return [(p.ref, p.code, p.kind, p.strand, p.parent, p.depth, p.text) for p in passages]


def text(*lines):
    return read_draft("sample.txt", "\n".join(["Sample report", "", *lines]).encode())


def refs(draft):
    return [(p.ref, p.parent) for p in draft.contents().passages]


def doubts(draft):
    return [doubt.kind for _place, doubt in draft.open_doubts()]


@pytest.mark.django_db
def test_the_source_of_the_first_report_imports_to_exactly_its_fixture():
    Report.objects.all().delete()
    call_command("import_report", SEED, additions=FIXTURES / "gfmd-gcm-cluster-1.editor.yaml", verbosity=0)
    written = fixture_files.as_json(contents_of(Report.objects.get()))
    assert written == (FIXTURES / "gfmd-gcm-cluster-1.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("file_name", ["source.txt", "source.md"])
def test_without_an_editor_only_what_no_file_says_is_missing(file_name):
    draft = read_draft(file_name, SEED.read_bytes(), slug="gfmd-gcm-cluster-1")
    rows = json.loads(fixture_files.as_json(draft.contents()))
    fixture = json.loads((FIXTURES / "gfmd-gcm-cluster-1.json").read_text(encoding="utf-8"))
    wanted = [row for row in fixture if row["model"] != "reports.sessionrole"]
    for row in (*rows, *wanted):
        row["fields"].pop("editorial_note", None)
    assert rows == wanted
    assert draft.fidelity().same
    assert draft.fidelity().characters_in == len("".join(SEED.read_text(encoding="utf-8").split()))
    assert draft.open_doubts() == []


@pytest.mark.parametrize("name", documents.REPORTS)
def test_a_report_of_another_make_imports_alike_from_docx_and_markdown(name):
    pieces = documents.REPORTS[name]
    from_markdown = tree("report.md", documents.as_markdown(pieces).encode())
    assert tree("report.docx", documents.as_docx(pieces)) == from_markdown
    assert read_draft("report.docx", documents.as_docx(pieces)).report.title == documents.REPORTS[name][0][2]


def test_a_resolution_has_preambular_and_operative_paragraphs():
    found = tree("resolution.docx", documents.as_docx(documents.RESOLUTION))
    assert [row[:2] + row[4:5] for row in found] == [
        ("pp1", "PP 1", None),
        ("pp2", "PP 2", None),
        ("p1", "¶ 1", None),
        ("p2", "¶ 2", None),
        ("p2a", "¶ 2 (a)", "p2"),
        ("p2b", "¶ 2 (b)", "p2"),
        ("p3", "¶ 3", None),
    ]
    assert found[0][6] == "*Recalling* the sample charter and the duties that it names,"
    assert found[1][6].endswith("**rise**,")


def test_nested_numbers_tables_links_and_footnotes_keep_their_places():
    draft = read_draft("nested.docx", documents.as_docx(documents.NESTED))
    passages = draft.contents().by_ref
    assert passages["p1-1-2"].parent == "p1-1"
    assert passages["p1-1"].text == "The group met twice.[^1]"
    assert passages["p1-2"].text == "It heard [a study](https://example.org/study) on rivers."
    assert passages["t1"].text == "Year | Level\n2023 | 4 m"
    assert (passages["t1"].kind, passages["t1"].parent) == ("table", "h3")
    assert passages["r1a1"].code == "R.1.a.1"
    assert (passages["n1"].kind, passages["n1"].text) == ("note", "The minutes are fictional.")
    assert draft.fidelity().same


def test_a_table_in_a_table_is_words_of_its_cell_and_read_once():
    document = docx.Document()
    document.add_paragraph("1. The group met.")
    inside, deep = document, 12
    for level in range(deep):
        inside = inside.add_table(1, 1).rows[0].cells[0]
        inside.paragraphs[0].text = f"Words {level}."
    words = read_draft("x.docx", documents.saved(document)).contents().by_ref["t1"].text
    assert words == " ".join(f"Words {level}." for level in range(deep))


@pytest.mark.parametrize("name", ["resolution", "nested", "arabic", "chinese"])
def test_a_document_of_a_word_processor_gives_the_tree_of_its_markdown(name):
    """Written by LibreOffice, with its lists, notes, page breaks and running heads, not by python-docx."""
    files = [HERE / "made" / f"{name}.{form}" for form in ("docx", "md")]
    from_docx, from_markdown = (read_draft(file.name, file.read_bytes()) for file in files)
    trees = [
        [(p.ref, p.code, p.kind, p.parent, p.text) for p in d.contents().passages] for d in (from_docx, from_markdown)
    ]
    assert trees[0] == trees[1]
    assert from_docx.report == from_markdown.report
    assert from_docx.fidelity().same
    assert from_markdown.fidelity().same
    assert {doubt.kind for _place, doubt in from_docx.open_doubts()} == {"unread"}  # head and foot of the pages
    assert from_markdown.open_doubts() == []


def test_subparagraphs_in_other_scripts_have_codes_as_written_and_refs_that_can_be_addresses():
    found = {name: read_draft(name, (HERE / "made" / name).read_bytes()) for name in ("arabic.docx", "chinese.docx")}
    assert {d.contents().by_ref["p3b"].code for d in found.values()} == {"¶ 3 (ب)", "¶ 3 (二)"}
    assert found["arabic.docx"].contents().by_ref["p2"].text == "ناقشوا **مستوى الأنهار** في عام 2023."


def test_a_resolution_ends_its_preamble_after_a_note_and_joins_what_a_page_cut():
    draft = read_draft("resolution.docx", (HERE / "made" / "resolution.docx").read_bytes())
    passages = draft.contents().by_ref
    assert passages["pp3"].text.endswith("Secretary-General,[^1]")
    assert passages["p3"].text.endswith("in the report the figures of every sample State;")
    assert passages["p2a2"].code == "¶ 2 (a) (ii)"


@pytest.mark.parametrize("shown", [("%1", "%1.%2", "%1.%2.%3"), ("%1.", "%1.%2.", "%1.%2.%3.")])
def test_numbers_of_the_word_processor_nest_with_and_without_full_stops(shown):
    draft = read_draft("report.docx", documents.as_numbered_docx(shown, [0, 1, 2, 2, 1, 0, 1]))
    assert refs(draft) == [
        ("p1", None),
        ("p1-1", "p1"),
        ("p1-1-1", "p1-1"),
        ("p1-1-2", "p1-1"),
        ("p1-2", "p1"),
        ("p2", None),
        ("p2-1", "p2"),
    ]


def test_letters_of_the_word_processor_need_no_parentheses():
    forms = ("decimal", "lowerLetter", "lowerRoman")
    draft = read_draft("report.docx", documents.as_numbered_docx(("%1.", "%2.", "%3."), [0, 1, 1, 2, 0, 1], forms))
    assert refs(draft) == [("p1", None), ("p1a", "p1"), ("p1b", "p1"), ("p1b1", "p1b"), ("p2", None), ("p2a", "p2")]


def test_a_list_of_the_word_processor_that_begins_anew_begins_where_the_file_says():
    document = docx.Document(
        io.BytesIO(documents.as_numbered_docx(["%1.", "(%2)"], [0, 0, 0], ("decimal", "lowerLetter")))
    )
    again = OxmlElement("w:num")
    again.set(qn("w:numId"), "78")
    again.append(again.makeelement(qn("w:abstractNumId"), {qn("w:val"): "77"}))
    override = again.makeelement(qn("w:lvlOverride"), {qn("w:ilvl"): "0"})
    override.append(again.makeelement(qn("w:startOverride"), {qn("w:val"): "12"}))
    again.append(override)
    document.part.numbering_part.element.append(again)
    document.paragraphs[-1]._p.pPr.find(f".//{qn('w:numId')}").set(qn("w:val"), "78")
    draft = read_draft("report.docx", documents.saved(document))
    assert refs(draft) == [("p1", None), ("p2", None), ("p12", None)]


def test_numbers_and_bullets_of_a_style_are_those_of_the_styles_that_are_based_on_it():
    document = docx.Document()
    document.add_heading("Sample report", 0)
    for base in ("List Number", "List Bullet"):
        style = document.styles.add_style(f"Report {base[5:]}", WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles[base]
        document.add_paragraph("One.", style=style)
        document.add_paragraph("Two.", style=style)
    draft = read_draft("report.docx", documents.saved(document))
    assert refs(draft) == [("p1", None), ("p2", None), ("p2a", "p2"), ("p2b", "p2")]


def test_bold_and_italics_of_a_style_are_those_of_its_words():
    document = docx.Document()
    document.add_heading("Sample report", 0)
    paragraph = document.add_paragraph("1. The ")
    document.styles.add_style("Term", WD_STYLE_TYPE.CHARACTER).base_style = document.styles["Emphasis"]
    for words, style in (("group", "Strong"), (" and ", None), ("river", "Term"), (" met.", None)):
        paragraph.add_run(words, style)
    plainly = paragraph.add_run(" Twice.", "Strong")
    plainly.bold = False
    draft = read_draft("report.docx", documents.saved(document))
    assert [p.text for p in draft.contents().passages] == ["The **group** and *river* met. Twice."]


def test_words_that_the_word_processor_hides_are_left_out_when_the_editor_agrees():
    document = docx.Document()
    document.add_heading("Sample report", 0)
    document.add_paragraph("1. The group met.").add_run(" Ask the chair.").font.hidden = True
    document.add_paragraph().add_run("2. Not agreed.").font.hidden = True
    draft = read_draft("report.docx", documents.saved(document))
    assert [p.text for p in draft.contents().passages] == ["The group met."]
    asked = [doubt.sentence for _place, doubt in draft.open_doubts()]
    assert asked == [f"Hidden words are left out: “{words}”." for words in ("Ask the chair.", "2. Not agreed.")]
    assert draft.fidelity().same


def test_the_number_of_a_heading_stays_in_its_words():
    typed = text("1 Introduction", "", "1.1 One.", "", "2. Findings", "", "2.1. Figures", "", "2.1.1. Two.")
    headings = [p.text for p in typed.contents().passages if p.kind == "heading"]
    assert headings == ["1 Introduction", "2. Findings", "2.1. Figures"]
    nested = [p.text for p in read_draft("x.docx", documents.as_docx(documents.NESTED)).contents().passages]
    assert "2.1 Figures" in nested
    assert typed.fidelity().same


def test_recommendations_with_numbers_of_two_parts_stand_under_their_first():
    draft = text("Recommendations", "", "1. One.", "1.1. One one.", "1.2. One two.", "2. Two.", "2.1. Two one.")
    assert refs(draft)[1:] == [
        ("r1", "recommendations"),
        ("r1-1", "r1"),
        ("r1-2", "r1"),
        ("r2", "recommendations"),
        ("r2-1", "r2"),
    ]


def test_a_line_after_a_note_mark_or_a_closing_quote_begins_anew():
    draft = text("1. It ended.[^1]", "", "so it said “enough.”", "", "and went on.", "2. Two.")
    assert refs(draft)[:3] == [("p1", None), ("u1", None), ("u2", None)]
    assert doubts(draft) == ["continues", "continues"]


def under_heading(*lines):
    """The same as Markdown, below a first paragraph."""
    return read_draft("sample.md", "\n".join(["# Sample report", "", "## Summary", "", "1. One.", "", *lines]).encode())


def test_words_between_recommendations_are_no_parent_of_those_that_follow():
    draft = under_heading("## Practical recommendations", "", "1. Read.", "", "   In all languages.", "", "2. Write.")
    assert refs(draft)[2:] == [("practical", None), ("pra1", "practical"), ("u1", "practical"), ("pra2", "practical")]
    assert draft.contents().by_ref["pra2"].code == "PRA.2"


def test_recommendations_after_words_that_announce_them_are_a_list():
    draft = under_heading("## Recommendations", "", "The meeting recommends:", "", "- Read.", "- Write.", "  - Daily.")
    top = "recommendations"
    assert refs(draft)[2:] == [(top, None), ("u1", top), ("r1", top), ("r2", top), ("r2a", "r2")]
    assert draft.open_doubts() == []


def test_bullets_below_a_heading_stand_beside_each_other():
    draft = under_heading("## Aims", "", "- Read.", "- Write.", "  - Daily.", "- Speak.")
    assert refs(draft)[2:] == [("h2", None), ("u1", "h2"), ("u2", "h2"), ("u2a", "u2"), ("u3", "h2")]


def test_a_heading_of_recommendations_without_any_is_asked_about():
    lines = ("## Recommendations", "", "### To all", "", "- Read.", "", "### To some", "", "- Write.", "", "## Annex")
    draft = under_heading(*lines)
    assert doubts(draft) == ["recommendations"]
    for block in draft.blocks:
        block.kind = "list" if block.text.startswith("To ") else block.kind
    assert [ref for ref, _parent in refs(draft)][2:] == ["h2", "recommendations", "r1", "recommendations-2", "r2", "h3"]
    assert doubts(draft) == ["twice"]


def test_words_that_the_editor_makes_recommendations_stand_under_their_heading():
    draft = under_heading("## Last words", "", "The meeting ended.", "", "It recommends to read.", "", "And to write.")
    for block in draft.blocks[-2:]:
        block.kind = "recommendation"
    assert refs(draft)[3:] == [("u1", "h2"), ("r1", "h2"), ("r2", "h2")]
    assert [p.code for p in draft.contents().passages][4:] == ["R.1", "R.2"]


def test_lists_five_levels_deep_keep_their_depth():
    draft = text("Recommendations", "", *("  " * n + f"- Step {n}." for n in range(5)), "- Last.")
    assert [p.depth for p in draft.contents().passages] == [0, 1, 2, 3, 4, 5, 1]
    assert draft.contents().passages[5].ref == "r1a1a1"


def test_missing_and_repeated_numbers_are_doubts():
    draft = text("1. One.", "2. Two.", "2. Two again.", "5. Five.")
    assert [ref for ref, _parent in refs(draft)] == ["p1", "p2", "p2-2", "p5"]
    assert doubts(draft) == ["twice", "missing"]


def test_a_sentence_broken_by_a_page_is_joined_and_a_doubtful_one_is_asked_about():
    draft = text(
        "1. It goes", "", "on here. A second", "", "- 3 -", "", "one ends.", "2. Two", "", "Three ends.", "3. Last."
    )
    passages = draft.contents().by_ref
    assert passages["p1"].text == "It goes on here. A second one ends."
    assert passages["p1"].page_breaks == [7, 25]
    assert doubts(draft) == ["left_out", "continues"]
    assert [d.text for d in draft.fidelity().differences] == ["- 3 -"]


def corrected(draft, act, words, **given):
    """The draft after a correction of the block that begins with these words, as the page of the review makes it."""
    index = next(i for i, block in enumerate(draft.blocks) if block.text.startswith(words))
    form = BlockForm({"index": index, **given}, draft=draft, act=act)
    assert form.is_valid()
    form.correct()
    return draft


def test_a_line_is_joined_with_what_stands_before_a_page_number():
    draft = corrected(text("1. One and", "", "7", "", "More of it ends.", "", "2. Two."), "join", "More")
    assert [p.text for p in draft.contents().passages] == ["One and More of it ends.", "Two."]


def test_nothing_is_joined_with_a_page_number_that_stands_first():
    draft = read_draft("sample.txt", b"7\n\n1. One.\n\n2. Two.\n")
    assert BlockForm({"index": 1}, draft=draft, act="join").errors


def test_what_is_cut_and_joined_keeps_its_page_breaks():
    lines = ("1. One that goes", "", "on and on. Two that", "", "goes on as well.")
    whole = text(*lines).contents().passages[0]
    assert whole.page_breaks == [13, 33]
    cut = corrected(text(*lines), "split", "One", before="Two")
    assert [p.page_breaks for p in cut.contents().passages] == [[13], [8]]
    assert corrected(cut, "join", "Two").contents().passages[0].page_breaks == [13, 24, 33]


def test_a_number_that_the_word_processor_made_is_no_word_after_cutting_and_joining():
    draft = read_draft("report.docx", documents.as_numbered_docx(["%1."], [0, 0], ("decimal",)))
    corrected(draft, "split", "Sentence 0", before="0.")
    assert draft.fidelity().same
    corrected(draft, "join", "Sentence 1")
    assert draft.fidelity().same
    assert [p.text for p in draft.contents().passages] == ["Sentence", "0. Sentence 1."]


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("30 November – 2 December 2025", "2025-11-30"),
        ("31 December 2025 to 2 January 2026", "2025-12-31"),
        ("30 December to 2 January 2026", "2025-12-30"),
        ("4 and 5 December 2025", "2025-12-04"),
        ("4, 5 and 6 December 2025", "2025-12-04"),
        ("December 4th to 6th, 2025", "2025-12-04"),
        ("2nd December, 2025", "2025-12-02"),
        ("1er et 2 août 2025", "2025-08-01"),
        ("Mardi 30 novembre au 2 décembre 2025", "2025-11-30"),
        ("12 de marzo de 2025", "2025-03-12"),
        ("4 a 6 de diciembre de 2025", "2025-12-04"),
        ("4–6 декабря 2025 года", "2025-12-04"),
        ("٤ ديسمبر ٢٠٢٥", "2025-12-04"),
    ],
)
def test_a_meeting_of_several_days_was_held_from_the_first(line, day):
    assert text(line, "", "1. One.").report.held_on == day


@pytest.mark.parametrize(
    ("political", "practical"),
    [
        ("Recommandations politiques", "Recommandations pratiques"),
        ("Recomendaciones políticas", "Recomendaciones prácticas"),
        ("Политические рекомендации", "Практические рекомендации"),
        ("التوصيات السياسية", "التوصيات العملية"),
        ("政策建议", "实践建议"),
    ],
)
def test_political_and_practical_recommendations_are_told_apart_in_the_languages_of_the_united_nations(
    political, practical
):
    draft = under_heading(f"## {political}", "", "- A.", "", f"## {practical}", "", "- B.")
    assert [ref for ref, _parent in refs(draft)[2:]] == ["political", "pol1", "practical", "pra1"]
    assert draft.open_doubts() == []


@pytest.mark.parametrize("hours", ["3:00-4:30 pm", "3.00 – 4.30 p.m.", "11:00-1:00 P.M."])
def test_hours_of_the_afternoon_are_not_taken_for_those_of_the_night(hours):
    report = text(f"4 December 2025, {hours}", "", "1. One.").report
    assert (report.held_on, report.starts_at, report.ends_at) == ("2025-12-04", None, None)


def test_running_heads_are_left_out_only_when_the_editor_agrees():
    draft = text(*(line for n in (1, 2, 3) for line in ("", "Sample Forum 2025", "", f"{n}. Text.")))
    assert [ref for ref, _parent in refs(draft)] == ["p1", "p2", "p3"]
    assert doubts(draft) == ["left_out"] * 3
    for block in draft.blocks:
        block.kind = "heading" if block.shape == "left_out" else block.kind
    assert draft.fidelity().same


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_text_in_any_unicode_form_is_read_rightly(encoding):
    content = "Rapport\r\n\r\n1. L’été à Genève.\r\n".encode(encoding)
    draft = read_draft("report.txt", content)
    assert draft.contents().passages[0].text == "L’été à Genève."
    assert draft.open_doubts() == []


def test_windows_1252_is_read_and_doubted():
    draft = read_draft("report.txt", "Rapport\n\n1. L’été à Genève.\n".encode("cp1252"))
    assert draft.contents().passages[0].text == "L’été à Genève."
    assert doubts(draft) == ["encoding"]


def test_a_draft_survives_being_kept_as_json():
    draft = read_draft("nested.docx", documents.as_docx(documents.NESTED))
    assert from_json(json.loads(json.dumps(draft.as_json()))) == draft


@pytest.mark.django_db
def test_a_dry_run_shows_everything_and_stores_nothing(tmp_path, capsys):
    file = tmp_path / "resolution.docx"
    file.write_bytes(documents.as_docx(documents.RESOLUTION))
    call_command("import_report", file, dry_run=True)
    shown = capsys.readouterr().out
    assert "p2a" in shown
    assert "¶ 2 (a)" in shown
    assert not Import.objects.exists()
    assert not Report.objects.filter(slug__startswith="resolution").exists()


@pytest.mark.django_db
def test_nothing_is_stored_while_doubts_are_open_unless_they_are_accepted(tmp_path):
    file = tmp_path / "report.txt"
    file.write_text("Sample report\n\n6 April 2017\n\nSample Hall\n\n1. One.\n3. Three.\n")
    with pytest.raises(CommandError, match="doubts are open"):
        call_command("import_report", file, verbosity=0)
    assert not Import.objects.exists()
    call_command("import_report", file, accept_doubts=True, verbosity=0)
    report = Report.objects.get(slug="sample-report")
    assert list(report.passages.values_list("ref", flat=True)) == ["p1", "p3"]
    assert bytes(report.imports.get().content) == file.read_bytes()
    assert Entry.objects.about(report).get().kind == "report_stored"
    assert report.editions.get().way == Edition.Way.IMPORT


@pytest.mark.django_db
def test_the_same_file_is_imported_once(tmp_path):
    file = tmp_path / "resolution.docx"
    file.write_bytes(documents.as_docx(documents.RESOLUTION))
    call_command("import_report", file, verbosity=0)
    with pytest.raises(CommandError, match="already imported"):
        call_command("import_report", file, slug="another", verbosity=0)
    assert Report.objects.filter(title__startswith="Resolution").count() == 1


@pytest.mark.django_db
def test_a_report_without_a_day_is_asked_for_it(tmp_path):
    file = tmp_path / "report.txt"
    file.write_text("Sample report\n\n1. One.\n2. Two.\n")
    with pytest.raises(CommandError, match="held_on"):
        call_command("import_report", file, verbosity=0)
    assert not Import.objects.exists()
    call_command("import_report", file, held_on="2025-02-01", verbosity=0)
    assert Report.objects.get(slug="sample-report").held_on.year == 2025
