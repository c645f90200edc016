"""What each role comes for, from the first page and by its links alone: on a phone and at a desk, with JavaScript and
without, and by the keyboard alone. What happens to the words afterwards is test_walk's.
"""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

HANDS = {
    "phone": {"width": 390},
    "phone without JavaScript": {"width": 390, "scripts": False},
    "desk": {"width": 1280},
    "desk without JavaScript": {"width": 1280, "scripts": False},
    "keyboard": {"width": 1280, "scripts": False},
}
ROUND = "Sample round, walks"


@dataclass
class Hand:
    """Somebody at a page: with a mouse or a finger, or by the keyboard alone."""

    page: Page
    by_keyboard: bool

    def press(self, name: str, role: str = "link") -> None:
        """Follow the first link, or press the first button, whose name matches this."""
        target = self.page.locator(".cbar, main").get_by_role(role, name=re.compile(name)).first
        if self.by_keyboard:
            self._reach(target)
            with self.page.expect_navigation():
                self.page.keyboard.press("Enter")
        else:
            target.click()

    def choose(self, selector: str) -> None:
        if self.by_keyboard:
            self._reach(self.page.locator(selector))
            self.page.keyboard.press("Space")
        else:
            self.page.check(selector)

    def write(self, selector: str, words: str) -> None:
        if self.by_keyboard:
            self._reach(self.page.locator(selector))
            self.page.keyboard.type(words)
        else:
            self.page.fill(selector, words)

    def reads(self, words: str) -> None:
        self.page.locator("main").get_by_text(words).first.wait_for()

    def _reach(self, target: Locator) -> None:
        element = target.element_handle()
        for _step in range(300):
            self.page.keyboard.press("Tab")
            if element.evaluate("e => e === document.activeElement"):
                return
        raise AssertionError(f"The keyboard does not reach {target}.")


@pytest.fixture(params=list(HANDS))
def hand(request, open_browser, states):
    """Open the first page as a person of the sample."""

    def opened(person: str) -> Hand:
        page = open_browser(person, at=states, **HANDS[request.param])
        page.goto("/")
        return Hand(page, request.param == "keyboard")

    return opened


def test_a_visitor_reads_the_report_and_the_summary(hand):
    visitor = hand("")
    visitor.press(f"Read the report.*{ROUND}")
    visitor.press("¶ 8$")
    if "/passages/" not in visitor.page.url:
        visitor.press(r"Comment\W+¶ 8$")
    visitor.press("In the report")
    expect(visitor.page).to_have_url(re.compile(r"/report/#p8$"))
    visitor.press("Summary")
    visitor.press("PRA.6")
    visitor.reads("No position has been signed yet.")


def test_a_delegate_comments(hand):
    delegate = hand("delegate.civil")
    delegate.press(f"Read the report.*{ROUND}")
    delegate.press("¶ 9")
    if "/passages/" not in delegate.page.url:
        delegate.press(": ¶ 9")
    delegate.write("[name=body]", "A made-up remark.")
    delegate.press("Submit for moderation", "button")
    delegate.reads("Your comment is waiting for a moderator.")


def test_a_focal_point_signs(hand):
    focal_point = hand("focal.civil")
    focal_point.press(ROUND)
    focal_point.press("Recommendations without a position")
    focal_point.press("Take a position")
    focal_point.choose("[name=stance][value=endorse]")
    focal_point.press("Continue to check and sign", "button")
    focal_point.press("Sign on behalf of Sample Civil Society Network", "button")
    focal_point.reads("it counts from now")


def test_a_moderator_decides(hand):
    moderator = hand("moderator")
    moderator.press("Moderation queue")
    moderator.press("Review", "button")
    moderator.choose("[name=decision][value=publish]")
    moderator.press("Record the decision", "button")
    moderator.reads("Undo it")


def test_a_rapporteur_sees_where_there_is_convergence(hand):
    rapporteur = hand("rapporteur")
    rapporteur.press("Sample round, full")
    rapporteur.press("Summary")
    rapporteur.press("Explanations, word for word")
    rapporteur.reads("Explained. Sentence 1")
    rapporteur.press("Outcome")
    rapporteur.press("Write the outcome")
    rapporteur.reads("Only rapporteurs see this page")


def test_the_secretariat_finds_who_waits_for_approval(hand):
    secretariat = hand("admin")
    secretariat.press("Organisations that wait for approval")
    secretariat.page.get_by_role("link", name="Sample Organisation That Waits").wait_for()


def test_somebody_without_an_organisation_is_led_to_one(hand):
    newcomer = hand("nobody")
    newcomer.press("Apply for an organisation")
    newcomer.reads("Apply for an organisation")


def test_saving_while_one_types_moves_nothing_and_is_said(open_browser, states):
    page = open_browser("delegate.state", at=states)
    page.goto("/consultations/walks/passages/p20/")
    page.locator("[name=body]").press_sequentially("Typed, and left.")
    page.get_by_text("Saved as a draft").wait_for()
    expect(page.locator(":focus")).to_have_attribute("name", "body")
    expect(page.locator("#saved")).to_have_attribute("role", "status")
    expect(page).to_have_url(re.compile(r"/passages/p20/$"))
    page.get_by_role("link", name="Next").click()
    page.go_back()
    words = "document.querySelector('main').innerText + document.querySelector('[name=body]').value"
    page.wait_for_function(f"({words}).includes('Typed, and left.')")


def test_the_contents_follow_the_reader_who_can_go_on_where_reading_stopped(open_browser, states):
    page = open_browser(at=states)
    page.goto("/consultations/full/report/")
    page.get_by_role("navigation", name="Contents").get_by_role("link", name="The role of the GFMD").click()
    here = page.locator(".toc a[aria-current=location]", has_text="The role of the GFMD")
    here.wait_for()
    page.evaluate("document.getElementById('p25').scrollIntoView()")
    page.wait_for_function("Object.values(localStorage).includes('p25')")
    page.goto("/consultations/full/report/")
    page.get_by_role("link", name="Continue where you stopped: ¶ 25").click()
    expect(page).to_have_url(re.compile(r"#p25$"))
