"""A file that somebody sends back: which pack it is, and whether it can be read here at all."""

from typing import IO

from django.utils.translation import gettext as _

from consultation.consultations.models import Consultation
from consultation.offline.errors import BadPack
from consultation.offline.fields import Written
from consultation.offline.formats import read_file
from consultation.offline.models import Pack
from consultation.stakeholders.models import Organisation

_LONGEST_NUMBER = 40


def read_pack(
    file: IO[bytes], name: str, consultation: Consultation, organisation: Organisation
) -> tuple[Pack, list[Written]]:
    """The pack that this file is, and its rows. Raises `BadPack` with why nothing of it is taken."""
    number, written = read_file(file, name)
    return pack_named(number, consultation, organisation), written


def pack_named(number: str, consultation: Consultation, organisation: Organisation) -> Pack:
    """The pack of this number, made for this organisation on this consultation's text. Raises `BadPack`."""
    related = ("consultation__report", "organisation__group")
    wanted = number.strip().upper()[:_LONGEST_NUMBER]
    pack = Pack.objects.filter(number=wanted).select_related(*related).first()
    if pack is None:
        raise BadPack(_("The number of this pack was never given out. Use the form as it was downloaded."))
    if pack.consultation_id != consultation.pk:
        raise BadPack(_("This pack is of another consultation. Send it on the page that it came from."))
    if pack.organisation_id != organisation.pk:
        raise BadPack(_("This pack was made for another organisation. Download one for yours."))
    refs = set(consultation.passages().values_list("ref", flat=True))
    asked = set(consultation.guiding_questions.values_list("passage__ref", flat=True))
    if pack.report_id != consultation.report_id or set(pack.texts) - refs - asked:
        raise BadPack(_("This pack is of an older version of the text. Download a new one; your drafts are in it."))
    return pack
