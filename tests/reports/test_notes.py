"""Notes of documents that word processors write: their marks and links."""

import io
import zipfile

import pytest
from lxml import etree

from consultation.reports.draft import read_draft
from tests.reports import documents


def part(content, name):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return etree.fromstring(archive.read(name))


def changed(content, name, old, new):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        written = archive.read(name).decode()
    assert written.count(old) == 1
    return documents.with_parts(content, **{name.replace("/", "__").replace(".", "_dot_"): written.replace(old, new)})


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
