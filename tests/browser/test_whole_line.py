"""One line of a PMO's day: a plan file in, a living plan, its truth out; by mouse, by keyboard alone, on a phone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Windows, filled, served
from tests.browser.line_stage import PORTFOLIO, PROJECT
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


@pytest.fixture
def line(browser: Browser, tmp_path: Path) -> Iterator[Windows]:
    """Give windows of an organisation with a project that waits for its plan."""
    with served(filled(tmp_path / "line", "tests.browser.line_stage")) as address:
        opened = Windows(browser, address)
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
    assessed(page, home, re.compile("Time is (amber|red)"))
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
    file = page.locator(".lines a.name").first
    for _try in range(APART // 2000):
        if file.count():
            break
        page.wait_for_timeout(2000)
        page.reload()
    with page.expect_download() as caught:
        file.click()
    made = Path(caught.value.path()).read_bytes()
    assert made.startswith(b"%PDF-")
    assert len(made) > 10_000


def _post_cost(page: Page, amount: str) -> None:
    """Fill in the form of the ledger; its fields by their labels."""
    page.get_by_label("Category").fill("Works")
    page.get_by_role("option", name=re.compile("Works")).first.click()
    page.get_by_label("Posted on").fill(dt.datetime.now(dt.UTC).date().isoformat())
    page.get_by_label("Amount").fill(amount)
    page.get_by_role("button", name="Add actual").click()
    page.wait_for_load_state()
