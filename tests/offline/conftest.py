import io
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from consultation.offline import actions
from consultation.offline.formats import FORMATS
from consultation.offline.models import Pack
from tests import factories
from tests.offline import filling


@pytest.fixture
def base(consultation, contributor):
    return f"/delegation/{factories.organisation_of(contributor).slug}/{consultation.slug}/offline/"


@pytest.fixture
def letters(consultation):
    return f"/consultations/{consultation.slug}/letters/"


@pytest.fixture
def secretariat(db):
    return factories.secretariat()


@pytest.fixture
def pack_of(consultation):
    """A pack of this person's organisation in this format, as bytes."""

    def made(person, kind="xlsx", to=None):
        about = to or consultation
        content = actions.make_pack(person, about, factories.organisation_of(person), kind, uuid4())
        return FORMATS[Pack.Kind(kind)].write(content)

    return made


@pytest.fixture
def send(base, as_user):
    """Send a filled pack as this person."""

    def sent(person, content, kind="xlsx", to=None, **how):
        file = SimpleUploadedFile(f"pack.{kind}", content)
        return as_user(person).post(f"{to or base}read/", {"file": file}, **how)

    return sent


@pytest.fixture
def save(base, as_user):
    """Save what the page of an answer shows, as a browser does; `take` says what was chosen by the row's number."""

    def saved(person, answer, take=None, **more):
        return as_user(person).post(f"{base}save/", {**filling.shown(answer, take or {}), **more})

    return saved


@pytest.fixture
def png():
    return b"\x89PNG\r\n\x1a\n" + b"\x00" * 100


def opened(content):
    return io.BytesIO(content)
