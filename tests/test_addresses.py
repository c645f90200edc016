"""Every address of ours × every role: what a page answers to reading it. A new address without a row fails."""

from uuid import uuid4

import pytest
from django.urls import get_resolver
from django.utils.html import escape

from consultation.notifications import unsubscribing
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.record import sealing
from consultation.record.models import Leaf
from consultation.stakeholders import actions as stakeholders
from tests import factories

ROLES = ("nobody", "stranger", "observer", "contributor", "focal point", "moderator", "secretariat")
PUBLIC = (200,) * 7
POST_ONLY = (302, *[405] * 6)  # signing in comes first
OWN = (302, *[200] * 6)

# name of the address: status for each role, in the order above
READ = {
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    # Without a token in the settings there is no such page.
    "metrics": (404,) * 7,
    "record": PUBLIC,
    "record_heads": PUBLIC,
    "record_consistency": PUBLIC,
    "record_verify": PUBLIC,
    "home": PUBLIC,
    "overview": PUBLIC,
    # The form is for everybody who is signed in; whose code it is is asked when it is sent.
    "access_code": OWN,
    "report": PUBLIC,
    "report_json": PUBLIC,
    "report_markdown": PUBLIC,
    "recommendations": PUBLIC,
    "frameworks": PUBLIC,
    "passage": PUBLIC,
    "explanations": PUBLIC,
    "summary": PUBLIC,
    "summary_json": PUBLIC,
    "summary_schema": PUBLIC,
    "summary_csv": PUBLIC,
    "breakdown": PUBLIC,
    "breakdown_json": PUBLIC,
    "breakdown_csv": PUBLIC,
    "summary_xlsx": PUBLIC,
    "summary_docx": PUBLIC,
    "summary_pdf": PUBLIC,
    "summary_data": PUBLIC,
    "dispositions": PUBLIC,
    "dispositions_json": PUBLIC,
    # Nothing is published here; a rapporteur is none of these.
    "disposition": (404,) * 7,
    "edit_dispositions": (302, *[403] * 6),
    "edit_disposition": (302, *[403] * 6),
    "publish_dispositions": (302, *[403] * 6),
    "outcome": PUBLIC,
    # Nothing is published here; a rapporteur is none of these.
    "outcome_docx": (404,) * 7,
    "outcome_pdf": (404,) * 7,
    "outcome_version": (404,) * 7,
    "outcome_version_docx": (404,) * 7,
    "outcome_version_pdf": (404,) * 7,
    "outcome_version_json": (404,) * 7,
    "edit_outcome": (302, *[403] * 6),
    "publish_outcome": (302, *[403] * 6),
    # Nothing of a text in preparation; its pages are the rapporteurs'.
    "next_text": PUBLIC,
    "draft_next_text": (302, *[403] * 6),
    "draft_passage": (302, *[403] * 6),
    "insert_passage": (302, *[403] * 6),
    "draft_new_passage": (302, *[403] * 6),
    "publish_next_text": (302, *[403] * 6),
    # A rapporteur or the secretariat of the consultation chairs; these are neither.
    "silences": PUBLIC,
    "start_silence": (302, *[403] * 6),
    "silence": PUBLIC,
    "break_silence": (405,) * 7,
    "withdraw_breaking": POST_ONLY,
    "chair_silence": (302, *[403] * 6),
    # The outcome is not published here: nobody can pledge, and there is no commitment.
    "commitments": PUBLIC,
    "commitments_csv": PUBLIC,
    "commitments_json": PUBLIC,
    "pledge": (302, *[409] * 6),
    "commitment": (404,) * 7,
    "change_commitment": (302, *[404] * 6),
    "sign_commitment": (302, *[404] * 6),
    "withdraw_commitment": (302, *[404] * 6),
    "progress": (302, *[404] * 6),
    "sign_progress": (302, *[404] * 6),
    "help": PUBLIC,
    "display": PUBLIC,
    "account": OWN,
    "account_data": OWN,
    "apply": OWN,
    "delegation": OWN,
    "invitation": PUBLIC,
    "members": (302, 404, 200, 200, 200, 404, 404),
    "receipts": (302, 404, 200, 200, 200, 404, 404),
    "receipts_csv": (302, 404, 200, 200, 200, 404, 404),
    # Only focal points see what their programs hold.
    "tokens": (302, 404, 403, 403, 200, 404, 404),
    "revoke_token": POST_ONLY,
    "webhooks": (302, 404, 403, 403, 200, 404, 404),
    "stop_webhook": POST_ONLY,
    "secretariat_webhooks": (302, *[403] * 5, 200),
    "stop_secretariat_webhook": POST_ONLY,
    # Of a pending comment: its own delegation only, not its moderator.
    "receipt": (302, 404, 200, 200, 200, 404, 404),
    "receipt_json": (302, 404, 200, 200, 200, 404, 404),
    "member": POST_ONLY,
    "take_over": POST_ONLY,
    "take_back_invitation": POST_ONLY,
    "add_comment": (302, 403, 403, 200, 200, 403, 403),
    # A pending comment of the contributor: its own delegation and the moderator see it.
    "comment": (404, 404, 302, 302, 302, 302, 404),
    "edit_comment": (302, 404, 403, 200, 403, 403, 404),
    "withdraw_comment": POST_ONLY,
    "practices": PUBLIC,
    "practices_json": PUBLIC,
    "practices_csv": PUBLIC,
    "practices_xlsx": PUBLIC,
    "add_practice": (302, 403, 403, 200, 200, 403, 403),
    # A pending practice of the contributor: its own delegation and the moderator see it.
    "practice": (404, 404, 200, 200, 200, 200, 404),
    "edit_practice": (302, 404, 403, 200, 403, 403, 404),
    "withdraw_practice": POST_ONLY,
    # It names its organisation: there is nothing more to tell.
    "attribute_comment": (302, 404, 403, 403, 403, 403, 404),
    # What programs read is the same for everybody; drafts take a token, whoever is signed in.
    "api": PUBLIC,
    "api_openapi": PUBLIC,
    "api_consultations": PUBLIC,
    "api_consultation": PUBLIC,
    "api_passages": PUBLIC,
    "api_passage": PUBLIC,
    "api_comments": PUBLIC,
    "api_summary": PUBLIC,
    "api_positions": PUBLIC,
    "api_draft_comment": (405,) * 7,
    "api_draft_position": (405,) * 7,
    "api_nothing": (404,) * 7,
    "feed": PUBLIC,
    "passage_feed": PUBLIC,
    "search": PUBLIC,
    "organisation": PUBLIC,
    "comments_json": PUBLIC,
    "comments_csv": PUBLIC,
    "comments_xlsx": PUBLIC,
    "comments_table_docx": PUBLIC,
    "comments_table_xlsx": PUBLIC,
    "proposals": PUBLIC,
    "support_proposal": POST_ONLY,
    "replies": PUBLIC,
    "comment_history": PUBLIC,
    "position": (302, 403, 403, 200, 200, 403, 403),
    # The organisation speaks for a grouping; its statement waits for a moderator, so it is not there for others.
    "make_statement": (302, 403, 403, 403, 200, 403, 403),
    "group_statement": (404, 404, 200, 200, 200, 200, 404),
    "confirm_statement": POST_ONLY,
    "dissociate": POST_ONLY,
    "sign_several": (302, 404, 403, 403, 200, 404, 404),
    "moderation_figures": PUBLIC,
    "moderation_several": POST_ONLY,
    "undo_decision": POST_ONLY,
    "claim_item": POST_ONLY,
    "stop_thread": POST_ONLY,
    # The page is for everybody who is signed in; who may flag is asked when it is sent.
    "flag": OWN,
    # One's own returned or removed contribution.
    "appeal": (302, 404, 404, 404, 404, 404, 404),
    "positions": (302, 404, 403, 200, 200, 404, 404),
    "positions_xlsx": (302, 404, 403, 200, 200, 404, 404),
    "positions_upload": (405,) * 7,
    "offline": (302, 404, 403, 200, 200, 404, 404),
    "offline_read": (405,) * 7,
    "offline_save": POST_ONLY,
    "letters": (302, 403, 403, 403, 403, 403, 200),
    "enter_letter": (302, 403, 403, 403, 403, 403, 200),
    "blank_pack": POST_ONLY,
    # A letter of their organisation: all of its delegation and the secretariat.
    "letter": (302, 404, 200, 200, 200, 404, 200),
    "letter_scan": (302, 404, 200, 200, 200, 404, 200),
    "moderation": (302, 403, 403, 403, 403, 200, 403),
    # The comment of the contributor waits for a decision.
    "redact": (302, 403, 403, 403, 403, 200, 403),
    "redaction": (302, *[404] * 6),
    "moderation_item": (302, 403, 403, 403, 403, 200, 403),
    "notifications": OWN,
    "mark_read": POST_ONLY,
    "notification_settings": OWN,
    # The token is all that counts; reading changes nothing.
    "unsubscribe": PUBLIC,
    "follow": POST_ONLY,
}


def ours():
    """The names of all our addresses (the admin and allauth have their own tests)."""
    names = set()
    for include in get_resolver().url_patterns:
        for pattern in getattr(include, "url_patterns", []):
            if getattr(pattern, "callback", None) and pattern.callback.__module__.startswith("consultation."):
                names.add(pattern.name)
    return names


def test_every_address_has_a_row():
    assert ours() == set(READ)


@pytest.mark.parametrize("role", ROLES)
def test_what_each_role_may_read(consultation, contributor, focal_point, moderator, as_user, role):
    organisation = factories.organisation_of(contributor)
    people = {
        "nobody": None,
        "stranger": factories.UserFactory(),
        "observer": factories.delegate(consultation, "observer", organisation),
        "contributor": contributor,
        "focal point": focal_point,
        "moderator": moderator,
        "secretariat": factories.UserFactory(is_staff=True, is_superuser=True),
    }
    shown = factories.published(contributor, consultation, moderator, body="Published")
    comment = factories.submitted(contributor, consultation)
    practice = factories.practice(contributor, consultation)
    pol3 = factories.passage(consultation, "pol3")
    positions.draft_position(contributor, consultation, pol3, Answer("endorse"), uuid4())
    invitation, token = stakeholders.invite(focal_point, organisation, "x@example.org", "observer", uuid4())
    silent = factories.under_silence(consultation, "pol6")
    member = factories.organisation_of(factories.focal_point(consultation))
    grouping = factories.grouping(organisation, member)
    spoken = factories.group_statement(focal_point, grouping, consultation, ref="pol7")
    letter = factories.letter(organisation, consultation)
    code = Leaf.objects.about(comment).get().code
    sealing.seal_all()
    c, o = f"/consultations/{consultation.slug}", f"/organisations/{organisation.slug}/delegation"
    addresses = {
        "healthz": "/healthz",
        "metrics": "/metrics",
        "readyz": "/readyz",
        "record": "/record/",
        "record_heads": "/record/heads.json",
        "record_consistency": "/record/consistency.json?from=1&to=1",
        "record_verify": "/record/verify.py",
        "home": "/",
        "overview": f"{c}/",
        "access_code": f"{c}/code/",
        "report": f"{c}/report/",
        "report_json": f"{c}/report.json",
        "report_markdown": f"{c}/report.md",
        "recommendations": f"{c}/recommendations/",
        "frameworks": f"{c}/frameworks/",
        "passage": f"{c}/passages/pol3/",
        "explanations": f"{c}/passages/pol3/explanations/",
        "summary": f"{c}/summary/",
        "summary_json": f"{c}/summary.json",
        "summary_schema": f"{c}/summary.schema.json",
        "summary_csv": f"{c}/summary.csv",
        "breakdown": f"{c}/breakdown/",
        "breakdown_json": f"{c}/breakdown.json",
        "breakdown_csv": f"{c}/breakdown.csv",
        "summary_xlsx": f"{c}/summary.xlsx",
        "summary_docx": f"{c}/summary.docx",
        "summary_pdf": f"{c}/summary.pdf",
        "summary_data": f"{c}/outcome/data.json",
        "dispositions": f"{c}/dispositions/",
        "dispositions_json": f"{c}/dispositions.json",
        "disposition": f"{c}/dispositions/{shown.public_id}/",
        "edit_dispositions": f"{c}/dispositions/edit/",
        "edit_disposition": f"{c}/dispositions/edit/{shown.public_id}/",
        "publish_dispositions": f"{c}/dispositions/publish/",
        "outcome": f"{c}/outcome/",
        "outcome_docx": f"{c}/outcome.docx",
        "outcome_pdf": f"{c}/outcome.pdf",
        "outcome_version": f"{c}/outcome/1/",
        "outcome_version_docx": f"{c}/outcome/1/outcome.docx",
        "outcome_version_pdf": f"{c}/outcome/1/outcome.pdf",
        "outcome_version_json": f"{c}/outcome/1/outcome.json",
        "edit_outcome": f"{c}/outcome/edit/",
        "publish_outcome": f"{c}/outcome/publish/",
        "next_text": f"{c}/next-text/",
        "draft_next_text": f"{c}/next-text/draft/",
        "draft_passage": f"{c}/next-text/draft/passages/pol3/",
        "insert_passage": f"{c}/next-text/draft/passages/pol3/after/",
        "draft_new_passage": f"{c}/next-text/draft/new/000000000000/",
        "publish_next_text": f"{c}/next-text/publish/",
        "silences": f"{c}/silence/",
        "start_silence": f"{c}/silence/start/",
        "silence": f"{c}/silence/{silent.public_id}/",
        "break_silence": f"{c}/silence/{silent.public_id}/break/",
        "withdraw_breaking": f"{c}/silence/{silent.public_id}/withdraw/",
        "chair_silence": f"{c}/silence/{silent.public_id}/chair/",
        "commitments": f"{c}/commitments/",
        "commitments_csv": f"{c}/commitments.csv",
        "commitments_json": f"{c}/commitments.json",
        "pledge": f"{c}/commitments/pledge/",
        "commitment": f"{c}/commitments/000000000000/",
        "change_commitment": f"{c}/commitments/000000000000/change/",
        "sign_commitment": f"{c}/commitments/000000000000/sign/",
        "withdraw_commitment": f"{c}/commitments/000000000000/withdraw/",
        "progress": f"{c}/commitments/000000000000/progress/1/",
        "sign_progress": f"{c}/commitments/000000000000/progress/1/sign/",
        "help": "/help/",
        "display": "/settings/",
        "account": "/accounts/",
        "account_data": "/accounts/data.json",
        "apply": "/organisations/apply/",
        "delegation": "/delegation/",
        "invitation": f"/invitations/{token}/",
        "members": f"{o}/",
        "receipts": f"/delegation/{organisation.slug}/receipts/",
        "receipts_csv": f"/delegation/{organisation.slug}/receipts.csv",
        "tokens": f"/delegation/{organisation.slug}/tokens/",
        "revoke_token": f"/delegation/{organisation.slug}/tokens/1/revoke/",
        "webhooks": f"/delegation/{organisation.slug}/webhooks/",
        "stop_webhook": f"/delegation/{organisation.slug}/webhooks/1/stop/",
        "secretariat_webhooks": f"{c}/webhooks/",
        "stop_secretariat_webhook": f"{c}/webhooks/1/stop/",
        "receipt": f"/receipts/{code}/",
        "receipt_json": f"/receipts/{code}.json",
        "member": f"{o}/{organisation.memberships.first().pk}/",
        "take_over": f"{o}/take-over/",
        "take_back_invitation": f"{o}/invitations/{invitation.pk}/take-back/",
        "add_comment": f"{c}/passages/p8/comments/",
        "comment": f"{c}/comments/{comment.public_id}/",
        "edit_comment": f"{c}/comments/{comment.public_id}/edit/",
        "withdraw_comment": f"{c}/comments/{comment.public_id}/withdraw/",
        "practices": f"{c}/practices/",
        "practices_json": f"{c}/practices.json",
        "practices_csv": f"{c}/practices.csv",
        "practices_xlsx": f"{c}/practices.xlsx",
        "add_practice": f"{c}/practices/new/",
        "practice": f"{c}/practices/{practice.public_id}/",
        "edit_practice": f"{c}/practices/{practice.public_id}/edit/",
        "withdraw_practice": f"{c}/practices/{practice.public_id}/withdraw/",
        "attribute_comment": f"{c}/comments/{comment.public_id}/attribution/",
        "api": "/api/",
        "api_openapi": "/api/v1/openapi.json",
        "api_consultations": "/api/v1/consultations/",
        "api_consultation": f"/api/v1{c}/",
        "api_passages": f"/api/v1{c}/passages/",
        "api_passage": f"/api/v1{c}/passages/pol3/",
        "api_comments": f"/api/v1{c}/comments/",
        "api_summary": f"/api/v1{c}/summary/",
        "api_positions": f"/api/v1{c}/positions/",
        "api_draft_comment": f"/api/v1{c}/passages/p8/comments/",
        "api_draft_position": f"/api/v1{c}/passages/pol3/position/",
        "api_nothing": "/api/v1/surprise/",
        "feed": f"{c}/feed.atom",
        "passage_feed": f"{c}/passages/pol3/feed.atom",
        "search": "/search/?q=migration",
        "organisation": f"/organisations/{organisation.slug}/",
        "comments_json": f"{c}/comments.json",
        "comments_csv": f"{c}/comments.csv",
        "comments_xlsx": f"{c}/comments.xlsx",
        "comments_table_docx": f"{c}/comments-table.docx",
        "comments_table_xlsx": f"{c}/comments-table.xlsx",
        "proposals": f"{c}/passages/p8/proposals/",
        "support_proposal": f"{c}/comments/{shown.public_id}/support/",
        "replies": f"{c}/comments/{shown.public_id}/replies/",
        "comment_history": f"{c}/comments/{shown.public_id}/history/",
        "position": f"{c}/passages/pol3/position/",
        "make_statement": f"{c}/passages/pol3/statements/in-the-name-of/{grouping.slug}/",
        "group_statement": f"{c}/passages/pol7/statements/{spoken.public_id}/",
        "confirm_statement": f"{c}/passages/pol7/statements/{spoken.public_id}/confirm/",
        "dissociate": f"{c}/passages/pol7/statements/{spoken.public_id}/dissociate/",
        "sign_several": f"/delegation/{organisation.slug}/{consultation.slug}/sign/",
        "positions": f"/delegation/{organisation.slug}/{consultation.slug}/positions/",
        "positions_xlsx": f"/delegation/{organisation.slug}/{consultation.slug}/positions.xlsx",
        "positions_upload": f"/delegation/{organisation.slug}/{consultation.slug}/positions/upload/",
        "offline": f"/delegation/{organisation.slug}/{consultation.slug}/offline/",
        "offline_read": f"/delegation/{organisation.slug}/{consultation.slug}/offline/read/",
        "offline_save": f"/delegation/{organisation.slug}/{consultation.slug}/offline/save/",
        "letters": f"{c}/letters/",
        "enter_letter": f"{c}/letters/for/{organisation.slug}/",
        "blank_pack": f"{c}/letters/for/{organisation.slug}/pack/",
        "letter": f"{c}/letters/{letter.public_id}/",
        "letter_scan": f"{c}/letters/{letter.public_id}/scan/",
        "moderation": "/moderation/",
        "moderation_several": "/moderation/several/",
        "undo_decision": "/moderation/decisions/1/undo/",
        "claim_item": f"/moderation/comment-{comment.public_id}/claim/",
        "moderation_figures": f"{c}/moderation/",
        "flag": f"{c}/flag/comment-{shown.public_id}/",
        "appeal": f"{c}/appeal/comment-{comment.public_id}/",
        "stop_thread": f"{c}/passages/p8/stop/",
        "redact": f"/moderation/comment-{comment.public_id}/redact/",
        "redaction": "/moderation/redactions/1/",
        "moderation_item": f"/moderation/comment-{comment.public_id}/",
        "notifications": "/notifications/",
        "mark_read": "/notifications/read/",
        "notification_settings": "/notifications/settings/",
        "unsubscribe": unsubscribing.address(contributor.pk, "comment"),
        "follow": f"{c}/follow/",
    }
    browser = as_user(people[role])
    answers = {name: browser.get(address) for name, address in addresses.items()}
    statuses = {name: answer.status_code for name, answer in answers.items()}
    assert statuses == {name: statuses[ROLES.index(role)] for name, statuses in READ.items()}
    # Below the name of a consultation the browser's tab says it, too.
    below = {
        name: a.content.decode() for name, a in answers.items() if not a.streaming and b'class="cbar"' in a.content
    }
    title = f"{escape(consultation.title)} – Consultation</title>"
    assert [name for name, page in below.items() if title not in page] == []


def test_what_is_in_preparation_is_not_there_for_others(consultation, contributor, as_user):
    consultation.announced = False
    consultation.save()
    for page in (
        "",
        "code/",
        "report/",
        "report.json",
        "report.md",
        "recommendations/",
        "passages/p8/",
        "summary/",
        "summary.json",
        "summary.schema.json",
        "summary.csv",
        "summary.xlsx",
        "summary.docx",
        "summary.pdf",
        "dispositions/",
        "dispositions.json",
        "outcome/",
        "outcome/data.json",
        "outcome.pdf",
        "next-text/",
        "commitments/",
        "commitments.csv",
        "commitments.json",
        "comments.json",
        "comments.csv",
        "comments.xlsx",
        "practices/",
        "practices.json",
        "practices.csv",
        "practices.xlsx",
        "comments-table.docx",
        "comments-table.xlsx",
        "moderation/",
        "passages/p8/proposals/",
        "feed.atom",
        "passages/p8/feed.atom",
    ):
        for person in (contributor,) if page == "code/" else (None, contributor):
            assert as_user(person).get(f"/consultations/{consultation.slug}/{page}").status_code == 404
