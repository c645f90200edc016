"""Every change to organisations and delegations, each with its entry in the record: a file for each noun."""

from consultation.stakeholders.actions.delegations import (
    accept_hand_over,
    accept_invitation,
    hand_over,
    invitation_of,
    invite,
    owns_address,
    remove_from_delegation,
    set_role,
    take_back_invitation,
)
from consultation.stakeholders.actions.organisations import (
    Application,
    apply_for_organisation,
    decide_on_organisation,
    differing,
    import_organisations,
)
from consultation.stakeholders.actions.people import choose_language, erase_person

__all__ = [
    "Application",
    "accept_hand_over",
    "accept_invitation",
    "apply_for_organisation",
    "choose_language",
    "decide_on_organisation",
    "differing",
    "erase_person",
    "hand_over",
    "import_organisations",
    "invitation_of",
    "invite",
    "owns_address",
    "remove_from_delegation",
    "set_role",
    "take_back_invitation",
]
