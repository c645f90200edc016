"""The face: the theme of the device, the keyboard alone, what a first view weighs, the style guide."""

import gzip
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import fit_for_everybody, serving

C = "/consultations/gfmd-gcm-1"
KILOBYTE = 1000


def test_the_theme_follows_the_device_until_one_is_chosen(open_browser):
    page = open_browser(color_scheme="dark")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.get_by_role("link", name="Language and theme").click()
    page.get_by_label("Light").check()
    page.get_by_label("Français").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    expect(page.locator("html")).to_have_attribute("lang", "fr")


@pytest.mark.parametrize("address", [f"{C}/report/", f"{C}/passages/p8/", f"{C}/summary/"])
def test_a_first_view_weighs_little(open_browser, site, address):
    page = open_browser()
    responses = []
    page.on("response", lambda response: responses.append(response))  # noqa: PLW0108 - playwright asks its name
    page.goto(address, wait_until="networkidle")
    sent = 0
    for response in responses:
        body = response.body()
        sent += len(gzip.compress(body)) if response.headers.get("content-encoding") else len(body)
    assert all(r.url.startswith(site) for r in responses)
    assert len(responses) <= 8
    assert sent <= 120 * KILOBYTE


def test_our_own_scripts_are_short():
    assert sum(len(file.read_bytes()) for file in Path("static/js").rglob("*.js")) <= 10 * KILOBYTE


@pytest.mark.parametrize(
    ("person", "address"),
    [
        ("", f"{C}/recommendations/?kind=political"),
        ("", f"{C}/summary/?order=convergence"),
        ("", "/search/?q=migration&kind=passage"),
        ("moderator", "/moderation/?kind=flag"),
    ],
    ids=["recommendations", "summary", "search", "queue"],
)
def test_filters_are_folded_on_a_phone_and_stand_open_on_a_desk(open_browser, person, address):
    page = open_browser(person, width=390, scripts=False)
    page.goto(address)
    fold, field = page.locator("details.fold"), page.locator("details.fold select").first
    expect(fold.locator("summary")).to_contain_text("1 in use", use_inner_text=True)
    expect(field).to_be_hidden()
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(field).to_be_visible()
    page = open_browser(person, width=1280, scripts=False)
    page.goto(address)
    expect(page.locator("details.fold select").first).to_be_visible()
    expect(page.locator("details.fold summary")).to_be_hidden()


def test_what_is_printed_says_where_it_is_from_and_of_which_day(open_browser, site):
    page = open_browser()
    page.goto(f"{C}/summary/?open=pol3")
    line = page.locator(".printed")
    expect(line).to_be_hidden()
    page.emulate_media(media="print")
    expect(line).to_contain_text(f"Printed from {site}{C}/summary/?open=pol3 as it stood on", use_inner_text=True)
    expect(page.locator("footer.site")).to_be_hidden()


def test_what_is_current_shows_where_the_system_chooses_the_colours(open_browser):
    page = open_browser(forced_colors="active")
    page.goto(f"{C}/summary/")
    edge = "e => getComputedStyle(e).borderBlockEndColor"
    edges = {
        page.locator(f".tabs a{which}").first.evaluate(edge) for which in ("[aria-current]", ":not([aria-current])")
    }
    assert len(edges) == 2
    assert page.locator(".bar").first.evaluate("e => getComputedStyle(e).forcedColorAdjust") == "none"


def test_a_delegate_comments_with_the_keyboard_alone(open_browser):
    page = open_browser("delegate.civil", scripts=False)
    page.goto(f"{C}/passages/p9/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_class("skip")
    for _step in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "body":
            break
    style = "getComputedStyle(document.activeElement)"
    outline = page.evaluate(f"{style}.outlineStyle + {style}.boxShadow")
    assert outline != "nonenone"
    page.keyboard.type("Typed without a mouse.")
    for _step in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "submit":
            break
    page.keyboard.press("Enter")
    page.get_by_text("Typed without a mouse.").first.wait_for()


@pytest.mark.parametrize("width", [1280, 390])
def test_links_and_buttons_are_large_enough(open_browser, width):
    page = open_browser("delegate.civil", width=width)
    page.goto(f"{C}/passages/pra6/")
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, input:not([type=hidden]), select, summary')]
            .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
            .filter(([, r]) => r.width && (r.width < 20 || r.height < 20)).map(([h]) => h)"""
    )
    assert small == []


@pytest.fixture(scope="module")
def styleguide(copy):
    """The address of the style guide of a copy with DEBUG on."""
    with serving({**copy("styleguide"), "DEBUG": "1"}) as address:
        yield f"{address}/styleguide/"


def test_every_component_is_fit_in_each_theme_and_direction(open_browser, styleguide):
    page = open_browser()
    page.goto(styleguide)
    fit_for_everybody(page, "styleguide")


def test_the_style_guide_is_not_there_for_others(open_browser):
    assert open_browser().goto("/styleguide/").status == 404
