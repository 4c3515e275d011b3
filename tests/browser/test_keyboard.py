"""The people list and the palette without a mouse."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Windows
from tests.browser.stage import HEAD
from tests.browser.steps import NAME, cells, current, heading, names, row, toast


def test_rows_are_walked_and_selected(windows: Windows) -> None:
    page = windows.open(HEAD)
    page.goto("/people/")
    assert names(page)[:3] == ["Amara Adler", "Ben Castillo", "Chiara Dahl"]
    page.keyboard.press("j")
    assert current(page) == "Amara Adler"
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert current(page) == "Ben Castillo"
    page.keyboard.press("x")
    bar = page.locator("[data-bulk]")
    expect(bar).to_contain_text("1 selected")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(bar).to_contain_text("3 selected")
    chosen = page.locator("tr[aria-selected=true] a.name").evaluate_all(NAME)
    assert chosen == ["Ben Castillo", "Chiara Dahl", "Dmitri Ekman"]
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()


def test_a_row_is_edited_in_place_and_taken_back(windows: Windows) -> None:
    page = windows.open(HEAD)
    page.goto("/people/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("e")
    field = page.locator("tr.editing").get_by_label("Job title")
    expect(field).to_have_value("Site engineer")
    field.press("Control+A")
    page.keyboard.type("Chief engineer")
    page.keyboard.press("Enter")
    expect(toast(page)).to_contain_text("Ben Castillo saved.")
    assert cells(page, "Ben Castillo")["Job title"] == "Chief engineer"
    # The row is still the current one.
    assert current(page) == "Ben Castillo"
    button = toast(page).get_by_role("button", name="Undo")
    button.focus()
    page.keyboard.press("Enter")
    expect(row(page, "Ben Castillo")).to_contain_text("Site engineer")
    assert cells(page, "Ben Castillo")["Job title"] == "Site engineer"


def test_escape_leaves_a_row_as_it_was(windows: Windows) -> None:
    page = windows.open(HEAD)
    page.goto("/people/")
    page.keyboard.press("j")
    page.keyboard.press("e")
    field = page.locator("tr.editing").get_by_label("Job title")
    field.press("Control+A")
    page.keyboard.type("Nonsense")
    page.keyboard.press("Escape")
    expect(page.locator("tr.editing")).to_have_count(0)
    assert cells(page, "Amara Adler")["Job title"] == "Planner"


def test_the_panel_opens_beside_the_list_and_closes(windows: Windows) -> None:
    page = windows.open(HEAD)
    page.goto("/people/")
    page.keyboard.press("j")
    page.keyboard.press("o")
    title = page.locator("#panel .panel-title")
    expect(title).to_have_text("Amara Adler")
    expect(page).to_have_url(re.compile(r"[?&]panel=\d+$"))
    page.keyboard.press("j")
    expect(title).to_have_text("Ben Castillo")
    page.keyboard.press("Escape")
    expect(page.locator("#panel > *")).to_have_count(0)
    expect(page).to_have_url(f"{windows.site}/people/")


def test_one_key_each_for_search_help_and_new(windows: Windows) -> None:
    page = windows.open(HEAD)
    page.goto("/people/")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    expect(keys).to_contain_text("Edit the row in place")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search this list")).to_be_focused()
    page.keyboard.type("novak")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(1)
    assert names(page) == ["Ivan Novak"]
    page.locator("body").press("n")
    heading(page, "New person")


def test_the_palette_finds_a_project_by_name(windows: Windows) -> None:
    page = windows.open(HEAD)
    page.goto("/people/")
    page.keyboard.press("Control+K")
    palette = page.locator("#palette")
    expect(palette).to_be_visible()
    page.keyboard.type("platform do")
    option = palette.get_by_role("option").first
    expect(option).to_contain_text("Platform doors")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/projects/PRJ-\d+/$"))
    heading(page, "Platform doors")
