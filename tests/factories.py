"""What the tests arrange: the real report, fictional organisations and people, a consultation that is open."""

from datetime import timedelta
from uuid import uuid4

import factory

from consultation.consultations import actions as consultations
from consultation.consultations.models import AccessCode, Consultation, GuidingQuestion, Officer, Participation
from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment
from consultation.moderation import actions as moderation
from consultation.moderation.actions import Verdict
from consultation.moderation.models import Redaction
from consultation.offline import actions as offline
from consultation.offline import fields as offline_fields
from consultation.offline.actions import Paper
from consultation.offline.comparing import Comparison
from consultation.offline.fields import Written
from consultation.offline.models import Letter, Pack
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.positions.models import PositionVersion
from consultation.practices import actions as practices
from consultation.practices.actions import Description
from consultation.practices.models import Practice
from consultation.record import clock
from consultation.reports.models import Passage, Report
from consultation.silence import actions as silence
from consultation.silence.actions import Objection
from consultation.silence.models import Breaking, Procedure
from consultation.stakeholders.models import (
    Grouping,
    GroupingSpeaker,
    Membership,
    Organisation,
    StakeholderGroup,
    User,
)
from consultation.statements import actions as group_statements
from consultation.statements import rules as statement_rules
from consultation.statements.actions import Speech
from consultation.statements.models import GroupStatement


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Sample Organisation {n}")
    slug = factory.Sequence(lambda n: f"sample-organisation-{n}")
    group = factory.LazyFunction(lambda: StakeholderGroup.objects.get(slug="states"))
    state = Organisation.State.APPROVED


class ConsultationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Consultation

    slug = factory.Sequence(lambda n: f"round-{n}")
    title = factory.Sequence(lambda n: f"Round {n}")
    report = factory.LazyFunction(lambda: Report.objects.get(slug="gfmd-gcm-cluster-1"))
    opens_at = factory.LazyFunction(lambda: clock.now() - timedelta(days=1))
    closes_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=1))


def delegate(
    consultation: Consultation, role: str = Membership.Role.CONTRIBUTOR, organisation: Organisation | None = None
) -> User:
    """A person who acts for an organisation that takes part."""
    organisation = organisation or OrganisationFactory()
    Participation.objects.get_or_create(consultation=consultation, organisation=organisation)
    user = UserFactory()
    Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


def focal_point(consultation: Consultation, organisation: Organisation | None = None) -> User:
    return delegate(consultation, Membership.Role.FOCAL_POINT, organisation)


def organisation_of(user: User) -> Organisation:
    return Membership.objects.of(user).get().organisation


def moderator(consultation: Consultation) -> User:
    user = UserFactory()
    Officer.objects.create(consultation=consultation, user=user, role=Officer.Role.MODERATOR)
    return user


def passage(consultation: Consultation, ref: str) -> Passage:
    return consultation.named(ref).get()


def submitted(
    author: User, consultation: Consultation, ref: str = "p8", body: str = "A remark.", parent: Comment | None = None
) -> Comment:
    """A comment that waits for a moderator."""
    return discussion.write_comment(
        author, consultation, passage(consultation, ref), Words(body), uuid4(), parent=parent
    )


def decided(moderator: User, comment: Comment, kind: str = "publish") -> Comment:
    """The comment after a moderator's decision on its newest revision."""
    comment.refresh_from_db()
    reason = (
        {} if kind in {"publish", "restore"} else {"reason": "off_topic", "statement": "Say it at another passage."}
    )
    moderation.decide(
        moderator, f"comment-{comment.public_id}", comment.latest.number, Verdict(kind, **reason), uuid4()
    )
    comment.refresh_from_db()
    return comment


def published(author: User, consultation: Consultation, moderator: User, **what: object) -> Comment:
    return decided(moderator, submitted(author, consultation, **what))


def signed(
    signer: User, consultation: Consultation, ref: str = "pol3", stance: str = "endorse", explanation: str = ""
) -> PositionVersion:
    """A signed position of the signer's organisation."""
    return positions.sign_position(
        signer, consultation, passage(consultation, ref), Answer(stance, explanation), uuid4()
    )


def statement(
    signer: User,
    consultation: Consultation,
    moderator: User,
    ref: str = "pol3",
    stance: str = "reservation",
    explanation: str = "Within our law.",
) -> PositionVersion:
    """A signed position with a published explanation: what others can align themselves with."""
    version = signed(signer, consultation, ref, stance, explanation)
    item = f"explanation-{version.position.public_id}"
    moderation.decide(moderator, item, version.number, Verdict("publish"), uuid4())
    return version


def aligned(signer: User, consultation: Consultation, with_statement: PositionVersion) -> PositionVersion:
    """A position of the signer's organisation, signed in the words of another's statement."""
    recommendation = with_statement.position.recommendation
    answer = Answer.with_statement(with_statement)
    return positions.sign_position(signer, consultation, recommendation, answer, uuid4())


def description(consultation: Consultation, *refs: str, **other: object) -> Description:
    """A whole description of a practice that shows these recommendations at work."""
    said = {
        "title": "A sample practice",
        "summary": "Officials were trained.",
        "place": "Sample City",
        "countries": ("CH", "FR"),
        "year": 2015,
        "partners": "Sample Union",
        "results": "40 officials in 2016.",
        "source": "Sample report, page 3.",
        "recommendations": tuple(passage(consultation, ref).pk for ref in refs or ("pol3",)),
    }
    return Description(**{**said, **other})


def practice(author: User, consultation: Consultation, *refs: str, submit: bool = True, **said: object) -> Practice:
    """A practice that waits for a moderator, or a draft."""
    words = description(consultation, *refs, **said)
    return practices.write_practice(author, consultation, words, uuid4(), submit=submit)


def decided_practice(moderator: User, practice: Practice, kind: str = "publish") -> Practice:
    """The practice after a moderator's decision on its newest revision that was submitted."""
    number = practice.revisions.exclude(state="draft").order_by("number").last().number
    reason = {} if kind in {"publish", "restore"} else {"reason": "off_topic", "statement": "Say where."}
    moderation.decide(moderator, f"practice-{practice.public_id}", number, Verdict(kind, **reason), uuid4())
    practice.refresh_from_db()
    return practice


def chair(consultation: Consultation) -> User:
    """A rapporteur, who puts texts under silence."""
    user = UserFactory()
    Officer.objects.create(consultation=consultation, user=user, role=Officer.Role.RAPPORTEUR)
    return user


def under_silence(consultation: Consultation, *refs: str, days: int = 3, by: User | None = None) -> Procedure:
    """A silence procedure on these recommendations that ends in some days."""
    passages = [passage(consultation, ref) for ref in refs]
    until = clock.now() + timedelta(days=days)
    return silence.start(by or chair(consultation), consultation, passages, until, uuid4())


def broken(signer: User, procedure: Procedure, reason: str = "It goes too far.", disclosure: str = "fact") -> Breaking:
    """The signer's organisation breaks silence."""
    return silence.break_silence(signer, procedure, Objection(reason, disclosure), uuid4())


def grouping(speaker: Organisation, *members: Organisation, name: str = "") -> Grouping:
    """A grouping in whose name this organisation speaks now."""
    number = Grouping.objects.count() + 1
    made = Grouping.objects.create(name=name or f"Sample Grouping {number}", slug=f"sample-grouping-{number}")
    made.members.set(members)
    GroupingSpeaker.objects.create(grouping=made, organisation=speaker, starts_at=clock.now() - timedelta(days=30))
    return made


def group_statement(
    speaker: User,
    made_for: Grouping,
    consultation: Consultation,
    moderator: User | None = None,
    ref: str = "pol3",
    answer: Answer | None = None,
) -> GroupStatement:
    """A statement in the grouping's name for all its members that take part, published where a moderator is given."""
    what = answer or Answer("reservation", "Within the law of each of us.")
    members = statement_rules.members_to_list(made_for, consultation, organisation_of(speaker))
    made = group_statements.make_statement(
        speaker, consultation, passage(consultation, ref), Speech(made_for, what, members), uuid4()
    )
    if moderator and made.version.explanation_state == "pending":
        decided_statement(moderator, made)
    made.refresh_from_db()
    return made


def decided_statement(moderator: User, made: GroupStatement) -> None:
    """A moderator publishes the words of a statement."""
    item = f"explanation-{made.version.position.public_id}"
    moderation.decide(moderator, item, made.version.number, Verdict("publish"), uuid4())


def group(slug: str) -> StakeholderGroup:
    return StakeholderGroup.objects.get(slug=slug)


def secretariat() -> User:
    """The secretariat of the installation."""
    return UserFactory(is_staff=True, is_superuser=True)


def code_for(organisation: Organisation, consultation: Consultation, *, days: int = 7, uses: int = 2) -> AccessCode:
    """An access code of an organisation that takes part, which ends so many days after closing."""
    until = max(consultation.closes_at, clock.now()) + timedelta(days=days)
    grant = consultations.Grant(organisation, until, uses, "It asked for more time.")
    return consultations.give_code(secretariat(), consultation, grant, uuid4())


def close(consultation: Consultation) -> Consultation:
    """The consultation as it is a minute after it has closed."""
    consultation.closes_at = clock.now() - timedelta(minutes=1)
    consultation.save(update_fields=["closes_at"])
    return consultation


def let_in(user: User, consultation: Consultation, **how: int) -> AccessCode:
    """After closing: the person has entered a code of their organisation."""
    code = code_for(organisation_of(user), consultation, **how)
    return consultations.enter_code(user, consultation, code.code)


def question(consultation: Consultation, text: str = "What would help migrants most?", order: int = 1) -> Passage:
    """A guiding question's passage."""
    asked = Passage.objects.create(kind="question", ref=f"question-{order}", code=f"Q{order}", order=order, text=text)
    GuidingQuestion.objects.create(consultation=consultation, passage=asked, order=order)
    return asked


def letter(organisation: Organisation, consultation: Consultation, *, by: User | None = None, **written: str) -> Letter:
    """A letter that waits for the focal point: what it says by ref, a stance on a recommendation, else a comment."""
    f = offline_fields
    rows = [
        Written("position", "", {f.REF: ref, f.STANCE: said, f.EXPLANATION: "As our letter says."})
        if said in {"endorse", "reservation", "cannot_endorse"}
        else Written("comment", "", {f.REF: ref, f.COMMENT: said})
        for ref, said in (written or {"pra5": "endorse"}).items()
    ]
    officer = by or secretariat()
    lines = Comparison(Pack(consultation=consultation, organisation=organisation), officer, rows, drafts=False).lines
    paper = Paper(b"%PDF-1.7 a sample scan", "application/pdf", "letter.pdf")
    return offline.enter_letter(officer, consultation, organisation, lines, paper, submission_id=uuid4())


def redacted(moderator: User, comment: Comment, words: str) -> Redaction:
    """What is kept of these words of a comment, once a moderator has blacked them out."""
    comment.refresh_from_db()
    return moderation.redact(
        moderator,
        f"comment-{comment.public_id}",
        comment.latest.number,
        [words],
        reason="personal_data",
        statement="Leave out who it was.",
        submission_id=uuid4(),
    ).redaction
