"""The instruments that the report invokes: every mention in its place, none left out."""

import re

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from consultation.record.errors import NotAllowed
from consultation.record.models import Entry
from consultation.reports import actions, framework_actions
from consultation.reports.contents import as_rows, contents_of
from consultation.reports.frameworks import moved, names_of, places, unlinked
from consultation.reports.models import Edition, Instrument, Mention, Passage, Report
from consultation.reports.rules import held_refs
from tests import factories

pytestmark = pytest.mark.django_db

# What a reader finds: each instrument and process that the report invokes, with the passages that name it.
INVOKED = {
    "universal-declaration": "p2",
    "new-york-declaration": "p8 pol11",
    "2030-agenda": "p2 p5 p5 p12 p13 p22 pol1 pol2 pol5",
    "cmw": "p3 p13 p13 pol3",
    "cedaw": "p13",
    "ilo-conventions": "p13",
    "ilo-fair-recruitment": "p13",
    "iris": "p13",
    "migof": "p14 p14 pol6",
    "micic": "p14 p14 pol6",
    "gmg-principles": "p14 p14 pol6",
    "sutherland-report": "p4 p5 p9",
    "special-rapporteur-report": "p9",
    "vienna-consular-relations": "pol10",
    "valletta-process": "pol11",
    "malta-declaration": "pol11",
    "business-and-human-rights": "pra12",
    "gcr": "p5 pol2",
}
# Words that name an instrument in any report like this one, and what stands under them here that is none.
NAMING = re.compile(
    r"\b(?:Convention|Declaration|Agenda|Treaty|Covenant|Protocol|Compact|Initiative|SDGs?|GCM|GCR|CMW|CEDAW|MIGOF|MICIC"
    r"|IRIS|Iris|[Gg]uidelines|[Gg]uiding [Pp]rinciples|Valleta|Valletta|Malta|Vienna|Sutherland)\b"
)
NOT_NAMED = {
    ("p4", "Sutherland"),  # his words are echoed
    ("p9", "Compact"),
    ("pol6", "guidelines"),  # “existing guidelines”, which the brackets name
}


@pytest.fixture
def report():
    return Report.objects.get(slug="gfmd-gcm-cluster-1")


def test_the_words_of_each_mention_stand_in_the_report_at_its_place():
    mentions = Mention.objects.select_related("passage")
    assert mentions
    for mention in mentions:
        assert mention.passage.text[mention.start : mention.end] == mention.words


@pytest.mark.parametrize("slug", INVOKED)
def test_an_instrument_is_linked_wherever_the_report_invokes_it(slug):
    mentions = Mention.objects.filter(instrument__slug=slug).order_by("passage__order", "start")
    assert " ".join(mentions.values_list("passage__ref", flat=True)) == INVOKED[slug]


def test_no_occurrence_of_a_listed_name_is_without_its_link(report):
    assert unlinked(report) == []
    for passage in report.passages.all():
        spans = [(m.start, m.end) for m in passage.mentions.all()]
        for instrument in Instrument.objects.all():
            for name in names_of(instrument):
                for found in re.finditer(rf"\b{re.escape(name)}", passage.text):
                    assert any(start <= found.start() and found.end() <= end for start, end in spans), (passage, name)


def test_no_word_that_names_an_instrument_is_without_a_link(report):
    left = set()
    for passage in report.passages.all():
        spans = [(m.start, m.end) for m in passage.mentions.all()]
        for found in NAMING.finditer(passage.text):
            if not any(start <= found.start() and found.end() <= end for start, end in spans):
                left.add((passage.ref, found.group()))
    assert left <= NOT_NAMED


def test_the_report_itself_stays_as_it_was(report):
    """Mentions are beside the report: neither its fixture nor its exports have them."""
    models = {row["model"] for row in as_rows(contents_of(report))}
    assert not models & {"reports.instrument", "reports.mention"}


def test_pages_are_named_only_on_sites_of_the_bodies_that_keep_them():
    official = {"www.un.org", "undocs.org", "sdgs.un.org", "www.ohchr.org", "legal.un.org", "iris.iom.int"}
    for address in Instrument.objects.exclude(official_url="").values_list("official_url", flat=True):
        assert address.startswith("https://")
        assert address.split("/")[2] in official


def test_where_names_overlap_the_longer_one_stands():
    compact = Instrument(slug="gcm", name="Global Compact", names_in_texts="GCM")
    refugees = Instrument(slug="gcr", name="Global Compact on Refugees")
    passage = Passage(text="The Global Compact on Refugees, the Global Compact (GCM), GCMs and Globale Compacts.")
    found = [(p.instrument.slug, p.words) for p in places([compact, refugees], [passage])]
    assert found == [("gcr", "Global Compact on Refugees"), ("gcm", "Global Compact"), ("gcm", "GCM")]


def test_a_mention_is_as_long_as_its_words(report):
    passage, instrument = report.passages.get(ref="p8"), Instrument.objects.get(slug="cmw")
    for start, end, words in [(0, 5, "Part"), (5, 5, ""), (9, 5, "Part")]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Mention.objects.create(instrument=instrument, passage=passage, start=start, end=end, words=words)


def test_mentions_do_not_hold_a_passage(report):
    assert held_refs(report) == set()


def edited(report, ref, text):
    contents = contents_of(report)
    passage = contents.by_ref[ref]
    passage.text, passage.page_breaks = text, []
    return actions.store(None, contents, way=Edition.Way.FIXTURE)


def test_mentions_follow_a_text_that_changes(report):
    edited(report, "p2", "The new start says that " + report.passages.get(ref="p2").text)
    for mention in Mention.objects.filter(passage__report=report).select_related("passage"):
        assert mention.passage.text[mention.start : mention.end] == mention.words
    assert Mention.objects.filter(passage__ref="p2").count() == 4


def test_what_the_text_says_no_more_is_linked_no_more(report):
    edited(report, "pol3", "Adhere to international standards.")
    assert not Mention.objects.filter(passage__ref="pol3").exists()
    stored = Entry.objects.about(report).filter(kind="report_stored").get()
    assert stored.content["mentions_gone"] == ["POL.3: UN CMW"]


@given(before=st.text("aGCM ", max_size=30), after=st.text("aGCM ", max_size=30), start=st.integers(0, 60))
def test_a_moved_mention_always_stands_on_its_words(before, after, start):
    text = f"{before} GCM {after}"
    place = moved(text, "GCM", start, set())
    assert place is not None
    assert text[place : place + 3] == "GCM"


def test_a_person_confirms_what_is_proposed_for_a_new_report(report, as_user):
    Mention.objects.filter(instrument__slug="cmw").delete()
    proposed = unlinked(report)
    assert [place.words for place in proposed][-1] == "UN CMW"
    secretariat = factories.UserFactory(is_staff=True, is_superuser=True)
    address = f"/admin/reports/report/{report.pk}/frameworks/"
    browser = as_user(secretariat)
    assert "UN CMW" in browser.get(address).content.decode()
    browser.post(address, {"place": [proposed[-1].key, "cmw:p1:0:5", "nonsense"]})
    browser.post(address, {"place": [proposed[-1].key]})
    assert Mention.objects.get(instrument__slug="cmw").words == "UN CMW"
    assert Entry.objects.about(report).get().content["mentions"] == ["pol3: UN CMW"]


def test_nobody_else_links_mentions(report, as_user, contributor):
    with pytest.raises(NotAllowed):
        framework_actions.confirm_mentions(contributor, report, set())
    assert as_user(contributor).get(f"/admin/reports/report/{report.pk}/frameworks/").status_code == 403


@pytest.mark.parametrize(
    ("words", "which", "placed"),
    [("Global Compact", 1, True), ("Global Compact", 2, False), ("global compact", 1, False)],
)
def test_a_mention_is_placed_by_its_words_in_the_admin(report, as_user, words, which, placed):
    passage = report.passages.get(ref="p10")
    browser = as_user(factories.UserFactory(is_staff=True, is_superuser=True))
    form = {
        "instrument": Instrument.objects.get(slug="cmw").pk,
        "passage": passage.pk,
        "words": words,
        "which": which,
    }
    assert browser.post("/admin/reports/mention/add/", form).status_code == (302 if placed else 200)
    made = Mention.objects.filter(instrument__slug="cmw", passage=passage)
    assert [m.words for m in made] == ([words] if placed else [])
    assert Entry.objects.filter(kind="mention.added").count() == len(made)
    if placed:
        page = browser.get(f"/admin/reports/mention/{made.get().pk}/change/")
        assert page.status_code == 200


def test_preparing_an_installation_loads_the_frameworks_once(report, capsys):
    Mention.objects.all().delete()
    Instrument.objects.all().delete()
    call_command("prepare")
    assert Mention.objects.count() == 67
    Mention.objects.filter(instrument__slug="cmw").delete()
    call_command("prepare")
    assert not Mention.objects.filter(instrument__slug="cmw").exists()


def test_frameworks_are_not_loaded_beside_another_report(report, capsys):
    Mention.objects.all().delete()
    Instrument.objects.all().delete()
    report.passages.get(ref="pra12").delete()
    call_command("prepare")
    assert not Instrument.objects.exists()
    assert "not loaded" in capsys.readouterr().out
