"""Who is told of a letter that the secretariat entered: the focal points of its organisation, while it waits."""

from consultation.notifications.kinds import Kind
from consultation.notifications.models import Notification
from consultation.notifications.telling import make
from consultation.notifications.things import OnPaper
from consultation.offline.models import Letter
from consultation.record import clock
from consultation.record.models import Entry
from consultation.stakeholders.models import Membership

DECIDED = frozenset({"letter.confirmed", "letter.refused", "letter.taken_back"})


def tell_of_letter(entry: Entry) -> None:
    """Make the notifications of an entry about a letter; of any other entry nothing."""
    if entry.kind != "letter.entered" and entry.kind not in DECIDED:
        return
    letter = Letter.objects.filter(pk=entry.subject_key).select_related("consultation", "organisation").first()
    if letter is None:
        return
    if entry.kind in DECIDED:  # for nobody does it wait any more
        Notification.objects.filter(letter=letter, read_at=None).update(read_at=clock.now())
    elif letter.waits:
        focal_points = Membership.objects.focal_points(letter.organisation)
        make(OnPaper(entry, letter.consultation, letter), Kind.LETTER, [m.user_id for m in focal_points])
