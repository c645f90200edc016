"""One thread of a thousand comments, in our tables and, row for row, in django-comments-xtd's."""

from datetime import timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.contrib.sites.models import Site
from django.db import transaction
from django_comments.models import Comment as PlainComment
from django_comments_xtd.models import XtdComment

from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment, CommentRevision
from consultation.reports.models import Passage
from consultation.secretariat.generation import bulk
from consultation.secretariat.generation.words import remark

NUMBER, FIRSTS = 1000, 400


@transaction.atomic
def thread(consultation: Consultation, passage: Passage) -> None:
    """Four hundred first comments and six hundred replies to them, all published, on an empty passage."""
    chance = Random(1)  # noqa: S311 - repeatable, not secret
    authors = list(consultation.organisations.values_list("memberships__user", "pk").order_by("pk")[:200])
    key, revision = bulk.next_key(Comment), bulk.next_key(CommentRevision)
    comments: list[dict[str, Any]] = []
    revisions: list[dict[str, Any]] = []
    firsts = [key + n for n in range(FIRSTS)]
    for n in range(NUMBER):
        root = None if n < FIRSTS else firsts[(n - FIRSTS) % FIRSTS]
        author, organisation = chance.choice(authors)
        at = consultation.opens_at + timedelta(seconds=n)
        comments.append(
            {
                "id": key + n,
                "public_id": f"bench{n:07}",
                "consultation_id": consultation.pk,
                "passage_id": passage.pk,
                "parent_id": root,
                "root_id": root,
                "answered_id": root and revision + root - key,
                "author_id": author,
                "organisation_id": organisation,
                "state": Comment.State.PUBLISHED,
                "published_id": revision + n,
                "latest_id": revision + n,
                "answers": 0 if root else 2 if n < NUMBER - 2 * FIRSTS else 1,
                "created_at": at,
                "state_at": at,
            }
        )
        revisions.append(
            {
                "id": revision + n,
                "comment_id": key + n,
                "number": 1,
                "state": CommentRevision.State.PUBLISHED,
                "body": remark(chance),
                "quote": passage.words,
                "created_by_id": author,
                "created_at": at,
                "published_at": at,
            }
        )
    bulk.insert(Comment, comments)
    bulk.insert(CommentRevision, revisions)
    bulk.end(Comment, CommentRevision)
    _copy(passage, comments, revisions)


def _copy(passage: Passage, comments: list[dict[str, Any]], revisions: list[dict[str, Any]]) -> None:
    site = Site.objects.get_or_create(pk=settings.SITE_ID, defaults={"domain": "localhost", "name": "bench"})[0]
    kind = ContentType.objects.get_for_model(Passage)
    order: dict[int, int] = {}
    rows = []
    for comment, revision in zip(comments, revisions, strict=True):
        root = comment["root_id"] or comment["id"]
        order[root] = order.get(root, 0) + 1
        rows.append(
            {
                "id": comment["id"],
                "content_type_id": kind.pk,
                "object_pk": str(passage.pk),
                "site_id": site.pk,
                "user_id": comment["author_id"],
                "user_name": "G. Sample",
                "user_email": "sample@generated.example",
                "comment": revision["body"],
                "submit_date": comment["created_at"],
                "is_public": True,
                "thread_id": root,
                "parent_id": root,
                "level": int(comment["parent_id"] is not None),
                "order": order[root],
            }
        )
    bulk.insert(PlainComment, rows)
    bulk.insert(XtdComment, ({**row, "comment_ptr_id": row["id"]} for row in rows))
