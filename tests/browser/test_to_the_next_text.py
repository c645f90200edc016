"""From comments to an agreed text, each step as its own person, in a real Chromium without JavaScript.

Three organisations comment on one recommendation and propose words for it; the rapporteur answers them and drafts the
next text; the next round asks who signed to reconfirm; silence on the new words ends in a result. Organisations,
people and both rounds are of this test alone, and both are closed at its end: no other test meets them.
"""

from datetime import timedelta
from urllib.parse import urlsplit

from playwright.sync_api import expect

from consultation.record import clock
from tests.browser.conftest import PASSWORD, picture

PEOPLE = f"""
from allauth.account.models import EmailAddress
from consultation.stakeholders.models import Membership, Organisation, StakeholderGroup, User
def person(name, **more):
    user = User.objects.create_user(f"{{name}}@example.org", {PASSWORD!r}, name=f"{{name.title()}} Sample", **more)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user
for name, staff in (("story.desk", True), ("story.moderator", True), ("story.rapporteur", False)):
    person(name, is_staff=staff)
for slug, group in (("north", "states"), ("south", "civil-society"), ("east", "private-sector")):
    organisation = Organisation.objects.create(
        slug=f"sample-{{slug}}", name=f"Sample {{slug.title()}}", state=Organisation.State.APPROVED,
        group=StakeholderGroup.objects.get(slug=group))
    Membership.objects.create(user=person(f"story.{{slug}}"), organisation=organisation, role="focal_point")
"""
SILENCE_IS_OVER = """
from consultation.record import clock
from consultation.silence.models import Procedure
procedure = Procedure.objects.latest("started_at")
procedure.ends_at = clock.now()
procedure.save(update_fields=["ends_at"])
"""
NAMES = {"north": "Sample North", "south": "Sample South", "east": "Sample East"}
OLD = (
    "Ensure greater respect for the rules of international humanitarian law in situation of armed conflict and/or for "
    "international human rights law in other situations of violence, in order to prevent force displacement."
)
NEW = OLD.replace("in situation of armed conflict", "in situations of armed conflict").replace(
    "prevent force displacement", "prevent forced displacement"
)


def test_from_three_comments_to_a_text_that_stands_as_agreed(open_browser, manage, mails):
    manage("shell", "-c", PEOPLE)
    visit = {name: open_browser(f"story.{name}", scripts=False) for name in (*NAMES, "desk", "moderator", "rapporteur")}
    anybody = open_browser(scripts=False)

    first = create_the_first_round(open_browser("admin", scripts=False))
    comment_and_publish(visit, anybody, first)
    sign_on_the_old_text(visit, anybody, first)
    close(visit["desk"], first)
    answer_and_publish(visit, anybody, first, manage)
    draft_the_next_text(visit, anybody, first)

    second = prepare_the_next_round(visit["desk"], first)
    reconfirm(visit, anybody, first, second)
    run_silence(visit, anybody, second, manage, mails)
    close(visit["desk"], second)


def create_the_first_round(admin):
    """The administrator's guided form: three invited organisations, positions on POL.8 alone."""
    admin.goto("/admin/consultations/consultation/guided/")
    report = admin.locator("[name=report] option", has_text="(gfmd-gcm-cluster-1)").get_attribute("value")
    admin.select_option("[name=report]", value=report)
    admin.get_by_role("button", name="Continue").click()
    admin.fill("[name=title]", "Sample round on one recommendation")
    admin.check("[name=access][value=invitation]")
    admin.select_option("[name=organisations]", label=list(NAMES.values()))
    admin.check("[name=position_scope][value=passages]")
    admin.locator("summary", has_text="Recommendations (").click()
    admin.check("[name=position_refs][value=pol8]")
    for office in ("moderator", "rapporteur"):
        admin.fill(f"[name={office}s]", f"story.{office}@example.org")
    admin.fill("[name=secretariat]", "story.desk@example.org")
    return announce(admin)


def announce(page):
    """Enter a window that is open now, check the answers, announce; the path of the new round."""
    for name, day in (("opens", -1), ("closes", 30)):
        page.fill(f"[name={name}]", (clock.now() + timedelta(days=day)).strftime("%Y-%m-%dT08:00"))
    page.get_by_role("button", name="Continue: check your answers").click()
    expect(page.locator("body")).to_contain_text("Nothing is created yet.")
    page.get_by_role("button", name="Create and announce").click()
    expect(page.locator("body")).to_contain_text("is announced.")
    return urlsplit(page.url).path


def comment_and_publish(visit, anybody, path):
    """Each organisation comments, one with other words for the recommendation; nobody reads it before the moderator."""
    for name, organisation in NAMES.items():
        page = visit[name]
        page.goto(f"{path}passages/pol8/comments/?wording=1")
        page.fill("[name=body]", f"A sample comment of {organisation}.")
        page.fill("[name=proposed_wording]", NEW if name == "north" else "")
        page.click("button[value=submit]")
        expect(page.locator("main")).to_contain_text("Awaiting moderation", use_inner_text=True)
    anybody.goto(f"{path}passages/pol8/")
    assert "A sample comment" not in anybody.content()
    for _comment in NAMES:
        publish_the_next(visit["moderator"])
    assert visit["moderator"].get_by_role("button", name="Review").count() == 0
    anybody.reload()
    assert all(f"A sample comment of {organisation}." in anybody.content() for organisation in NAMES.values())
    picture(anybody, "next-text-1-comments")


def publish_the_next(moderator):
    moderator.goto("/moderation/")
    moderator.get_by_role("button", name="Review").first.click()
    moderator.check("[name=decision][value=publish]")
    moderator.click("text=Record the decision")
    moderator.goto("/moderation/")


def sign_on_the_old_text(visit, anybody, path):
    """Two focal points sign; the third says nothing."""
    for name, stance in (("north", "reservation"), ("south", "endorse")):
        page = visit[name]
        page.goto(f"{path}passages/pol8/position/")
        page.check(f"[name=stance][value={stance}]")
        page.fill("[name=explanation]", "Within the law of the sample." if stance == "reservation" else "")
        page.click("button[value=sign]")
        page.get_by_role("button", name=f"Sign on behalf of {NAMES[name]}").click()
        expect(page.get_by_role("status")).to_contain_text("it counts from now")
    publish_the_next(visit["moderator"])
    assert states(anybody, path, "pol8") == {"endorse": 1, "reservation": 1, "cannot_endorse": 0}


def states(page, path, ref):
    """How many organisations stand where, as everybody can read it."""
    answer = page.request.get(f"{path}summary.json").json()
    row = next(r for r in answer["recommendations"] if r["ref"] == ref)
    counted = ("endorse", "reservation", "cannot_endorse")
    return {stance: sum(group[stance] for group in row["by_group"].values()) for stance in counted}


def close(desk, path):
    """The secretariat of the consultation closes it at once, with a reason and a public note."""
    desk.goto(path)
    desk.get_by_role("link", name="Change the window").click()
    desk.check("[name=close_now]")
    desk.fill("[name=reason]", "All have spoken.")
    desk.fill("[name=public_note]", "all invited organisations have spoken.")
    desk.get_by_role("button", name="Change the window").click()
    expect(desk.locator("body")).to_contain_text("The window is changed.")


def answer_and_publish(visit, anybody, path, manage):
    """The rapporteur answers one after the other, in private; published, the authors are told."""
    rapporteur = visit["rapporteur"]
    rapporteur.goto(f"{path}dispositions/edit/")
    rapporteur.get_by_role("link", name="Answer the next open comment").click()
    values = {"Sample North": "accepted", "Sample South": "in_part", "Sample East": "not_accepted"}
    for _comment in NAMES:
        heading = rapporteur.locator("h1").inner_text()
        organisation = next(name for name in values if name in heading)
        rapporteur.check(f"[name=value][value={values[organisation]}]")
        rapporteur.fill("[name=reply]", f"A sample reply to {organisation}.")
        rapporteur.get_by_role("button", name="Save and go to the next open comment").click()
    expect(rapporteur.locator("main")).to_contain_text("3 of 3 comments answered.", use_inner_text=True)
    picture(rapporteur, "next-text-2-dispositions-prepared")
    anybody.goto(f"{path}dispositions/")
    expect(anybody.locator("body")).to_contain_text("They are not published yet.")
    assert "A sample reply" not in anybody.content()

    rapporteur.get_by_role("link", name="Check and publish").click()
    rapporteur.get_by_role("button", name="Publish 3 dispositions").click()
    expect(rapporteur.locator("body")).to_contain_text("The dispositions are published.")
    anybody.reload()
    figures = anybody.locator("tr", has_text="All groups").inner_text().split()
    assert "2 of 3" in " ".join(figures)
    picture(anybody, "next-text-3-dispositions-published")
    manage("work", "--once")
    for name, said in (("north", "accepted"), ("south", "accepted in part"), ("east", "not accepted")):
        told = f"The rapporteur answered the comment of {NAMES[name]} on POL.8: {said}."
        visit[name].goto("/notifications/")
        expect(visit[name].locator("main")).to_contain_text(told, use_inner_text=True)


def draft_the_next_text(visit, anybody, path):
    """The rapporteur starts from the proposed wording, whose comment stands behind each change, and publishes."""
    rapporteur = visit["rapporteur"]
    rapporteur.goto(f"{path}next-text/draft/")
    rapporteur.locator("#pol8 a", has_text="Change").click()
    rapporteur.get_by_role("link", name="Start from this wording").click()
    expect(rapporteur.locator("[name=text]")).to_have_value(NEW)
    picture(rapporteur, "next-text-4-drafting")
    rapporteur.get_by_role("button", name="Save", exact=True).click()
    expect(rapporteur.locator("body")).to_contain_text("Nobody but rapporteurs and the secretariat sees it yet.")
    anybody.goto(f"{path}next-text/")
    expect(anybody.locator("body")).to_contain_text("No new version of this report’s text is published.")

    rapporteur.get_by_role("link", name="Check and publish").click()
    rapporteur.fill("[name=title]", "Sample second version")
    rapporteur.get_by_role("button", name="Publish the next text").click()
    anybody.reload()
    shown = anybody.locator("main").inner_text()
    assert "1 passage is changed, new or dropped" in shown
    assert "Sample North" in shown
    expect(anybody.locator("main .diff ins")).to_have_count(2)
    picture(anybody, "next-text-5-published")
    anybody.goto(f"{path}passages/pol8/")
    expect(anybody.locator("body")).to_contain_text("Taken up in the next text of POL.8")


def prepare_the_next_round(desk, path):
    """The secretariat duplicates the round onto the new version: who takes part and the officers are copied."""
    desk.goto(path)
    desk.get_by_role("link", name="Prepare the next round").click()
    version = desk.locator("[name=report] option", has_text="Sample second version").get_attribute("value")
    desk.select_option("[name=report]", value=version)
    desk.get_by_role("button", name="Continue").click()
    expect(desk.locator("[name=rapporteurs]")).to_have_value("story.rapporteur@example.org")
    expect(desk.locator("[name=position_refs]:checked")).to_have_count(1)
    desk.fill("[name=title]", "Sample second round on one recommendation")
    return announce(desk)


def reconfirm(visit, anybody, first, second):
    """No position moves by itself; one step and a signature count one, the other goes on awaiting."""
    none = {"endorse": 0, "reservation": 0, "cannot_endorse": 0}
    assert states(anybody, second, "pol8") == none
    anybody.goto(f"{second}passages/pol8/")
    expect(anybody.locator("main")).to_contain_text(
        "On an earlier text, awaiting reconfirmation: 2 organisations", use_inner_text=True
    )
    picture(anybody, "next-text-6-awaiting")

    south = visit["south"]
    south.goto(f"{second}passages/pol8/position/")
    expect(south.locator("main")).to_contain_text("on an earlier text, awaiting reconfirmation", use_inner_text=True)
    picture(south, "next-text-7-reconfirm")
    south.get_by_role("button", name="Reconfirm on the new text").click()
    assert states(anybody, second, "pol8") == none
    south.get_by_role("button", name="Sign on behalf of Sample South").click()
    expect(south.get_by_role("status")).to_contain_text("it counts from now")

    assert states(anybody, second, "pol8") == {**none, "endorse": 1}
    anybody.reload()
    expect(anybody.locator("main")).to_contain_text(
        "On an earlier text, awaiting reconfirmation: 1 organisation (", use_inner_text=True
    )
    assert states(anybody, first, "pol8") == {"endorse": 1, "reservation": 1, "cannot_endorse": 0}


def run_silence(visit, anybody, path, manage, mails):
    """One organisation breaks silence and thinks better of it; nobody else does, and the text stands as agreed."""
    rapporteur, east = visit["rapporteur"], visit["east"]
    rapporteur.goto(f"{path}silence/start/")
    rapporteur.check("[name=passages][value=pol8]")
    rapporteur.fill("[name=until_day]", (clock.now() + timedelta(days=3)).strftime("%Y-%m-%d"))
    rapporteur.fill("[name=until_time]", "18:00")
    rapporteur.get_by_role("button", name="Put under silence").click()
    procedure = urlsplit(rapporteur.url).path
    mails.find("story.east@example.org", r"POL\.8 is under silence")
    before = states(anybody, path, "pol8")

    east.goto(procedure)
    expect(east.locator("[data-silence-text]")).to_contain_text(NEW, use_inner_text=True)
    east.fill("[name=objection]", "A sample objection.")
    east.check("[name=disclosure][value=fact]")
    east.get_by_role("button", name="Break silence").click()
    rapporteur.goto(f"{procedure}chair/")
    expect(rapporteur.locator("body")).to_contain_text("Sample East")
    expect(rapporteur.locator("body")).to_contain_text("A sample objection.")
    picture(rapporteur, "next-text-8-chair")
    for other in (anybody, visit["north"]):
        other.goto(procedure)
        assert "Sample East" not in other.content()
        assert "A sample objection." not in other.content()
    east.goto(procedure)
    east.get_by_role("button", name="Withdraw it").click()

    east.goto(procedure)
    east.fill("[name=objection]", "One moment too late.")
    east.check("[name=disclosure][value=fact]")
    manage("shell", "-c", SILENCE_IS_OVER)
    east.get_by_role("button", name="Break silence").click()
    expect(east.locator("main")).to_contain_text("Silence ended on", use_inner_text=True)
    manage("work", "--once")
    anybody.goto(procedure)
    shown = anybody.locator("main").inner_text()
    assert "Stands as agreed" in shown
    assert "Silence is not endorsement" in shown
    expect(anybody.locator("[data-silence-text]")).to_contain_text(NEW, use_inner_text=True)
    picture(anybody, "next-text-9-agreed")
    mails.find("story.north@example.org", r"Silence on POL\.8 has ended\.")
    assert states(anybody, path, "pol8") == before
