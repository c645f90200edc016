"""Files that nobody should trust: each is refused with a sentence, nothing is stored, nothing is fetched."""

import io
import resource
import socket
import time
import zipfile
from contextlib import contextmanager, suppress

import pytest
from django.utils import translation

from consultation.reports.draft import read_draft
from consultation.reports.errors import Unreadable
from tests.reports import documents

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
GOOD = documents.as_docx(documents.RESOLUTION)


def body(words, declaration=""):
    text = f"<w:document {W}><w:body><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:body></w:document>"
    return '<?xml version="1.0" encoding="UTF-8"?>' + declaration + text


def refused(content, match, file_name="report.docx"):
    with pytest.raises(Unreadable, match=match) as refusal:
        read_draft(file_name, content)
    return refusal.value.sentence


@contextmanager
def listener():
    """A server on this machine; gives its port and the list of those who called."""
    calls = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server.getsockname()[1], calls
        with suppress(TimeoutError):
            calls.append(server.accept())


def test_an_external_entity_is_refused_and_its_file_not_read():
    declaration = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    sentence = refused(
        documents.with_parts(GOOD, word__document_dot_xml=body("&e;", declaration)), "no office program writes"
    )
    assert "root:" not in sentence


def test_an_external_declaration_is_not_fetched():
    with listener() as (port, calls):
        declaration = f'<!DOCTYPE x SYSTEM "http://127.0.0.1:{port}/x">'
        refused(documents.with_parts(GOOD, word__document_dot_xml=body("x", declaration)), "no office program writes")
        refused(documents.with_parts(GOOD, word__styles_dot_xml=body("x", declaration)), "no office program writes")
    assert calls == []


def test_a_declaration_in_another_encoding_is_refused():
    part = body("x", "<!DOCTYPE x>").replace("UTF-8", "UTF-16").encode("utf-16")
    refused(documents.with_parts(GOOD, word__document_dot_xml=part), "no office program writes")


def test_a_bomb_of_entities_is_refused_at_once():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    declaration = f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>'
    before = time.monotonic()
    refused(documents.with_parts(GOOD, word__document_dot_xml=body("&l9;", declaration)), "no office program writes")
    assert time.monotonic() - before < 2


def test_an_archive_that_unpacks_to_much_is_refused_without_being_unpacked():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    bomb = io.BytesIO()
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/document.xml", "w", force_zip64=True) as part,
    ):
        for _megabyte in range(150):
            part.write(b"a" * 1024 * 1024)
    refused(bomb.getvalue(), "unpacks to more than")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_a_false_size_in_the_list_of_contents_is_found():
    content = documents.with_parts(GOOD, word__document_dot_xml=body("a" * 300_000))
    declared = len(body("a" * 300_000)).to_bytes(4, "little")
    assert content.count(declared) >= 1
    refused(content.replace(declared, (100).to_bytes(4, "little")), "of another kind|broken")


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/evil", "word\\evil.xml", "C:evil"])
def test_a_name_that_leads_outside_is_refused(name):
    stream = io.BytesIO(GOOD)
    with zipfile.ZipFile(stream, "a") as archive:
        entry = zipfile.ZipInfo("x")
        entry.filename = name
        archive.writestr(entry, "x")
    refused(stream.getvalue(), "names of the parts|no office program writes")


def test_too_many_parts_are_refused():
    stream = io.BytesIO(GOOD)
    with zipfile.ZipFile(stream, "a") as archive:
        for number in range(2_001):
            archive.writestr(f"word/{number}.xml", "")
    refused(stream.getvalue(), "too many parts")


def test_macros_are_refused():
    refused(documents.with_parts(GOOD, word__vbaProject_dot_bin=b"macro"), "macros.*Found in: word/vbaproject.bin")


def test_the_part_that_is_wrong_is_named():
    declaration = documents.with_parts(GOOD, word__styles_dot_xml=body("x", "<!DOCTYPE x>"))
    refused(declaration, "no office program writes.*Found in: word/styles.xml")
    broken = documents.with_parts(GOOD, word__document_dot_xml=body("x").replace("</w:t>", "\n</w:q>"))
    refused(broken, "word/document.xml is no XML at line 2, character")


def test_a_password_is_said():
    refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "password")


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 not an archive",
        documents.with_parts(GOOD, word__document_dot_xml="<w:document"),
        documents.with_parts(GOOD, **{"[Content_Types]_dot_xml": "<x/>"}),
        b"not even that",
    ],
)
def test_a_broken_document_is_refused(content):
    refused(content, "of another kind|broken")


def test_characters_that_turn_words_around_are_a_doubt_in_every_form():
    words = "A \u202eturned\u202c word."
    document = documents.with_parts(GOOD, word__document_dot_xml=body(words))
    for name, content in (("x.docx", document), ("x.txt", f"Sample\n\n1. {words}".encode())):
        doubt = next(d for _place, d in read_draft(name, content).open_doubts() if d.kind == "direction")
        assert "Lines: " in doubt.sentence


def test_an_empty_document_is_refused():
    refused(documents.with_parts(GOOD, word__document_dot_xml=body("")), "empty")


def test_templates_and_pictures_elsewhere_are_never_fetched():
    with listener() as (port, calls):
        relations = (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="rId1" TargetMode="External" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
            f'Target="http://127.0.0.1:{port}/template.dotx"/>'
            '<Relationship Id="rId2" TargetMode="External" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" '
            f'Target="http://127.0.0.1:{port}/picture.png"/></Relationships>'
        )
        content = documents.with_parts(
            GOOD,
            word___rels__settings_dot_xml_dot_rels=relations,
            word___rels__document_dot_xml_dot_rels=relations,
            word__document_dot_xml=body("A sentence."),
        )
        read_draft("report.docx", content)
    assert calls == []


def test_what_a_document_shows_and_no_passage_has_is_a_doubt():
    inner = "<w:txbxContent><w:p><w:r><w:t>In a box.</w:t></w:r></w:p></w:txbxContent>"
    box = f"<w:p><w:r><w:pict>{inner}</w:pict></w:r></w:p>"
    whole = body("A sentence.").replace("</w:body>", box + "</w:body>")
    deleted = whole.replace("<w:body>", "<w:body><w:p><w:del><w:r><w:delText>Gone</w:delText></w:r></w:del></w:p>")
    draft = read_draft("report.docx", documents.with_parts(GOOD, word__document_dot_xml=deleted))
    said = " ".join(doubt.sentence for _place, doubt in draft.open_doubts())
    assert "In a box." in said
    assert "tracked changes" in said


def test_what_is_not_read_is_said_in_the_language_of_the_editor_and_a_symbol_is_among_it():
    symbol = '<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r></w:p></w:body>'
    whole = body("A sentence.").replace("</w:p></w:body>", symbol)
    picture = whole.replace("<w:body>", "<w:body><w:p><w:r><w:pict/></w:r></w:p>")
    file = documents.with_parts(GOOD, word__document_dot_xml=picture)
    said = [doubt.sentence for _place, doubt in read_draft("report.docx", file).open_doubts()]
    assert said == ["A picture or drawing is not read.", "A character of a symbol font is not read."]
    with translation.override("fr"):
        doubts = read_draft("report.docx", file).open_doubts()
    assert doubts[0][1].sentence == "Une image ou un dessin n’est pas lu."


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"One\nTwo\x00Three", "Line 2, character 4: the control character U.0000"),
        (b"One\x1bTwo", "U.001B"),
        (b"\xff\xfeA\xd8B", "broken at byte|control character"),
        (b"caf\x81", "encoding of the text is not known"),
        (b"a" * 200_000, "Line 1 has more than 100,000 characters"),
    ],
)
def test_text_that_is_none_is_refused_with_its_place(content, match):
    refused(content, match, "report.txt")


def test_a_hundred_megabytes_of_one_line_are_refused_by_their_size():
    refused(b"a" * 100 * 1024 * 1024, "100 MB. The limit is 10 MB", "report.txt")


def test_another_kind_of_file_is_refused():
    refused(b"MZ", "not from “.exe”", "report.exe")


def test_a_label_that_was_forged_is_refused():
    refused(b'<!-- report {"slug": "x"} -->\n\n<!-- passage {"ref": "p1", "pk": 3} -->\nText\n', "damaged", "report.md")


@pytest.mark.parametrize(
    "label",
    [
        '{"slug": 3}',
        '{"slug": "x", "evil": 1}',
        '{"slug": "x", "roles": 3}',
        '{"slug": "x", "roles": [{"evil": 1}]}',
        '{"slug": "x", "roles": [[]]}',
        '{"slug": "x", "title": "\\ud800"}',
        '{"slug": "x", "title": "\\u0000"}',
    ],
)
def test_a_forged_label_of_the_report_is_refused(label):
    refused(f'<!-- report {label} -->\n\n<!-- passage {{"ref": "p1"}} -->\nText\n'.encode(), "damaged", "report.md")


@pytest.mark.parametrize(
    "field", ['"kind": []', '"order": 1', '"depth": "x"', '"page_breaks": {}', '"code": "\\ud800"']
)
def test_a_forged_label_of_a_passage_is_refused(field):
    label = f'<!-- passage {{"ref": "p1", {field}}} -->'
    refused(f'<!-- report {{"slug": "x"}} -->\n\n{label}\nText\n'.encode(), "damaged", "report.md")


def test_more_paragraphs_than_a_report_can_have_are_refused_before_they_are_read():
    many = "".join(f"<w:p><w:r><w:t>{n * 104_729}</w:t></w:r></w:p>" for n in range(60_000))
    whole = body("x").replace("</w:body>", many + "</w:body>")
    refused(documents.with_parts(GOOD, word__document_dot_xml=whole), "more than 10,000 paragraphs")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("words", ["样本报告甲\n\n1．与会者开了两天会。\n", "تقرير الحوار\n\n1. اجتمع المشاركون.\n"])
def test_text_of_other_scripts_in_utf_16_without_its_mark_is_read_rightly(words, encoding):
    draft = read_draft("report.txt", words.encode(encoding))
    assert draft.source.words == words
    assert draft.open_doubts() == []
