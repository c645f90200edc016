"""Notes are footnotes in Word, at the foot of the page, and notes of the report again when the file is read."""

import io
import re
import zipfile
from dataclasses import asdict
from pathlib import Path

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml.ns import qn
from lxml import etree

from consultation.reports.draft import read_draft
from consultation.reports.exports import export
from tests.reports import documents
from tests.reports.noted import TWO, WITH_LINK, noted

# An export of `noted` that LibreOffice 7.4 opened and wrote again.
REWRITTEN = Path(__file__).parent / "made" / "rewritten.docx"


@pytest.fixture(scope="module")
def exported():
    return export(noted(), "docx")


def part(content, name):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return etree.fromstring(archive.read(name))


def words(element):
    return "".join(element.itertext(qn("w:t")))


def footnotes(content):
    return {note.get(qn("w:id")): note for note in part(content, "word/footnotes.xml")}


def changed(content, name, old, new):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        written = archive.read(name).decode()
    assert written.count(old) == 1
    return documents.with_parts(content, **{name.replace("/", "__").replace(".", "_dot_"): written.replace(old, new)})


def as_any_document(content):
    """The same file without the labels of our exports, as another program may write it."""
    document = docx.Document(io.BytesIO(content))
    for key, relation in list(document.part.rels.items()):
        if relation.reltype == RT.CUSTOM_XML:
            del document.part.rels[key]
    return documents.saved(document)


def edited(content):
    draft = read_draft("x.docx", content)
    doubts = [(place, doubt.kind) for place, doubt in draft.open_doubts()]
    return draft.contents().by_ref, doubts


def test_each_note_is_a_footnote_where_its_first_mark_stands(exported):
    body, notes = part(exported, "word/document.xml"), footnotes(exported)
    said = [words(notes[r.get(qn("w:id"))]) for r in body.iter(qn("w:footnoteReference"))]
    assert [re.sub(r"^\w? ", "", words) for words in said] == [
        "Of the forum.",
        "Of the title.",
        "Two with bold, italics and a link. See [^3].",
        "Three.",
        "4 begins with a number.",
        "All in italics",
        "Sixin two lines.",
        "a a priori.",
        "Seven.",
    ]
    before = [words(p) for p in body.iter(qn("w:p")) if p.find(f".//{qn('w:footnoteReference')}") is not None]
    assert before[3] == "1. One2 and bold more and a link again2."


def test_notes_that_are_no_footnotes_stay_paragraphs(exported):
    shown = [words(p) for p in part(exported, "word/document.xml").iter(qn("w:p"))]
    assert [line for line in shown if line.startswith("[^")] == [
        "[^z9]: Nobody refers to it. See .",
        "[^7]: Seven again.",
    ]


def test_a_mark_that_comes_again_refers_to_the_same_footnote(exported):
    body = part(exported, "word/document.xml")
    fields = [text.strip() for text in body.itertext(qn("w:instrText"))]
    assert fields == ["NOTEREF _Note3 \\f \\h"] * 2
    assert len(list(body.iter(qn("w:footnoteReference")))) == 9


def test_the_word_processor_counts_only_where_it_counts_as_the_report(exported):
    references = list(part(exported, "word/document.xml").iter(qn("w:footnoteReference")))
    said = [r.getnext().text if r.get(qn("w:customMarkFollows")) else "" for r in references]
    assert said == ["f", "", "", "", "", "", "", "a", ""]
    counted = [n.find(f".//{qn('w:footnoteRef')}") is not None for n in footnotes(exported).values()]
    assert counted == [False, False, *(not mark for mark in said)]


def test_the_part_of_the_notes_is_as_word_wants_it(exported):
    notes = footnotes(exported)
    assert [notes[key].get(qn("w:type")) for key in ("-1", "0")] == ["separator", "continuationSeparator"]
    assert notes["-1"].find(f".//{qn('w:separator')}") is not None
    types = part(exported, "[Content_Types].xml")
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    assert types.xpath("string(*[@PartName='/word/footnotes.xml']/@ContentType)") == kind
    settings = [child.tag for child in part(exported, "word/settings.xml")]
    assert settings.index(qn("w:footnotePr")) == settings.index(qn("w:compat")) - 1
    styles = part(exported, "word/styles.xml")
    for name, style in (("footnote text", "FootnoteText"), ("footnote reference", "FootnoteReference")):
        (found,) = [s for s in styles.iter(qn("w:style")) if s.get(qn("w:styleId")) == style]
        assert found.find(qn("w:name")).get(qn("w:val")) == name
        assert found.get(qn("w:customStyle")) is None
    ids = [b.get(qn("w:id")) for name in ("document", "footnotes") for b in starts(exported, name)]
    assert len(ids) == len(set(ids))


def starts(content, name):
    return part(content, f"word/{name}.xml").iter(qn("w:bookmarkStart"))


def test_a_link_of_a_note_is_a_link_of_its_part(exported):
    (link,) = part(exported, "word/footnotes.xml").iter(qn("w:hyperlink"))
    (relation,) = part(exported, "word/_rels/footnotes.xml.rels")
    assert (relation.get("Id"), relation.get("Target")) == (link.get(qn("r:id")), "https://example.org/note")


def test_a_report_without_marks_has_no_footnotes():
    contents = noted()
    contents.report.title = contents.report.forum = "Sample"
    contents.passages = [p for p in contents.passages if p.kind == "note"][-3:]
    for order, passage in enumerate(contents.passages, 1):
        passage.order = order
    content = export(contents, "docx")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "word/footnotes.xml" not in archive.namelist()
    assert asdict(read_draft("x.docx", content).contents()) == asdict(contents)


@pytest.mark.parametrize("form", ["ours", "rewritten"])
def test_the_report_comes_back_without_difference(form, exported):
    draft = read_draft("x.docx", exported if form == "ours" else REWRITTEN.read_bytes())
    assert asdict(draft.contents()) == asdict(noted())
    assert draft.open_doubts() == []
    assert draft.fidelity().same


def test_read_as_any_document_the_notes_keep_their_words_and_marks(exported):
    draft = read_draft("x.docx", as_any_document(exported))
    passages = draft.contents().passages
    told = {p.marker: p.text for p in passages if p.kind == "note"}
    assert told["[^2]: "] == TWO
    assert told["[^a]: "] == "a a priori."
    assert WITH_LINK.replace("bold[^3] more**", "bold**[^3] **more**").replace(
        "link[^4]](https://example.org/a)", ""
    ) in [p.text.replace("link](https://example.org/a)[^4]", "") for p in passages]
    assert "Estimated[^6][^a]" in next(p.text for p in passages if "Year" in p.text)
    assert draft.fidelity().same


def test_a_note_that_was_edited_keeps_its_mark_and_is_a_doubt(exported):
    passages, doubts = edited(changed(exported, "word/footnotes.xml", "Three.", "Three and a half."))
    assert (passages["n3"].marker, passages["n3"].text) == ("[^3]: ", "Three and a half.")
    assert [kind for _place, kind in doubts] == ["edited"]


def test_a_bullet_that_was_edited_stays_one(exported):
    passages, doubts = edited(changed(exported, "word/document.xml", "Measure", "Weigh"))
    assert (passages["r1"].marker, passages["r1"].text) == ("- ", "Weigh[^7].")
    assert [kind for _place, kind in doubts] == ["edited"]


def test_a_mark_that_was_moved_in_its_sentence_is_a_doubt(exported):
    document = part(exported, "word/document.xml")
    (paragraph,) = [p for p in document.iter(qn("w:p")) if words(p) == "Measure."]
    *_, full_stop = paragraph.iter(qn("w:r"))
    paragraph.find(qn("w:bookmarkStart")).addnext(full_stop)
    passages, doubts = edited(documents.with_parts(exported, word__document_dot_xml=etree.tostring(document)))
    assert passages["r1"].text == ".Measure[^7]"
    assert [kind for _place, kind in doubts] == ["edited"]


def test_a_note_that_was_added_gets_a_name_that_is_free(exported):
    added = '<w:footnote w:id="77"><w:p><w:r><w:t>Added.</w:t></w:r></w:p></w:footnote></w:footnotes>'
    content = changed(exported, "word/footnotes.xml", "</w:footnotes>", added)
    mark = 'Not noted<w:t/></w:t></w:r><w:r><w:footnoteReference w:id="77"/></w:r><w:r><w:t>: '.replace("<w:t/>", "")
    passages, _doubts = edited(changed(content, "word/document.xml", "Not noted: ", mark))
    assert passages["p3"].text.startswith("Not noted[^8]:")
    (new,) = [p for p in passages.values() if p.text == "Added."]
    assert (new.kind, new.marker) == ("note", "[^8]: ")
    assert passages["n8"].marker == "[^7]: "


def test_a_note_whose_passage_was_deleted_is_kept_at_the_end(exported):
    document = part(exported, "word/document.xml")
    for paragraph in list(document.iter(qn("w:p"))):
        if words(paragraph).startswith("1. One"):
            paragraph.getparent().remove(paragraph)
    draft = read_draft("x.docx", documents.with_parts(exported, word__document_dot_xml=etree.tostring(document)))
    assert [p.ref for p in draft.contents().passages][-1] == "n2"
    assert draft.fidelity().same


@pytest.mark.parametrize("form", ["simple", "complex"])
def test_a_number_that_refers_to_a_note_again_is_its_mark_in_any_document(form):
    """As Word writes a cross-reference to a footnote: a field, simple or of several runs."""
    field = {
        "simple": '<w:fldSimple w:instr=" NOTEREF _Ref5 \\h "><w:r><w:t>1</w:t></w:r></w:fldSimple>',
        "complex": '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText> NOTEREF _Re</w:instrText></w:r>'
        '<w:r><w:instrText>f5 \\h </w:instrText><w:fldChar w:fldCharType="separate"/></w:r>'
        '<w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>',
    }[form]
    reference = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    start, end = '<w:bookmarkStart w:id="900" w:name="_Ref5"/>', '<w:bookmarkEnd w:id="900"/>'
    around = f"{start}{reference}{end}<w:r><w:t>, so</w:t></w:r>{field}<w:r><w:t>.</w:t></w:r>"
    draft = read_draft("x.docx", changed(documents.as_docx(documents.NESTED), "word/document.xml", reference, around))
    assert draft.contents().by_ref["p1-1"].text == "The group met twice.[^1], so[^1]."
    assert draft.fidelity().same


def test_other_fields_are_what_they_show():
    field = '<w:fldSimple w:instr=" REF _Ref5 \\h "><w:r><w:t>seven</w:t></w:r></w:fldSimple>'
    shown = f"{field}<w:r><w:t> of twice</w:t></w:r>"
    content = changed(
        documents.as_docx(documents.NESTED),
        "word/document.xml",
        "<w:t>1.1 The group met twice.</w:t></w:r>",
        "<w:t>1.1 </w:t></w:r>" + shown,
    )
    assert read_draft("x.docx", content).contents().by_ref["p1-1"].text == "seven of twice[^1]"


def test_a_link_of_a_foreign_note_is_one_of_the_part_of_notes():
    """Its number is one of the document's links as well: they are not the same."""
    content = documents.as_docx(documents.NESTED)
    relations = part(content, "word/_rels/document.xml.rels")
    (number,) = [r.get("Id") for r in relations if r.get("Target") == "https://example.org/study"]
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = f'<w:hyperlink xmlns:r="{kind}" r:id="{number}"><w:r><w:t>The minutes</w:t></w:r></w:hyperlink><w:r><w:t>'
    content = changed(content, "word/footnotes.xml", "<w:r><w:t>The minutes", link)
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="{number}" Type="{kind}/hyperlink" Target="https://example.org/minutes"'
        ' TargetMode="External"/></Relationships>'
    )
    content = documents.with_parts(content, word___rels__footnotes_dot_xml_dot_rels=rels)
    passages = read_draft("x.docx", content).contents().by_ref
    assert passages["n1"].text == "[The minutes](https://example.org/minutes) are fictional."
