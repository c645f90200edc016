"""The secretariat imports a document and loads a fixture in the admin; nobody else can."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from consultation.reports import fixture_files
from consultation.reports.contents import contents_of
from consultation.reports.models import Import, Report
from tests import factories
from tests.reports import documents

pytestmark = pytest.mark.django_db
A = "/admin/reports/report"
DOUBTFUL = b"Sample report\n\n6 April 2025\nSample Hall\n\n1. One\n\nMore of it ends.\n2. Two.\n4. Four.\n"


@pytest.fixture
def secretariat(as_user):
    return as_user(factories.UserFactory(is_staff=True, is_superuser=True))


def uploaded(browser, name, content, where="import"):
    return browser.post(f"{A}/{where}/", {"file": SimpleUploadedFile(name, content)})


def test_a_document_is_uploaded_looked_at_and_stored(secretariat):
    answer = uploaded(secretariat, "resolution.docx", documents.as_docx(documents.RESOLUTION))
    page = secretariat.get(answer.url)
    assert page.status_code == 200
    assert "¶ 2 (a)" in page.content.decode()
    stored = secretariat.post(answer.url, {"act": "store", "number": 0})
    report = Report.objects.get(title__startswith="Resolution")
    assert stored.url == f"{A}/{report.pk}/change/"
    assert report.passages.count() == 7
    assert secretariat.get(stored.url).status_code == 200


def test_doubts_are_corrected_and_confirmed_before_anything_is_stored(secretariat):
    review = uploaded(secretariat, "report.txt", DOUBTFUL).url
    assert secretariat.post(review, {"act": "store", "number": 0}).status_code == 422
    assert not Report.objects.filter(slug="sample-report").exists()
    rows = {p.block.text: index for index, _form, p in secretariat.get(review).context["rows"]}
    joined = secretariat.post(review, {"act": "join", "number": 0, "index": rows["More of it ends."]})
    assert joined.status_code == 302
    secretariat.post(review, {"act": "confirm_all", "number": 1})
    secretariat.post(review, {"act": "store", "number": 2})
    texts = dict(Report.objects.get(slug="sample-report").passages.values_list("ref", "text"))
    assert texts == {"p1": "One More of it ends.", "p2": "Two.", "p4": "Four."}


def test_kind_and_ref_are_corrected_and_a_passage_is_split(secretariat):
    review = uploaded(secretariat, "report.txt", DOUBTFUL).url
    rows = {p.block.text: index for index, _form, p in secretariat.get(review).context["rows"]}
    index = rows["More of it ends."]
    secretariat.post(review, {"act": "save", "number": 0, "index": index, "kind": "heading", "ref": "aside"})
    secretariat.post(review, {"act": "split", "number": 1, "index": rows["Four."], "before": "ur."})
    found = [(p.passage.ref, p.passage.kind) for _i, _f, p in secretariat.get(review).context["rows"] if p.passage]
    assert ("aside", "heading") in found
    assert [kind for _ref, kind in found].count("paragraph") == 4
    wrong = secretariat.post(review, {"act": "split", "number": 2, "index": index, "before": "nowhere"})
    assert wrong.status_code == 422


def test_a_correction_made_on_an_old_page_changes_nothing(secretariat):
    review = uploaded(secretariat, "report.txt", DOUBTFUL).url
    secretariat.post(review, {"act": "confirm_all", "number": 0})
    assert secretariat.post(review, {"act": "confirm_all", "number": 0}).status_code == 422
    assert Import.objects.get().number == 1


def test_a_file_that_cannot_be_read_is_said_beside_its_field(secretariat):
    answer = uploaded(secretariat, "report.docx", b"PK\x03\x04 broken")
    assert answer.status_code == 422
    assert "of another kind than its name says" in answer.content.decode()
    assert not Import.objects.exists()


@pytest.mark.parametrize("where", ["import", "load"])
def test_others_are_refused(where, as_user, contributor):
    content = documents.as_docx(documents.RESOLUTION)
    assert uploaded(as_user(contributor), "x.docx", content, where).status_code == 403
    assert uploaded(as_user(None), "x.docx", content, where).status_code == 302
    assert not Import.objects.exists()


def test_a_fixture_is_previewed_as_a_difference_and_loaded(secretariat):
    report = Report.objects.get(slug="gfmd-gcm-cluster-1")
    rows = json.loads(fixture_files.as_json(contents_of(report)))
    rows[9]["fields"]["text"] = "Another text."
    answer = uploaded(secretariat, "report.json", json.dumps(rows).encode(), "load")
    page = secretariat.get(answer.url)
    assert "<ins>Another text" in page.content.decode() or "Another" in page.content.decode()
    assert not report.editions.exists()
    secretariat.post(answer.url, {"previewed": page.context["previewed"]})
    assert report.passages.get(ref="p2").text == "Another text."
    assert report.editions.count() == 2


def test_a_wrong_fixture_is_refused_with_its_places(secretariat):
    rows = [{"model": "stakeholders.user", "fields": {"email": "x@example.org"}}]
    answer = uploaded(secretariat, "report.json", json.dumps(rows).encode(), "load")
    assert answer.status_code == 422
    assert "row 1" in answer.content.decode()


@pytest.mark.parametrize("form", ["json", "yaml", "md", "docx"])
def test_a_report_is_taken_out_as_a_file(secretariat, form):
    report = Report.objects.get(slug="gfmd-gcm-cluster-1")
    answer = secretariat.get(f"{A}/{report.pk}/export/{form}/")
    assert answer.status_code == 200
    assert f"gfmd-gcm-cluster-1.{form}" in answer["Content-Disposition"]
