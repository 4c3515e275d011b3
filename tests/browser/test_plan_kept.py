"""The plan: nothing typed is lost, whoever reports reports; what one sees at first, finds, and has on paper."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Final

from playwright.sync_api import Route, expect

from tests.browser.conftest import Windows
from tests.browser.plan_stage import LINES
from tests.browser.plan_steps import ROW, SCALE, bar, cell, opened, settled
from tests.browser.stage import HEAD

#: A picture of one grey point.
PIXEL: Final = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==")


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
    x = bar(page, box, y)
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


def test_a_photo_and_a_first_note_wait_for_a_connection(seats: Windows) -> None:
    """Without connection both wait on the phone; a photo that is refused stays, and goes with the next report."""
    phone = seats.open(HEAD, width=390, height=844, has_touch=True)
    phone.route("**/plan/why*", lambda route: route.abort())
    opened(phone)
    card = phone.get_by_role("region", name="Duct Selby to Howden")
    if card.locator(".plan-slider").count() == 0:
        card.get_by_role("button").first.click()
    verdict, send = phone.locator(".plan-phone-verdict"), phone.get_by_role("button", name="Submit progress")
    phone.context.set_offline(True)
    card.get_by_label("Note").fill("Chamber lids level")
    card.locator("input[type=file]").set_input_files({"name": "1.png", "mimeType": "image/png", "buffer": PIXEL})
    expect(card.get_by_role("button", name="Remove the photo")).to_have_count(1)
    send.click()
    expect(verdict).to_contain_text("1 photo waits on this phone.")
    phone.route("**/photo*", lambda route: route.fulfill(status=422, json={"message": "Not by this rule."}))
    phone.context.set_offline(False)
    expect(card).to_contain_text("Not by this rule.")
    expect(card.get_by_role("button", name="Remove the photo")).to_have_count(1)
    expect(verdict).to_contain_text("1 report ready")
    phone.unroute("**/photo*")
    phone.unroute("**/plan/why*")
    with phone.expect_response("**/photo*") as answer:
        send.click()
    assert answer.value.ok
    expect(verdict).to_contain_text("Progress submitted")
    phone.reload()
    expect(card).to_be_visible()
    if card.locator(".plan-slider").count() == 0:
        card.get_by_role("button").first.click()
    expect(card.locator(".plan-photo-list a[href]")).to_have_count(1)
    expect(card.get_by_role("button", name="Remove the photo")).to_have_count(0)
    page = opened(seats.open(HEAD))
    cell(page, 9, "name").click()
    page.keyboard.press("Alt+Enter")
    notes = page.get_by_role("complementary", name="Task details").get_by_label("Notes")
    expect(notes).to_have_value(re.compile(r"(^|\n)[^\n]*: Chamber lids level$"))
    assert notes.input_value().count("Chamber lids level") == 1
    seats.faults = [fault for fault in seats.faults if "422" not in fault and "ERR_" not in fault]


def test_seen_at_first_and_made_room_for(seats: Windows) -> None:
    """Today stands at a third of the chart; a new column widens the table; a toast leaves the line below free."""
    page = opened(seats.open(HEAD))
    page.get_by_label("Zoom", exact=True).select_option("days")
    page.reload()
    page.wait_for_selector(".plan-row:visible")
    expect(page.locator(".plan-foot")).to_contain_text("Finish")
    page.wait_for_timeout(200)
    third: list[int] = page.evaluate(
        "() => { const c = document.querySelector('.plan-canvas'), r = c.width / c.clientWidth;"
        " return [...c.getContext('2d').getImageData(Math.round(c.width / 3), Math.round(22 * r), 1, 1).data]; }"
    )
    accent: str = page.evaluate(
        "() => { const s = document.createElement('i'); s.style.color = 'var(--accent)'; document.body.append(s);"
        " return getComputedStyle(s).color; }"
    )
    assert accent == f"rgb({third[0]}, {third[1]}, {third[2]})"
    split = page.get_by_role("separator", name="Width of the table")
    before = int(split.get_attribute("aria-valuenow") or 0)
    page.get_by_role("button", name="Columns").click()
    page.get_by_label("Priority, 0 to 1000").check()
    assert before < int(split.get_attribute("aria-valuenow") or 0) <= before + 60
    page.get_by_label("Priority, 0 to 1000").uncheck()
    page.keyboard.press("Escape")

    # a milestone at the end of a day moves by a day, and stays at the end of one
    cell(page, 5, "name").click()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator(".plan-foot")).to_have_attribute("data-state", "saved")
    expect(page.get_by_role("status").filter(has_text="Saved shift")).to_have_count(1)
    page.keyboard.press("ControlOrMeta+z")
    settled(page)
    cell(page, 12, "name").click()
    page.keyboard.press("Delete")
    toast = page.locator(".toast")
    expect(toast).to_contain_text("Chambers and reinstatement")
    over, foot = toast.bounding_box(), page.locator(".plan-foot").bounding_box()
    assert over is not None
    assert foot is not None
    assert over["y"] + over["height"] <= foot["y"]

    # the way back ends with the next edit: it would take back that one
    cell(page, 11, "name").click()
    page.keyboard.press("Alt+.")
    expect(toast.get_by_role("button", name="Undo")).to_have_count(0)
    settled(page)
    page.keyboard.press("ControlOrMeta+z")
    page.keyboard.press("ControlOrMeta+z")
    settled(page)
    expect(page.locator(".plan-row:visible")).to_have_count(len(LINES))


def _as_many(route: Route) -> None:
    """Answer with more rows than go on paper."""
    response = route.fetch()
    told = response.json()
    tasks = told["tasks"]
    for name, column in tasks.items():
        last = None if name == "parent" else column[-1]
        column.extend(range(900_000, 902_100) if name == "id" else [last] * 2100)
    route.fulfill(response=response, json=told)


def test_on_paper_in_the_dark(seats: Windows) -> None:
    """Paper is light whatever the screen is; the first sheet says how the plan stands, and what is left out."""
    page = opened(seats.open(HEAD, color_scheme="dark"))
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    head = page.locator(".plan-print-head")
    expect(head).to_contain_text("Finish")
    expect(head).to_contain_text("baseline")
    expect(head).to_contain_text("critical C")
    heads = page.locator(".plan-print-table th").all_inner_texts()
    assert {"Late d", "Float d", "Predecessors"} <= set(heads)
    assert re.search(r"0\s*C", page.locator(".plan-print-table tr", has_text="Soak test").inner_text())
    ground = page.evaluate(
        "() => [...document.querySelector('.plan-sheet canvas').getContext('2d').getImageData(3, 3, 1, 1).data]"
    )
    assert ground == [255, 255, 255, 255]
    expect(head).not_to_contain_text("The first")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    page.route("**/plan/data*", _as_many)
    page.reload()
    page.wait_for_selector(".plan-row:visible")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(head).to_contain_text(f"The first 2000 of {2100 + len(LINES)} rows")


def test_details_on_the_phone(seats: Windows) -> None:
    """The panel has two columns, so that whole dates can be read."""
    page = opened(seats.open(HEAD, width=390, height=844, has_touch=True), query="?view=chart")
    assert page.locator(".plan-tools button:visible").first.inner_text() == "Fit"
    cell(page, 4, "name").click()
    page.keyboard.press("Alt+Enter")
    start = page.get_by_role("complementary", name="Task details").get_by_label("Start", exact=True)
    expect(start).to_have_value(re.compile(r"^\d+ \w+ \d{4}$"))
    assert start.evaluate("(field) => field.scrollWidth <= field.clientWidth")
    columns = page.locator(".plan-fields").evaluate("(box) => getComputedStyle(box).gridTemplateColumns.split(' ')")
    assert len(columns) == 2
