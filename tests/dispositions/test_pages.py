"""The rapporteur's table and form, and the public page: what they show, refuse, keep, and cost."""

from uuid import uuid4

import pytest

from consultation.consultations.models import Officer
from consultation.discussion.actions import withdraw_comment
from consultation.dispositions import actions
from consultation.dispositions.actions import Answer, Read
from consultation.dispositions.models import DispositionList, DispositionVersion
from tests import factories
from tests.dispositions.conftest import officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def table(consultation):
    return f"/consultations/{consultation.slug}/dispositions/edit/"


def test_the_table_is_for_rapporteurs_and_the_secretariat_of_the_consultation(
    consultation, contributor, moderator, rapporteur, secretariat, said, table, as_user
):
    comment = said(contributor)
    elsewhere = officer(factories.ConsultationFactory(), Officer.Role.RAPPORTEUR)
    expected = {None: 302, contributor: 403, moderator: 403, elsewhere: 403, secretariat: 200, rapporteur: 200}
    for address in (table, f"{table}{comment.public_id}/"):
        assert {who: as_user(who).get(address).status_code for who in expected} == expected
    assert "Answer the selected comments" not in as_user(secretariat).get(table).content.decode()
    sent = {"value": "accepted", "item": f"{comment.public_id}:1:0"}
    assert as_user(secretariat).post(table, sent).status_code == 403
    assert as_user(secretariat).get(table.replace("edit", "publish")).status_code == 403


def test_the_table_is_filtered(consultation, contributor, civil, rapporteur, said, answered, table, as_user):
    answered(said(contributor, "Of a State.", ref="p8", type="editorial"))
    said(civil, "Of a network.", wording="Other words.")
    browser = as_user(rapporteur)

    def shown(query):
        page = browser.get(f"{table}?{query}").content.decode()
        return {text for text in ("Of a State.", "Of a network.") if text in page}

    assert shown("") == {"Of a State.", "Of a network."}
    assert shown("passage=P8") == shown("group=states") == shown("type=editorial") == {"Of a State."}
    assert shown("state=answered") == {"Of a State."}
    assert shown("state=open") == shown("type=wording") == shown("group=civil-society") == {"Of a network."}
    assert shown("passage=p9&state=open") == set()


def test_one_answer_leads_to_the_next_open_comment(consultation, contributor, rapporteur, said, table, as_user):
    last, first = said(contributor, ref="pol3"), said(contributor, ref="p8")
    browser = as_user(rapporteur)
    assert f"{table}{first.public_id}/" in browser.get(table).content.decode()
    sent = {"value": "noted", "reply": "", "revision": 1, "version": 0}
    answer = browser.post(f"{table}{first.public_id}/", sent)
    assert answer.url == f"{table}{last.public_id}/"
    assert browser.post(answer.url, sent).url == table
    assert DispositionVersion.objects.count() == 2


def test_without_a_reason_the_form_says_so_and_keeps_what_was_chosen(contributor, rapporteur, said, table, as_user):
    comment = said(contributor)
    sent = {"value": "not_accepted", "reply": "", "revision": 1, "version": 0}
    answer = as_user(rapporteur).post(f"{table}{comment.public_id}/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_reply"' in page
    assert "Enter the reason" in page
    assert answer.context["form"]["value"].value() == "not_accepted"
    assert not DispositionVersion.objects.exists()


def test_of_two_at_once_the_second_sees_both_answers(consultation, contributor, rapporteur, said, table, as_user):
    comment, other = said(contributor), officer(consultation, Officer.Role.RAPPORTEUR)
    actions.answer(other, comment, Answer("noted", "The other’s words."), Read(1), uuid4())
    sent = {"value": "in_part", "reply": "My own words.", "revision": 1, "version": 0}
    answer = as_user(rapporteur).post(f"{table}{comment.public_id}/", sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "The other’s words." in page
    assert "My own words." in page
    assert 'name="version" value="1"' in page
    sent["version"] = 1
    assert as_user(rapporteur).post(f"{table}{comment.public_id}/", sent).status_code == 302


def test_a_comment_withdrawn_while_the_rapporteur_writes_gets_a_clear_answer(
    contributor, rapporteur, said, table, as_user
):
    comment = said(contributor)
    withdraw_comment(contributor, comment)
    sent = {"value": "in_part", "reply": "My own words.", "revision": 1, "version": 0}
    answer = as_user(rapporteur).post(f"{table}{comment.public_id}/", sent)
    assert answer.status_code == 409
    assert "There is nothing to answer." in answer.content.decode()
    assert "My own words." in answer.content.decode()


def test_several_are_answered_at_once_and_errors_keep_the_selection(
    contributor, civil, rapporteur, said, table, as_user
):
    one, other = said(contributor), said(civil)
    items = [f"{one.public_id}:1:0", f"{other.public_id}:1:0"]
    browser = as_user(rapporteur)
    answer = browser.post(f"{table}?group=states", {"value": "not_accepted", "item": items})
    assert answer.status_code == 422
    assert f'value="{one.public_id}:1:0" checked' in answer.content.decode()
    answer = browser.post(table, {"value": "not_accepted", "reply": "Agreed language.", "item": items})
    assert answer.status_code == 302
    assert DispositionVersion.objects.filter(reason="Agreed language.").count() == 2
    assert browser.post(table, {"value": "noted"}).status_code == 422
    assert browser.post(table, {"value": "noted", "item": "x"}).status_code == 422


def test_publishing_by_the_page(consultation, contributor, rapporteur, said, answered, close, as_user):
    answered(said(contributor))
    address, browser = f"/consultations/{consultation.slug}/dispositions/publish/", as_user(rapporteur)
    assert "after the consultation has closed" in browser.get(address).content.decode()
    close()
    page = browser.get(address)
    form = page.context["form"]
    sent = {"seen": form["seen"].value(), "submission_id": str(form["submission_id"].value())}
    assert browser.post(address, sent).url == f"/consultations/{consultation.slug}/dispositions/"
    assert browser.post(address, {**sent, "submission_id": str(uuid4())}).status_code == 409
    assert DispositionList.objects.get().published_by == rapporteur
    assert "published already" in browser.get(address).content.decode()


def test_after_publication_the_form_asks_for_the_note(contributor, rapporteur, said, answered, publish, table, as_user):
    comment = said(contributor)
    answered(comment)
    publish()
    sent = {"value": "noted", "reply": "", "revision": 1, "version": 1}
    answer = as_user(rapporteur).post(f"{table}{comment.public_id}/", sent)
    assert answer.status_code == 422
    assert "Enter why it is changed" in answer.content.decode()
    assert as_user(rapporteur).post(f"{table}{comment.public_id}/", {**sent, "note": "Why."}).status_code == 302


def test_what_people_write_is_never_markup(consultation, contributor, said, answered, publish, as_user):
    comment = said(contributor)
    answered(comment, "in_part", "<script>alert(1)</script>")
    publish()
    for page in ("dispositions/", f"dispositions/{comment.public_id}/", "passages/pol3/"):
        shown = as_user(None).get(f"/consultations/{consultation.slug}/{page}").content.decode()
        assert "<script>alert" not in shown
        assert "&lt;script&gt;alert" in shown


def test_pages_cost_the_same_at_few_and_at_many(
    consultation, contributor, civil, rapporteur, said, answered, publish, table, as_user, django_assert_max_num_queries
):
    for person in (contributor, civil):
        answered(said(person))
    comment = said(civil, parent=said(contributor))
    c = f"/consultations/{consultation.slug}"
    costs = {}

    def cost(address, who):
        with django_assert_max_num_queries(40) as counted:
            as_user(who).get(address)
        return len(counted)

    addresses = {table: rapporteur, f"{c}/passages/pol3/": None, f"{c}/dispositions/": None}
    addresses |= {f"{table}{comment.public_id}/": rapporteur, f"{c}/passages/pol3/proposals/": None}
    for number in (0, 12):
        for _ in range(number):
            answered(said(civil, f"Another {uuid4()}.", wording=f"Other {uuid4()}."))
        if number:
            for one in consultation.comments.all():
                answered(one)
            publish()
        costs[number] = {address: cost(address, who) for address, who in addresses.items()}
    assert costs[12][table] == costs[0][table]
    assert all(costs[12][address] <= costs[0][address] + 5 for address in addresses), costs
    before = {address: cost(address, who) for address, who in addresses.items()}
    for one in consultation.comments.all()[:6]:
        answered(one, "noted", note="Why.")
    assert {address: cost(address, who) for address, who in addresses.items()} == before
