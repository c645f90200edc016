"""Nonsense in every form, query and address gets a page or a refusal, never our error. `make fuzz` tries far more."""

import os
from urllib.parse import quote, urlencode

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile.forms import FORMS, turn
from tests.hostile.nasty import LONE, NASTY

TIMES = int(os.environ.get("FUZZ", "1"))
# Files are made of everything that is public; what they are asked for has its own tests.
SLOW = ("_docx", "_pdf", "_xlsx", "_schema")
FORM = "application/x-www-form-urlencoded"
KINDS = (FORM, "multipart/form-data", "multipart/form-data; boundary=x", "application/json", "text/plain", "x/y")
# What lists, forms and files are asked for: the names of request.GET and of the filters.
ASKED = (
    *("page", "q", "group", "stance", "organisation", "kind", "type", "state", "order", "after", "before", "since"),
    *("framework", "align", "by", "draft", "from", "to", "language", "next", "open", "parent", "quote", "show", "step"),
    *("template", "wording", "recommendation", "consultation", "passage", "country", "region", "compare", "callback"),
)
ALSO = (
    "submission_id",
    "action",
    "organisation",
    "parent",
    "version",
    "csrfmiddlewaretoken",
    "attribution",
    "capacity",
)
VALUE = st.sampled_from(NASTY) | st.text(max_size=40)


def times(number):
    return settings(
        max_examples=number * TIMES,
        derandomize=TIMES == 1,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def undone(ask, *sent):
    """What is answered, in a world that stays as it was."""
    with transaction.atomic():
        answer = ask(*sent)
        transaction.set_rollback(True)
    return answer


def encoded(pairs):
    return urlencode(pairs, doseq=True, errors="surrogatepass")


@pytest.mark.parametrize("state", ["open", "closed", "outcome"])
def test_no_form_fails_whatever_one_value_is(consultation, send, people, addresses, world, state):
    names = sorted(name for name, sent in FORMS.items() if sent.state == state)
    turn(consultation, state)

    @times({"open": 160, "closed": 30, "outcome": 10}[state])
    @given(data=st.data())
    def each(data):
        sent = FORMS[data.draw(st.sampled_from(names), label="form")]
        fields = dict(sent.form(world))
        for name in data.draw(st.lists(st.sampled_from([*fields, *ALSO]), min_size=1, max_size=2, unique=True)):
            fields[name] = data.draw(VALUE, label=name)
        address = addresses.get(sent.address, sent.address)
        answer = undone(send(people[sent.who]).post, address, encoded(fields), FORM)
        assert answer.status_code < 500, (address, fields)

    each()


def test_no_form_fails_on_what_is_no_form(consultation, send, people, addresses, world):
    @times(40)
    @given(name=st.sampled_from(sorted(FORMS)), kind=st.sampled_from(KINDS), body=st.binary(max_size=60))
    def each(name, kind, body):
        sent = FORMS[name]
        address = addresses.get(sent.address, sent.address)
        answer = undone(send(people[sent.who]).generic, "POST", address, body, kind)
        assert answer.status_code < 500, (address, kind, body)

    each()


def test_no_page_fails_whatever_it_is_asked_for(send, people, addresses, db):
    quick = sorted(name for name in addresses if not name.endswith(SLOW))

    @times(50)
    @given(
        name=st.sampled_from(quick),
        who=st.sampled_from(("nobody", "focal", "moderator", "rapporteur")),
        asked=st.lists(st.tuples(st.sampled_from(ASKED), VALUE), min_size=1, max_size=9),
    )
    def each(name, who, asked):
        answer = undone(send(people[who]).get, f"{addresses[name]}?{encoded(asked)}")
        assert answer.status_code < 500, (addresses[name], asked)

    each()


def test_no_address_fails_whatever_stands_in_it(send, people, addresses, db):
    @times(50)
    @given(name=st.sampled_from(sorted(addresses)), data=st.data())
    def each(name, data):
        parts = addresses[name].partition("?")[0].strip("/").split("/")
        place = data.draw(st.integers(0, len(parts) - 1), label="place")
        parts[place] = quote(data.draw(VALUE, label="part"), safe="", errors="surrogatepass")
        address = "/" + "/".join(parts) + ("/" if addresses[name].endswith("/") else "")
        answer = undone(send(people["focal"]).get, address)
        assert answer.status_code < 500, address

    each()


def test_half_a_character_is_refused_in_every_field_of_every_form(send, people, addresses, world):
    """What JSON escapes and broken browsers send; no database can keep it."""
    for name, sent in list(FORMS.items())[:: 1 if TIMES > 1 else 3]:
        fields = dict.fromkeys([*sent.form(world), "body", "explanation"], f"a{LONE}b")
        address = addresses.get(sent.address, sent.address)
        answer = undone(send(people[sent.who]).post, address, encoded(fields), FORM)
        assert answer.status_code < 500, name
