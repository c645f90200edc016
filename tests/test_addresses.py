"""Every address of ours × every role: what a page answers to reading it. A new address without a row fails."""

from uuid import uuid4

import pytest
from django.urls import get_resolver

from consultation.notifications import unsubscribing
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
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
    "home": PUBLIC,
    "overview": PUBLIC,
    "report": PUBLIC,
    "report_json": PUBLIC,
    "report_markdown": PUBLIC,
    "recommendations": PUBLIC,
    "passage": PUBLIC,
    "summary": PUBLIC,
    "summary_json": PUBLIC,
    "summary_schema": PUBLIC,
    "summary_csv": PUBLIC,
    "summary_xlsx": PUBLIC,
    "summary_docx": PUBLIC,
    "summary_pdf": PUBLIC,
    "summary_data": PUBLIC,
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
    "member": POST_ONLY,
    "take_over": POST_ONLY,
    "add_comment": (302, 403, 403, 200, 200, 403, 403),
    # A pending comment of the contributor: its own delegation and the moderator see it.
    "comment": (404, 404, 302, 302, 302, 302, 404),
    "edit_comment": (302, 404, 403, 200, 403, 403, 404),
    "withdraw_comment": POST_ONLY,
    # It names its organisation: there is nothing more to tell.
    "attribute_comment": (302, 404, 403, 403, 403, 403, 404),
    "search": PUBLIC,
    "organisation": PUBLIC,
    "comments_json": PUBLIC,
    "comments_csv": PUBLIC,
    "comments_xlsx": PUBLIC,
    "proposals": PUBLIC,
    "support_proposal": POST_ONLY,
    "replies": PUBLIC,
    "comment_history": PUBLIC,
    "position": (302, 403, 403, 200, 200, 403, 403),
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
    "moderation": (302, 403, 403, 403, 403, 200, 403),
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
    pol3 = factories.passage(consultation, "pol3")
    positions.draft_position(contributor, consultation, pol3, Answer("endorse"), uuid4())
    _invitation, token = stakeholders.invite(focal_point, organisation, "x@example.org", "observer", uuid4())
    c, o = f"/consultations/{consultation.slug}", f"/organisations/{organisation.slug}/delegation"
    addresses = {
        "healthz": "/healthz",
        "readyz": "/readyz",
        "home": "/",
        "overview": f"{c}/",
        "report": f"{c}/report/",
        "report_json": f"{c}/report.json",
        "report_markdown": f"{c}/report.md",
        "recommendations": f"{c}/recommendations/",
        "passage": f"{c}/passages/pol3/",
        "summary": f"{c}/summary/",
        "summary_json": f"{c}/summary.json",
        "summary_schema": f"{c}/summary.schema.json",
        "summary_csv": f"{c}/summary.csv",
        "summary_xlsx": f"{c}/summary.xlsx",
        "summary_docx": f"{c}/summary.docx",
        "summary_pdf": f"{c}/summary.pdf",
        "summary_data": f"{c}/outcome/data.json",
        "outcome": f"{c}/outcome/",
        "outcome_docx": f"{c}/outcome.docx",
        "outcome_pdf": f"{c}/outcome.pdf",
        "outcome_version": f"{c}/outcome/1/",
        "outcome_version_docx": f"{c}/outcome/1/outcome.docx",
        "outcome_version_pdf": f"{c}/outcome/1/outcome.pdf",
        "outcome_version_json": f"{c}/outcome/1/outcome.json",
        "edit_outcome": f"{c}/outcome/edit/",
        "publish_outcome": f"{c}/outcome/publish/",
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
        "member": f"{o}/{organisation.memberships.first().pk}/",
        "take_over": f"{o}/take-over/",
        "add_comment": f"{c}/passages/p8/comments/",
        "comment": f"{c}/comments/{comment.public_id}/",
        "edit_comment": f"{c}/comments/{comment.public_id}/edit/",
        "withdraw_comment": f"{c}/comments/{comment.public_id}/withdraw/",
        "attribute_comment": f"{c}/comments/{comment.public_id}/attribution/",
        "search": "/search/?q=migration",
        "organisation": f"/organisations/{organisation.slug}/",
        "comments_json": f"{c}/comments.json",
        "comments_csv": f"{c}/comments.csv",
        "comments_xlsx": f"{c}/comments.xlsx",
        "proposals": f"{c}/passages/p8/proposals/",
        "support_proposal": f"{c}/comments/{shown.public_id}/support/",
        "replies": f"{c}/comments/{shown.public_id}/replies/",
        "comment_history": f"{c}/comments/{shown.public_id}/history/",
        "position": f"{c}/passages/pol3/position/",
        "sign_several": f"/delegation/{organisation.slug}/{consultation.slug}/sign/",
        "positions": f"/delegation/{organisation.slug}/{consultation.slug}/positions/",
        "positions_xlsx": f"/delegation/{organisation.slug}/{consultation.slug}/positions.xlsx",
        "positions_upload": f"/delegation/{organisation.slug}/{consultation.slug}/positions/upload/",
        "moderation": "/moderation/",
        "moderation_several": "/moderation/several/",
        "undo_decision": "/moderation/decisions/1/undo/",
        "claim_item": f"/moderation/comment-{comment.public_id}/claim/",
        "moderation_figures": f"{c}/moderation/",
        "flag": f"{c}/flag/comment-{shown.public_id}/",
        "appeal": f"{c}/appeal/comment-{comment.public_id}/",
        "stop_thread": f"{c}/passages/p8/stop/",
        "moderation_item": f"/moderation/comment-{comment.public_id}/",
        "notifications": "/notifications/",
        "mark_read": "/notifications/read/",
        "notification_settings": "/notifications/settings/",
        "unsubscribe": unsubscribing.address(contributor.pk, "comment"),
        "follow": f"{c}/follow/",
    }
    browser = as_user(people[role])
    answers = {name: browser.get(address).status_code for name, address in addresses.items()}
    assert answers == {name: statuses[ROLES.index(role)] for name, statuses in READ.items()}


def test_what_is_in_preparation_is_not_there_for_others(consultation, contributor, as_user):
    consultation.announced = False
    consultation.save()
    for page in (
        "",
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
        "outcome/",
        "outcome/data.json",
        "outcome.pdf",
        "commitments/",
        "commitments.csv",
        "commitments.json",
        "comments.json",
        "comments.csv",
        "comments.xlsx",
        "moderation/",
        "passages/p8/proposals/",
    ):
        for person in (None, contributor):
            assert as_user(person).get(f"/consultations/{consultation.slug}/{page}").status_code == 404
