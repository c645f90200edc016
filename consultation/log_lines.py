"""What lets somebody in never stands in the log: the links of invitations, resets, confirmations and mails."""

import logging
import re

_SECRET = re.compile(
    r"(/(?:invitations|accounts/password/reset/key|accounts/confirm-email|notifications/unsubscribe)/)[^/\s\"']+"
)


class HideLinks(logging.Filter):
    """Leaves of such an address what it is for. Tracebacks name no addresses of requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = _SECRET.sub(r"\1…", message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True
