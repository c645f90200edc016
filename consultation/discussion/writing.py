"""The lines of a thread as HTML: strings, because a page shows many; what is rare comes from templates.

Every word that somebody wrote passes `escape` or the Markdown renderer. docs/decisions/113.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from html import escape
from typing import Any, NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultation.consultations.attribution import Attribution, Attributions
from consultation.consultations.times import said, said_by_day
from consultation.discussion.models import Comment, CommentRevision
from consultation.discussion.rows import Row, with_parents
from consultation.discussion.threads import Line
from consultation.stakeholders.models import Organisation, StakeholderGroup, User
from consultation.text import markdown

State = Comment.State
_GONE = frozenset({State.REMOVED, State.WITHDRAWN})
_EDITED = frozenset({State.PENDING, State.PUBLISHED, State.RETURNED})
_ID = "0ID0"


class Who(NamedTuple):
    """What the reader is told of who speaks, escaped."""

    name: str
    html: str
    is_organisation: bool = True
    is_public_by_name: bool = True
    others_see: bool = False


class Writer:
    """Writes the comments of one page for one reader; `context` is that of the page."""

    def __init__(self, context: Any, attributions: Attributions) -> None:
        self.context, self.attributions = context, attributions
        self.consultation = context["consultation"]
        # Asked for each row: a lazy user would look itself up each time.
        self.user_pk, self.is_signed_in = context["user"].pk, context["user"].is_authenticated
        self.answers = context.get("answers") or {}
        self.next_text = context.get("next_text")
        self.references = context.get("references")
        self.since = context.get("since")
        self.closed_below = context.get("closed_below") or {}
        self.own = {m.organisation_id for m in context.get("memberships") or ()}
        self.urls: dict[str, str] = {}
        self.badges: dict[int, str] = {}
        self.named: dict[int, Who] = {}
        self.by, self.replying = _("Comment by %(organisation)s"), _("in reply to <bdi>%(organisation)s</bdi>")
        self.rows: dict[int, Row] = {}
        self.decided: dict[int, Comment] = {}
        self.reasons: dict[int, str] = {}
        self.begun: set[int] = set()

    def write(self, lines: Iterable[Line]) -> SafeString:
        """The list items of these lines."""
        lines = list(lines)
        self.rows = with_parents(line.comment for line in lines)
        self.begun = self._begun(line.comment for line in lines)
        decided = Q(state=State.RETURNED) | Q(state=State.REMOVED, author=self.user_pk)
        keys = [r.pk for r in (line.comment for line in lines) if r.state in {State.RETURNED, State.REMOVED}]
        if keys:
            found = Comment.objects.filter(decided, pk__in=keys).select_related("published", "latest")
            self.decided = {comment.pk: comment for comment in found}
            self.reasons = _reasons([r.pk for r in self.rows.values() if r.state == State.REMOVED])
        return mark_safe("\n".join([self._line(line) for line in lines]))  # noqa: S308 - escaped piece by piece

    def _begun(self, rows: Iterable[Row]) -> set[int]:
        """The keys of the reader's own submitted ones of which an edit is a draft: a query where there are such."""
        own = [row.pk for row in rows if row.author_id == self.user_pk and row.state in _EDITED]
        drafts = CommentRevision.objects.filter(comment__in=own, state=CommentRevision.State.DRAFT)
        return set(drafts.order_by().values_list("comment", flat=True)) if own else set()

    def _line(self, line: Line) -> str:
        row = line.comment
        item = f'<li id="c-{row.public_id}" class="level-{line.shown_depth}">{self._article(row, line.depth)}</li>'
        return item + self._more(line.more_of) if line.more_of else item

    def _more(self, root: Row) -> str:
        words = ngettext("Show %(n)s reply", "Show all %(n)s replies", root.answers) % {"n": root.answers}
        return f'\n<li class="level-1"><p><a href="{self._url("replies", root)}">{escape(words)}</a></p></li>'

    def _article(self, row: Row, depth: int) -> str:
        if row.state in _GONE:
            return self._gone(row)
        who = self._who(row)
        label = self.by % {"organisation": who.name}
        parts = [f'<article class="comment" aria-label="{label}"><header>', self._header(row, who, depth), "</header>"]
        parts += [self._words(row), *self._notes(row), self._answer(row)]
        parts += ['<footer class="noprint">', *self._footer(row, who), "</footer></article>"]
        return "\n".join(part for part in parts if part)

    def _gone(self, row: Row) -> str:
        when = {"when": self._when(row.state_at, self._who(row))}
        if row.state == State.WITHDRAWN:
            label, words, more = _("Withdrawn comment"), _("Withdrawn by its author on %(when)s.") % when, ""
        else:
            label, words = _("Removed comment"), _("Removed by a moderator on %(when)s.") % when
            more = f' <a href="{self._overview}#rules">{_("Rules")}</a>'
            if reason := self.reasons.get(row.pk):
                more = f" {_('Reason')}: {escape(reason)}.{more}"
        why = self._included("discussion/_removed.html", row) if row.pk in self.decided else ""
        return f'<article class="comment" aria-label="{label}"><p class="gone mb-0">{words}{more}</p>{why}</article>'

    # The header -----------------------------------------------------------------------------------------------------

    def _header(self, row: Row, who: Who, depth: int) -> str:
        name = f"<bdi>{who.name}</bdi>"
        if who.is_organisation and row.published_id:
            name = f'<a href="{self._organisation(row.organisation_slug)}">{name}</a>'
        author = f"<bdi>{_author(row)}</bdi> · " if who.is_organisation else ""
        at = f'<a href="{self._url("comment", row)}">{self._said_at(row.created_at, who)}</a>'
        parts = [f'<span class="who fw-bold">{name}</span>{who.html}']
        parts += [f'<span class="muted small">{author}{at}</span>', self._in_reply(row) if depth else ""]
        parts.append(self._tags(row))
        return "\n".join(part for part in parts if part)

    def _in_reply(self, row: Row) -> str:
        parent = self.rows.get(row.parent_id or 0)
        if parent is None:
            return ""
        words = self.replying % {"organisation": self._who(parent).name}
        return f'<span class="small muted">{words}</span>'

    def _tags(self, row: Row) -> str:
        tags = ""
        if row.state != State.PUBLISHED:
            tags += f'<span class="tag tag-wait">{escape(str(State(row.state).label))}</span>'
        elif (row.number or 0) > 1:
            said, more = _("edited"), _("what changed")
            hidden = f'<span class="visually-hidden">: {more}</span>'
            tags += f'<a class="tag" href="{self._url("comment_history", row)}">{said}{hidden}</a>'
        if row.late:
            said, more = _("late"), _("submitted after closing")
            tags += f' <span class="tag tag-late">{said}<span class="visually-hidden">: {more}</span></span>'
        if self.since and row.published_at and row.published_at > self.since and row.author_id != self.user_pk:
            tags += f' <span class="tag tag-open">{_("new")}</span>'
        return tags

    def _said_at(self, at: datetime, who: Who) -> str:
        local = timezone.localtime(at)
        machine = local.isoformat() if who.is_public_by_name else f"{local:%Y-%m-%d}"
        return f'<time datetime="{machine}">{self._when(at, who)}</time>'

    def _when(self, at: datetime, who: Who) -> str:
        return escape(said(at, self.consultation) if who.is_public_by_name else said_by_day(at))

    # What it says ---------------------------------------------------------------------------------------------------

    def _words(self, row: Row) -> str:
        html = markdown.render(row.body)
        html = self.references.linked(html) if self.references else html
        parts = [f'<div class="body" dir="auto">{html}</div>']
        if row.type != CommentRevision.Type.SUBSTANTIVE:
            parts.insert(0, f'<p class="mb-1"><span class="tag">{CommentRevision.Type(row.type).label}</span></p>')
        if row.proposed_wording:
            words = {"old": self.context["passage"].words, "new": row.proposed_wording}
            parts.append(self._included("discussion/_difference.html", row, **words))
        return "\n".join(parts)

    def _notes(self, row: Row) -> Iterable[str]:
        """What stands below the words, line by line."""
        if self.next_text:
            for ref, code in self.next_text.taken_up.get(row.pk, {}).items():
                words = _("Taken up in the next text of %(code)s") % {"code": escape(code)}
                address = reverse("next_text", args=[self.consultation.slug])
                yield f'<p class="small mb-1"><a class="tag tag-open" href="{address}#{escape(ref)}">{words}</a></p>'
        if seen_by := _seen_by(row):
            yield _muted(seen_by)
        parent = self.rows.get(row.parent_id or 0)
        if parent and parent.state == State.PUBLISHED and row.answered_id != parent.published_id:
            link = f'<a href="{self._url("comment_history", parent)}">{_("What changed")}</a>'
            said = _("It answers an earlier version.")
            yield _muted(f"{said} {link}")
        if row.state == State.PUBLISHED and row.proposed_wording:
            address = reverse("proposals", args=[self.consultation.slug, self.context["passage"].ref])
            words = _("All proposed wordings side by side, and who supports them")
            yield f'<p class="small"><a href="{address}#p-{row.public_id}">{words}</a></p>'
        if stop := self.closed_below.get(row.pk):
            words, reason = _("The replies were closed by the secretariat, because:"), escape(stop.reason)
            yield f'<p class="note note-warn"><strong>{words}</strong> <span dir="auto">{reason}</span></p>'
        if row.state == State.RETURNED:
            yield self._included("discussion/_returned.html", row)
        yield from self._own_notes(row)

    def _own_notes(self, row: Row) -> Iterable[str]:
        is_own = row.author_id == self.user_pk
        if is_own and row.state == State.PUBLISHED and row.latest_state == CommentRevision.State.PENDING:
            yield _muted(_("Your edit is waiting for a moderator. The published version stays until then."))
        if row.pk in self.begun:
            yield _muted(
                _("You saved an edit as a draft. Only you see it; what you submitted stands until you submit it.")
            )
        if is_own or row.organisation_id in self.own:
            names = {"number": escape(row.receipt), "id": row.public_id}
            words = _("Private number %(number)s, for your delegation only. Others cite it as #%(id)s.") % names
            yield f'<p class="small muted mb-1">{words}</p>'

    def _answer(self, row: Row) -> str:
        answer = self.answers.get(row.pk) if row.state == State.PUBLISHED else None
        return self._included("dispositions/_answer.html", row, disposition=answer) if answer else ""

    # What one can do ------------------------------------------------------------------------------------------------

    def _footer(self, row: Row, who: Who) -> Iterable[str]:
        if not self.is_signed_in:
            return
        is_own, is_published = row.author_id == self.user_pk, row.state == State.PUBLISHED
        by = f'<span class="visually-hidden">: {who.name}</span>'
        if self.own and is_published and not is_own:
            address = reverse("flag", args=[self.consultation.slug, f"comment-{row.public_id}"])
            yield f'<a href="{address}">{_("Flag")}{by}</a>'
        if self.context.get("moderates") and is_published:
            address = reverse("moderation_item", args=[f"comment-{row.public_id}"])
            yield f'<a href="{address}">{_("Moderate")}{by}</a>'
            if row.root_id is None:
                words = _("Open the replies again") if row.pk in self.closed_below else _("Close the replies")
                yield f'<a href="{self._url("replies", row)}#close">{words}{by}</a>'
        if self.context.get("may_write"):
            is_closed = (row.root_id or row.pk) in self.closed_below
            if self.context.get("form") and is_published and not is_closed:
                asked, quote = f"?parent={row.public_id}", _("Quote")
                yield f'<a href="{asked}#reply">{_("Reply")}{by}</a>'
                yield f'<a href="{asked}&amp;quote=1#reply">{quote}{by}</a>'
            yield from self._changes(row, who)
        if is_published and row.root_id is None:
            yield self._included("discussion/_follow_thread.html", row, name=mark_safe(who.name))  # noqa: S308 - escaped

    def _changes(self, row: Row, who: Who) -> Iterable[str]:
        is_own = row.author_id == self.user_pk
        if not (is_own or row.state == State.DRAFT):
            return
        yield f'<a href="{self._url("edit_comment", row)}">{_("Edit")}</a>'
        if is_own and row.state != State.DRAFT and who.others_see:
            yield f'<a href="{self._url("attribute_comment", row)}">{_("Tell more of who says it")}</a>'
        if is_own:
            token = (
                f'<input type="hidden" name="csrfmiddlewaretoken" value="{escape(str(self.context["csrf_token"]))}">'
            )
            button = f'<button type="submit" class="linkish">{_("Withdraw")}</button>'
            yield f'<form method="post" action="{self._url("withdraw_comment", row)}">{token}{button}</form>'

    # Pieces ---------------------------------------------------------------------------------------------------------

    def _who(self, row: Row) -> Who:
        """Who the reader is told that it is from: `Attributions` says. Asked for a comment and for what answers it."""
        if row.pk not in self.named:
            self.named[row.pk] = self._origin(row)
        return self.named[row.pk]

    def _origin(self, row: Row) -> Who:
        if row.attribution == Attribution.NAMED:
            return Who(escape(row.organisation_name), f" {self._badge(row)}")
        group = StakeholderGroup(pk=row.group_id, name=row.group_name, code=row.group_code, colour=row.group_colour)
        organisation = Organisation(pk=row.organisation_id, name=row.organisation_name, group=group)
        origin = self.attributions.origin(row.attribution, organisation)
        html = f" {self._badge(row)}" if origin.organisation else ""
        if origin.others_see:
            words = _("Others see: %(what)s") % {"what": escape(origin.others_see)}
            html += f' <span class="tag tag-wait">{words}</span>'
        is_organisation, others_see = origin.organisation is not None, bool(origin.others_see)
        return Who(escape(origin.name), html, is_organisation, origin.is_public_by_name, others_see)

    def _badge(self, row: Row) -> str:
        if row.group_id not in self.badges:
            name = escape(_(row.group_name))
            code = f'<abbr title="{name}" aria-hidden="true">{escape(row.group_code)}</abbr>'
            self.badges[row.group_id] = f'<span class="grp g{row.group_colour}">{code}{name}</span>'
        return self.badges[row.group_id]

    def _url(self, name: str, row: Row) -> str:
        if name not in self.urls:
            self.urls[name] = reverse(name, args=[self.consultation.slug, _ID])
        return self.urls[name].replace(_ID, row.public_id)

    def _organisation(self, slug: str) -> str:
        if "organisation" not in self.urls:
            self.urls["organisation"] = reverse("organisation", args=[_ID])
        return self.urls["organisation"].replace(_ID, slug)

    @cached_property
    def _overview(self) -> str:
        return reverse("overview", args=[self.consultation.slug])

    def _included(self, template: str, row: Row, **names: Any) -> str:
        """A template of what is rare, in the page's context; `comment` with its decisions where these are told."""
        comment = self.decided.get(row.pk, row)
        with self.context.push(comment=comment, **names):
            return str(self.context.template.engine.get_template(template).render(self.context))


def _reasons(keys: list[int]) -> dict[int, str]:
    """Why each of these comments was removed, in the words of the coded reason; what its author was told is theirs."""
    if not keys:
        return {}
    found = {}
    removed = Comment.objects.filter(pk__in=keys, published__isnull=False)
    for comment in removed.select_related("published").prefetch_related("published__decisions"):
        assert comment.published is not None  # noqa: S101 - asked for
        standing = [d for d in comment.published.decisions.all() if d.kind == "remove" and not d.undone_at]
        if standing:
            found[comment.pk] = str(max(standing, key=lambda d: d.pk).get_reason_display())
    return found


def _seen_by(row: Row) -> str:
    """Who sees what is not public."""
    if row.state == State.PENDING:
        return _("Seen only by you, your delegation and the moderators.")
    if row.state != State.DRAFT:
        return ""
    if row.shared:
        return _("A draft that your delegation reads and edits together.")
    return _("Only you see this draft.")


def _muted(html: str) -> str:
    return f'<p class="small muted">{html}</p>'


def _author(row: Row) -> str:
    """What the person is called, as `User` says it."""
    if row.author_name and not row.author_erased_at:
        return escape(row.author_name)
    return escape(str(User(name=row.author_name, email=row.author_email, erased_at=row.author_erased_at)))
