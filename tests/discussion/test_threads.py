"""Reading a thread: pages by keyset, orders, filters, what is new, references, history."""

import gzip
import random
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from consultation.discussion import actions, threads
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment, CommentRevision
from consultation.record import clock
from tests import factories


@pytest.fixture
def c(consultation):
    return f"/consultations/{consultation.slug}"


@pytest.fixture
def many(consultation, contributor):
    """Make published comments in bulk: `number` first ones, or replies to one."""

    def make(number, root=None):
        organisation, passage = factories.organisation_of(contributor), factories.passage(consultation, "p8")
        start = timezone.now() - timedelta(days=1)
        already = Comment.objects.count()
        comments = Comment.objects.bulk_create(
            Comment(
                consultation=consultation,
                passage=passage,
                author=contributor,
                organisation=organisation,
                parent=root,
                root=root,
                created_at=start + timedelta(milliseconds=already + n),
                state_at=start,
            )
            for n in range(number)
        )
        revisions = CommentRevision.objects.bulk_create(
            CommentRevision(
                comment=comment,
                number=1,
                state="published",
                body=f"Remark {already + n}.",
                created_by=contributor,
                created_at=start,
                published_at=start,
            )
            for n, comment in enumerate(comments)
        )
        for comment, revision in zip(comments, revisions, strict=True):
            comment.state, comment.published, comment.latest = "published", revision, revision
        Comment.objects.bulk_update(comments, ["state", "published", "latest"], batch_size=500)
        if root:
            Comment.objects.filter(pk=root.pk).update(answers=number)
        return comments

    return make


def remarks(page):
    return [int(n) for n in re.findall(r"Remark (\d+)\.", page)]


def follow(client, address):
    """All pages from here by their "Next page" links; the numbers of the remarks on each."""
    found = []
    while address:
        page = client.get(address).content.decode()
        found.append(remarks(page))
        link = re.search(r'href="(\?[^"]*after=[^"]*)" rel="next"', page)
        address = address.partition("?")[0] + link.group(1).replace("&amp;", "&").partition("#")[0] if link else ""
    return found


@pytest.mark.parametrize("order", ["oldest", "newest"])
def test_the_pages_of_a_thread_hold_every_comment_once_in_order(client, c, many, order):
    many(45)
    pages = follow(client, f"{c}/passages/p8/?order={order}")
    assert [len(page) for page in pages] == [20, 20, 5]
    found = [n for page in pages for n in page]
    assert found == (list(range(45)) if order == "oldest" else list(range(44, -1, -1)))


def test_the_most_answered_come_first(client, c, many):
    first = many(3)
    many(2, root=first[2])
    many(1, root=first[1])
    page = client.get(f"{c}/passages/p8/?order=answered").content.decode()
    assert [n for n in remarks(page) if n < 3] == [2, 1, 0]


@pytest.mark.parametrize("page", ["1", "2", "3", "0", "-1", "abc", "9" * 30, "٣"])
def test_pages_by_number_are_kept_and_odd_numbers_harm_nothing(client, c, many, page):
    many(25)
    answer = client.get(f"{c}/passages/p8/?page={page}")
    assert answer.status_code == 200
    expected = {"2": list(range(20, 25)), "3": [], "9" * 30: list(range(20))}.get(page, list(range(20)))
    assert remarks(answer.content.decode()) == expected


@pytest.mark.parametrize(
    "query", ["after=unknown00000", "order=random()", "group=none", "after=%00", "organisation=%27"]
)
def test_an_address_that_makes_no_sense_begins_at_the_beginning(client, c, many, query):
    many(2)
    assert client.get(f"{c}/passages/p8/?{query}").status_code == 200


@pytest.mark.parametrize("number", [10, 1_000])
def test_a_thread_costs_the_same_queries_however_long_it_is(client, c, many, number, django_assert_max_num_queries):
    comments = many(number)
    many(number, root=comments[0])
    for query in ("", f"?after={comments[-5].public_id}", "?order=answered"):
        with django_assert_max_num_queries(12):
            page = client.get(f"{c}/passages/p8/{query}").content.decode()
        assert len(remarks(page)) <= threads.ON_A_PAGE + threads.REPLIES_SHOWN


def test_a_page_of_fifty_comments_is_light(client, c, consultation, many):
    """At most 60 kB compressed, each comment of a hundred words of its own."""
    firsts = many(threads.ON_A_PAGE)
    many(threads.REPLIES_SHOWN, root=firsts[0])
    words, chance = " ".join(p.words for p in consultation.report.passages.all()).split(), random.Random(9)  # noqa: S311 - words, not secrets
    revisions = list(CommentRevision.objects.all())
    for revision in revisions:
        revision.body += " " + " ".join(chance.choices(words, k=100))
    CommentRevision.objects.bulk_update(revisions, ["body"])
    page = client.get(f"{c}/passages/p8/").content
    assert len(remarks(page.decode())) == 50
    assert len(gzip.compress(page)) <= 60_000


def test_the_last_page_reads_no_more_rows_than_the_first(consultation, many):
    comments = many(300)
    thread = consultation.comments.public()
    plans = []
    for after in (comments[20], comments[-25]):
        found = threads.page_of(thread, {"after": after.public_id})
        plans.append(len(found.lines))
    assert plans == [threads.ON_A_PAGE] * 2


def test_many_replies_are_shown_on_a_page_of_their_own(client, c, many):
    root = many(1)[0]
    many(120, root=root)
    page = client.get(f"{c}/passages/p8/").content.decode()
    assert "Show all 120 replies" in page
    assert len(remarks(page)) == 1 + threads.REPLIES_SHOWN
    pages = follow(client, f"{c}/comments/{root.public_id}/replies/")
    assert sorted(n for found in pages for n in found) == list(range(121))


def test_the_replies_of_a_page_are_shared_out_as_evenly_as_its_bound_allows(client, c, many):
    firsts = many(3)
    for root, number in zip(firsts, (200, 2, 40), strict=True):
        many(number, root=root)
    page = client.get(f"{c}/passages/p8/").content.decode()
    assert len(remarks(page)) == 3 + threads.REPLIES_SHOWN
    assert page.count("Show all") == 2
    assert "Show all 2 replies" not in page


@given(st.dictionaries(st.integers(1, 50), st.integers(0, 60), max_size=threads.ON_A_PAGE))
def test_no_more_replies_are_shown_than_there_are_nor_than_the_bound(answers):
    given_to = threads.shares(answers)
    assert sum(given_to.values()) == min(threads.REPLIES_SHOWN, sum(answers.values()))
    assert all(given_to[pk] <= number for pk, number in answers.items())
    cut = [given_to[pk] for pk, number in answers.items() if given_to[pk] < number]
    assert not cut or max(given_to.values()) <= min(cut) + 1


def test_all_comments_are_on_one_page_for_print(client, c, many, monkeypatch, django_assert_max_num_queries):
    firsts = many(45)
    deep = many(40, root=firsts[0])
    assert "?all=1" in client.get(f"{c}/passages/p8/").content.decode()
    with django_assert_max_num_queries(9):
        page = client.get(f"{c}/passages/p8/?all=1").content.decode()
    assert sorted(remarks(page)) == list(range(85))
    assert page.index(f"c-{deep[-1].public_id}") < page.index(f"c-{firsts[1].public_id}")
    monkeypatch.setattr(threads, "ALL_SHOWN", 60)
    page = client.get(f"{c}/passages/p8/?all=1").content.decode()
    assert len(remarks(page)) == 60
    assert "The first 60 comments are shown." in page


def test_the_page_of_all_comments_shows_nobody_more_than_they_may_see(client, c, consultation, contributor, as_user):
    factories.submitted(contributor, consultation, body="Not published.")
    address = f"{c}/passages/p8/?all=1"
    assert "Not published." not in client.get(address).content.decode()
    assert "Not published." in as_user(contributor).get(address).content.decode()


def test_what_people_write_is_never_markup(client, c, consultation, moderator):
    evil = "<script>\"&'</script>"
    author = factories.delegate(consultation, organisation=factories.OrganisationFactory(name=evil))
    author.name = evil
    author.save()
    root = factories.published(author, consultation, moderator, body=evil)
    factories.published(author, consultation, moderator, body=evil, parent=root)
    page = client.get(f"{c}/passages/p8/").content.decode()
    assert "<script>&quot;" not in page
    assert '<script>"' not in page
    assert page.count("&lt;script&gt;") >= 8


def test_the_link_of_a_comment_leads_to_the_page_where_it_stands(client, c, many):
    comments = many(45)
    replies = many(60, root=comments[44])
    for comment in (comments[3], comments[41], replies[2], replies[50]):
        page = client.get(f"{c}/comments/{comment.public_id}/", follow=True)
        assert f'id="c-{comment.public_id}"' in page.content.decode()


def test_only_the_voices_asked_for_are_shown(client, c, consultation, moderator):
    state = factories.delegate(consultation)
    network = factories.delegate(
        consultation,
        organisation=factories.OrganisationFactory(name="Sample Network", group=factories.group("civil-society")),
    )
    root = factories.published(state, consultation, moderator, body="From a state")
    factories.published(network, consultation, moderator, body="From civil society", parent=root)
    page = client.get(f"{c}/passages/p8/?group=civil-society").content.decode()
    assert "From civil society" in page
    assert "From a state" not in page
    assert "in reply to" not in client.get(f"{c}/passages/p8/?organisation=nobody").content.decode()


def test_what_was_published_since_the_last_visit_is_new(c, consultation, contributor, moderator, as_user, monkeypatch):
    factories.published(contributor, consultation, moderator, body="Old")
    reader = as_user(factories.delegate(consultation))
    assert "new" not in re.findall(r'tag-open">([^<]*)<', reader.get(f"{c}/passages/p8/").content.decode())
    later = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    factories.published(contributor, consultation, moderator, body="Published meanwhile")
    page = reader.get(f"{c}/passages/p8/").content.decode()
    assert "1 new" in page
    again = reader.get(f"{c}/passages/p8/").content.decode()
    assert "1 new" in again


# References ------------------------------------------------------------------------------------------------------


def test_names_of_passages_and_comments_become_links(client, c, consultation, contributor, moderator):
    first = factories.published(contributor, consultation, moderator, ref="p9", body="First")
    body = f"See ¶ 8, POL.3, PRA.7.a and #{first.public_id}; not `POL.3` nor [POL.3](https://a.example) nor POL.99."
    factories.published(contributor, consultation, moderator, body=body)
    page = client.get(f"{c}/passages/p8/").content.decode()
    for ref in ("p8", "pol3", "pra7a"):
        assert f'<a href="{c}/passages/{ref}/" title="' in page
    assert f'<a href="{c}/comments/{first.public_id}/"' in page
    assert page.count(f'href="{c}/passages/pol3/"') == 1
    assert "<code>POL.3</code>" in page
    assert "POL.99" in page
    assert 'class="visually-hidden"> (' in page


def test_a_comment_that_is_not_public_is_no_link(client, c, consultation, contributor, moderator):
    hidden = factories.submitted(contributor, consultation, ref="p9", body="Hidden")
    factories.published(contributor, consultation, moderator, body=f"See #{hidden.public_id}.")
    page = client.get(f"{c}/passages/p8/").content.decode()
    assert f"/comments/{hidden.public_id}/" not in page


# History ---------------------------------------------------------------------------------------------------------


def test_an_edited_comment_shows_what_changed_and_only_what_was_published(
    client, c, consultation, contributor, moderator
):
    comment = factories.published(contributor, consultation, moderator, body="We support one word.")
    reply = factories.published(factories.delegate(consultation), consultation, moderator, body="Why?", parent=comment)
    actions.revise_comment(contributor, comment, Words("Never shown to anybody."))
    actions.revise_comment(contributor, comment, Words("We support another word."))
    factories.decided(moderator, comment)
    page = client.get(f"{c}/passages/p8/").content.decode()
    assert "edited" in page
    assert "It answers an earlier version." in page
    history = client.get(f"{c}/comments/{comment.public_id}/history/").content.decode()
    assert "<del>" in history
    assert "another" in history
    assert "Never shown to anybody." not in history
    assert reply.answered.number == 1


def test_a_comment_that_is_gone_has_no_history(client, c, consultation, contributor, moderator):
    comment = factories.published(contributor, consultation, moderator)
    factories.decided(moderator, comment, "remove")
    assert client.get(f"{c}/comments/{comment.public_id}/history/").status_code == 404


# Answering -------------------------------------------------------------------------------------------------------


def test_a_quoting_reply_begins_with_the_words_it_answers(c, consultation, contributor, moderator, as_user):
    comment = factories.published(contributor, consultation, moderator, body="One line.\n\nAnother.")
    browser = as_user(factories.delegate(consultation))
    page = browser.get(f"{c}/passages/p8/?parent={comment.public_id}&quote=1").content.decode()
    assert "&gt; One line.\n&gt;\n&gt; Another." in page
    hidden = factories.submitted(contributor, consultation, body="Not to be quoted")
    page = browser.get(f"{c}/passages/p8/?parent={hidden.public_id}&quote=1").content.decode()
    assert "Not to be quoted" not in page


def test_the_same_draft_sent_while_typing_is_one_draft_that_is_submitted_at_last(c, contributor, as_user):
    browser, key = as_user(contributor), str(uuid4())
    address = f"{c}/passages/p8/comments/"
    version = ""
    for text in ("Beg", "Begun", "Begun and"):
        sent = {"body": text, "action": "draft", "submission_id": key, "version": version}
        answer = browser.post(address, sent, headers={"HX-Request": "true"})
        assert "Saved as a draft" in answer.content.decode()
        version = re.search(r'name="version" value="(\d+)"', answer.content.decode()).group(1)
    assert Comment.objects.get().state == "draft"
    done = {"body": "Begun and finished.", "action": "submit", "submission_id": key, "version": version}
    browser.post(address, done)
    browser.post(address, done)
    comment = Comment.objects.get()
    assert (comment.state, comment.latest.body, comment.revisions.count()) == ("pending", "Begun and finished.", 1)
    late = {"body": "Begun", "action": "draft", "submission_id": key, "version": "1"}
    browser.post(address, late, headers={"HX-Request": "true"})
    comment.refresh_from_db()
    assert (comment.state, comment.latest.body) == ("pending", "Begun and finished.")


def test_where_a_comment_was_removed_everybody_reads_the_reason_and_only_its_author_what_they_were_told(
    consultation, contributor, moderator, as_user
):
    comment = factories.published(contributor, consultation, moderator)
    factories.published(factories.delegate(consultation), consultation, moderator, parent=comment)
    factories.decided(moderator, comment, "remove")
    address = f"/consultations/{consultation.slug}/passages/p8/"
    public = as_user(None).get(address).content.decode()
    assert "Removed by a moderator on" in public
    assert "Reason: Outside the scope of this passage or consultation." in public
    assert "Say it at another passage." not in public
    assert "Say it at another passage." in as_user(contributor).get(address).content.decode()
