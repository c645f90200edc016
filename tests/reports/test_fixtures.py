"""Fixtures of a report: checked in full, loaded in one transaction, the earlier edition kept, nothing else touched."""

import json
from contextlib import suppress
from uuid import uuid4

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import transaction

from consultation.record.errors import Changed, NotAllowed
from consultation.record.models import Entry
from consultation.reports import actions, fixture_files
from consultation.reports.checks import check
from consultation.reports.contents import contents_of, from_dict
from consultation.reports.draft import read_draft
from consultation.reports.errors import Invalid, NotStored, Unreadable
from consultation.reports.models import Edition, Passage, Report
from consultation.stakeholders.models import User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def report():
    return Report.objects.get(slug="gfmd-gcm-cluster-1")


@pytest.fixture
def rows(report):
    return json.loads(fixture_files.as_json(contents_of(report)))


def row_of(rows, ref):
    return next(row["fields"] for row in rows if row["fields"].get("ref") == ref)


def refused(rows, match):
    before = Passage.objects.count(), User.objects.count(), Report.objects.count()
    with pytest.raises((Invalid, Unreadable), match=match):
        check(fixture_files.read("report.json", json.dumps(rows).encode()))
    assert before == (Passage.objects.count(), User.objects.count(), Report.objects.count())


def load(tmp_path, rows):
    file = tmp_path / "report.json"
    file.write_text(json.dumps(rows), encoding="utf-8")
    call_command("load_report", file, verbosity=0)


@pytest.mark.parametrize("model", ["stakeholders.user", "auth.permission", "discussion.comment", "positions.position"])
def test_a_fixture_never_touches_what_is_not_a_report(rows, model):
    refused([*rows, {"model": model, "fields": {"is_superuser": True}}], f"row 67: “{model}” is not part of a report")


def test_a_fixture_cannot_name_rows_by_their_keys(rows):
    rows[8]["pk"] = 1
    refused(rows, "row 9: Unknown: pk")


@pytest.mark.parametrize(
    ("ref", "field", "value", "match"),
    [
        ("p8", "evil", 1, "Unknown fields: evil"),
        ("p8", "parent", ["gfmd-gcm-cluster-1", "h9"], "passage p8: It stands under “h9”"),
        ("p8", "parent", ["another", "h1"], "not a passage of the same report"),
        ("h1", "parent", ["gfmd-gcm-cluster-1", "p10"], "passage h1: It stands under “p10”"),
        ("p8", "order", 9, "passage p8: Its order is 9; it stands in place 8"),
        ("p8", "order", "8", "wrong type"),
        ("p8", "ref", "p7", "passage p7: The ref is there twice"),
        ("p8", "ref", "p 8", "passage p 8"),
        ("p8", "kind", "sermon", "passage p8: “kind”"),
        ("p8", "strand", "political", "and nothing else is"),
        ("pol3", "strand", "", "political, practical or general"),
        ("p8", "text", "  ", "The text is empty|“text”"),
        ("p8", "text", "a\x07b", "control character"),
        ("p8", "page_breaks", [3], "has no space"),
        ("p8", "depth", 3, "depth"),
    ],
)
def test_a_wrong_row_is_refused_with_its_place(rows, ref, field, value, match):
    row_of(rows, ref)[field] = value
    refused(rows, match)


@pytest.mark.parametrize("language", ["", "english", "xx1234", "en_GB"])
def test_a_language_that_is_no_tag_is_refused(rows, language):
    rows[0]["fields"]["language"] = language
    refused(rows, "title block: “language”: .*(BCP 47|blank)")


def test_a_cycle_is_refused(rows):
    row_of(rows, "pra7")["parent"] = ["gfmd-gcm-cluster-1", "pra7a"]
    refused(rows, "passage pra7: It stands under “pra7a”")


def test_two_reports_in_one_fixture_are_refused(rows):
    refused([*rows, rows[0]], "exactly one report")


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": 1}', b"[NaN]", b"[" * 100_000, b"a" * 11 * 1024 * 1024])
def test_what_is_no_fixture_is_refused(content):
    with pytest.raises((Unreadable, Invalid)):
        fixture_files.read("report.json", content)


def test_yaml_can_neither_grow_nor_make_objects():
    for content in (b"a: &a [x]\nb: *a\n", b"!!python/object/apply:os.system ['true']"):
        with pytest.raises(Unreadable, match="not a fixture"):
            fixture_files.read("report.yaml", content)


def test_loading_keeps_the_earlier_edition_and_is_recorded(report, rows, tmp_path):
    before = contents_of(report)
    row_of(rows, "p8")["text"] = "Another text."
    row_of(rows, "p8")["page_breaks"] = []
    load(tmp_path, rows)
    assert report.passages.get(ref="p8").text == "Another text."
    first, second = report.editions.all()
    assert (first.way, second.way) == (Edition.Way.FOUND, Edition.Way.FIXTURE)
    assert from_dict(first.contents) == before
    assert Entry.objects.about(report).get().content["changed"] == 1


def test_loading_what_is_there_changes_nothing(report, rows, tmp_path):
    keys = list(report.passages.values_list("pk", flat=True))
    load(tmp_path, rows)
    assert list(report.passages.values_list("pk", flat=True)) == keys
    assert not report.editions.exists()


def test_passages_keep_their_identity_when_others_come_and_go(report, rows, tmp_path):
    keys = dict(report.passages.values_list("ref", "pk"))
    rows = [row for row in rows if row["fields"].get("ref") != "p9"]
    for order, row in enumerate([row for row in rows if "ref" in row["fields"]], 1):
        row["fields"]["order"] = order
    load(tmp_path, rows)
    left = dict(report.passages.values_list("ref", "pk"))
    assert left == {ref: pk for ref, pk in keys.items() if ref != "p9"}


def test_a_passage_with_a_comment_neither_vanishes_nor_changes(report, rows, consultation, contributor, tmp_path):
    factories.submitted(contributor, consultation, ref="p8")
    row_of(rows, "p8")["text"] = "Another text."
    row_of(rows, "p8")["page_breaks"] = []
    row_of(rows, "p7")["editorial_note"] = "A note."
    with pytest.raises(CommandError, match="have contributions and would change or vanish: p8"):
        load(tmp_path, rows)
    assert report.passages.get(ref="p7").editorial_note != "A note."
    assert not report.editions.exists()


def test_a_preview_holds_only_for_the_report_that_was_seen(report, rows):
    contents = from_dict(
        json.loads(
            json.dumps(
                {
                    "report": vars(contents_of(report).report),
                    "roles": [],
                    "passages": [vars(p) for p in contents_of(report).passages],
                }
            )
        )
    )
    seen = actions.digest_of(report)
    actions.store(None, contents, way=Edition.Way.FIXTURE, previewed=seen)
    contents.passages[0].editorial_note = "A note."
    with pytest.raises(Changed):
        actions.store(None, contents, way=Edition.Way.FIXTURE, previewed=seen)


def test_only_the_secretariat_stores_reports(report, contributor):
    contents = contents_of(report)
    with pytest.raises(NotAllowed):
        actions.store(contributor, contents, way=Edition.Way.FIXTURE)
    with pytest.raises(NotAllowed):
        actions.upload(contributor, "x.txt", b"Sample\n\n1. One.\n", uuid4())


def test_an_import_does_not_write_over_another_report(report):
    content = b"Sample report\n\n6 April 2017\nSample Hall\n\n1. One.\n2. Two.\n"
    made = actions.upload(None, "x.txt", content, uuid4(), slug=report.slug)
    draft = read_draft("x.txt", content, slug=report.slug)
    with pytest.raises(NotStored, match="Choose another slug"):
        actions.store_import(None, made, made.number, draft)


@pytest.mark.parametrize("model", [["reports.passage"], {}, 3, None])
def test_a_model_that_is_no_name_is_refused_with_its_place(rows, model):
    refused([*rows, {"model": model, "fields": {}}], "row 67: .* is not part of a report")


def test_half_a_character_is_refused_in_words_that_can_be_shown(rows):
    row_of(rows, "p8")["ref"] = "p\ud800"
    with pytest.raises(Invalid) as refusal:
        check(fixture_files.read("report.json", json.dumps(rows).encode()))
    assert refusal.value.sentence.encode("utf-8")


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("x.json", b'[\n {"model": ]', "Line 2, character 12: Expecting value"),
        ("x.json", b"[" + b"9" * 5_000 + b"]", "a number of 5000 digits"),
        ("x.json", b"[" * 100_000, "nested too deeply"),
        ("x.yaml", b"- a\n- model:\t[\n", "Line [23], character"),
        ("x.yaml", b"- &a [x]\n- *a\n", "Line 2, character 3: Aliases are refused"),
        ("x.yaml", b"- x\n- !!python/name:os.system\n", "Line 2, character 3: could not determine"),
        ("x.yaml", b"[" * 5_000, "nested too deeply"),
        ("x.yaml", b"- [1,2,3,4,5,6,7,8,9]\n" * 60_000, "more values than a report can have"),
    ],
)
def test_what_is_no_fixture_is_refused_with_its_line(name, content, match):
    with pytest.raises(Unreadable, match=match):
        fixture_files.read(name, content)


class Watched(bytes):
    """A file that remembers whether a transaction was open while it was read."""

    in_transaction = False

    def startswith(self, *args):
        self.in_transaction |= transaction.get_connection().in_atomic_block
        return super().startswith(*args)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "act"), [("x.txt", actions.upload), ("x.json", actions.upload_fixture)])
def test_nobody_waits_while_a_file_is_read(name, act):
    content = Watched(b"Sample report\n\n1. One.\n")
    with suppress(Unreadable):
        act(None, name, content, uuid4())
    assert not content.in_transaction


def loaddata(tmp_path, rows, name="report.json"):
    file = tmp_path / name
    file.write_text(yaml.safe_dump(rows) if name.endswith("yaml") else json.dumps(rows), encoding="utf-8")
    call_command("loaddata", file, verbosity=0)


@pytest.mark.parametrize("name", ["report.json", "report.yaml"])
def test_loaddata_loads_a_report_as_the_admin_does(report, rows, tmp_path, name):
    row_of(rows, "p8")["editorial_note"] = "A note."
    loaddata(tmp_path, rows, name)
    assert report.passages.get(ref="p8").editorial_note == "A note."
    assert [edition.way for edition in report.editions.all()] == [Edition.Way.FOUND, Edition.Way.FIXTURE]
    assert Entry.objects.about(report).get().content["changed"] == 1


@pytest.mark.parametrize("model", ["stakeholders.user", "auth.permission", "Reports.Passage", ["x"]])
def test_loaddata_refuses_what_is_beside_a_report(rows, tmp_path, model):
    with pytest.raises(CommandError, match=r"row 67: .* is not part of a report"):
        loaddata(tmp_path, [*rows, {"model": model, "pk": 1, "fields": {"is_superuser": True}}])
    assert not User.objects.filter(is_superuser=True).exists()


def test_loaddata_refuses_a_cycle_and_aliases(rows, tmp_path):
    row_of(rows, "pra7")["parent"] = ["gfmd-gcm-cluster-1", "pra7a"]
    with pytest.raises(CommandError, match="passage pra7: It stands under"):
        loaddata(tmp_path, rows)
    file = tmp_path / "report.yaml"
    file.write_text("- &a {model: reports.passage, fields: {}}\n- *a\n")
    with pytest.raises(CommandError, match="Aliases are refused"):
        call_command("loaddata", file, verbosity=0)


def test_loaddata_of_what_is_shipped_changes_no_report_that_is_there(report, rows, tmp_path):
    call_command("loaddata", "gfmd-gcm-cluster-1", "stakeholder-groups", verbosity=0)
    assert not report.editions.exists()


def test_loaddata_fills_an_empty_installation():
    Report.objects.all().delete()
    call_command("loaddata", "gfmd-gcm-cluster-1", verbosity=0)
    assert Report.objects.get().passages.count() == 58


@pytest.mark.parametrize(
    "content", ["a: &a [x]\nb: *a\n", "!!python/object/apply:os.system ['true']\n", "- {model: x.y}\n"]
)
def test_loaddata_says_in_a_sentence_what_is_no_fixture(tmp_path, content):
    file = tmp_path / "other.yaml"
    file.write_text(content)
    with pytest.raises(CommandError, match="Nothing was stored"):
        call_command("loaddata", file, verbosity=0)
