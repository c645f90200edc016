"""Whatever people may write comes back from every format as it was."""

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.consultations.models import Consultation
from consultation.offline import fields as f
from consultation.offline.content import Content, Item
from consultation.offline.formats import FORMATS
from consultation.offline.models import Pack
from consultation.reports.models import Passage
from consultation.stakeholders.models import Organisation
from consultation.text import characters

NOW = datetime(2026, 11, 25, tzinfo=UTC)
WRITTEN = st.text(max_size=80).map(characters.normalise).filter(lambda t: characters.problem(t) is None)


@pytest.mark.parametrize("kind", ["xlsx", "docx", "odt"])
@given(explanation=WRITTEN, wording=WRITTEN)
@settings(max_examples=25)
def test_what_was_written_is_read_again(kind, explanation, wording):
    consultation = Consultation(title="A & B <c>", opens_at=NOW, closes_at=NOW)
    pack = Pack(kind=kind, consultation=consultation, organisation=Organisation(name="=Sample"), made_at=NOW)
    passage = Passage(ref="pol1", code="POL.1", text="Text.")
    fixed = {f.REF: "pol1", f.CODE: "POL.1", f.TEXT: "Text."}
    items = [
        Item(1, f.POSITION, passage, {**fixed, f.STANCE: "Endorse", f.EXPLANATION: explanation}),
        Item(2, f.NOTE, passage, {**fixed, f.DRAFT: "new", f.COMMENT: "x", f.WORDING: wording}),
    ]
    form = FORMATS[Pack.Kind(kind)]
    number, (position, note) = form.read(io.BytesIO(form.write(Content(pack, items))))
    assert number == pack.number
    assert (position.kind, note.kind) == (f.POSITION, f.NOTE)
    assert characters.normalise(position.values.get(f.EXPLANATION, "")) == explanation
    assert characters.normalise(note.values.get(f.WORDING, "")) == wording
