"""Pages that no link leads to, and states of pages, as a reader with any senses, any screen and any light meets them.

axe finds nothing serious, in light and dark, wide and narrow; nothing is written to the console; no page is wider than
a phone. Pages that links lead to are walked in the demo.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page

from tests.browser.conftest import Windows
from tests.browser.judging import faults_of, judged
from tests.browser.stage import HEAD
from tests.browser.steps import row


def test_the_pages_about_one_record(windows: Windows, axe: str) -> None:
    page = windows.open(HEAD)
    page.goto("/people/")
    person = str(row(page, "Ivan Novak").get_attribute("data-href"))
    panel = f"/people/?panel={row(page, 'Ivan Novak').get_attribute('data-id')}"
    page.goto("/initiatives/")
    project = str(row(page, "Depot signalling").get_attribute("data-href"))
    portfolio = str(row(page, "Rail portfolio").get_attribute("data-href"))
    pages = [
        person,
        f"{person}edit/",
        f"{person}history/",
        panel,
        project,
        portfolio,
        "/people/new/",
        "/initiatives/new/",
        "/people/import/",
        "/people/?f.kind=staff&group=unit",
        "/people/?q=nobody-at-all",
        "/search/?q=quay",
        "/notifications/",
        "/settings/profile/",
        "/initiatives/?as_of=2026-01-01",
    ]
    assert judged(page, pages, axe) == []


def _conflict(page: Page, windows: Windows) -> None:
    other = windows.open(HEAD)
    for one in (page, other):
        one.goto("/units/")
        one.goto(f"{row(one, 'Ports division').get_attribute('data-href')}edit/")
    for one, text in ((other, "Docks and quays"), (page, "Berths and cranes")):
        one.get_by_label("Purpose").fill(text)
        one.get_by_role("button", name="Save", exact=True).click()
    page.locator("table.conflict").wait_for()


def _columns(page: Page, _windows: Windows) -> None:
    page.goto("/people/import/")
    content = b"Name,Unit,E-mail\nPia Quill,PORTS,none\n"
    file: FilePayload = {"name": "one.csv", "mimeType": "text/csv", "buffer": content}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="Check").wait_for()


def _checked(page: Page, windows: Windows) -> None:
    _columns(page, windows)
    page.get_by_role("button", name="Check").click()
    page.get_by_role("heading", name="Refused").wait_for()


def _many(page: Page, _windows: Windows) -> None:
    page.goto("/people/")
    for name in ("Ivan Novak", "Jana Okafor"):
        row(page, name).locator("[data-select]").check()
    page.get_by_role("button", name="Edit fields").click()
    page.get_by_role("textbox", name="Location").fill("Quay 4")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Change 2 records").wait_for()


def _in_place(page: Page, _windows: Windows) -> None:
    page.goto("/people/")
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.locator("tr.editing").wait_for()


def _palette(page: Page, _windows: Windows) -> None:
    page.goto("/people/")
    page.keyboard.press("Control+K")
    page.locator("#palette [role=option]").first.wait_for()


@pytest.mark.parametrize("lead", [_conflict, _columns, _checked, _many, _in_place, _palette])
def test_the_pages_one_comes_to(windows: Windows, axe: str, lead: Callable[[Page, Windows], None]) -> None:
    page = windows.open(HEAD)
    lead(page, windows)
    assert list(faults_of(page, axe)) == []


def test_the_pages_outside(windows: Windows, axe: str) -> None:
    page = windows.open()
    assert judged(page, ["/accounts/login/", "/accounts/password/reset/"], axe) == []
    page = windows.open(HEAD)
    answer = page.goto("/nothing/here/")
    assert answer is not None
    assert answer.status == 404
    assert list(faults_of(page, axe)) == []
