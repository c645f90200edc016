"""Every state a page can be in, made in the database of a running copy: `manage.py shell -c` with `states.make()`.

Consultations on the real report, one for each state: `full` (eight groups, long names, comments of 300 words, every
stance, every state of a comment), `empty`, `soon` (closes in two hours), `prepared`, `closed`, `published`. All
organisations and words are visibly made up.
"""

from datetime import timedelta
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.db import transaction

from consultation.consultations.models import Consultation, Officer
from consultation.discussion.actions import Words, withdraw_comment, write_comment
from consultation.outcome import actions as outcome
from consultation.outcome.composition import Choices, Texts
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.record import clock
from consultation.stakeholders.actions import organisations as applying
from consultation.stakeholders.models import StakeholderGroup, User
from consultation.summaries.sample import PASSWORD
from tests import factories

LONG = "Sample Confederation of Interregional Migrant-Led and Community-Based Associations for Exchange and Learning"
WORDS = " ".join(f"Sentence {n} of a made-up remark says nothing about anybody." for n in range(1, 31))
GROUPS = {
    "local-and-regional-authorities": "Sample Assembly of Cities and Provinces",
    "international-organisations": "Sample International Office",
    "trade-unions": "Sample Federation of Unions",
    "academia": "Sample University of Everything",
    "migrant-and-diaspora-organisations": LONG,
}
STANCES = ("endorse", "reservation", "cannot_endorse", "endorse")


@transaction.atomic
def make() -> None:
    """Make all states, beside what the sample data hold."""

    now = clock.now().replace(second=0, microsecond=0)
    windows = {
        "full": (-3, 30 * 24),
        "empty": (-3, 40 * 24),
        "soon": (-72, 2),
        "prepared": (48, 60 * 24),
        "closed": (-72, 24),
        "published": (-72, 24),
        "walks": (-3, 20 * 24),
    }
    rounds = {
        slug: factories.ConsultationFactory(
            slug=slug,
            title=f"Sample round, {slug}",
            access=Consultation.Access.ALL,
            opens_at=now + timedelta(hours=opens),
            closes_at=now + timedelta(hours=closes),
        )
        for slug, (opens, closes) in windows.items()
    }
    for made in rounds.values():
        for name, role in (("moderator", "moderator"), ("rapporteur", "rapporteur"), ("admin", "secretariat")):
            Officer.objects.create(consultation=made, user=User.objects.get(email=f"{name}@example.org"), role=role)
    others = {}
    for slug, name in GROUPS.items():
        group = StakeholderGroup.objects.get(slug=slug)
        organisation = factories.OrganisationFactory(name=name, slug=f"sample-{slug}", group=group)
        others[slug] = factories.focal_point(rounds["full"], organisation)
    _newcomers()
    _fill(rounds["full"], others)
    for slug in ("closed", "published"):
        _fill(rounds[slug], others, few=True)
        Consultation.objects.filter(pk=rounds[slug].pk).update(closes_at=now - timedelta(hours=1))
    _publish_outcome(Consultation.objects.get(slug="published"))


def _person(name: str) -> User:
    return User.objects.get(email=f"{name}@example.org")


def _newcomers() -> None:
    """One person without an organisation, one whose organisation waits for approval."""
    for name in ("nobody", "applicant"):
        user = User.objects.create_user(f"{name}@example.org", PASSWORD, name=f"{name.title()} Sample")
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    application = applying.Application(
        name="Sample Organisation That Waits",
        group=StakeholderGroup.objects.get(slug="academia"),
        country="CH",
        website="https://waits.example",
        mandate="Its assembly asked it to speak.",
        official_email="office@waits.example",
    )
    applying.apply_for_organisation(user, application, uuid4())


def _fill(consultation, others, *, few: bool = False) -> None:
    """Positions of every stance and comments in every state; few: what a closed round needs."""
    moderator = _person("moderator")
    civil, state, private = _person("delegate.civil"), _person("delegate.state"), _person("focal.private")
    signers = [_person("focal.civil"), _person("focal.state"), _person("focal.state2"), *others.values()]
    for number, ref in enumerate(("pra6", "pol3") if few else ("pra6", "pol3", "pol1", "pra7a")):
        for place, signer in enumerate(signers[: 4 if few else None]):
            stance = STANCES[(place + number) % len(STANCES)]
            if stance == "endorse":
                factories.signed(signer, consultation, ref, stance)
            elif few or place < 3:
                factories.statement(signer, consultation, moderator, ref, stance, f"Explained. {WORDS}"[:700])
            else:
                factories.signed(signer, consultation, ref, stance, "A made-up explanation that waits.")
    text = factories.passage(consultation, "pra6").text
    first = factories.published(civil, consultation, moderator, ref="pra6", body=f"**In short.** {WORDS}")
    factories.published(state, consultation, moderator, ref="pra6", body="A made-up answer.", parent=first)
    wording = Words("Other words.", proposed_wording=text.replace("immediately", "without delay"))
    proposal = write_comment(state, consultation, factories.passage(consultation, "pra6"), wording, uuid4())
    factories.decided(moderator, proposal)
    for ref in ("pol5", "pol6"):
        recommendation = factories.passage(consultation, ref)
        positions.draft_position(civil, consultation, recommendation, Answer("endorse", "As drafted."), uuid4())
    positions.send_back(_person("focal.civil"), consultation, recommendation, "A made-up note of the focal point.")
    if few:
        return
    removed = factories.published(private, consultation, moderator, ref="pra6", body="To be removed.", parent=first)
    factories.decided(moderator, removed, "remove")
    withdrawn = factories.published(civil, consultation, moderator, ref="pra6", body="To be withdrawn.")
    factories.published(state, consultation, moderator, ref="pra6", body="An answer that stays.", parent=withdrawn)
    withdraw_comment(civil, withdrawn)
    for author in others.values():
        factories.published(author, consultation, moderator, ref="p8", body="تعليق تجريبي.\n\n" + WORDS)
    factories.decided(moderator, factories.submitted(civil, consultation, "pra6", "Returned."), "return")
    factories.submitted(civil, consultation, "pra6", "A question that waits.")
    for author in others.values():
        factories.submitted(author, consultation, "p12", WORDS)
    write_comment(civil, consultation, factories.passage(consultation, "p9"), Words("A draft."), uuid4(), submit=False)
    factories.practice(civil, consultation, "pra6", title="A sample practice with a rather long title of its own")


def _publish_outcome(consultation) -> None:
    rapporteur = _person("rapporteur")
    texts = Texts("A made-up introduction.\n\nIt has two paragraphs.")
    outcome.save_outcome(rapporteur, consultation, Choices(), texts, seen_version=0)
    seen = outcome.documents.draft_of(consultation, consultation.closes_at, "v1", Choices(), texts).fingerprint
    outcome.publish_outcome(rapporteur, consultation, uuid4(), lambda n: f"v{n}", seen_version=1, seen_fingerprint=seen)
