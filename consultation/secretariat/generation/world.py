"""A generated consultation with its organisations, people, comments and positions."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from consultation.consultations.models import Consultation, Participation
from consultation.discussion.models import Comment, CommentRevision
from consultation.positions.models import Position, PositionVersion, Stance
from consultation.record import clock
from consultation.record.models import Entry, Salt
from consultation.reports.models import Report
from consultation.secretariat.generation import bulk
from consultation.secretariat.generation.comments import Comments
from consultation.secretariat.generation.words import remark
from consultation.stakeholders.models import Membership, Organisation, StakeholderGroup, User
from consultation.text.names import folded

Told = Callable[[str, int, int], None]
_STANCES = {Stance.ENDORSE: 70, Stance.RESERVATION: 20, Stance.CANNOT_ENDORSE: 10}
_ENDORSEMENTS_EXPLAINED = 0.1
_AT_ONCE = 20_000


@dataclass(frozen=True)
class Sizes:
    """How many of each."""

    organisations: int
    comments: int
    positions: int
    seed: int = 1


def generate(sizes: Sizes, told: Told) -> Consultation:
    """Make a consultation of these sizes on the first report; `told` hears what, how many of how many.

    The same seed makes the same data in an empty database. Raises `RuntimeError` where sample data are not allowed or
    a consultation of this seed is there, `ValueError` for more positions than organisations × recommendations.
    """
    if not settings.SAMPLE_DATA:
        raise RuntimeError("Data are generated only with SAMPLE_DATA=1.")
    slug = f"generated-{sizes.seed}"
    if Consultation.objects.filter(slug=slug).exists():
        raise RuntimeError(f"The consultation {slug} is there already. Choose another seed.")
    chance = random.Random(sizes.seed)  # noqa: S311 - repeatable, not secret
    report = Report.objects.order_by("pk").first()
    if report is None:
        raise RuntimeError("There is no report. Run manage.py prepare first.")
    now = clock.now().replace(microsecond=0)
    with transaction.atomic():
        consultation = Consultation.objects.create(
            slug=slug,
            title=f"Generated consultation {sizes.seed}",
            report=report,
            introduction="Generated to measure with. Every organisation, person and word of it is made up.",
            opens_at=now - timedelta(days=60),
            closes_at=now + timedelta(days=60),
            moderation_mode=Consultation.ModerationMode.AFTER,
        )
        authors = _delegations(sizes, consultation, chance)
    told("organisations", sizes.organisations, sizes.organisations)
    _positions(sizes, consultation, authors, chance, told)
    Comments(chance, consultation, authors).make(sizes.comments, lambda n: told("comments", n, sizes.comments))
    bulk.end(
        Organisation, User, Membership, Participation, Comment, CommentRevision, Position, PositionVersion, Entry, Salt
    )
    return consultation


def _delegations(sizes: Sizes, consultation: Consultation, chance: random.Random) -> list[tuple[int, int]]:
    """The organisations, each with a focal point; gives `(person, organisation)` of each."""
    groups = list(StakeholderGroup.objects.values_list("pk", flat=True))
    organisation, person = bulk.next_key(Organisation), bulk.next_key(User)
    pairs = [(person + n, organisation + n) for n in range(sizes.organisations)]
    _organisations(sizes, [organisation for _person, organisation in pairs], groups, chance)
    bulk.insert(
        User,
        (
            {
                "id": pk,
                "email": f"focal-{sizes.seed}-{n}@generated.example",
                "name": f"G. Sample {n}",
                "password": "!",
                "date_joined": consultation.opens_at,
            }
            for n, (pk, _org) in enumerate(pairs)
        ),
    )
    role = Membership.Role.FOCAL_POINT
    bulk.insert(
        Membership,
        (
            {"id": key, "user_id": pk, "organisation_id": org, "role": role, "started_at": consultation.opens_at}
            for key, (pk, org) in enumerate(pairs, bulk.next_key(Membership))
        ),
    )
    bulk.insert(
        Participation,
        (
            {"id": key, "consultation_id": consultation.pk, "organisation_id": org}
            for key, (_pk, org) in enumerate(pairs, bulk.next_key(Participation))
        ),
    )
    return pairs


def _organisations(sizes: Sizes, keys: list[int], groups: list[int], chance: random.Random) -> None:
    """Most of them in the first groups, the fewest in the last."""
    names = [f"Generated Organisation {sizes.seed}-{n:06}" for n in range(sizes.organisations)]
    bulk.insert(
        Organisation,
        (
            {
                "id": org,
                "name": name,
                "slug": f"generated-{sizes.seed}-{n:06}",
                "folded_name": folded(name),
                "group_id": chance.choices(groups, range(len(groups), 0, -1))[0],
                "state": Organisation.State.APPROVED,
            }
            for n, (org, name) in enumerate(zip(keys, names, strict=True))
        ),
    )


def _positions(
    sizes: Sizes, consultation: Consultation, authors: list[tuple[int, int]], chance: random.Random, told: Told
) -> None:
    recommendations = list(consultation.recommendations().values_list("pk", flat=True))
    if sizes.positions > len(authors) * len(recommendations):
        raise ValueError(f"There are only {len(authors)} × {len(recommendations)} positions to take.")
    chosen = chance.sample(range(len(authors) * len(recommendations)), sizes.positions)
    people = User.objects.in_bulk([person for person, _organisation in authors])
    key, version = bulk.next_key(Position), bulk.next_key(PositionVersion)
    for begin in range(0, len(chosen), _AT_ONCE):
        places = chosen[begin : begin + _AT_ONCE]
        positions, versions = [], []
        for n, place in enumerate(places, begin):
            person, organisation = authors[place // len(recommendations)]
            positions.append(
                {
                    "id": key + n,
                    "public_id": f"{sizes.seed:04x}{n:08x}"[-12:],
                    "consultation_id": consultation.pk,
                    "recommendation_id": recommendations[place % len(recommendations)],
                    "organisation_id": organisation,
                    "signed_id": version + n,
                }
            )
            versions.append(_version(version + n, key + n, person, consultation, chance))
        with transaction.atomic():
            bulk.insert(Position, positions)
            bulk.insert(PositionVersion, versions)
            bulk.record(_signatures(positions, versions, consultation), people)
        told("positions", begin + len(places), sizes.positions)


def _version(key: int, position: int, person: int, consultation: Consultation, chance: random.Random) -> dict[str, Any]:
    stance = chance.choices(list(_STANCES), list(_STANCES.values()))[0]
    explained = stance != Stance.ENDORSE or chance.random() < _ENDORSEMENTS_EXPLAINED
    at = consultation.opens_at + timedelta(seconds=chance.randrange(50 * 24 * 3600))
    state = PositionVersion.Explanation
    return {
        "id": key,
        "position_id": position,
        "number": 1,
        "state": PositionVersion.State.SIGNED,
        "stance": stance,
        "explanation": remark(chance) if explained else "",
        "explanation_state": state.PUBLISHED if explained else state.NONE,
        "drafted_by_id": person,
        "drafted_at": at,
        "signed_by_id": person,
        "signed_at": at,
    }


def _signatures(
    positions: list[dict[str, Any]], versions: list[dict[str, Any]], consultation: Consultation
) -> Iterator[dict[str, Any]]:
    for position, version in zip(positions, versions, strict=True):
        yield {
            "at": version["signed_at"],
            "kind": "position.signed",
            "subject": f"positions.position:{position['id']}",
            "actor_id": version["signed_by_id"],
            "consultation": consultation.slug,
            "content": {"stance": version["stance"]},
        }
