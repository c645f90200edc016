"""Every form of the application as it is sent rightly, and who sends it: what the hostile tests change a value of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from consultation.consultations.models import Consultation
from consultation.record import clock
from tests.test_actions import ACTIONS, ROLES, TABLE

PASSWORD = "a-long-sample-password"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Sent:
    """A form with its address, the person who may send it, and the state that the consultation is in."""

    address: str
    who: str
    form: Callable[[Any], dict]
    state: str = "open"


def _fixed(**fields: Any) -> Callable[[Any], dict]:
    return lambda _world: fields


def _may(action: str) -> str:
    """Whoever the table of actions lets do this; else a rapporteur, whom it does not know."""
    cells = TABLE[action, "open"]
    return ROLES[cells.index("done")] if "done" in cells else "rapporteur"


PLEDGE = {"recommendation": "pol3", "what": "We train.", "by_when": "2035-01-01", "indicator": "40", "responsible": "A"}
FORMS = {
    **{name: Sent(action.address, _may(name), action.form) for name, action in ACTIONS.items()},
    "answer-comment": Sent("edit_disposition", "rapporteur", ACTIONS["answer-comment"].form, "closed"),
    "answer-several": Sent("edit_dispositions", "rapporteur", ACTIONS["answer-several"].form, "closed"),
    "publish-answers": Sent("publish_dispositions", "rapporteur", ACTIONS["publish-answers"].form, "closed"),
    "position-reconfirm": Sent("position", "focal", ACTIONS["position-reconfirm"].form),
    "draft-passage": Sent("draft_passage", "rapporteur", ACTIONS["draft-passage"].form, "closed"),
    "outcome": Sent("edit_outcome", "rapporteur", _fixed(introduction="Here.", version=0), "closed"),
    "outcome-publish": Sent("publish_outcome", "rapporteur", _fixed(confirm=1, version=0), "closed"),
    "pledge": Sent("pledge", "focal", _fixed(action="check", **PLEDGE), "outcome"),
    "enter-code-late": Sent("access_code", "contributor", ACTIONS["enter-code"].form, "closed"),
    "display": Sent("display", "contributor", _fixed(language="fr", theme="dark", next="/")),
    "mark-read": Sent("mark_read", "contributor", _fixed(notification=1, next="/")),
    "told": Sent("notification_settings", "contributor", _fixed(comments="now", digest="daily")),
    "follow": Sent("follow", "contributor", _fixed(action="follow", passage="p8", next="/")),
    "unsubscribe": Sent("unsubscribe", "nobody", _fixed()),
    "positions-upload": Sent("positions_upload", "focal", _fixed(file="not a file")),
    "sign-in": Sent("/accounts/login/", "nobody", _fixed(login="x@example.org", password=PASSWORD, next="/help/")),
    "sign-up": Sent(
        "/accounts/signup/",
        "nobody",
        _fixed(email="n@example.org", name="N", password1=PASSWORD, password2=PASSWORD, next="/"),
    ),
    "reset": Sent("/accounts/password/reset/", "nobody", _fixed(email="x@example.org")),
    "e-mail": Sent("/accounts/email/", "contributor", _fixed(email="n@example.org", action_add="1")),
    "password": Sent(
        "/accounts/password/change/",
        "contributor",
        _fixed(oldpassword=PASSWORD, password1=PASSWORD, password2=PASSWORD),
    ),
    "confirm-it-is-you": Sent("/accounts/reauthenticate/", "contributor", _fixed(password=PASSWORD, next="/")),
    "second-factor": Sent("/accounts/2fa/totp/activate/", "contributor", _fixed(code="123456")),
    "sessions": Sent("/accounts/sessions/", "contributor", _fixed(session=1)),
    "admin": Sent("/admin/login/", "nobody", _fixed(username="x", password=PASSWORD, next="/admin/")),
}


def turn(consultation: Consultation, state: str) -> None:
    """Close the consultation, or publish its outcome."""
    now = clock.now()
    if state in {"closed", "outcome"}:
        consultation.opens_at, consultation.closes_at = now - 9 * DAY, now - 2 * DAY
    if state == "outcome":
        consultation.outcome_published_at = now - DAY
    consultation.save()
