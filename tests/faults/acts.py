"""What the clients do: comments and positions sent as forms, again where no answer came."""

import http.client
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from threading import Event, Thread
from uuid import UUID, uuid4

from consultation.summaries.sample import SLUG
from tests.faults.installation import Browser

COMMENTED = [f"p{number}" for number in range(8, 20)]
POSITIONED = [f"pol{number}" for number in range(1, 9)]
_number = count(1)


@dataclass
class Act:
    """One form: what it says, whether its confirmation came, and how often it was sent."""

    kind: str
    ref: str
    words: str
    key: UUID = field(default_factory=uuid4)
    acknowledged: bool = False
    sent: int = 0
    refused: int = 0

    @property
    def address(self) -> str:
        what = "comments" if self.kind == "comment" else "position"
        return f"/consultations/{SLUG}/passages/{self.ref}/{what}/"

    @property
    def form(self) -> dict[str, str]:
        """What is sent; the same every time."""
        if self.kind == "comment":
            return {"submission_id": str(self.key), "action": "submit", "body": self.words}
        if self.kind == "withdraw":
            return {"action": "withdraw"}
        return {
            "submission_id": str(self.key),
            "action": "sign",
            "confirm": "1",
            "stance": "reservation",
            "explanation": self.words,
        }

    @property
    def confirmation(self) -> int:
        """The status of the answer that says that it is done."""
        return 302


def send(act: Act, browser: Browser) -> int:
    """Send it; the status, or 0 where no whole answer came."""
    act.sent += 1
    try:
        status, _page = browser.send("POST", act.address, act.form)
    except (OSError, http.client.HTTPException):
        return 0
    if status == act.confirmation:
        act.acknowledged = True
    elif status == http.HTTPStatus.SERVICE_UNAVAILABLE:
        return 0  # nothing is known of it
    else:
        act.refused = status
    return status


class Person(Thread):
    """Somebody who writes comments, and for whose organisation nobody else signs, until the server is gone."""

    def __init__(self, session: str, chance: random.Random, *, signs: bool, waiting: Act | None) -> None:
        super().__init__(daemon=True)
        self.session, self.chance, self.signs = session, chance, signs
        self.waiting, self.acts, self.gone = waiting, list[Act](), Event()

    def work_on(self, port: int) -> None:
        """Begin to send forms to this port."""
        self.browser = Browser(port, self.session)
        self.start()

    def run(self) -> None:
        for act in self._acts():
            if self.gone.is_set():
                return
            self.acts.append(act)
            if not self._until_answered(act):
                return

    @property
    def unanswered(self) -> Act | None:
        """What was sent last, where it was never confirmed."""
        return next((act for act in self.acts[-1:] if not act.acknowledged), None)

    def _until_answered(self, act: Act) -> bool:
        """Send it; sometimes once more although it was confirmed. Whether the server still answers."""
        answered = send(act, self.browser)
        if answered and self.chance.random() < 0.1:
            answered = send(act, self.browser)
        return bool(answered)

    def _acts(self) -> Iterator[Act]:
        """First again what was not answered (a comment is given up sometimes), then one after the other."""
        if self.waiting and (self.waiting.kind != "comment" or self.chance.random() < 0.7):
            yield self.waiting
        while True:
            ref = self.chance.choice(COMMENTED)
            yield Act("comment", ref, f"Sample remark number {next(_number)} of this run.")
            if self.signs:
                yield from self._position()

    def _position(self) -> Iterator[Act]:
        """Sign, and sometimes take it back."""
        signed = Act("sign", self.chance.choice(POSITIONED), f"Sample reservation number {next(_number)} of this run.")
        yield signed
        if signed.acknowledged and self.chance.random() < 0.4:
            yield Act("withdraw", signed.ref, signed.words)
