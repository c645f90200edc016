"""What the tests of silence arrange."""

from datetime import timedelta
from uuid import uuid4

from consultation.consultations.models import Consultation
from consultation.record import clock
from consultation.silence import actions
from consultation.silence.actions import Objection
from consultation.silence.models import Breaking, Procedure
from consultation.stakeholders.models import User
from tests import factories

DAY = timedelta(days=1)


def under_silence(chair: User, consultation: Consultation, *refs: str, days: int = 3) -> Procedure:
    passages = [factories.passage(consultation, ref) for ref in refs or ("pol3", "pra7a")]
    return actions.start(chair, consultation, passages, clock.now() + days * DAY, uuid4())


def broken(signer: User, procedure: Procedure, reason: str = "It goes too far.", disclosure: str = "fact") -> Breaking:
    return actions.break_silence(signer, procedure, Objection(reason, disclosure), uuid4())
