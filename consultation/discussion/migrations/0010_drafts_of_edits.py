from django.db import migrations
from django.db.models import Exists, OuterRef


def let_submitted_words_be_latest(apps, schema_editor):
    """What was submitted is the latest, not a draft edit of it; what such a draft took out of moderation waits again."""
    Comment = apps.get_model("discussion", "Comment")
    Revision = apps.get_model("discussion", "CommentRevision")
    submitted = Revision.objects.exclude(state="draft").filter(comment=OuterRef("pk"))
    edited = Comment.objects.filter(Exists(submitted), latest__state="draft").order_by("pk")
    for comment in edited:
        revision = Revision.objects.filter(comment=comment).exclude(state="draft").order_by("number").last()
        Comment.objects.filter(pk=comment.pk).update(latest=revision)
        taken_out = revision.state == "superseded" and revision.published_at is None
        if taken_out and comment.state in {"pending", "published"}:
            Revision.objects.filter(pk=revision.pk).update(state="pending")


def let_drafts_be_latest(apps, schema_editor):
    """As the earlier version reads it: the latest is what was written last."""
    Comment = apps.get_model("discussion", "Comment")
    Revision = apps.get_model("discussion", "CommentRevision")
    drafts = Revision.objects.filter(state="draft").exclude(comment__latest__state="draft").order_by("comment", "number")
    for draft in drafts:
        Comment.objects.filter(pk=draft.comment_id).update(latest=draft)


class Migration(migrations.Migration):
    dependencies = [("discussion", "0009_fewer_indexes")]

    operations = [migrations.RunPython(let_submitted_words_be_latest, let_drafts_be_latest, elidable=True)]
