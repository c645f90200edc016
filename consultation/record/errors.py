"""The base of every refusal: what a person asked for and did not get, with the sentence that says why."""

from django.utils.translation import gettext as _


class Refusal(Exception):  # noqa: N818 - not an error: the rules at work
    """An action that the rules do not let happen; `status` is the HTTP status of its page.

    `sentence` is shown to the person and says what happened and what to do next.
    """

    status = 409

    def __init__(self, sentence: str) -> None:
        self.sentence = str(sentence)
        super().__init__(self.sentence)


class NotAllowed(Refusal):
    """This person may not do this."""

    status = 403


class Changed(Refusal):
    """What the person saw is no longer what is there."""


class AlreadySent(Changed):
    """The form that comes was sent before and said something else; what is typed now would be lost in silence."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This form was sent before, with other words, and those stand. What you send now was not recorded: "
                "open the page again to send it anew."
            )
        )


class TooMany(Refusal):
    """Too much in too short a time; `retry_after` is the number of seconds until it can be tried again."""

    status = 429

    def __init__(self, sentence: str, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after
