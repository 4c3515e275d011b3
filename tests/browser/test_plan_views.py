"""The plan seen as a board, with its histogram, as a network and as a calendar: by mouse, by keyboard, on a phone."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Windows
from tests.browser.judging import PHONE, WIDE, faults_of
from tests.browser.plan_stage import PROJECT
from tests.browser.plan_steps import opened, settled
from tests.browser.stage import HEAD


def seen(seats: Windows, view: str, **how: int) -> Page:
    """Open a view of the plan."""
    page = seats.open(HEAD, **how)
    page.goto("/initiatives/?f.kind=project")
    home = page.locator("[data-row]", has_text=PROJECT).first.get_attribute("data-href")
    page.goto(f"{home}plan/?view={view}")
    page.wait_for_selector(".plan-foot")
    return page


def lane(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def card(page: Page, column: str, name: str) -> Locator:
    return lane(page, column).locator(".kanban-card", has_text=name)


def test_cards_move_by_mouse_by_keys_and_by_their_buttons(seats: Windows, axe: str) -> None:
    page = seen(seats, "board")
    expect(lane(page, "In progress").locator(".kanban-count")).to_have_text("3")

    # dragged into progress, over the limit that is set first
    limit = page.get_by_label("Limit of In progress")
    limit.fill("3")
    limit.press("Enter")
    settled(page)
    expect(page.locator(".kanban-over")).to_have_count(0)
    card(page, "To do", "Chambers and reinstatement").drag_to(lane(page, "In progress").locator(".kanban-cards"))
    settled(page)
    expect(card(page, "In progress", "Chambers and reinstatement")).to_be_visible()
    expect(lane(page, "In progress").locator(".kanban-over")).to_have_text("1 over the limit of 3")

    # by keyboard: to the right is done; focus stays with the card
    card(page, "In progress", "Trench Garforth to Selby").locator(".kanban-open").focus()
    page.keyboard.press("Shift+ArrowRight")
    settled(page)
    expect(card(page, "Done", "Trench Garforth to Selby").locator(".kanban-open")).to_be_focused()
    expect(page.locator(".kanban-over")).to_have_count(0)
    page.keyboard.press("ControlOrMeta+z")
    settled(page)
    expect(card(page, "In progress", "Trench Garforth to Selby")).to_contain_text("70 %")
    # walking leads from card to card, Enter to what is behind one
    page.keyboard.press("ArrowRight")
    expect(page.locator(".kanban-lane.is-done .kanban-open:focus")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Task details")).to_be_visible()
    page.keyboard.press("Escape")

    # by its button, and back; a person's own
    moved = card(page, "In progress", "Chambers and reinstatement")
    moved.locator(".kanban-open").focus()
    moved.get_by_role("button", name="Not begun").click()
    settled(page)
    expect(card(page, "To do", "Chambers and reinstatement")).to_be_visible()
    page.get_by_label("Person").select_option("Civils crew")
    expect(lane(page, "In progress").locator(".kanban-count")).to_have_text("2 of 3")
    assert list(faults_of(page, axe)) == []


def test_a_phone_shows_one_column_at_a_time(seats: Windows) -> None:
    page = seen(seats, "board", width=PHONE["width"], height=PHONE["height"])
    expect(lane(page, "In progress")).to_be_visible()
    expect(lane(page, "To do")).to_be_hidden()
    page.get_by_role("button", name="Done", exact=False).first.click()
    expect(lane(page, "Done")).to_be_visible()
    page.get_by_role("link", name="Show list").click()
    page.wait_for_selector(".plan-cards")


def test_the_histogram_shares_the_axis_of_the_chart(seats: Windows, axe: str) -> None:
    page = opened(seats.open(HEAD))
    page.get_by_role("treegrid", name="Tasks").focus()
    page.keyboard.press("Alt+r")
    pane = page.get_by_role("region", name="Resource histogram")
    verdict = pane.locator(".plan-use-verdict")
    expect(verdict).to_contain_text("Over by 1 unit")
    told = verdict.inner_text()
    expect(pane.get_by_label("Resource", exact=True)).to_have_value(
        pane.locator("option").first.get_attribute("value") or ""
    )
    assert "Civils crew, over by 1" in pane.locator("option").all_inner_texts()
    # as wide as the chart and right below it
    boxes = [page.locator(name).bounding_box() for name in (".plan-canvas", ".plan-use-canvas")]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert (boxes[0]["x"], boxes[0]["width"]) == (boxes[1]["x"], boxes[1]["width"])
    # another is chosen by keyboard
    pane.get_by_label("Resource", exact=True).focus()
    page.keyboard.press("ArrowDown")
    expect(verdict).not_to_have_text(told)
    assert list(faults_of(page, axe, (("wide", "light"), ("wide", "dark")))) == []
    page.get_by_role("button", name="Close the resource histogram").click()
    expect(pane).to_be_hidden()


def test_the_network_is_walked_along_its_links_and_told_as_a_table(seats: Windows, axe: str) -> None:
    page = seen(seats, "network")
    boxes = page.locator(".net-box")
    expect(boxes.first).to_be_visible()
    boxes.first.focus()
    first = page.locator(".net-box:focus .net-name").inner_text()
    page.keyboard.press("ArrowRight")
    assert page.locator(".net-box:focus .net-name").inner_text() != first
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".net-box:focus .net-name")).to_have_text(first)
    page.get_by_label("Path", exact=True).select_option(label="to Ready for service")
    expect(page.locator(".net-head")).to_contain_text("What drives Ready for service")
    count = boxes.count()
    assert list(faults_of(page, axe)) == []
    page.set_viewport_size(WIDE)
    page.get_by_role("button", name="As a table").click()
    expect(page.locator(".net-table tbody tr")).to_have_count(count)
    assert list(faults_of(page, axe, (("wide", "light"), ("phone", "dark")))) == []


def test_the_calendar_turns_by_keys_and_opens_tasks(seats: Windows, axe: str) -> None:
    page = seen(seats, "calendar")
    title = page.locator(".month-title").inner_text()
    task = page.locator(".month-task").first
    task.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".month-task:focus")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Task details")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("PageDown")
    expect(page.locator(".month-title")).not_to_have_text(title)
    page.get_by_role("button", name="This month").click()
    expect(page.locator(".month-title")).to_have_text(title)
    expect(page.locator(".month-number.is-today")).to_have_count(1)
    assert list(faults_of(page, axe)) == []
