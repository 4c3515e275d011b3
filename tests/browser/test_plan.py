"""The plan: edited by keyboard alone, by mouse, by two at once, and reported on from a phone."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Windows
from tests.browser.plan_stage import LINES
from tests.browser.plan_steps import ROW, SCALE, bar, cell, opened, row, serious, settled
from tests.browser.stage import HEAD


def test_edited_by_keyboard_alone(seats: Windows) -> None:
    """Rename, duration, link, indent and undo without touching the mouse; the dates come from the server."""
    page = opened(seats.open(HEAD))
    grid = page.get_by_role("treegrid", name="Tasks")
    expect(grid).to_have_attribute("aria-rowcount", str(len(LINES) + 1))
    grid.focus()
    keys = page.keyboard
    for _ in range(9):
        keys.press("ArrowDown")
    expect(page.locator(".plan-row.is-current .is-name")).to_contain_text("Duct proving, Howden")
    keys.type("Duct proving, twice")
    keys.press("Tab")
    keys.press("F2")
    keys.press("ControlOrMeta+a")
    was = cell(page, 10, "finish").inner_text()
    keys.type("4w")
    keys.press("Enter")
    settled(page)
    expect(cell(page, 10, "name")).to_contain_text("Duct proving, twice")
    expect(cell(page, 10, "duration")).to_have_text("4\xa0w")
    expect(cell(page, 10, "finish")).not_to_have_text(was)

    # what is typed wrong is kept in its cell, with the reason
    keys.type("soon")
    keys.press("Enter")
    expect(cell(page, 11, "duration")).to_have_attribute("aria-invalid", "true")
    expect(cell(page, 11, "duration")).to_have_text("soon")
    keys.press("ArrowUp")
    keys.press("F2")
    expect(page.locator(".plan-cellnote")).to_be_visible()
    keys.press("Escape")
    expect(cell(page, 11, "duration")).to_have_text("10\xa0d")

    # a new line after the last one, linked by typing, indented below it and taken back
    keys.press("Control+End")
    keys.press("Insert")
    keys.type("Lessons")
    settled(page)  # the server knows the line by now: what is typed on goes to it
    keys.type(" learned")
    keys.press("Enter")
    settled(page)
    new = len(LINES) + 1
    expect(cell(page, new, "name")).to_contain_text("Lessons learned")
    keys.press("End")
    keys.type("23FS+3d")
    keys.press("Enter")
    settled(page)
    expect(cell(page, new, "predecessors")).to_have_text("23FS+3d")
    start = cell(page, new, "start").inner_text()
    assert start != cell(page, 1, "start").inner_text()
    keys.press("Alt+Shift+ArrowRight")
    settled(page)
    expect(row(page, new)).to_have_attribute("aria-level", "3")
    keys.press("ControlOrMeta+z")
    settled(page)
    expect(row(page, new)).to_have_attribute("aria-level", "2")
    keys.press("ControlOrMeta+y")
    settled(page)
    expect(row(page, new)).to_have_attribute("aria-level", "3")
    # a new line and its name are one step back
    for _ in range(3):
        keys.press("ControlOrMeta+z")
    settled(page)
    expect(cell(page, 10, "duration")).to_have_text("4\xa0w")
    expect(grid).to_have_attribute("aria-rowcount", str(len(LINES) + 1))
    expect(page.locator(".plan-row:visible")).to_have_count(len(LINES))


def test_edited_by_mouse(seats: Windows) -> None:
    """A bar moves by dragging; the server says where it stands, and what hangs on it follows."""
    page = opened(seats.open(HEAD))
    box = page.locator(".plan-canvas").bounding_box()
    assert box is not None
    chart = page.evaluate(
        "() => { const c = document.querySelector('.plan-chart'); return [c.scrollLeft, c.scrollWidth]; }"
    )
    assert chart[1] > box["width"] / 2
    number = 19
    before, after = cell(page, number, "start").inner_text(), cell(page, 21, "start").inner_text()
    y = box["y"] + SCALE + (number - 0.5) * ROW
    x = bar(page, box, y)
    page.mouse.move(x, y)
    expect(page.locator(".plan-tip")).to_contain_text("Hut fit-out")
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=6)
    expect(page.locator(".plan-tip")).to_contain_text("Starts")
    page.mouse.up()
    settled(page)
    expect(cell(page, number, "start")).not_to_have_text(before)
    page.get_by_role("button", name="Undo").first.click()
    settled(page)
    expect(cell(page, number, "start")).to_have_text(before)
    expect(cell(page, 21, "start")).to_have_text(after)

    # the panel tells why, and names what it waits for
    cell(page, 18, "name").click()
    page.get_by_role("button", name="Task details").click()
    side = page.get_by_role("complementary", name="Task details")
    expect(side.get_by_role("heading", name=re.compile("Why does it start on"))).to_be_visible()
    expect(side.locator(".plan-why li").first).to_contain_text("Splicing")
    expect(side.locator(".plan-linklist li")).to_have_count(3)
    side.get_by_role("button", name="Close").first.click()

    # removed, and brought back by the toast
    cell(page, 12, "name").click()
    page.keyboard.press("Delete")
    expect(page.locator(".toast")).to_contain_text("Chambers and reinstatement")
    settled(page)
    expect(page.locator(".plan-row:visible")).to_have_count(len(LINES) - 1)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".plan-row:visible")).to_have_count(len(LINES))


def test_two_see_each_other(seats: Windows) -> None:
    """Somebody else's edit comes in by itself; who edits the same task from an old state is asked."""
    first, second = opened(seats.open(HEAD)), opened(seats.open(HEAD))
    first.get_by_role("treegrid").focus()
    cell(first, 4, "name").click()
    first.keyboard.type("Rail possession, moved")
    first.keyboard.press("Enter")
    settled(first)
    expect(cell(second, 4, "name")).to_contain_text("Rail possession, moved", timeout=12_000)

    # the second one's news are held up, so that both change the same task
    second.route("**/changes?since=*", lambda route: route.fulfill(status=304))
    cell(first, 4, "name").click()
    first.keyboard.type("Rail possession, first")
    first.keyboard.press("Enter")
    settled(first)
    cell(second, 4, "name").click()
    second.keyboard.type("Rail possession, second")
    second.keyboard.press("Enter")
    notice = second.locator(".plan-notice")
    expect(notice).to_contain_text("Rail possession, second")
    expect(notice).to_contain_text("Rail possession, first")
    second.get_by_role("button", name="Use mine").click()
    settled(second)
    expect(cell(second, 4, "name")).to_contain_text("Rail possession, second")
    expect(cell(first, 4, "name")).to_contain_text("Rail possession, second", timeout=12_000)


def test_typing_goes_on_without_connection(seats: Windows) -> None:
    """What is typed while the line is down waits, says so, and is saved when it is back."""
    page = opened(seats.open(HEAD))
    page.context.route("**/plan/edit", lambda route: route.abort())
    cell(page, 16, "name").click()
    page.keyboard.type("Cable pull, Leeds")
    page.keyboard.press("Enter")
    page.keyboard.type("Cable pull, Howden")
    page.keyboard.press("Enter")
    expect(page.locator(".plan-notice")).to_contain_text("2 edits wait")
    expect(cell(page, 16, "name")).to_contain_text("Cable pull, Leeds")
    page.context.unroute("**/plan/edit")
    page.get_by_role("button", name="Try now").click()
    settled(page)
    page.reload()
    expect(cell(page, 16, "name")).to_contain_text("Cable pull, Leeds")
    expect(cell(page, 17, "name")).to_contain_text("Cable pull, Howden")
    seats.faults = [fault for fault in seats.faults if "ERR_FAILED" not in fault]


def test_progress_from_the_phone(seats: Windows) -> None:
    """Cards, a slider, and a report that stands in the plan afterwards."""
    page = opened(seats.open(HEAD, width=390, height=844, has_touch=True))
    expect(page.locator(".plan-canvas")).to_have_count(0)
    card = page.get_by_role("region", name="Duct Selby to Howden")
    if card.locator(".plan-slider").count() == 0:
        card.get_by_role("button").first.click()
    card.get_by_role("slider").fill("45")
    expect(card.locator("[data-percent]")).to_have_text("45 %")
    page.get_by_role("button", name="Submit progress").click()
    expect(page.locator(".plan-phone-verdict")).to_contain_text("Progress submitted")
    page.reload()
    expect(page.get_by_role("region", name="Duct Selby to Howden")).to_contain_text("45 %")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_in_the_way_of_anybody(seats: Windows, axe: str, theme: Literal["light", "dark"]) -> None:
    """No serious finding of axe: grid with panel, dialog of keys, cards on the phone."""
    page = opened(seats.open(HEAD, color_scheme=theme))
    cell(page, 9, "name").click()
    page.keyboard.press("Alt+Enter")
    page.wait_for_selector(".plan-why li")
    assert serious(page, axe) == []
    page.get_by_role("button", name="Close").first.click()
    page.get_by_role("treegrid").focus()
    page.keyboard.press("F1")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert serious(page, axe) == []
    phone = opened(seats.open(HEAD, width=390, height=844, color_scheme=theme))
    assert serious(phone, axe) == []
