"""Every page as a reader with any senses, any screen and any light meets it.

axe finds nothing serious, in light and dark, wide and narrow; nothing is written to the console; no page is wider than
a phone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import FilePayload, Page, ViewportSize

from hatch_build import install_packages
from tests.browser.conftest import ROOT, Windows
from tests.browser.stage import ADMINISTRATOR, HEAD
from tests.browser.steps import row
from tests.browser.test_administrator import elevate

WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
#: Everything in one light; what differs by light in the other.
EVERYTHING: dict[str, Any] = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS: dict[str, Any] = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
LIGHTS: tuple[tuple[Literal["light", "dark"], dict[str, Any]], ...] = (("light", EVERYTHING), ("dark", COLOURS))
RUN = """async (options) => {
    document.querySelectorAll("[data-toast]").forEach((toast) => toast.remove());
    // Colours on their way from one light to the other are no colours of the page.
    for (const moving of document.getAnimations()) if (moving instanceof CSSTransition) moving.finish();
    const found = await axe.run(document, { ...options, resultTypes: ["violations"] });
    return found.violations
        .filter((one) => ["serious", "critical"].includes(one.impact))
        .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
}"""
WIDTH = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
LINKS = "links => links.map(link => link.getAttribute('href'))"


@pytest.fixture(scope="package")
def axe() -> str:
    """Return axe's script."""
    if not AXE.exists():
        install_packages(ROOT / "frontend")
    return AXE.read_text()


def faults_of(page: Page, axe: str) -> Iterator[str]:
    """Judge the page that is open."""
    page.evaluate(axe)
    for screen, size in (("wide", WIDE), ("phone", PHONE)):
        page.set_viewport_size(size)
        if screen == "phone":
            inner, outer = page.evaluate(WIDTH)
            if inner > outer:
                yield f"phone: {inner} px wide on a screen of {outer}"
        for light, rules in LIGHTS:
            page.emulate_media(color_scheme=light)
            for fault in page.evaluate(RUN, rules):
                yield f"{screen} {light}: {fault}"
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")


def navigation(page: Page) -> list[str]:
    """Return the addresses of every link of the navigation, each section opened once."""
    page.goto("/")
    found: dict[str, None] = {}
    for section in page.locator("#nav .nav-list > li > a").evaluate_all(LINKS):
        page.goto(section)
        found |= dict.fromkeys([section, *page.locator("#nav .nav-sub a").evaluate_all(LINKS)])
    return list(found)


def judged(page: Page, addresses: list[str], axe: str) -> list[str]:
    """Open pages one after the other and return what is wrong with them."""
    faults = []
    for address in addresses:
        answer = page.goto(address)
        if answer is None or answer.status != 200:
            faults.append(f"{address}: {answer.status if answer else 'no answer'}")
            continue
        faults += [f"{address}: {fault}" for fault in faults_of(page, axe)]
    return faults


def test_the_pages_of_the_navigation(windows: Windows, axe: str) -> None:
    page = windows.open(ADMINISTRATOR)
    elevate(page)
    pages = navigation(page)
    assert {"/", "/people/", "/initiatives/", "/units/", "/settings/users/"} <= set(pages)
    assert judged(page, pages, axe) == []


def test_the_pages_about_one_record(windows: Windows, axe: str) -> None:
    page = windows.open(HEAD)
    page.goto("/people/")
    person = str(row(page, "Ivan Novak").get_attribute("data-href"))
    panel = f"/people/?panel={row(page, 'Ivan Novak').get_attribute('data-id')}"
    page.goto("/initiatives/")
    project = str(row(page, "Depot signalling").get_attribute("data-href"))
    portfolio = str(row(page, "Rail portfolio").get_attribute("data-href"))
    pages = [
        person,
        f"{person}edit/",
        f"{person}history/",
        panel,
        project,
        portfolio,
        "/people/new/",
        "/initiatives/new/",
        "/people/import/",
        "/people/?f.kind=staff&group=unit",
        "/people/?q=nobody-at-all",
        "/search/?q=quay",
        "/notifications/",
        "/settings/profile/",
        "/initiatives/?as_of=2026-01-01",
    ]
    assert judged(page, pages, axe) == []


def _conflict(page: Page, windows: Windows) -> None:
    other = windows.open(HEAD)
    for one in (page, other):
        one.goto("/units/")
        one.goto(f"{row(one, 'Ports division').get_attribute('data-href')}edit/")
    for one, text in ((other, "Docks and quays"), (page, "Berths and cranes")):
        one.get_by_label("Purpose").fill(text)
        one.get_by_role("button", name="Save", exact=True).click()
    page.locator("table.conflict").wait_for()


def _columns(page: Page, _windows: Windows) -> None:
    page.goto("/people/import/")
    content = b"Name,Unit,E-mail\nPia Quill,PORTS,none\n"
    file: FilePayload = {"name": "one.csv", "mimeType": "text/csv", "buffer": content}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="Check").wait_for()


def _checked(page: Page, windows: Windows) -> None:
    _columns(page, windows)
    page.get_by_role("button", name="Check").click()
    page.get_by_role("heading", name="Refused").wait_for()


def _many(page: Page, _windows: Windows) -> None:
    page.goto("/people/")
    for name in ("Ivan Novak", "Jana Okafor"):
        row(page, name).locator("[data-select]").check()
    page.get_by_role("button", name="Edit fields").click()
    page.get_by_role("textbox", name="Location").fill("Quay 4")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Change 2 records").wait_for()


def _in_place(page: Page, _windows: Windows) -> None:
    page.goto("/people/")
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.locator("tr.editing").wait_for()


def _palette(page: Page, _windows: Windows) -> None:
    page.goto("/people/")
    page.keyboard.press("Control+K")
    page.locator("#palette [role=option]").first.wait_for()


@pytest.mark.parametrize("lead", [_conflict, _columns, _checked, _many, _in_place, _palette])
def test_the_pages_one_comes_to(windows: Windows, axe: str, lead: Callable[[Page, Windows], None]) -> None:
    page = windows.open(HEAD)
    lead(page, windows)
    assert list(faults_of(page, axe)) == []


def test_the_pages_outside(windows: Windows, axe: str) -> None:
    page = windows.open()
    assert judged(page, ["/accounts/login/", "/accounts/password/reset/"], axe) == []
    page = windows.open(HEAD)
    answer = page.goto("/nothing/here/")
    assert answer is not None
    assert answer.status == 404
    assert list(faults_of(page, axe)) == []
