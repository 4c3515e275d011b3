"""The home of a project: what its office asks for, and what people lay beside it."""

from __future__ import annotations

import re

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Windows
from tests.browser.stage import ANALYST, HEAD
from tests.browser.steps import heading, row, toast


def _home(page: Page, name: str) -> str:
    """Open the home of an initiative and return its code."""
    page.goto("/initiatives/?view=all")
    address = str(row(page, name).get_attribute("data-href"))
    page.goto(address)
    heading(page, name)
    return address.strip("/").rpartition("/")[2]


def test_a_controlling_office_names_what_is_missing(windows: Windows) -> None:
    page = windows.open(HEAD)
    code = _home(page, "Platform doors")
    expect(page.locator("main")).to_contain_text("No Project manager")
    page.get_by_role("button", name="Activate").click()
    expect(toast(page)).to_contain_text(f"{code} Platform doors cannot start without a sponsor, a manager.")
    expect(page.locator(".heading-extra")).to_contain_text(re.compile("pipeline", re.IGNORECASE))


def test_a_comment_reaches_whom_it_mentions(windows: Windows) -> None:
    page, other = windows.open(HEAD), windows.open(ANALYST)
    expect(other.get_by_role("link", name="Notifications", exact=True)).to_be_visible()
    _home(page, "Quay crane")
    area = page.get_by_role("textbox", name="Comment")
    area.press_sequentially("Which berth, @tund")
    page.get_by_role("option", name=re.compile("Tunde Adebayo")).click()
    area.press_sequentially("and when?")
    expect(area).to_have_value(re.compile(r"^Which berth, @\[Tunde Adebayo\]\(user:\d+\) and when\?$"))
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator("#panel .mention")).to_have_text("@Tunde Adebayo")

    other.reload()
    bell = other.get_by_role("link", name="1 unread notification")
    expect(bell).to_be_visible()
    bell.click()
    expect(other.locator("main")).to_contain_text("Marit Dongen")
    expect(other.locator("main")).to_contain_text("Quay crane")
    expect(other.locator("main")).to_contain_text("Which berth, @Tunde Adebayo and when?")


def _link(page: Page, code: str, *, kind: str = "") -> None:
    """Link the record in sight to another, from the popover of its links."""
    page.get_by_role("button", name="Link", exact=True).click()
    form = page.locator("#link-pop")
    if kind:
        form.get_by_label("This record").select_option(label=kind)
    form.get_by_label("Code of the other record").fill(code)
    form.get_by_role("button", name="Link", exact=True).click()


def test_files_links_and_tags_stand_beside_it(windows: Windows) -> None:
    page = windows.open(HEAD)
    _home(page, "Track renewal")
    note: FilePayload = {"name": "possession.txt", "mimeType": "text/plain", "buffer": b"Possession from Friday 23:00."}
    page.get_by_label("Files to attach").set_input_files(note)  # chosen is sent
    file = page.locator("main").get_by_role("link", name="possession.txt")
    expect(file).to_be_visible()
    kept = page.request.get(str(file.get_attribute("href")))
    assert kept.body() == b"Possession from Friday 23:00."

    target = _home(page, "Depot signalling")
    _home(page, "Track renewal")
    _link(page, target, kind="depends on")
    link = page.locator("main li").filter(has_text="depends on")
    expect(link).to_contain_text("Depot signalling")
    page.get_by_role("button", name="Tags", exact=True).click()
    page.get_by_label("Tags").fill("night work, possession")
    page.get_by_role("button", name="Set tags").click()
    expect(page.locator(".heading-extra")).to_contain_text("night work")

    page.locator("main li").filter(has_text="depends on").get_by_role("link").click()
    heading(page, "Depot signalling")
    expect(page.locator("main li").filter(has_text="Track renewal")).to_contain_text("is needed by")


def test_a_code_that_is_none_is_refused(windows: Windows) -> None:
    page = windows.open(HEAD)
    _home(page, "Track renewal")
    _link(page, "PRJ-9999")
    expect(toast(page)).to_contain_text("“PRJ-9999” is not the code of a record that you may see.")
