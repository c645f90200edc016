"""Refusals that come from a consultation's rules."""

from consultation.record.errors import Refusal


class Closed(Refusal):
    """The consultation does not take contributions at this instant."""
