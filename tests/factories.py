"""What the tests arrange: the real report, fictional organisations and people, a consultation that is open."""

from datetime import timedelta
from uuid import uuid4

import factory

from consultation.consultations.models import Consultation, Officer, Participation
from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment
from consultation.moderation import actions as moderation
from consultation.moderation.actions import Verdict
from consultation.moderation.models import Redaction
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.positions.models import PositionVersion
from consultation.record import clock
from consultation.reports.models import Passage, Report
from consultation.stakeholders.models import Membership, Organisation, StakeholderGroup, User


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
    return consultation.passages().get(ref=ref)


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


def group(slug: str) -> StakeholderGroup:
    return StakeholderGroup.objects.get(slug=slug)


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
