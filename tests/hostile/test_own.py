"""Cases of our own, in own.tsv: who sends what where, which answers are right, and what must not be shown then."""

import csv
import json
from pathlib import Path
from urllib.parse import urlencode

import pytest

from consultation.discussion.models import Comment
from tests.hostile.forms import FORMS
from tests.hostile.test_fuzz import FORM, undone

HERE = Path(__file__).parent
COLUMNS = ("id", "group", "who", "method", "address", "sent", "answers", "hidden")


def rows(name):
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


OWN = rows("own.tsv")
GROUPS = sorted({row["group"] for row in OWN})


@pytest.mark.parametrize("group", GROUPS)
def test_each_case_of_our_own_is_answered_as_it_says(send, people, addresses, group):
    wrong = []
    for row in OWN:
        if row["group"] == group:
            wrong += [f"{row['id']}: {problem}" for problem in tried(row, send(people[row["who"]]), addresses)]
    assert not wrong, "\n".join(wrong)


def tried(row, browser, addresses):
    """What is wrong about the answer to this case; what it changed is taken back."""
    address = addresses.get(row["address"], row["address"])
    sent = urlencode(json.loads(row["sent"]), doseq=True)
    published = Comment.objects.filter(state="published").count()
    if row["method"] == "GET":
        answer, shown = undone(browser.get, f"{address}?{sent}"), ""
    else:
        answer, shown = undone(_sent, browser, address, sent)
    if str(int(answer.status_code)) not in row["answers"].split():
        yield f"{answer.status_code} and not {row['answers']}"
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    told = body.decode("utf-8", "replace") + answer.get("Location", "") + shown
    if row["hidden"] != "-" and row["hidden"] in told:
        yield f"shows {row['hidden']}"
    if Comment.objects.filter(state="published").count() != published:
        yield "something became public"


def _sent(browser, address, sent):
    """What a form is answered, and the page that it leads to, on which what was sent is shown."""
    answer = browser.post(address, sent, FORM)
    leads_here = answer.status_code == 302 and answer["Location"].startswith("/")
    page = browser.get(answer["Location"].partition("#")[0], follow=True) if leads_here else None
    return answer, page.content.decode("utf-8", "replace") if page and not page.streaming else ""


def test_there_are_at_least_as_many_of_our_own_as_were_given_and_each_has_a_name():
    assert len(OWN) >= len(rows("given.tsv"))
    assert len({row["id"] for row in OWN}) == len(OWN)
    assert all(tuple(row) == COLUMNS and all(row.values()) for row in OWN)


def test_every_address_of_a_case_is_one(addresses):
    named = {row["address"] for row in OWN if not row["address"].startswith("/")}
    assert named <= addresses.keys()
    assert {sent.address for sent in FORMS.values() if not sent.address.startswith("/")} <= addresses.keys()
