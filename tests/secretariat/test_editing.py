"""What the admin writes of a row that is edited."""

from consultation.consultations.models import Participation
from consultation.record.models import Entry
from consultation.reports.models import Mention
from consultation.stakeholders.models import Organisation
from tests import factories
from tests.secretariat.editing import sent_back


def test_what_a_form_sets_beside_its_fields_is_saved_too(db, as_user):
    """A mention stands where its form found the words."""
    mention = Mention.objects.select_related("passage").order_by("pk").first()
    passage, instrument = mention.passage, mention.instrument
    passage.mentions.all().delete()
    word = next(word for word in passage.text.split() if passage.text.count(word) > 1)
    start = passage.text.index(word)
    mention = Mention.objects.create(
        passage=passage, instrument=instrument, words=word, start=start, end=start + len(word)
    )
    browser = as_user(factories.UserFactory(is_staff=True, is_superuser=True))
    address = f"/admin/reports/mention/{mention.pk}/change/"
    assert browser.post(address, {**sent_back(browser.get(address)), "which": "2"}).status_code == 302
    mention.refresh_from_db()
    assert mention.start == passage.text.index(word, start + 1)
    assert mention.end == mention.start + len(word)
    assert Entry.objects.about(mention).get().kind == "mention.changed"


def test_a_consultation_with_more_participations_than_fit_into_a_form_is_edited(
    consultation, as_user, django_assert_max_num_queries
):
    rows = [
        factories.OrganisationFactory.build(group=factories.group("states"), folded_name=f"folded {n}")
        for n in range(400)
    ]
    made = Organisation.objects.bulk_create(rows)
    Participation.objects.bulk_create(Participation(consultation=consultation, organisation=one) for one in made)
    browser = as_user(factories.secretariat())
    address = f"/admin/consultations/consultation/{consultation.pk}/change/"
    with django_assert_max_num_queries(40):
        page = browser.get(address)
    other = factories.OrganisationFactory()
    added = {"participations-TOTAL_FORMS": "1", "participations-0-organisation": str(other.pk)}
    sent = {**sent_back(page), **added, "title": "Another title"}
    assert browser.post(address, sent).status_code == 302
    consultation.refresh_from_db()
    assert consultation.title == "Another title"
    assert consultation.participations.count() == 401
