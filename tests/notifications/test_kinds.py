"""Every kind of notification can be said, on the page and as a mail of its own."""

from consultation.notifications.kinds import Kind
from consultation.notifications.models import Preferences
from consultation.notifications.post import SUBJECTS
from consultation.notifications.wording import _WORDS


def test_every_kind_has_a_subject_its_words_and_a_wish():
    assert set(SUBJECTS) == set(_WORDS) == set(Kind)
    assert set(Kind.values) <= {field.name for field in Preferences._meta.fields}
