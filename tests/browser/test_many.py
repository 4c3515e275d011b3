"""Many records at once: edited after a preview, removed, and each time taken back by one Undo."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.stage import HEAD
from tests.browser.steps import cells, heading, names, row, toast, undo


def _select(page: Page, *chosen: str) -> None:
    page.goto("/people/")
    for name in chosen:
        row(page, name).locator("[data-select]").check()
    expect(page.locator("[data-bulk]")).to_contain_text(f"{len(chosen)} selected")


def test_fields_are_set_after_a_preview_and_undone_at_once(windows: Windows) -> None:
    page = windows.open(HEAD)
    _select(page, "Dmitri Ekman", "Elif Farouk", "Amara Adler")
    page.get_by_role("button", name="Edit fields").click()
    heading(page, "Edit 3 records")
    page.get_by_role("textbox", name="Location").fill("Depot")
    expect(page.locator("[name='set:location']")).to_be_checked()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".card tbody tr")).to_have_count(3)
    lines = [
        [cell.strip() for cell in line.locator("td").all_inner_texts()] for line in page.locator(".card tbody tr").all()
    ]
    assert lines == [
        ["Amara Adler", "Location", "Harbour", "Depot"],
        ["Dmitri Ekman", "stays as it is"],
        ["Elif Farouk", "stays as it is"],
    ]
    page.get_by_role("textbox", name="Location").fill("Quay 9")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Change 3 records").click()
    expect(toast(page)).to_contain_text("3 records changed.")
    assert {name: cells(page, name)["Location"] for name in ("Amara Adler", "Dmitri Ekman", "Elif Farouk")} == {
        "Amara Adler": "Quay 9",
        "Dmitri Ekman": "Quay 9",
        "Elif Farouk": "Quay 9",
    }
    undo(page)
    expect(row(page, "Dmitri Ekman")).to_contain_text("Depot")
    assert cells(page, "Amara Adler")["Location"] == "Harbour"
    assert cells(page, "Elif Farouk")["Location"] == "Depot"


def test_records_are_removed_and_brought_back(windows: Windows) -> None:
    page = windows.open(HEAD)
    _select(page, "Grace Mbeki", "Jana Okafor")
    page.locator("[data-bulk]").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("main")).to_contain_text("Jana Okafor")
    page.get_by_role("button", name="Remove 2 records").click()
    expect(toast(page)).to_contain_text("2 records removed.")
    assert not {"Grace Mbeki", "Jana Okafor"} & set(names(page))
    undo(page)
    expect(row(page, "Jana Okafor")).to_be_visible()
    assert cells(page, "Grace Mbeki")["Job title"] == "Crane engineer"
