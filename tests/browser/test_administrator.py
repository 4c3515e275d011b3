"""An administrator: nothing until elevated, and another's eyes without another's hands."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.stage import ADMINISTRATOR, HEAD, PASSWORD
from tests.browser.steps import heading, names, row


def confirm(page: Page, password: str = PASSWORD) -> None:
    """Say once more who one is: a session left open is not enough to take another's rights."""
    heading(page, "Confirm that it is you")
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Confirm").click()


def elevate(page: Page, reason: str = "Checking the registers", password: str = PASSWORD) -> None:
    """Take every right for a while."""
    page.goto("/settings/administer/")
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name="Administer", exact=True).last.click()
    confirm(page, password)
    expect(page.locator(".notice-strip")).to_contain_text("Administering until")


def test_every_right_lasts_while_the_banner_shows(windows: Windows) -> None:
    page = windows.open(ADMINISTRATOR)
    answer = page.goto("/people/")
    assert answer is not None
    assert answer.status == 404
    elevate(page, "Checking who is here")
    banner = page.locator(".notice-strip")
    expect(banner).to_contain_text(re.compile(r"Administering until \d\d:\d\d"))
    expect(banner).to_contain_text("Checking who is here")
    page.goto("/people/")
    assert "Amara Adler" in names(page)
    page.goto("/settings/administer/")
    expect(page.locator("main tbody tr").first).to_contain_text("Checking who is here")
    page.locator(".notice-strip").get_by_role("button", name="End").click()
    expect(page.locator(".notice-strip")).to_have_count(0)
    answer = page.goto("/people/")
    assert answer is not None
    assert answer.status == 404


def test_viewing_as_someone_shows_and_changes_nothing(windows: Windows) -> None:
    page = windows.open(ADMINISTRATOR)
    elevate(page)
    page.goto("/settings/users/")
    page.get_by_role("link", name=HEAD.name).first.click()
    heading(page, HEAD.name)
    page.get_by_role("link", name="View or sign in as").click()
    page.get_by_label("Reason").fill("She sees no budgets")
    page.get_by_role("button", name="View as", exact=True).click()
    banner = page.locator(".notice-strip")
    expect(banner).to_contain_text(re.compile(r"Viewing as Marit Dongen until \d\d:\d\d, read-only"))
    page.goto("/people/")
    assert "Amara Adler" in names(page)
    expect(page.get_by_role("link", name="New person")).to_have_count(0)
    address = row(page, "Amara Adler").get_attribute("data-href")
    page.goto(str(address))
    heading(page, "Amara Adler")
    for control in ("Edit", "Remove", "Attach", "Comment"):
        expect(page.get_by_role("button", name=control, exact=True)).to_have_count(0)
        expect(page.get_by_role("link", name=control, exact=True)).to_have_count(0)
    answer = page.goto(f"{address}edit/")
    assert answer is not None
    assert answer.status in (403, 404)
    page.goto("/")
    page.locator(".notice-strip").get_by_role("button", name="End").click()
    expect(page.locator(".notice-strip")).to_have_count(0)
