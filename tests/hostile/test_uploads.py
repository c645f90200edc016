"""Each form that takes a file × each bad file: 422 with a sentence beside the field, and nothing is stored."""

import io
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from consultation.positions.models import PositionVersion
from consultation.record.models import Entry
from consultation.reports.models import Import, Report
from consultation.stakeholders.models import Organisation
from tests import factories

MEGABYTE = 1_000_000
ENTITY = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
LAUGHS = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/{part}" ContentType="application/{kind}.main+xml"/></Types>'
)
WORD = ("word/document.xml", "vnd.openxmlformats-officedocument.wordprocessingml.document")
SHEET = ("xl/workbook.xml", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def package(which, content, **more):
    """A package of this kind whose main part is this."""
    part, kind = which
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES.format(part=part, kind=kind))
        archive.writestr(part, content)
        for name, data in more.items():
            archive.writestr(name.replace("__", "/"), data)
    return made.getvalue()


def files(which):
    """Bad files as this form would want them, by what is bad about them."""
    return {
        "empty": b"",
        "a program": b"MZ\x90\0" + b"\0" * 500,
        "a picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 200,
        "a PDF": b"%PDF-1.7\n" + b"\0" * 200,
        "an old binary document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "text with NUL": b"name,group\0\n1. One\n",
        "noise": bytes(range(256)) * 20,
        "a broken archive": b"PK\x03\x04" + b"\0" * 100,
        "an archive cut off": package(which, "<x/>")[:-30],
        "an entity": package(which, ENTITY),
        "a bomb of entities": package(which, LAUGHS),
        "a bomb": package(which, b"<x>" + b"a" * (60 * MEGABYTE) + b"</x>"),
        "a way out": package(which, "<x/>", **{"..__..__evil.txt": "x"}),
        "macros": package(which, "<x/>", **{f"{which[0].partition('/')[0]}__vbaProject.bin": "x"}),
        "no document": package(which, "<x/>"),
        "not well formed": package(which, "<x><y></x>"),
        "compressed noise": zlib.compress(b"a" * 1000),
    }


FORMS = {
    "report": ("/admin/reports/report/import/", "report.docx", WORD),
    "fixture": ("/admin/reports/report/load/", "report.json", WORD),
    "organisations": ("/admin/stakeholders/organisation/import/", "organisations.csv", WORD),
    "positions": ("positions_upload", "positions.xlsx", SHEET),
}


def stored():
    return (Report.objects.count(), Import.objects.count(), Organisation.objects.count(), Entry.objects.count())


@pytest.mark.parametrize("form", FORMS)
def test_a_bad_file_is_refused_with_a_sentence_by_every_form(consultation, focal_point, as_user, form):
    address, name, which = FORMS[form]
    if form == "positions":
        browser, place = as_user(focal_point), factories.organisation_of(focal_point).slug
        address = f"/delegation/{place}/{consultation.slug}/positions/upload/"
    else:
        browser = as_user(factories.secretariat())
    browser.raise_request_exception = False
    before, wrong = stored(), {}
    for bad, content in files(which).items():
        for called in (name, "x" * 300 + name, f"..\\{name}") if bad == "noise" else (name,):
            answer = browser.post(address, {"file": SimpleUploadedFile(called, content)})
            page = answer.content.decode()
            if answer.status_code != 422 or "Traceback" in page or "root:" in page:
                wrong[bad, called[-20:]] = answer.status_code
            elif "error" not in page and "invalid" not in page:
                wrong[bad, called[-20:]] = "no sentence"
    assert wrong == {}
    assert stored() == before
    assert not PositionVersion.objects.exists()


@pytest.mark.parametrize("form", ["report", "fixture", "organisations"])
def test_what_is_too_large_is_refused_before_it_is_read(as_user, db, form):
    address, name, _which = FORMS[form]
    browser = as_user(factories.secretariat())
    browser.raise_request_exception = False
    answer = browser.post(address, {"file": SimpleUploadedFile(name, b"1. One line.\n" * 4 * MEGABYTE)})
    assert answer.status_code in {400, 413, 422}
    assert stored()[1] == 0
