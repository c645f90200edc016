"""The secretariat imports a document and loads a fixture in the admin; nobody else can."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from consultation.record.models import Entry
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


HEAD = {"slug": "sample-report", "language": "en", "held_on": "2025-04-06", "starts_at": "", "ends_at": "", "roles": ""}


def test_what_is_typed_above_is_kept_by_the_button_below(secretariat):
    """Day, address and session record are typed at the top, the report is stored at the bottom: one form."""
    review = uploaded(secretariat, "report.txt", b"Sample report\n\n1. One.\n2. Two.\n").url
    typed = HEAD | {"forum": "Sample Forum", "place_line": "Sample Hall", "roles": "chair | A. Sample | Sample State"}
    stored = secretariat.post(review, typed | {"act": "store", "number": 0})
    assert stored.status_code == 302
    report = Report.objects.get(slug="sample-report")
    assert (report.forum, report.place_line, report.held_on.isoformat()) == (
        "Sample Forum",
        "Sample Hall",
        "2025-04-06",
    )
    assert report.session_roles.get().name == "A. Sample"


def test_a_language_that_is_no_tag_is_told_beside_its_field(secretariat):
    review = uploaded(secretariat, "report.txt", b"Sample report\n\n1. One.\n2. Two.\n").url
    refused = secretariat.post(review, HEAD | {"act": "store", "number": 0, "language": "english"})
    assert refused.status_code == 422
    assert "Enter the language as a tag of BCP 47" in refused.content.decode()
    assert not Report.objects.filter(slug="sample-report").exists()
    report = Report.objects.get(slug="gfmd-gcm-cluster-1")
    page = secretariat.post(f"{A}/{report.pk}/change/", change_form(report, language="english"))
    assert "Enter the language as a tag of BCP 47" in page.content.decode()


def test_a_text_without_a_title_is_given_one(secretariat):
    review = uploaded(secretariat, "report.txt", b"1. One.\n2. Two.\n3. Three.\n").url
    refused = secretariat.post(review, HEAD | {"act": "store", "number": 0, "title": "", "place_line": "Typed Hall"})
    assert refused.status_code == 422
    assert "Typed Hall" in refused.content.decode()
    rows = secretariat.get(review).context["rows"]
    secretariat.post(review, HEAD | {"act": "head", "number": 0, "title": "A typed title"})
    secretariat.post(review, {"act": "save", "number": 1, "index": rows[0][0], "kind": "paragraph", "ref": "first"})
    secretariat.post(review, {"act": "store", "number": 2})
    assert Report.objects.get(title="A typed title").passages.filter(ref="first").exists()


def test_a_refused_correction_stays_in_its_row_with_what_was_typed(secretariat):
    review = uploaded(secretariat, "report.txt", DOUBTFUL).url
    index = secretariat.get(review).context["rows"][-1][0]
    typed = {"act": "split", "number": 0, "index": index, "before": "nowhere there", "ref": "typed-ref"}
    page = secretariat.post(review, typed)
    assert page.status_code == 422
    assert f'href="#block-{index}"' in page.content.decode()
    row = page.content.decode().split(f'id="block-{index}"')[1]
    assert "nowhere there" in row
    assert "typed-ref" in row
    assert "Enter words of this passage" in row


def test_storing_that_is_refused_keeps_nothing_and_what_was_typed(secretariat):
    review = uploaded(secretariat, "report.txt", DOUBTFUL).url
    page = secretariat.post(review, HEAD | {"slug": "typed-slug", "act": "store", "number": 0})
    assert page.status_code == 422
    assert "typed-slug" in page.content.decode()
    assert "not confirmed" in page.content.decode()
    assert Import.objects.get().number == 0


def test_a_long_report_is_looked_at_in_pages_and_each_doubt_leads_to_its_line(
    secretariat, django_assert_max_num_queries
):
    lines = [f"{n}. Sentence {n}." for n in range(1, 451) if n != 440]
    review = uploaded(secretariat, "report.txt", "\n".join(["Sample report", "", *lines]).encode()).url
    with django_assert_max_num_queries(20):
        first = secretariat.get(review)
    assert len(first.context["rows"]) == 200
    link = first.context["open"][0][0]
    assert f'href="{link}"' in first.content.decode()
    third = secretariat.get(review + link.partition("#")[0])
    assert f'id="{link.partition("#")[2]}"' in third.content.decode()
    index = link.rpartition("-")[2]
    confirmed = secretariat.post(f"{review}?page=3", {"act": "confirm", "number": 0, "index": index})
    assert confirmed.url == f"{review}?page=3#block-{index}"


def test_a_preview_shows_what_would_change_in_words(secretariat):
    report = Report.objects.get(slug="gfmd-gcm-cluster-1")
    rows = json.loads(fixture_files.as_json(contents_of(report)))
    rows[0]["fields"]["place_line"] = "Another hall"
    role = next(row["fields"] for row in rows if row["model"] == "reports.sessionrole")
    role["name"] = "Another name"
    passage = next(row["fields"] for row in rows if row["fields"].get("ref") == "p8")
    passage["editorial_note"] = "Another note"
    page = secretariat.get(uploaded(secretariat, "report.json", json.dumps(rows).encode(), "load").url).content.decode()
    for words in ("<ins>Another hall</ins>", "<ins>", "Another name", "editorial note", "<ins>Another note</ins>"):
        assert words in page, words
    assert "editorial_note" not in page


def test_an_earlier_fixture_is_loaded_again_when_the_report_changed_since(secretariat):
    report = Report.objects.get(slug="gfmd-gcm-cluster-1")

    def preview_of(note):
        contents = contents_of(report)
        contents.passages[0].editorial_note = note
        return uploaded(secretariat, "report.json", fixture_files.as_json(contents).encode(), "load").url

    def load(preview, seen):
        return secretariat.post(preview, {"previewed": seen})

    first = preview_of("First.")
    before = secretariat.get(first).context["previewed"]
    assert load(first, before).status_code == load(first, before).status_code == 302
    assert report.editions.count() == 2
    second = preview_of("Second.")
    load(second, secretariat.get(second).context["previewed"])
    assert load(first, before).status_code == 409
    assert load(first, secretariat.get(first).context["previewed"]).status_code == 302
    assert report.passages.get(order=1).editorial_note == "First."


def test_a_fixture_of_what_is_there_offers_nothing_to_load(secretariat):
    report = Report.objects.get(slug="gfmd-gcm-cluster-1")
    content = fixture_files.as_yaml(contents_of(report)).encode()
    page = secretariat.get(uploaded(secretariat, "report.yaml", content, "load").url).content.decode()
    assert "Nothing differs" in page
    assert "Load this fixture" not in page


def change_form(report, **changed):
    """What the admin's page of a report sends: its title block and its session record."""
    fields = {name: getattr(report, name) or "" for name in ("language", "forum", "title", "date_line", "place_line")}
    times = {name: getattr(report, name) or "" for name in ("held_on", "starts_at", "ends_at")}
    roles = list(report.session_roles.all())
    lines = {"session_roles-TOTAL_FORMS": len(roles), "session_roles-INITIAL_FORMS": len(roles)}
    for number, role in enumerate(roles):
        values = {"id": role.pk, "report": report.pk, "role": role.role, "name": role.name, "order": role.order}
        values["capacity"] = role.capacity
        lines |= {f"session_roles-{number}-{name}": value for name, value in values.items()}
    return fields | times | lines | changed


def test_the_title_block_and_the_session_record_are_edited_as_a_new_edition(secretariat):
    report = Report.objects.get(slug="gfmd-gcm-cluster-1")
    names = list(report.session_roles.values_list("name", flat=True))
    sent = change_form(report, place_line="Another hall", **{"session_roles-1-name": "B. Sample"})
    sent["session_roles-2-DELETE"] = "on"
    assert secretariat.post(f"{A}/{report.pk}/change/", sent).status_code == 302
    report.refresh_from_db()
    assert report.place_line == "Another hall"
    assert list(report.session_roles.values_list("name", flat=True)) == [names[0], "B. Sample", *names[3:]]
    assert [edition.way for edition in report.editions.all()] == ["found", "edited"]
    assert Entry.objects.about(report).get().content["way"] == "edited"


def test_each_field_of_the_session_record_has_a_name(secretariat):
    report = Report.objects.get(slug="gfmd-gcm-cluster-1")
    page = secretariat.get(f"{A}/{report.pk}/change/").content.decode()
    rows = page.partition('id="session_roles-group"')[2].partition("</fieldset>")[0]
    fields = [field for field in re.findall(r"<(?:input|select)[^>]*>", rows) if 'type="hidden"' not in field]
    # Role, name, capacity and order of each, and whether it goes; and of the row that a new one is made of.
    assert len(fields) == 5 * report.session_roles.count() + 4
    names = [re.search(r'aria-label="([^"]+)"', field).group(1) for field in fields]
    assert len(set(names)) == len(names)
    assert '<th class="original"></th>' not in page


def test_saving_the_page_of_a_report_unchanged_stores_nothing(secretariat):
    report = Report.objects.get(slug="gfmd-gcm-cluster-1")
    assert secretariat.post(f"{A}/{report.pk}/change/", change_form(report)).status_code == 302
    assert not report.editions.exists()


def test_an_editorial_note_is_a_new_edition_on_the_record(secretariat):
    report = Report.objects.get(slug="gfmd-gcm-cluster-1")
    passage = report.passages.get(ref="p3")
    secretariat.post(f"/admin/reports/passage/{passage.pk}/change/", {"editorial_note": "A sample note."})
    passage.refresh_from_db()
    assert passage.editorial_note == "A sample note."
    assert report.editions.last().way == "edited"
    assert Entry.objects.about(report).get().content["changed"] == 1


def test_a_report_is_neither_added_by_hand_nor_deleted(secretariat):
    report = Report.objects.get(slug="gfmd-gcm-cluster-1")
    assert secretariat.get(f"{A}/add/").status_code == 403
    assert secretariat.post(f"{A}/{report.pk}/delete/", {"post": "yes"}).status_code == 403
    page = secretariat.get(f"{A}/{report.pk}/change/").content.decode()
    for form in ("json", "yaml", "md", "docx"):
        assert f"/export/{form}/" in page
