"""What plain rules notice."""

import pytest

from consultation.moderation.hints import alike, hints, language_of

ENGLISH = "We support the recommendation of the report and ask for a stronger role of the local authorities in it."


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Write to n.sample@example.org about it.", "an e-mail address"),
        ("Call +41 22 555 01 23 for more.", "a telephone number"),
        ("See http://a.example http://b.example http://c.example http://d.example", "many links"),
        ("Hid\u200bden", "hidden characters (1)"),
        (
            "Nous soutenons la recommandation du rapport et nous demandons que les villes aient un rôle.",
            "language (fr)",
        ),
        (
            "Apoyamos la recomendación del informe y pedimos que las ciudades no se queden sin voz en el proceso.",
            "(es)",
        ),
        ("нам нужна поддержка городов и общин", "(ru)"),
        ("نحن نؤيد التوصية الواردة في التقرير", "(ar)"),
    ],
)
def test_it_is_noticed(text, hint):
    assert any(hint in sentence for sentence in hints(text, "en", []))


@pytest.mark.parametrize(
    "text",
    [ENGLISH, "See ¶ 8 and POL.3 of 6 April 2017, 10:00–13:00.", "Yes.", "Paragraphs 12, 13, 14 and 15 say so."],
)
def test_ordinary_words_raise_no_hint(text):
    assert hints(text, "en", []) == []


def test_a_near_copy_is_named():
    found = hints(ENGLISH + " Thank you.", "en", [("Sample State, abc", ENGLISH), ("Other, def", "Something else.")])
    assert found == ["It is nearly the same as Sample State, abc."]


def test_short_texts_are_alike_only_when_equal():
    assert alike("I agree.", "i agree.")
    assert not alike("I agree.", "I do not agree.")


def test_too_few_letters_say_nothing_about_a_language():
    assert language_of("de la") == ""
