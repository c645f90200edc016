"""What the admin writes of a row that is edited."""

from consultation.record.models import Entry
from consultation.reports.models import Mention
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
