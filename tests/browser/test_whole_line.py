"""One line of a PMO's day: a plan file in, a living plan, its truth out; by mouse, by keyboard alone, on a phone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Windows, filled, served
from tests.browser.line_stage import OTHER, PORTFOLIO, PROJECT
from tests.browser.plan_steps import cell, settled
from tests.browser.stage import HEAD

#: Milliseconds that work apart from a request may take: reading a file, an assessment, a pack.
APART: Final = 90_000
#: (number, name, working days, cost, predecessor)
TASKS: Final = ((1, "Survey", 10, 20_000, 0), (2, "Foundations", 15, 90_000, 1), (3, "Handover", 5, 10_000, 2))


def plan_file(folder: Path, name: str, start: dt.date) -> Path:
    """Write a plan as Microsoft Project does, three tasks one after the other."""
    parts, day = [], start
    for uid, title, days, cost, before in TASKS:
        end = day
        for _step in range(days - 1):
            end = _next(end)
        link = f"<PredecessorLink><PredecessorUID>{before}</PredecessorUID><Type>1</Type></PredecessorLink>"
        parts.append(
            f"<Task><UID>{uid}</UID><ID>{uid}</ID><Name>{title}</Name><OutlineLevel>1</OutlineLevel>"
            f"<Start>{day}T08:00:00</Start><Finish>{end}T17:00:00</Finish><Duration>PT{days * 8}H0M0S</Duration>"
            f"<DurationFormat>7</DurationFormat><FixedCost>{cost * 100}</FixedCost><Cost>{cost * 100}</Cost>"
            f"{link if before else ''}</Task>"
        )
        day = _next(end)
    week = "".join(
        f"<WeekDay><DayType>{number}</DayType><DayWorking>{int(1 < number < 7)}</DayWorking>"
        + (
            "<WorkingTimes><WorkingTime><FromTime>08:00:00</FromTime><ToTime>12:00:00</ToTime></WorkingTime>"
            "<WorkingTime><FromTime>13:00:00</FromTime><ToTime>17:00:00</ToTime></WorkingTime></WorkingTimes>"
            if 1 < number < 7
            else ""
        )
        + "</WeekDay>"
        for number in range(1, 8)
    )
    path = folder / f"{name}.xml"
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><Project xmlns="http://schemas.microsoft.com/project">'
        f"<Name>{name}</Name><StartDate>{start}T08:00:00</StartDate><ScheduleFromStart>1</ScheduleFromStart>"
        "<CalendarUID>1</CalendarUID><MinutesPerDay>480</MinutesPerDay><MinutesPerWeek>2400</MinutesPerWeek>"
        f"<Calendars><Calendar><UID>1</UID><Name>Standard</Name><IsBaseCalendar>1</IsBaseCalendar><WeekDays>{week}"
        f"</WeekDays></Calendar></Calendars><Tasks>{''.join(parts)}</Tasks></Project>"
    )
    return path


def _next(day: dt.date) -> dt.date:
    """Return the next day from Monday to Friday."""
    day += dt.timedelta(days=1)
    while day.weekday() > 4:
        day += dt.timedelta(days=1)
    return day


def _monday(weeks: int) -> dt.date:
    today = dt.datetime.now(dt.UTC).date()
    return today - dt.timedelta(days=today.weekday() + 7 * weeks)


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve an organisation with projects that wait for their plans."""
    with served(filled(tmp_path_factory.mktemp("line"), "tests.browser.line_stage")) as address:
        yield address


@pytest.fixture
def line(browser: Browser, waiting: str) -> Iterator[Windows]:
    """Give windows that are closed after the journey."""
    opened = Windows(browser, waiting)
    yield opened
    opened.close()


def address_of(page: Page, name: str, kind: str = "project") -> str:
    """Return the address of an initiative's home."""
    page.goto(f"/initiatives/?f.kind={kind}")
    found = page.locator("[data-row]", has_text=name).first.get_attribute("data-href")
    assert found is not None
    return found


def assessed(page: Page, home: str, wanted: str | re.Pattern[str]) -> None:
    """Wait until an assessment after the last change says something of the project's health."""
    for _try in range(APART // 2000):
        page.goto(f"{home}health/")
        if page.get_by_text(wanted).count():
            return
        page.wait_for_timeout(2000)
    raise AssertionError(f"no assessment says {wanted}")


def made(page: Page) -> Locator:
    """Wait for a board pack, and return the link to its file."""
    file = page.locator(".lines a.name").first
    for _try in range(APART // 2000):
        if file.count():
            return file
        page.wait_for_timeout(2000)
        page.reload()
    raise AssertionError("no pack")


def tab_to(page: Page, target: Locator) -> None:
    """Go to something by the Tab key, as whoever has no mouse does."""
    expect(target).to_be_visible()
    for _press in range(150):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {target}")


def pressed(page: Page, target: Locator) -> None:
    """Go to a link or button by the Tab key and press Enter."""
    tab_to(page, target)
    page.keyboard.press("Enter")


def test_by_mouse(line: Windows, tmp_path: Path) -> None:
    """Import, edit, baseline, progress, cost, assessment, dashboard with reason, report, pack."""
    page = line.open(HEAD)
    home = address_of(page, PROJECT)

    page.goto(f"{home}plan/")
    page.get_by_role("link", name="Import a plan").click()
    page.set_input_files("input[type=file]", plan_file(tmp_path, "Works", _monday(4)))
    page.get_by_role("button", name="Read files").click()
    write = page.get_by_role("button", name="Import", exact=True)
    expect(write).to_be_visible(timeout=APART)
    expect(page.locator(".headline-cell", has_text="Tasks")).to_contain_text("3")
    expect(page.locator(".headline-cell", has_text="Links")).to_contain_text("2")
    write.click()
    expect(page.locator(".notice-green")).to_contain_text("3 tasks added", timeout=APART)
    page.get_by_role("link", name="Open the plan").click()
    page.wait_for_selector(".plan-row:visible")

    # as it was agreed, then as it goes: a week longer, half of it done
    page.get_by_role("button", name="Baseline", exact=True).click()
    page.get_by_role("button", name="Take baseline").click()
    page.wait_for_selector(".plan-row:visible")
    before = cell(page, 3, "finish").inner_text()
    cell(page, 2, "duration").dblclick()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("25d")
    page.keyboard.press("Enter")
    settled(page)
    expect(cell(page, 3, "finish")).not_to_have_text(before)
    for number, percent in ((1, "100"), (2, "20")):
        cell(page, number, "percent").dblclick()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(percent)
        page.keyboard.press("Enter")
        settled(page)

    page.goto(f"{home}money/")
    page.get_by_role("link", name="Post a cost").click()
    _post_cost(page, "45000")
    expect(page.locator(".headline-cell", has_text="Actual to date")).to_contain_text("45.0k")

    # the system says late, and why; so does the dashboard of the portfolio
    assessed(page, home, re.compile("45.0k"))
    expect(page.get_by_role("heading", name=re.compile("Time is (amber|red)"))).to_be_visible()
    page.goto(f"{address_of(page, PORTFOLIO, 'portfolio')}dashboard/")
    row = page.locator("tr", has_text=PROJECT).first
    expect(row).to_be_visible()
    row.get_by_role("link", name=PROJECT).first.click()
    page.wait_for_load_state()
    assert home in page.url

    page.goto(f"{home}reports/")
    page.get_by_role("button", name="Write report").or_(page.get_by_role("link", name="Write report")).click()
    page.get_by_label("Summary").fill("Foundations take longer: clay instead of gravel.")
    expect(page.locator(".report-facts")).to_contain_text("45.0k")
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("main")).to_contain_text("clay instead of gravel")

    page.goto(f"{home}pack/")
    page.get_by_role("button", name="Make pack").click()
    file = made(page)
    with page.expect_download() as caught:
        file.click()
    assert Path(caught.value.path()).read_bytes().startswith(b"%PDF-")


def _post_cost(page: Page, amount: str) -> None:
    """Fill in the form of the ledger; its fields by their labels."""
    page.get_by_label("Category").fill("Works")
    page.get_by_role("option", name=re.compile("Works")).first.click()
    page.get_by_label("Posted on").fill(dt.datetime.now(dt.UTC).date().isoformat())
    page.get_by_label("Amount").fill(amount)
    page.get_by_role("button", name="Add actual").click()
    page.wait_for_load_state()


def test_by_keyboard_alone_and_on_a_phone(line: Windows, tmp_path: Path) -> None:
    """The same line without a mouse; then what was done is reported from a phone."""
    page = line.open(HEAD)
    # Heard from the start: a browser that is told of it with the key already pressed may open its own dialogue.
    page.on("filechooser", lambda _chooser: None)
    keys = page.keyboard
    home = address_of(page, OTHER)
    keys.press("ControlOrMeta+k")
    keys.type(OTHER)
    expect(page.get_by_role("option", name=re.compile(OTHER)).first).to_be_visible()
    keys.press("Enter")
    page.wait_for_url(f"**{home}")

    pressed(page, page.get_by_role("navigation").get_by_role("link", name="Plan", exact=True))
    pressed(page, page.get_by_role("link", name="Import a plan"))
    page.wait_for_url("**/plan-imports/**")
    page.wait_for_load_state("networkidle")
    tab_to(page, page.locator("input[type=file]"))
    with page.expect_file_chooser() as chooser:
        keys.press("Space")
    chooser.value.set_files(plan_file(tmp_path, "Signals", _monday(4)))
    pressed(page, page.get_by_role("button", name="Read files"))
    write = page.get_by_role("button", name="Import", exact=True)
    expect(write).to_be_visible(timeout=APART)
    pressed(page, write)
    expect(page.locator(".notice-green")).to_contain_text("3 tasks added", timeout=APART)
    pressed(page, page.get_by_role("link", name="Open the plan"))
    page.wait_for_selector(".plan-row:visible")

    pressed(page, page.get_by_role("button", name="Baseline", exact=True))
    pressed(page, page.get_by_role("button", name="Take baseline"))
    page.wait_for_selector(".plan-row:visible")
    before = cell(page, 3, "finish").inner_text()
    tab_to(page, page.get_by_role("treegrid", name="Tasks"))
    keys.press("ArrowDown")
    keys.press("ArrowRight")
    keys.press("F2")
    keys.press("ControlOrMeta+a")
    keys.type("25d")
    keys.press("Enter")
    settled(page)
    expect(cell(page, 3, "finish")).not_to_have_text(before)
    keys.press("ControlOrMeta+Home")
    keys.press("End")
    keys.press("ArrowLeft")
    keys.type("100")
    keys.press("Enter")
    settled(page)
    expect(cell(page, 1, "percent")).to_have_text("100")

    _post_cost_by_keys(page, home)
    expect(page.locator(".headline-cell", has_text="Actual to date")).to_contain_text("45.0k")

    assessed(page, home, re.compile("45.0k"))
    expect(page.get_by_role("heading", name=re.compile("Time is (amber|red)"))).to_be_visible()
    page.goto(f"{home}reports/")
    pressed(page, page.get_by_role("button", name="Write report").or_(page.get_by_role("link", name="Write report")))
    tab_to(page, page.get_by_label("Summary"))
    keys.type("The cable came late.")
    pressed(page, page.get_by_role("button", name="Hand in"))
    expect(page.locator("main")).to_contain_text("The cable came late.")
    page.goto(f"{home}pack/")
    pressed(page, page.get_by_role("button", name="Make pack"))
    file = made(page)
    with page.expect_download() as caught:
        pressed(page, file)
    assert Path(caught.value.path()).read_bytes().startswith(b"%PDF-")

    _reported_on_a_phone(line, home)
    page.goto(f"{home}plan/")
    page.wait_for_selector(".plan-row:visible")
    expect(cell(page, 2, "percent")).to_have_text("40")


def _typed_today(page: Page) -> None:
    """Type today's date into the field that one is at, in whichever order the browser asks for it."""
    today = dt.datetime.now(dt.UTC).date()
    for written in (f"{today:%m%d%Y}", f"{today:%d%m%Y}"):
        page.keyboard.type(written)
        if page.evaluate("document.activeElement.value") == today.isoformat():
            return
        for _part in range(3):
            page.keyboard.press("ArrowLeft")
    raise AssertionError("the date cannot be typed")


def _reported_on_a_phone(line: Windows, home: str) -> None:
    """Report two fifths of the second task."""
    phone = line.open(HEAD, width=390, height=844, has_touch=True)
    phone.goto(f"{home}plan/")
    card = phone.get_by_role("region", name="Foundations")
    expect(card).to_be_visible()
    if card.locator(".plan-slider").count() == 0:
        card.get_by_role("button").first.click()
    card.get_by_role("slider").fill("40")
    phone.get_by_role("button", name="Submit progress").click()
    expect(phone.locator(".plan-phone-verdict")).to_contain_text("Progress submitted")


def _post_cost_by_keys(page: Page, home: str) -> None:
    """Fill in the form of the ledger without a mouse."""
    page.goto(f"{home}money/")
    page.keyboard.press("n")
    page.wait_for_url("**/actuals/new/**")
    tab_to(page, page.get_by_label("Category"))
    page.keyboard.type("Works")
    expect(page.get_by_role("option", name=re.compile("Works")).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Posted on"))
    _typed_today(page)
    tab_to(page, page.get_by_label("Amount"))
    page.keyboard.type("45000")
    pressed(page, page.get_by_role("button", name="Add actual"))
