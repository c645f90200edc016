"""Archives that people send are looked through before anything opens them."""

import struct
import tracemalloc
import zipfile
from io import BytesIO

import pytest

from consultation.text.archives import MEGABYTE, BadArchive, Limits, check_archive

XML = b'<?xml version="1.0" encoding="UTF-8"?><a/>'


def archive(parts, method=zipfile.ZIP_DEFLATED):
    held = BytesIO()
    with zipfile.ZipFile(held, "w", method) as made:
        for name, content in parts:
            made.writestr(name, content)
    return held


def refused(file, limits=Limits(), **how):  # noqa: B008 - frozen
    with pytest.raises(BadArchive) as bad:
        check_archive(file, limits, **how)
    assert bad.value.sentence
    return bad.value.code


def test_a_plain_document_is_left_at_its_start():
    file = archive([("[Content_Types].xml", XML), ("word/document.xml", XML), ("word/media/a.png", b"\x89PNG\x00")])
    file.seek(7)
    check_archive(file, must_have="word/document.xml")
    assert file.tell() == 0


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([("word/vbaProject.bin", b"x")], "active"),
        ([("xl/macrosheets/sheet1.xml", XML)], "active"),
        ([("word/embeddings/oleObject1.bin", b"x")], "active"),
        (
            [("[Content_Types].xml", b'<a ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>')],
            "active",
        ),
        ([("/etc/passwd", b"x")], "names"),
        ([("word/../../evil.xml", XML)], "names"),
        ([("..\\evil.xml", XML)], "names"),
        ([("c:/evil.xml", XML)], "names"),
        ([("A.xml", XML), ("a.xml", XML)], "names"),
        ([("a.xml", b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>')], "xml"),
        ([("a.xml", b"<a>" + b" " * 65_530 + b'<!DOCTYPE b [<!ENTITY c "d">]></a>')], "xml"),
        ([("a.bin", b"<!ENTITY c 'd'>")], "xml"),
        ([("a.xml", '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"))], "xml"),
        ([("a.xml", b'<?xml version="1.0" encoding="UTF-7"?><a/>')], "xml"),
        ([("a.xml", '<?xml version="1.0" encoding="cp037"?><!DOCTYPE a><a/>'.encode("cp037"))], "xml"),
        ([(f"{number}.xml", XML) for number in range(2_001)], "entries"),
        ([("a.xml", b"<a>" + b" " * 60 * MEGABYTE)], "unpacked"),
        ([("a.xml", b"<a>" + b" " * 10 * MEGABYTE)], "unpacked"),
    ],
)
def test_what_no_document_has_is_refused(parts, code):
    assert refused(archive(parts)) == code


@pytest.mark.parametrize("content", [b"", b"PK", b"MZ\x90\x00", b"PK\x03\x04" + b"\x00" * 40, b"Name,Stance\n"])
def test_what_is_no_archive_is_refused(content):
    assert refused(BytesIO(content)) == "kind"


def test_a_program_with_an_archive_behind_it_is_refused():
    assert refused(BytesIO(b"MZ\x90\x00" + archive([("a.xml", XML)]).getvalue())) == "kind"


def test_another_kind_of_document_is_refused():
    assert refused(archive([("word/document.xml", XML)]), must_have="xl/workbook.xml") == "kind"


def test_a_file_over_the_limit_is_refused_unopened():
    assert refused(BytesIO(b"PK\x03\x04" + b"x" * MEGABYTE), Limits(packed=MEGABYTE)) == "packed"


def test_what_the_archive_says_of_its_size_is_not_believed():
    """A part of 40 MB that says it has ten bytes."""
    content = bytearray(archive([("a.xml", b"<a>" + b" " * 40 * MEGABYTE)]).getvalue())
    directory = content.rfind(b"PK\x01\x02")
    for place in (22, directory + 24):
        content[place : place + 4] = struct.pack("<I", 10)
    assert refused(BytesIO(bytes(content))) in {"kind", "unpacked"}


def test_memory_stays_flat_whatever_a_file_unpacks_to():
    file = archive([(f"{number}.xml", b"<a>" + b" " * 9 * MEGABYTE) for number in range(5)])
    tracemalloc.start()
    refused(file, Limits(ratio=10_000, unpacked=40 * MEGABYTE))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * MEGABYTE


def test_many_small_bombs_count_together():
    parts = [(f"{number}.xml", b"<a>" + b" " * 900_000) for number in range(60)]
    assert refused(archive(parts)) == "unpacked"
