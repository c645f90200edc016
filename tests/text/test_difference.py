from hypothesis import given
from hypothesis import strategies as st

from consultation.text.difference import Part, difference, words

# Texts that share words, so that there is something to keep.
texts = st.text() | st.lists(st.sampled_from(["migrants", "rights", ",", " ", ".", "\n", "states’"])).map("".join)


@given(texts, texts)
def test_a_difference_applied_to_the_old_text_gives_the_new_one(old, new):
    parts = difference(old, new)
    assert "".join(p.text for p in parts if p.kind != "added") == old
    assert "".join(p.text for p in parts if p.kind != "removed") == new


@given(texts)
def test_words_joined_give_the_text_back(text):
    assert "".join(words(text)) == text


def test_only_the_words_that_changed_are_marked():
    assert difference("end immediately the detention.", "end as soon as possible the detention.") == [
        Part("same", "end "),
        Part("removed", "immediately"),
        Part("added", "as soon as possible"),
        Part("same", " the detention."),
    ]
