"""The summary as DOCX and PDF, opened by real programs: every word that is public is in it, and no other."""

import hashlib
import io
import json

import docx
import pytest

from consultation.discussion.actions import support
from consultation.outcome import files
from consultation.positions.models import PositionVersion
from consultation.reports.models import Report
from consultation.stakeholders.models import Organisation
from tests import factories
from tests.outcome import reading
from tests.outcome.arranging import explained, worded

RESERVATION = "We reserve our position on the second sentence, because “standard” is not defined & <there> ]]> ends it."
REFUSAL = (
    'We cannot endorse this: <script>alert(1)</script> #panic("x") $1 \\ {{ settings.SECRET_KEY }} file:///etc/passwd.'
)
PRAISE = "A first step, and a good one."
WORDING = "Adhere to every international standard, including the UN CMW & its protocols."


@pytest.fixture
def said(consultation, contributor, focal_point, civil, moderator):
    explained(moderator, focal_point, consultation, "pol3", "reservation", RESERVATION)
    explained(moderator, civil, consultation, "pol3", "cannot_endorse", REFUSAL)
    explained(moderator, civil, consultation, "pra7a", "endorse", PRAISE)
    worded(moderator, contributor, consultation, WORDING)


def get(client, consultation, name):
    answer = client.get(f"/consultations/{consultation.slug}/{name}")
    assert answer.status_code == 200, answer.status_code
    return answer.content


@pytest.fixture
def both(client, consultation):
    """The words of the summary's two files, on one line each."""

    def words():
        as_docx, as_pdf = (get(client, consultation, f"summary.{e}") for e in ("docx", "pdf"))
        return {"docx": reading.one_line(reading.docx_words(as_docx)), "pdf": reading.pdf_words(as_pdf)}

    return words


def test_every_explanation_and_wording_stands_in_both_files_word_for_word(consultation, said, both):
    for words in both().values():
        for text in (RESERVATION, REFUSAL, PRAISE, WORDING):
            assert reading.unbroken(text) in reading.unbroken(words)
        assert "Interim. Not final." in words
        for recommendation in consultation.recommendations():
            assert reading.one_line(recommendation.words) in words


@pytest.mark.parametrize("language", ["zh-hans", "pt-br", "en-GB", "fil", "", "xx1234"])
def test_both_files_are_made_whatever_the_language_of_the_report(client, consultation, language):
    Report.objects.filter(pk=consultation.report_id).update(language=language)
    assert reading.pdf_facts(get(client, consultation, "summary.pdf"))["Tagged"] == "yes"
    assert "Annex A" in reading.docx_words(get(client, consultation, "summary.docx"))


def test_what_is_not_published_is_in_no_part_of_any_file(client, consultation, focal_point, civil, moderator, said):
    factories.signed(focal_point, consultation, "pol1", "reservation", "Secret one waits.")
    factories.signed(civil, consultation, "pol3", "cannot_endorse", "Secret two replaced it.")
    for state in ("returned", "removed"):
        version = explained(moderator, focal_point, consultation, f"pra{len(state)}", "reservation", f"Secret {state}.")
        PositionVersion.objects.filter(pk=version.pk).update(explanation_state=state)
    factories.submitted(civil, consultation, "pol3", "Secret comment.")
    as_docx, as_pdf = (get(client, consultation, f"summary.{e}") for e in ("docx", "pdf"))
    data = get(client, consultation, "outcome/data.json").decode()
    for everything in (reading.docx_parts(as_docx), reading.pdf_words(as_pdf), str(reading.pdf_facts(as_pdf)), data):
        assert "Secret" not in everything
    for words in (reading.one_line(reading.docx_words(as_docx)), reading.pdf_words(as_pdf)):
        # The reservation itself is told all the same.
        assert words.count("No explanation is published.") == 4
        assert REFUSAL not in words


def test_an_organisation_that_is_suspended_is_neither_counted_nor_quoted(consultation, civil, said, both):
    Organisation.objects.filter(pk=factories.organisation_of(civil).pk).update(state="suspended")
    for words in both().values():
        assert REFUSAL not in words
        assert RESERVATION in words


def test_the_fingerprint_is_the_hash_of_the_data_and_the_data_give_the_counts(client, consultation, said, both):
    data = get(client, consultation, "outcome/data.json")
    found = json.loads(data)
    told = client.get(f"/consultations/{consultation.slug}/summary.json").json()
    del told["as_of"]
    assert found["summary"] == told
    for words in both().values():
        assert hashlib.sha256(data).hexdigest() in words
    for recommendation in told["recommendations"]:
        for stance in ("endorse", "reservation", "cannot_endorse"):
            listed = [p for p in found["positions"] if (p["ref"], p["stance"]) == (recommendation["ref"], stance)]
            assert len(listed) == recommendation["totals"][stance]


def test_the_fingerprint_stays_until_something_changes(client, consultation, focal_point, moderator, said):
    before = get(client, consultation, "outcome/data.json")
    assert get(client, consultation, "outcome/data.json") == before
    assert get(client, consultation, "summary.pdf") == get(client, consultation, "summary.pdf")
    factories.signed(focal_point, consultation, "pol1")
    assert get(client, consultation, "outcome/data.json") != before


def test_the_docx_has_styles_contents_header_rows_language_and_properties(client, consultation, said):
    content = get(client, consultation, "summary.docx")
    document = docx.Document(io.BytesIO(content))
    styles = {p.style.name for p in document.paragraphs}
    assert {"Title", "Heading 1", "Heading 2", "Statement", "Report Text", "Caption", "TOC 1", "TOC 2"} <= styles
    parts = reading.docx_parts(content)
    assert r"TOC \o" in parts
    assert 'w:pStyle w:val="Heading1"' in parts
    assert parts.count("<w:tblHeader/>") == len(document.tables)
    assert 'w:lang w:val="en-GB"' in parts
    assert document.core_properties.language == "en-GB"
    assert consultation.title in document.core_properties.title
    # Every entry of the contents leads to a heading.
    for anchor in {part.split('"')[0] for part in parts.split('w:anchor="')[1:]}:
        assert f'w:name="{anchor}"' in parts


def test_the_pdf_is_tagged_and_has_an_outline_a_title_and_a_language(client, consultation, said):
    content = get(client, consultation, "summary.pdf")
    facts = reading.pdf_facts(content)
    assert facts["Tagged"] == "yes"
    assert consultation.title in facts["Title"]
    assert facts["JavaScript"] == "no"
    assert "POL.3 – Adhere to international standards" in reading.pdf_outline(content)
    assert b"en-GB" in content


def test_scripts_of_the_world_are_in_both_files(client, consultation, focal_point, moderator, both):
    texts = {
        "pol1": "نحن نؤيد هذه التوصية",
        "pol2": "我们支持这项建议",
        "pol4": "Мы поддерживаем",
        "pol5": "हम समर्थन करते हैं",
    }
    for ref, text in texts.items():
        explained(moderator, focal_point, consultation, ref, "endorse", text)
    words = both()
    for text in texts.values():
        assert text in words["docx"]
    parts = reading.docx_parts(client.get(f"/consultations/{consultation.slug}/summary.docx").content)
    assert parts.count("<w:bidi/>") == 1
    assert texts["pol4"] in words["pdf"]


def test_a_script_that_no_font_has_is_said_and_the_file_is_made(consultation, focal_point, moderator, both):
    explained(moderator, focal_point, consultation, "pol1", "endorse", "A \U00013000 hieroglyph.")
    words = both()
    assert "\U00013000" in words["docx"]
    assert "lacks the shapes of some characters" in words["pdf"]


def test_old_rows_with_characters_that_files_cannot_hold_are_made_safe(client, consultation, focal_point, moderator):
    version = explained(moderator, focal_point, consultation, "pol1")
    text = "Before \x01\x0b\x0c\ufffe\u202eafter"
    PositionVersion.objects.filter(pk=version.pk).update(explanation=text)
    organisation = factories.organisation_of(focal_point)
    Organisation.objects.filter(pk=organisation.pk).update(name="=1+1\x02\u2066 <b>State</b>")
    parts = reading.docx_parts(get(client, consultation, "summary.docx"))
    assert "Before \ufffd\ufffd\ufffd\ufffdafter" in parts
    assert "=1+1\ufffd &lt;b&gt;State&lt;/b&gt;" in parts
    assert "after" in reading.pdf_words(get(client, consultation, "summary.pdf"))


def test_the_structure_of_a_text_is_kept(client, consultation, focal_point, moderator):
    words = "First **bold** word.\nSecond line.\n\n3. three\n4. four\n   - deep\n\n> quoted\n\n[the act](https://example.org/act)"
    explained(moderator, focal_point, consultation, "pol1", "reservation", words)
    found = reading.docx_words(get(client, consultation, "summary.docx"))
    assert (
        "First bold word.\nSecond line.\n3.\tthree\n4.\tfour\ndeep\nquoted\nthe act (https://example.org/act)" in found
    )


def test_after_closing_the_files_say_that_the_figures_are_final(consultation, said, close, both):
    close()
    for words in both().values():
        assert "Interim" not in words
        assert "Final figures." in words


@pytest.mark.parametrize("number", [1, 12])
def test_a_file_takes_as_many_queries_for_many_positions_as_for_one(
    client, consultation, moderator, number, django_assert_num_queries
):
    for _ in range(number):
        explained(moderator, factories.focal_point(consultation), consultation)
    with django_assert_num_queries(9):
        client.get(f"/consultations/{consultation.slug}/summary.docx")


def test_while_another_file_is_being_made_one_is_asked_to_come_back(client, consultation, said, monkeypatch):
    monkeypatch.setattr(files, "WAIT_SECONDS", 0)
    with files._one_at_a_time:
        answer = client.get(f"/consultations/{consultation.slug}/summary.pdf")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    assert client.get(f"/consultations/{consultation.slug}/summary.pdf").status_code == 200


def test_a_proposed_wording_stands_with_its_support(client, consultation, moderator):
    author = factories.delegate(consultation)
    comment = worded(moderator, author, consultation, "Other words for all of it.")
    for _ in range(2):
        support(factories.delegate(consultation), comment, 1)
    book = client.get(f"/consultations/{consultation.slug}/summary.docx").content
    words = "\n".join(p.text for p in docx.Document(io.BytesIO(book)).paragraphs)
    assert "Supported by 2 organisations: States 2." in words
