"""The face: the theme of the device, the keyboard alone, what a first view weighs, the style guide."""

import gzip

import pytest

from tests.browser.conftest import fit_for_everybody, serving

C = "/consultations/gfmd-gcm-1"
KILOBYTE = 1000


def test_the_theme_follows_the_device_until_one_is_chosen(open_browser):
    page = open_browser(color_scheme="dark")
    page.goto("/")
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    page.get_by_role("link", name="Language and theme").click()
    page.get_by_label("Light").check()
    page.get_by_label("Français").check()
    page.get_by_role("button", name="Save").click()
    assert page.locator("html").get_attribute("data-bs-theme") == "light"
    assert page.locator("html").get_attribute("lang") == "fr"


@pytest.mark.parametrize(
    ("address", "most"), [(f"{C}/report/", 120), (f"{C}/passages/p8/", 120), (f"{C}/summary/", 120)]
)
def test_a_first_view_weighs_little(open_browser, site, address, most):
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


def test_a_delegate_comments_with_the_keyboard_alone(open_browser):
    page = open_browser("delegate.civil", scripts=False)
    page.goto(f"{C}/passages/p9/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
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
