"""Steps that the journeys on the plan's page have in common."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.judging import RULES, RUN
from tests.browser.plan_stage import PROJECT

#: The chart of the plan begins so many pixels below its own top.
SCALE: Final = 40
ROW: Final = 20


def row(page: Page, number: int) -> Locator:
    """Return the line of a number."""
    return page.locator(f".plan-row[aria-rowindex='{number + 1}']:visible")


def cell(page: Page, number: int, column: str) -> Locator:
    """Return a cell by line and column."""
    return row(page, number).locator(f"[data-column={column}]")


def opened(page: Page, project: str = PROJECT, query: str = "") -> Page:
    """Open the plan of a project, and wait for what one sees first."""
    page.goto("/initiatives/?f.kind=project")
    home = page.locator("[data-row]", has_text=project).first.get_attribute("data-href")
    page.goto(f"{home}plan/{query}")
    page.wait_for_selector(".plan-row:visible, .plan-card")
    return page


def serious(page: Page, axe: str) -> list[str]:
    """Return what axe finds serious on the page as it stands."""
    page.evaluate(axe)
    found: list[str] = page.evaluate(RUN, RULES)
    return found


def settled(page: Page) -> None:
    """Wait until everything is answered."""
    expect(page.locator(".plan-foot")).to_have_attribute("data-state", "saved")


def bar(page: Page, box: FloatRect, y: float) -> float:
    """Find the middle of the bar of a line by what the pointer would hold there."""
    canvas, held = page.locator(".plan-canvas"), []
    for x in range(int(box["x"]) + 4, int(box["x"] + box["width"]) - 4, 6):
        page.mouse.move(x, y)
        if canvas.get_attribute("data-grip") == "move":
            held.append(x)
    assert held, "no bar in view"
    return held[len(held) // 2]
