"""The pages on paper: what they say, whole, with the heads of tables on every sheet, and nothing that they do."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import Windows
from tests.browser.stage import ADMINISTRATOR, HEAD
from tests.browser.steps import row
from tests.browser.test_administrator import elevate

#: A4 upright and across without its margins of 12 mm, A3 across, at 96 px to the inch.
SHEETS: dict[str, ViewportSize] = {
    "A4 upright": {"width": 703, "height": 1016},
    "A4 across": {"width": 1031, "height": 688},
    "A3 across": {"width": 1496, "height": 1009},
}
#: Everything one presses, types into or steers by.
TOOLS = (
    ".nav, .topbar, .page-actions, .page-tabs, .page-toolbar, .filters, .bulk, .toasts, .button, .icon-button, .pager, "
    "textarea, [popover], dialog, input[type=checkbox], input[type=search], .skip"
)
#: Text that ends in dots or lies beyond the edge of the sheet or of what scrolls.
CUT = """() => {
    const faults = [];
    for (const one of document.querySelectorAll("body *")) {
        if (!one.checkVisibility() || one.closest(".sr, svg") || !one.textContent.trim()) continue;
        const style = getComputedStyle(one);
        if (style.clipPath !== "none") continue;
        const cut = style.overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1;
        if (cut || one.getBoundingClientRect().right > innerWidth + 1)
            faults.push(`${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 40)}`);
    }
    return faults;
}"""
#: Of every table of several rows: how its head and its rows are laid on sheets.
TABLES = """() => [...document.querySelectorAll("table")]
    .filter((table) => table.checkVisibility() && table.tHead && !table.tHead.matches(".sr"))
    .map((table) => [
        getComputedStyle(table.tHead).display,
        getComputedStyle(table.tHead.rows[0].cells[0]).position,
        getComputedStyle(table.tBodies[0].rows[0]).breakInside,
    ])"""


def sheets(page: Page) -> int:
    """Return how many sheets of A4 the page fills."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", prefer_css_page_size=True)))


def printed(page: Page, address: str, sheet: str = "A4 upright") -> None:
    """Open a page as the printer gets it, and expect what holds of every page."""
    page.set_viewport_size(SHEETS[sheet])
    page.emulate_media(media="print", color_scheme="dark")
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, address
    shown = [tool for tool in page.locator(TOOLS).all() if tool.is_visible()]
    assert [tool.evaluate("one => one.outerHTML.slice(0, 120)") for tool in shown] == [], address
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".print-head")).to_be_visible()
    # Ink on paper, whatever light the reader works in.
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(21, 25, 31)"
    assert page.evaluate(CUT) == [], address
    for display, position, broken in page.evaluate(TABLES):
        assert (display, position, broken) == ("table-header-group", "static", "avoid"), address


@pytest.mark.parametrize("sheet", SHEETS)
def test_lists(windows: Windows, sheet: str) -> None:
    page = windows.open(HEAD)
    for address in ("/people/", "/initiatives/", "/initiatives/?group=unit", "/roles/"):
        printed(page, address, sheet)
    heads = [text.strip() for text in page.locator("thead th:not(.tick)").all_inner_texts()]
    assert heads[:2] == ["Name", "Code"]
    assert page.locator("tbody tr").count() > 20
    # Lists lie across the sheet, and their sums stand once, at the end.
    assert page.evaluate("getComputedStyle(document.body).page") == "wide"
    assert sheets(page) == 2


def test_what_is_about_one_record(windows: Windows) -> None:
    page = windows.open(HEAD)
    page.goto("/initiatives/")
    project = str(row(page, "Depot signalling").get_attribute("data-href"))
    portfolio = str(row(page, "Rail portfolio").get_attribute("data-href"))
    page.goto("/people/")
    person = str(row(page, "Ivan Novak").get_attribute("data-href"))
    for address in (
        project,
        portfolio,
        person,
        f"{person}history/",
        "/people/chart/",
        "/people/raci/",
        "/portfolio/map/",
    ):
        printed(page, address)
    printed(page, project)
    # The aside follows the page and is as wide as the sheet.
    panel = page.locator("#panel").bounding_box()
    main = page.locator("#main").bounding_box()
    assert panel is not None
    assert main is not None
    assert panel["width"] > 690
    assert panel["y"] >= main["y"] + main["height"] - 1
    expect(page.locator(".print-head")).to_contain_text("Whole organisation")
    expect(page.locator(".print-head")).to_contain_text(HEAD.name)


def test_the_past_says_that_it_is(windows: Windows) -> None:
    page = windows.open(HEAD)
    printed(page, "/initiatives/?as_of=2026-01-01")
    expect(page.locator(".print-head")).to_contain_text("as known on 1 Jan 2026")
    page.goto("/initiatives/?as_of=today")


def test_other_pages(windows: Windows) -> None:
    page = windows.open(HEAD)
    for address in ("/", "/search/?q=quay", "/notifications/", "/approvals/", "/jobs/", "/help/team-member/"):
        printed(page, address)


def test_the_matrix_of_rights(windows: Windows) -> None:
    page = windows.open(ADMINISTRATOR)
    elevate(page)
    for address in ("/settings/access/", "/settings/users/", "/settings/groups/"):
        printed(page, address, "A3 across")
