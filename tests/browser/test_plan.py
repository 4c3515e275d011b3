"""The plan: edited by keyboard alone, by mouse, by two at once, and reported on from a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, Route, expect

from tests.browser.conftest import Windows, filled, served
from tests.browser.judging import RULES, RUN
from tests.browser.plan_stage import LINES, PROJECT
from tests.browser.stage import HEAD

#: The chart of the plan begins so many pixels below its own top.
SCALE = 40
ROW = 20


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve an organisation with a plan."""
    with served(filled(tmp_path_factory.mktemp("planned"), "tests.browser.plan_stage")) as address:
        yield address


@pytest.fixture
def seats(browser: Browser, planned: str) -> Iterator[Windows]:
    """Give windows that are closed after the journey."""
    opened = Windows(browser, planned)
    yield opened
    opened.close()


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
    x = _bar(page, box, y)
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


def _bar(page: Page, box: FloatRect, y: float) -> float:
    """Find the middle of the bar of a line by what the pointer would hold there."""
    canvas, held = page.locator(".plan-canvas"), []
    for x in range(int(box["x"]) + 4, int(box["x"] + box["width"]) - 4, 6):
        page.mouse.move(x, y)
        if canvas.get_attribute("data-grip") == "move":
            held.append(x)
    assert held, "no bar in view"
    return held[len(held) // 2]


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


def test_nothing_typed_is_lost(seats: Windows) -> None:
    """Signed out, a refused report, a drag given up, another window in front: what one did is there, or is told."""
    page = opened(seats.open(HEAD))
    grid = page.get_by_role("treegrid", name="Tasks")
    expect(grid).to_be_focused()

    # the page of sign-in is no answer, even as JSON
    page.route("**/plan/edit*", lambda route: route.fulfill(status=302, headers={"Location": "/accounts/login/"}))
    cell(page, 15, "name").click()
    page.keyboard.type("Fibre frames, Umeå")
    page.keyboard.press("Enter")
    expect(page.locator(".plan-notice")).to_contain_text("You are signed out")
    expect(cell(page, 15, "name")).to_contain_text("Fibre frames, Umeå")
    page.unroute("**/plan/edit*")
    page.get_by_role("button", name="Try now").click()
    settled(page)
    expect(page.locator(".plan-notice")).to_be_hidden()

    # another window in front does not end typing
    page.keyboard.type("half a wo")
    page.evaluate(
        "() => { document.hasFocus = () => false; document.activeElement.dispatchEvent(new FocusEvent('blur')); }"
    )
    expect(page.locator(".plan-editor")).to_have_value("half a wo")
    page.evaluate("() => { delete document.hasFocus; }")
    page.keyboard.press("Escape")
    settled(page)

    # a drag that is given up leaves the bar where it was, and the focus in the grid
    box = page.locator(".plan-canvas").bounding_box()
    assert box is not None
    before = cell(page, 19, "start").inner_text()
    y = box["y"] + SCALE + 18.5 * ROW
    x = _bar(page, box, y)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=6)
    expect(grid).to_be_focused()
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".plan-tip")).to_be_hidden()
    settled(page)
    expect(cell(page, 19, "start")).to_have_text(before)
    seats.faults = [fault for fault in seats.faults if "login" not in fault]


def test_looked_for_and_added(seats: Windows) -> None:
    """Find leads to the first match and back; a line that is added meanwhile is the one that gets the name."""
    page = opened(seats.open(HEAD))
    grid, find = page.get_by_role("treegrid", name="Tasks"), page.get_by_role("searchbox", name="Find task")
    grid.focus()
    page.keyboard.press("ControlOrMeta+f")
    page.keyboard.type("splic")
    expect(page.locator(".plan-row.is-current .is-name")).to_contain_text("Splicing")
    expect(page.locator(".plan-row:visible").first).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Enter")
    expect(grid).to_be_focused()
    page.get_by_role("button", name="Add task").first.click()
    expect(page.locator(".plan-editor")).to_be_focused()
    page.keyboard.type("Patch panels")
    page.keyboard.press("Enter")
    settled(page)
    expect(page.locator(".plan-row:visible .is-name")).to_contain_text(["Fibre", "Splicing", "Patch panels"])
    find.focus()
    page.keyboard.press("Escape")
    expect(grid).to_be_focused()
    expect(find).to_have_value("")
    expect(page.locator(".plan-row:visible")).to_have_count(len(LINES) + 1)
    page.keyboard.press("ControlOrMeta+z")
    settled(page)
    expect(page.locator(".plan-row:visible")).to_have_count(len(LINES))

    # keys of the plan, and the panel that Escape closes
    for asked in ("F1", "?"):
        page.keyboard.press(asked)
        expect(page.get_by_role("dialog", name="Keys of the plan")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    cell(page, 18, "name").click()
    page.keyboard.press("Alt+Enter")
    side = page.get_by_role("complementary", name="Task details")
    expect(side.get_by_label("Name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(side).to_be_hidden()
    expect(grid).to_be_focused()


def test_asked_about_the_chosen_baseline(seats: Windows) -> None:
    """The baseline that one chooses goes with every edit and with the look for news."""
    page = opened(seats.open(HEAD))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    choice = page.get_by_label("Baseline", exact=True)
    number = choice.evaluate("(field) => field.options[1].value")
    choice.select_option("")
    choice.select_option(number)
    cell(page, 11, "name").click()
    page.keyboard.type("Rail crossing, Selby west")
    page.keyboard.press("Enter")
    settled(page)
    assert [url for url in asked if url.endswith(f"/plan/edit?baseline={number}")], asked
    with page.expect_request(re.compile(rf"/plan/changes\?since=\d+&baseline={number}$"), timeout=10_000):
        pass
    page.keyboard.press("ControlOrMeta+z")
    settled(page)
    assert [url for url in asked if url.endswith(f"/plan/undo?baseline={number}")], asked


def _as_reporter(route: Route) -> None:
    """Answer as to whoever may report progress and not plan."""
    response = route.fetch()
    told = response.json()
    told["plan"] |= {"editable": False, "reports": True}
    route.fulfill(response=response, json=told)


def test_reported_by_whoever_does_not_plan(seats: Windows) -> None:
    """Percent and actual dates take what is typed; names and the outline do not. On the phone the cards work."""
    page = seats.open(HEAD)
    page.route("**/plan/data*", _as_reporter)
    opened(page)
    expect(page.get_by_role("button", name="Add task")).to_have_count(0)
    cell(page, 9, "name").click()
    page.keyboard.type("Never")
    expect(page.locator(".plan-editor")).to_have_count(0)
    cell(page, 9, "percent").click()
    page.keyboard.type("35")
    page.keyboard.press("Enter")
    settled(page)
    expect(cell(page, 9, "percent")).to_have_text("35")
    phone = seats.open(HEAD, width=390, height=844, has_touch=True)
    phone.route("**/plan/data*", _as_reporter)
    opened(phone)
    card = phone.get_by_role("region", name="Duct Selby to Howden")
    if card.locator(".plan-slider").count() == 0:
        card.get_by_role("button").first.click()
    expect(card.get_by_label("Actual finish")).to_have_attribute(
        "max", page.locator("#plan").get_attribute("data-today") or ""
    )

    # a report that is refused is there again, with the reason, and not counted
    phone.route(
        "**/plan/edit*", lambda route: route.fulfill(status=422, json={"message": "Not by this rule.", "task": None})
    )
    card.get_by_role("slider").fill("55")
    card.get_by_label("Note").fill("Rod test done")
    phone.get_by_role("button", name="Submit progress").click()
    expect(card).to_contain_text("Not by this rule.")
    expect(card.get_by_role("slider")).to_have_value("55")
    expect(card.get_by_label("Note")).to_have_value("Rod test done")
    expect(phone.locator(".plan-phone-verdict")).to_contain_text("1 report ready")
    phone.unroute("**/plan/edit*")

    # two notes, one after the other, and a double tap: both stand there, each once
    send = phone.get_by_role("button", name="Submit progress")
    send.evaluate("(button) => { button.click(); button.click(); }")
    expect(phone.locator(".plan-phone-verdict")).to_contain_text("Progress submitted")
    card.get_by_role("button").first.click()
    card.get_by_label("Note").fill("Second word")
    phone.get_by_role("button", name="Submit progress").click()
    expect(phone.locator(".plan-phone-verdict")).to_contain_text("Progress submitted")
    page.reload()
    cell(page, 9, "name").click()
    page.keyboard.press("Alt+Enter")
    notes = page.get_by_role("complementary", name="Task details").get_by_label("Notes")
    expect(notes).to_have_value(re.compile(r"^[^\n]*: Rod test done\n[^\n]*: Second word$"))
    seats.faults = [fault for fault in seats.faults if "422" not in fault]


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
