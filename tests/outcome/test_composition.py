"""Whatever the rapporteur chooses: body and annex together hold everything, and nothing twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.outcome.about import Frame
from consultation.outcome.composition import Choices, Texts, compose

GROUPS = ["states", "civil-society", "private-sector"]
REFS = ["pol1", "pol2", "pra1"]
STANCES = ["endorse", "reservation", "cannot_endorse"]
FRAME = Frame("Outcome", "Final.", "now", "f" * 64, "https://example.org/data.json")


def summary_of(positions):
    def counts(wanted):
        found = {stance: sum(p["stance"] == stance for p in wanted) for stance in STANCES}
        return {**found, "no_position": 1}

    return {
        "groups": [{"slug": slug, "name": slug.title(), "organisations": 9} for slug in GROUPS],
        "recommendations": [
            {
                "ref": ref,
                "code": ref.upper(),
                "kind": "political" if ref.startswith("pol") else "practical",
                "text": f"The words of {ref}.",
                "totals": counts([p for p in positions if p["ref"] == ref]),
                "by_group": {g: counts([p for p in positions if (p["ref"], p["group"]) == (ref, g)]) for g in GROUPS},
                "convergence": 0.5,
            }
            for ref in REFS
        ],
    }


@st.composite
def data(draw):
    positions = []
    kinds = st.tuples(st.sampled_from(REFS), st.sampled_from(GROUPS), st.sampled_from(STANCES), st.booleans())
    for number, (ref, group, stance, explained) in enumerate(draw(st.lists(kinds, max_size=12))):
        words = f"explanation{number}x" if explained else ""
        organisation = f"Organisation{number}x"
        positions.append(
            {"ref": ref, "group": group, "stance": stance, "explanation": words, "organisation": organisation}
        )
    places = st.tuples(st.sampled_from([*REFS, "p8"]), st.sampled_from(GROUPS))
    wordings = [
        {
            "ref": ref,
            "code": ref.upper(),
            "group": group,
            "group_name": group.title(),
            "organisation": f"Author{number}x",
            "quote": "Old words.",
            "wording": f"New wording{number}x here.",
            "body": f"because{number}x",
        }
        for number, (ref, group) in enumerate(draw(st.lists(places, max_size=6)))
    ]
    report = {"forum": "F", "title": "T", "date_line": "D", "place_line": "P", "language": "en"}
    consultation = {"title": "Round", "report": report}
    return {
        "consultation": consultation,
        "summary": summary_of(positions),
        "positions": positions,
        "wordings": wordings,
    }


choices = st.builds(
    Choices,
    st.lists(st.sampled_from(REFS), unique=True),
    st.lists(st.sampled_from(GROUPS), unique=True),
    st.sampled_from(["all", "against", "annex"]),
    st.booleans(),
)


def paragraphs(document):
    """The words of each block, one after the other."""
    for block in document["blocks"]:
        if block["type"] == "words":
            yield "".join(run["text"] for run in block["runs"])
        elif block["type"] == "table":
            yield from (" ".join([block["caption"], *row]) for row in block["rows"])
        else:
            yield block["text"]


def halves(document):
    """The words before Annex A, and those in it."""
    lines = list(paragraphs(document))
    cut = next(n for n, line in enumerate(lines) if line.startswith("Annex A"))
    return "\n".join(lines[:cut]), "\n".join(lines[cut:])


@given(data(), choices)
def test_body_and_annex_together_are_everything(made, chosen):
    texts = Texts("A beginning.", {"pol1": "finding1x"})
    words = "\n".join(halves(compose(made, FRAME, chosen, texts)))
    for position in made["positions"]:
        if position["explanation"]:
            assert words.count(position["explanation"]) == 1
        if position["explanation"] or position["stance"] != "endorse":
            assert position["organisation"] in words
    for wording in made["wordings"]:
        assert words.count(wording["wording"]) == 1
        assert words.count(wording["body"]) == 1
    for recommendation in made["summary"]["recommendations"]:
        assert words.count(recommendation["text"]) >= 1
        for group in GROUPS:
            cells = recommendation["by_group"][group]
            row = f"Positions on {recommendation['code']} by stakeholder group {group.title()} {cells['endorse']} "
            assert words.count(row) == 1
    assert words.count("finding1x") == 1


@given(data(), choices)
def test_of_what_the_body_shows_it_names_every_reservation_and_refusal(made, chosen):
    body, _annex = halves(compose(made, FRAME, chosen, Texts()))
    for position in made["positions"]:
        shown = position["ref"] not in chosen.recommendations_left_out
        if shown and position["group"] not in chosen.groups_left_out and position["stance"] != "endorse":
            assert position["organisation"] in body


@given(data(), choices)
def test_what_is_moved_to_the_annex_is_in_the_annex_and_counted_in_the_body(made, chosen):
    body, annex = halves(compose(made, FRAME, chosen, Texts()))
    for position in made["positions"]:
        moved = position["ref"] in chosen.recommendations_left_out or position["group"] in chosen.groups_left_out
        if moved and position["explanation"]:
            assert position["explanation"] in annex
            assert position["explanation"] not in body
    for wording in made["wordings"]:
        if wording["group"] in chosen.groups_left_out or not chosen.wordings:
            assert wording["wording"] in annex
            assert wording["wording"] not in body
    if chosen == Choices():
        assert "everything that was published stands in the body" in annex


def test_labels_are_the_same_wherever_a_position_stands():
    base = {"ref": "pol1", "explanation": "w", "group": "states"}
    positions = [
        {**base, "stance": stance, "organisation": f"O{number}"}
        for number, stance in enumerate(["cannot_endorse", "reservation", "endorse", "reservation"])
    ]
    report = {"forum": "F", "title": "T", "date_line": "D", "place_line": "P", "language": "en"}
    made = {
        "consultation": {"title": "Round", "report": report},
        "summary": summary_of(positions),
        "positions": positions,
        "wordings": [],
    }
    for chosen in (Choices(), Choices(["pol1"]), Choices([], ["states"])):
        labels = [b["label"] for b in compose(made, FRAME, chosen, Texts())["blocks"] if b["type"] == "statement"]
        assert labels == ["POL1 R1", "POL1 R2", "POL1 C1", "POL1 E1"]


def test_composing_does_not_touch_the_data():
    positions = [{"ref": "pol1", "stance": "endorse", "explanation": "w", "group": "states", "organisation": "O"}]
    report = {"forum": "F", "title": "T", "date_line": "D", "place_line": "P", "language": "en"}
    made = {
        "consultation": {"title": "Round", "report": report},
        "summary": summary_of(positions),
        "positions": positions,
        "wordings": [],
    }
    compose(made, FRAME, Choices(), Texts())
    assert positions == [
        {"ref": "pol1", "stance": "endorse", "explanation": "w", "group": "states", "organisation": "O"}
    ]


@pytest.mark.parametrize("text", ["\x00", "\x0b", "\x1b[2J", "\ud800", "\ufffe", "\ufdd0"])
def test_no_character_that_xml_cannot_hold_is_left(text):
    made = compose(
        {
            "consultation": {
                "title": f"R{text}",
                "report": dict.fromkeys(["forum", "title", "date_line", "place_line"], text) | {"language": "en"},
            },
            "summary": summary_of([]),
            "positions": [],
            "wordings": [],
        },
        FRAME,
        Choices(),
        Texts(text),
    )
    assert text not in str(made)
