"""Two people edit one record at once: nothing is lost."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.stage import ANALYST, HEAD
from tests.browser.steps import heading, row


def _edit(page: Page) -> None:
    page.goto("/people/")
    page.goto(f"{row(page, 'Chiara Dahl').get_attribute('data-href')}edit/")


def test_the_second_sees_what_the_first_changed_and_chooses(windows: Windows) -> None:
    first, second = windows.open(HEAD), windows.open(ANALYST)
    _edit(first)
    _edit(second)
    first.get_by_label("Job title").fill("Cost manager")
    first.get_by_label("Telephone").fill("+31 10 555 0101")
    first.get_by_role("button", name="Save", exact=True).click()
    heading(first, "Chiara Dahl")

    second.get_by_label("Job title").fill("Cost lead")
    second.get_by_label("Location").fill("Harbour")
    second.get_by_role("button", name="Save", exact=True).click()
    heading(second, "Marit Dongen changed this while you edited")
    rows = [
        [cell.strip() for cell in line.locator("td").all_inner_texts()]
        for line in second.locator("table.conflict tbody tr").all()
    ]
    assert rows == [
        ["Job title both", "Cost engineer", "Cost manager", "Cost lead"],
        ["Location", "Depot", "Depot", "Harbour"],
    ]
    # What both changed keeps theirs until one says otherwise; what only one changed keeps the change.
    expect(second.get_by_role("radio", name="Cost manager")).to_be_checked()
    expect(second.get_by_role("radio", name="Harbour")).to_be_checked()
    second.get_by_role("button", name="Save chosen").click()
    heading(second, "Chiara Dahl")
    expect(second.locator("main")).to_contain_text("Cost manager")
    expect(second.locator("main")).to_contain_text("Harbour")
    # What the second may not even see is kept as the first wrote it.
    first.reload()
    expect(first.locator("main")).to_contain_text("+31 10 555 0101")
    expect(first.locator("main")).to_contain_text("Harbour")


def test_ones_own_words_win_when_one_chooses_them(windows: Windows) -> None:
    first, second = windows.open(HEAD), windows.open(ANALYST)
    _edit(first)
    _edit(second)
    first.get_by_label("Employer").fill("Dahl & Sons")
    first.get_by_role("button", name="Save", exact=True).click()
    heading(first, "Chiara Dahl")
    second.get_by_label("Employer").fill("Dahl Limited")
    second.get_by_role("button", name="Save", exact=True).click()
    second.get_by_role("radio", name="Dahl Limited").check()
    second.get_by_role("button", name="Save chosen").click()
    heading(second, "Chiara Dahl")
    expect(second.locator("main")).to_contain_text("Dahl Limited")
    # The other's words are in the history.
    second.goto(f"{second.url.rstrip('/')}/history/")
    expect(second.locator("main")).to_contain_text("Dahl & Sons")
