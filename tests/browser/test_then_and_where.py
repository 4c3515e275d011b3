"""The date as of which one reads, and the node at which one looks."""

from __future__ import annotations

import datetime as dt
import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.stage import ENTERED, HEAD, MANAGER
from tests.browser.steps import cells, heading, names, row

RAIL = ["Rail portfolio", "Depot signalling", "Platform doors", "Track renewal"]


def _as_of(page: Page, days: int) -> None:
    """Read what was known some days ago."""
    day = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=days)
    page.get_by_role("button", name=re.compile("^As of")).click()
    page.get_by_label("Show what was known on").fill(day.isoformat())
    page.get_by_role("button", name="Show", exact=True).click()


def test_a_past_date_shows_what_was_known_and_changes_nothing(windows: Windows) -> None:
    page = windows.open(HEAD)
    page.goto("/initiatives/")
    assert cells(page, "Track renewal")["Budget"] == "€500,000"
    expect(page.locator(".asof-line")).to_have_count(0)
    _as_of(page, 30)
    line = page.locator(".asof-line")
    expect(line).to_have_css("background-color", "rgb(240, 165, 26)")
    assert cells(page, "Track renewal")["Budget"] == "€450,000"
    expect(page.locator("[data-select], [data-select-all]")).to_have_count(0)
    expect(page.get_by_role("link", name="New initiative")).to_have_count(0)
    expect(page.get_by_role("link", name="Import")).to_have_count(0)

    row(page, "Track renewal").locator("a.name").click()
    page.locator("#panel .panel-title a").click()
    heading(page, "Track renewal")
    expect(page.locator("body")).to_contain_text("€450")
    for control in ("Edit", "Activate", "Attach", "Comment", "Remove", "Set tags", "Link"):
        expect(page.get_by_role("button", name=control, exact=True)).to_have_count(0)
        expect(page.get_by_role("link", name=control, exact=True)).to_have_count(0)
    # The address of a form does not open it either.
    assert page.goto(f"{page.url}edit/".replace("/projects/", "/initiatives/")).status == 404  # type: ignore[union-attr]

    page.goto("/initiatives/")
    page.locator(".topbar").get_by_role("link", name="Back to today").first.click()
    expect(page.locator(".asof-line")).to_have_count(0)
    assert cells(page, "Track renewal")["Budget"] == "€500,000"
    expect(page.get_by_role("link", name="New initiative")).to_be_visible()


def test_before_the_first_entry_nothing_was_known(windows: Windows) -> None:
    page = windows.open(HEAD)
    page.goto("/initiatives/")
    _as_of(page, ENTERED + 30)
    expect(page.locator(".empty")).to_contain_text("Nothing was known on that date")
    page.locator(".empty").get_by_role("link", name="Back to today").click()
    assert len(names(page)) == 6


def _look_at(page: Page, text: str, node: str) -> None:
    page.locator(".top-scope").click()
    page.get_by_role("searchbox", name="Find a scope").press_sequentially(text)
    option = page.locator(".scope-list [role=option]").filter(has_text=node)
    expect(page.locator(".scope-list [role=option]")).to_have_count(1)
    option.click()
    expect(page.locator(".top-scope b")).to_have_text(node)


def test_the_node_picked_narrows_every_list(windows: Windows) -> None:
    page = windows.open(HEAD)
    page.goto("/initiatives/")
    _look_at(page, "rail port", "Rail portfolio")
    assert names(page) == RAIL
    # It holds on other pages, too, and a list that has nothing there says so.
    page.goto("/people/")
    expect(page.locator(".top-scope b")).to_have_text("Rail portfolio")
    expect(page.locator(".empty")).to_contain_text("No people at Rail portfolio")
    _look_at(page, "ports div", "Ports division")
    assert {"Grace Mbeki", "Ivan Novak", "Jana Okafor"} <= set(names(page))
    assert "Amara Adler" not in names(page)
    page.locator(".top-scope").click()
    page.locator(".scope-list [role=option]").first.click()
    expect(page.locator(".top-scope b")).to_have_text("Whole organisation")
    assert "Amara Adler" in names(page)


def test_a_project_manager_sees_the_own_project_and_no_other(windows: Windows) -> None:
    page, head = windows.open(MANAGER), windows.open(HEAD)
    page.goto("/initiatives/")
    assert names(page) == ["Depot signalling"]
    head.goto("/initiatives/")
    other = row(head, "Quay crane").get_attribute("data-href")
    own = row(page, "Depot signalling").get_attribute("data-href")
    answer = page.goto(str(own))
    assert answer is not None
    assert answer.status == 200
    heading(page, "Depot signalling")
    for address in (other, f"{other}".replace("/projects/", "/initiatives/") + "panel/", f"{other}history/"):
        answer = page.goto(str(address))
        assert answer is not None
        assert answer.status == 404
        heading(page, "Nothing here")
        expect(page.locator("body")).not_to_contain_text("Quay crane")
    page.goto("/search/?q=quay")
    expect(page.locator("main")).not_to_contain_text("Quay crane")
    page.goto("/")
    page.keyboard.press("Control+K")
    page.keyboard.type("quay")
    expect(page.locator("#palette-list")).to_contain_text("Nothing found")
