"""Tags of languages: what may be stored, and what a typesetter is told of it."""

import pytest
from django.core.exceptions import ValidationError

from consultation.text.languages import primary, region, require_tag


@pytest.mark.parametrize(
    ("tag", "language", "place"),
    [
        ("en", "en", ""),
        ("en-GB", "en", "GB"),
        ("pt-br", "pt", "BR"),
        ("zh-hans", "zh", ""),
        ("zh-Hant-TW", "zh", "TW"),
        ("fil", "fil", ""),
        ("es-419", "es", ""),
        ("de-1996", "de", ""),
    ],
)
def test_a_tag_is_taken_apart(tag, language, place):
    require_tag(tag)
    assert (primary(tag), region(tag)) == (language, place)


@pytest.mark.parametrize(
    "wrong", ["", "x", "english", "xx1234", "en_GB", "en-", "-en", "en GB", "en\n", "zh-hans-", "éé"]
)
def test_what_is_no_tag_is_refused_and_set_as_english(wrong):
    with pytest.raises(ValidationError):
        require_tag(wrong)
    assert primary(wrong) in {"en", "zh"}
