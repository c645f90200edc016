"""A person asks for their data, or to be erased; the organisation's record stands."""

import json
from importlib import import_module
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.mail import send_mail
from django.db import connection

from consultation.discussion.models import Comment, CommentRevision
from consultation.notifications.models import Mail
from consultation.record.errors import NotAllowed
from consultation.record.models import Entry
from consultation.secretariat.actions import erase_person
from consultation.stakeholders import personal_data
from consultation.stakeholders.models import Invitation, Membership, Organisation, User
from tests import factories
from tests.secretariat.editing import sent_back

LIST = "/admin/stakeholders/user/"


@pytest.fixture
def secretariat(db):
    return factories.UserFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def person(focal_point):
    """A focal point with an address, a second factor, and the name Canary."""
    focal_point.name, focal_point.email = "Canary Sample", "canary@example.org"
    focal_point.save()
    EmailAddress.objects.create(user=focal_point, email=focal_point.email, verified=True, primary=True)
    Authenticator.objects.create(user=focal_point, type="totp", data={"secret": "SECRETSECRET"})
    return focal_point


# Every table that names a person: whether its rows go with the person or stand as the organisation's record.
NAMED = {
    "account.emailaddress.user": "goes",
    "admin.logentry.user": "stands",
    "api.token.made_by": "stands",
    "api.webhook.made_by": "stands",
    "commitments.commitmentversion.drafted_by": "stands",
    "commitments.commitmentversion.signed_by": "stands",
    "commitments.progress.drafted_by": "stands",
    "commitments.progress.signed_by": "stands",
    "consultations.accesscode.made_by": "stands",
    "consultations.codeuse.user": "stands",
    "consultations.officer.user": "stands",
    "consultations.windowchange.made_by": "stands",
    "discussion.comment.author": "stands",
    "discussion.commentrevision.created_by": "stands",
    "discussion.support.supported_by": "stands",
    "discussion.threadstop.stopped_by": "stands",
    "discussion.visit.user": "goes",
    "drafting.nextpassageversion.saved_by": "stands",
    "drafting.nexttext.published_by": "stands",
    "dispositions.dispositionlist.published_by": "stands",
    "dispositions.dispositionversion.written_by": "stands",
    "mfa.authenticator.user": "goes",
    "moderation.appeal.author": "stands",
    "moderation.claim.moderator": "goes",
    "moderation.decision.moderator": "stands",
    "moderation.flag.user": "stands",
    "notifications.following.person": "goes",
    "notifications.mail.person": "goes",
    "notifications.notification.person": "goes",
    "notifications.preferences.person": "goes",
    "offline.letter.decided_by": "stands",
    "offline.letter.entered_by": "stands",
    "offline.pack.made_by": "stands",
    "outcome.outcome.saved_by": "stands",
    "outcome.outcomeversion.published_by": "stands",
    "positions.positionversion.drafted_by": "stands",
    "positions.positionversion.signed_by": "stands",
    "practices.practice.author": "stands",
    "practices.practicerevision.created_by": "stands",
    "record.entry.actor": "stands",
    "reports.edition.made_by": "stands",
    "reports.import.made_by": "stands",
    "silence.breaking.broken_by": "stands",
    "silence.breaking.published_by": "stands",
    "silence.breaking.withdrawn_by": "stands",
    "silence.extension.extended_by": "stands",
    "silence.procedure.closed_by": "stands",
    "silence.procedure.started_by": "stands",
    "stakeholders.invitation.invited_by": "stands",
    "stakeholders.membership.user": "stands",
    "stakeholders.user_groups.user": "goes",
    "stakeholders.user_user_permissions.user": "goes",
    "statements.dissociation.dissociated_by": "stands",
    "usersessions.usersession.user": "goes",
}


def test_it_is_decided_for_every_table_whether_it_goes_with_the_person():
    decided = {
        f"{field.model._meta.label_lower}.{field.name}": "goes" if personal_data.is_own(field) else "stands"
        for field in personal_data.relations()
    }
    assert decided == NAMED


def test_the_export_holds_all_that_names_the_person_and_no_secret(
    consultation, person, moderator, secretariat, as_user
):
    factories.published(person, consultation, moderator, body="Said by the canary.")
    factories.signed(person, consultation, "pol3", "reservation", "A reservation of the canary.")
    sent = {"action": "export_data", "_selected_action": [person.pk]}
    answer = as_user(secretariat).post(LIST, sent)
    assert answer["Content-Disposition"] == f'attachment; filename="person-{person.pk}.json"'
    held = json.loads(answer.content)
    assert held["person"]["email"] == "canary@example.org"
    assert held["held"]["discussion.commentrevision.created_by"][0]["body"] == "Said by the canary."
    signed = held["held"]["positions.positionversion.signed_by"]
    assert [v["explanation"] for v in signed] == ["A reservation of the canary."]
    assert held["held"]["stakeholders.membership.user"]
    text = answer.content.decode()
    assert "SECRETSECRET" not in text
    assert '"password"' not in text


def test_a_person_takes_their_own_data_away(person, as_user):
    answer = as_user(person).get("/accounts/data.json")
    assert json.loads(answer.content)["person"]["name"] == "Canary Sample"
    assert as_user(None).get("/accounts/data.json").status_code == 302


def test_an_erased_person_is_gone_and_what_they_said_stands(
    consultation, person, moderator, secretariat, as_user, client
):
    factories.published(person, consultation, moderator, body="It stands.")
    factories.signed(person, consultation, "pol3")
    organisation = factories.organisation_of(person)
    theirs = as_user(person)
    assert theirs.get("/delegation/").status_code == 200
    Invitation.objects.create(
        organisation=organisation,
        email="canary@example.org",
        token_hash="x",
        invited_by=secretariat,
        invited_at=organisation.state_at,
        expires_at=organisation.state_at,
    )
    browser, sent = as_user(secretariat), {"action": "erase", "_selected_action": [person.pk]}
    asked = browser.post(LIST, sent).content.decode()
    assert "Nobody will sign for these organisations" in asked
    assert User.objects.get(pk=person.pk).erased_at is None
    assert "The person is erased" in browser.post(LIST, {**sent, "confirm": "1"}, follow=True).content.decode()
    person.refresh_from_db()
    assert (person.name, person.is_active, person.has_usable_password()) == ("", False, False)
    assert str(person) == "a former delegate"
    assert not Authenticator.objects.exists()
    assert not EmailAddress.objects.exists()
    assert not Invitation.objects.filter(email__icontains="canary").exists()
    assert not Membership.objects.of(person).exists()
    assert theirs.get("/delegation/").status_code == 302
    for page in ("passages/p8/", "passages/pol3/", "summary/"):
        shown = client.get(f"/consultations/{consultation.slug}/{page}").content.decode()
        assert "Canary" not in shown
    shown = client.get(f"/consultations/{consultation.slug}/passages/p8/").content.decode()
    assert "It stands." in shown
    assert organisation.name in shown
    assert "a former delegate" in shown


def everything_stored():
    """Every value of every row of every table, as text."""
    for model in apps.get_models(include_auto_created=True):
        for row in model._default_manager.values_list():
            yield f"{model._meta.label_lower} {row}"


def test_neither_name_nor_address_of_an_erased_person_is_left_in_any_table(
    consultation, person, secretariat, as_user, settings
):
    """After the admin edited them, made them an officer and took that away, and mails of accounts went out."""
    settings.EMAIL_BACKEND = "consultation.notifications.outbox.Backend"
    person.name = "José Canary"
    person.save()
    EmailAddress.objects.create(user=person, email="canary.second@example.org", verified=True)
    browser, address = as_user(secretariat), f"{LIST}{person.pk}/change/"
    assert browser.post(address, {**sent_back(browser.get(address)), "is_staff": "on"}).status_code == 302
    assert browser.post(address, {**sent_back(browser.get(address)), "is_staff": ""}).status_code == 302
    address = f"/admin/consultations/consultation/{consultation.pk}/change/"
    more = {"officers-TOTAL_FORMS": "1", "officers-0-user": person.pk, "officers-0-role": "rapporteur"}
    assert browser.post(address, {**sent_back(browser.get(address)), **more}).status_code == 302
    sent = sent_back(browser.get(address))
    assert browser.post(address, {**sent, "officers-0-DELETE": "on"}).status_code == 302
    for recipient in ("canary@example.org", "Canary.Second@example.org", "other@example.org"):
        send_mail("Your password", "Somebody asked.", None, [recipient])
    changes = [change for e in Entry.objects.about(consultation) for change in e.content["changes"]]
    row = {"name": "consultations.officer", "consultation_id": consultation.pk, "user_id": person.pk}
    assert [{"added": {**row, "role": "rapporteur"}}, {"deleted": {**row, "role": "rapporteur"}}] == changes
    assert any("canary" in line.casefold() for line in everything_stored())
    erase_person(secretariat, person)
    assert [line for line in everything_stored() if "canary" in line.casefold()] == []
    assert LogEntry.objects.filter(user=secretariat).count() == 4
    assert Mail.objects.get().recipient == "other@example.org"


def test_the_log_of_the_admin_keeps_what_only_begins_like_a_name(person, secretariat):
    person.name = "Ann"
    person.save()
    about = {"user": secretariat, "content_type": ContentType.objects.get_for_model(Organisation), "action_flag": 2}
    LogEntry.objects.create(**about, object_id="1", object_repr="Annual Forum", change_message="")
    LogEntry.objects.create(**about, object_id="2", object_repr="Of Ann, once", change_message="Told by Ann.")
    erase_person(secretariat, person)
    kept = LogEntry.objects.order_by("object_id").values_list("object_repr", "change_message")
    gone = f"erased-{person.pk}"
    assert list(kept) == [("Annual Forum", ""), (gone, f"Told by {gone}.")]


def test_who_was_erased_or_deleted_before_is_not_named_by_the_log_of_the_admin(person, secretariat):
    erase_person(secretariat, person)
    about = {"user": secretariat, "content_type": ContentType.objects.get_for_model(User), "action_flag": 2}
    for pk in (person.pk, secretariat.pk, 987_654):
        LogEntry.objects.create(**about, object_id=str(pk), object_repr="Canary Sample", change_message="")
    step = import_module("consultation.stakeholders.migrations.0008_erased_people_in_the_log")
    step.forget(apps, SimpleNamespace(connection=connection))
    called = dict(LogEntry.objects.values_list("object_id", "object_repr"))
    assert called == {
        str(person.pk): f"erased-{person.pk}",
        str(secretariat.pk): "Canary Sample",
        "987654": "erased-987654",
    }


def test_a_person_is_never_deleted_in_the_admin(secretariat, as_user):
    somebody = factories.UserFactory(name="Jane Secret-Name")
    browser = as_user(secretariat)
    assert browser.post(f"{LIST}{somebody.pk}/delete/", {"post": "yes"}).status_code == 403
    assert f"{LIST}{somebody.pk}/delete/" not in browser.get(f"{LIST}{somebody.pk}/change/").content.decode()
    assert not Entry.objects.filter(kind="user.deleted").exists()


def test_what_is_deleted_in_the_admin_is_named_by_its_public_words_alone(secretariat, as_user):
    organisation = factories.OrganisationFactory(official_email="jane@sample.example", mandate="Of Jane.")
    browser = as_user(secretariat)
    address = f"/admin/stakeholders/organisation/{organisation.pk}/delete/"
    assert browser.post(address, {"post": "yes"}).status_code == 302
    told = Entry.objects.get(kind="organisation.deleted").content["was"]
    assert (told["name"], told["slug"]) == (organisation.name, organisation.slug)
    assert "ane" not in str({name: value for name, value in told.items() if name not in {"name", "slug"}})


def test_drafts_that_nobody_else_can_see_go_with_their_author(consultation, person, secretariat):
    comment = factories.submitted(person, consultation)
    Comment.objects.filter(pk=comment.pk).update(state="draft")
    CommentRevision.objects.update(state="draft")
    erase_person(secretariat, person)
    assert list(CommentRevision.objects.values_list("body", flat=True)) == [""]


def test_erasing_twice_is_erasing_once(person, secretariat):
    assert len(erase_person(secretariat, person)) == 1
    assert erase_person(secretariat, person) == []
    assert Entry.objects.filter(kind="person.erased").count() == 1


def test_only_the_secretariat_erases_and_nobody_with_rights_is_erased(person, secretariat, as_user):
    with pytest.raises(NotAllowed):
        erase_person(person, person)
    with pytest.raises(NotAllowed, match="Take away the rights"):
        erase_person(secretariat, secretariat)
    staff = as_user(factories.UserFactory(is_staff=True))
    sent = {"action": "export_data", "_selected_action": [person.pk]}
    assert staff.post(LIST, sent).status_code == 403


def test_what_the_secretariat_edits_in_the_admin_is_on_the_record(consultation, secretariat, as_user):
    page = as_user(secretariat).get(f"/admin/consultations/consultation/{consultation.pk}/change/")
    form = page.context["adminform"].form
    sent = {name: value for name, value in form.initial.items() if value is not None and not isinstance(value, list)}
    for inline in page.context["inline_admin_formsets"]:
        sent |= {f"{inline.formset.prefix}-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    answer = as_user(secretariat).post(page.request["PATH_INFO"], {**sent, "title": "Renamed"})
    assert answer.status_code == 302
    entry = Entry.objects.about(consultation).last()
    assert (entry.kind, entry.actor) == ("consultation.changed", secretariat)
    assert "Title" in entry.content["changes"][0]["changed"]["fields"]


def test_the_secretariat_gives_an_organisation_its_first_focal_point(secretariat, as_user, mailoutbox, commits):
    organisation = factories.OrganisationFactory(official_email="office@sample.example")
    sent = {"action": "invite_official_address", "_selected_action": [organisation.pk]}
    answer = as_user(secretariat).post("/admin/stakeholders/organisation/", sent, follow=True)
    assert "The invitation is sent to office@sample.example" in answer.content.decode()
    assert mailoutbox[0].to == ["office@sample.example"]
    assert Invitation.objects.get().role == "focal_point"
