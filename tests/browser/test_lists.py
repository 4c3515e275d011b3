"""Lists: filters and their chips, groups with sums, order, columns, saved views."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.stage import ANALYST, HEAD
from tests.browser.steps import heading, names, toast

RAIL = ["Depot signalling", "Platform doors", "Track renewal"]


def _filter(page: Page, label: str) -> None:
    """Open the form of one filter."""
    page.locator("button.chip-add").click()
    page.locator("#filter-add").get_by_role("button", name=label, exact=True).click()


def _chips(page: Page) -> list[str]:
    return [" ".join(text.split()) for text in page.locator(".chip-pair").all_inner_texts()]


def test_filters_add_up_and_are_taken_off_by_their_chips(windows: Windows) -> None:
    page = windows.open(HEAD)
    page.goto("/initiatives/")
    assert names(page) == ["Rail portfolio", *RAIL, "Ports portfolio", "Quay crane"]

    _filter(page, "Kind")
    form = page.locator("[popover]:popover-open form")
    form.get_by_label("Project", exact=True).check()
    form.get_by_role("button", name="Filter").click()
    expect(page.locator(".chip-pair")).to_have_count(1)
    assert names(page) == [*RAIL, "Quay crane"]

    _filter(page, "Function")
    box = page.locator("[popover]:popover-open [role=combobox]")
    box.press_sequentially("rail")
    expect(page.locator("[popover]:popover-open [role=option]")).to_have_count(1)
    box.press("Enter")
    expect(box).to_have_value("Rail division")
    page.locator("[popover]:popover-open form").get_by_role("button", name="Filter").click()
    expect(page.locator(".chip-pair")).to_have_count(2)
    assert names(page) == RAIL

    _filter(page, "Planned start")
    page.locator("[popover]:popover-open").get_by_role("link", name="in the past").click()
    expect(page.locator(".chip-pair")).to_have_count(3)
    assert names(page) == ["Depot signalling", "Platform doors"]
    assert _chips(page) == ["Kind Project", "Function Rail division", "Planned start in the past"]

    page.get_by_role("link", name="Remove filter Function").click()
    expect(page.locator(".chip-pair")).to_have_count(2)
    page.get_by_role("link", name="Remove filter Planned start").click()
    page.get_by_role("link", name="Remove filter Kind").click()
    expect(page.locator(".chip-pair")).to_have_count(0)
    assert len(names(page)) == 6


def test_groups_carry_their_sums(windows: Windows) -> None:
    page = windows.open(HEAD)
    page.goto("/initiatives/?f.kind=project")
    page.get_by_role("button", name="Group none").click()
    page.locator("#group-pop").get_by_role("link", name="Function").click()
    page.wait_for_url("**/initiatives/?*group=unit*")
    heads = [" ".join(text.split()) for text in page.locator("tr.group").all_inner_texts()]
    assert heads == ["Ports division 1 €3.00m", "Rail division 3 €2.50m"]
    assert names(page) == ["Quay crane", *RAIL]
    expect(page.locator(".list-foot")).to_contain_text("Budget €5.50m")


def test_two_columns_order_the_list(windows: Windows) -> None:
    page = windows.open(HEAD)
    page.goto("/initiatives/?view=projects&cols=name,budget,unit")
    page.get_by_role("columnheader", name="Function").get_by_role("link").click()
    page.wait_for_url("**sort=unit*")
    page.get_by_role("columnheader", name="Budget").get_by_role("link").click(modifiers=["Shift"])
    page.wait_for_url("**sort=unit%2Cbudget*")
    assert names(page) == ["Quay crane", "Track renewal", "Platform doors", "Depot signalling"]
    page.get_by_role("columnheader", name="Budget").get_by_role("link").click(modifiers=["Shift"])
    page.wait_for_url("**sort=unit%2C-budget*")
    assert names(page) == ["Quay crane", *RAIL]


def _save(page: Page, name: str, *, shared: bool = False, default: bool = False) -> None:
    page.get_by_role("button", name="Save view").first.click()
    dialog = page.get_by_role("dialog", name="Save view")
    dialog.get_by_label("Name").fill(name)
    if shared:
        dialog.get_by_label("Shared with everyone").check()
    if default:
        dialog.get_by_label("Open this list with it").check()
    dialog.get_by_role("button", name="Save view").click()
    expect(toast(page)).to_contain_text(f"View “{name}” saved.")


def test_columns_are_chosen_and_saved_as_views(windows: Windows) -> None:
    page = windows.open(HEAD)
    page.goto("/initiatives/?f.kind=project")
    page.get_by_role("button", name="Columns").click()
    dialog = page.get_by_role("dialog", name="Columns")
    for label in ("Kind", "State", "Health", "Stage", "Priority", "Sponsor", "Manager", "Planned finish"):
        dialog.get_by_label(label, exact=True).uncheck()
    dialog.get_by_label("Function", exact=True).check()
    for _ in range(6):  # past those left out, above the code
        dialog.get_by_role("button", name="Move Budget up").click()
    dialog.get_by_role("button", name="Show these").click()
    page.wait_for_url("**cols=*")
    shown = ["Name", "Budget", "Code", "Function"]
    heads = page.locator("[data-list] thead th:not(.tick)")
    expect(heads).to_have_text(shown)
    _save(page, "My budgets")
    _save(page, "Budgets of all", shared=True)

    other = windows.open(ANALYST)
    other.goto("/initiatives/")
    tabs = other.get_by_role("navigation", name="Views")
    expect(tabs.get_by_role("link", name="My budgets")).to_have_count(0)
    tabs.get_by_role("link", name="Budgets of all").click()
    expect(other.locator("[data-list] thead th:not(.tick)")).to_have_text(shown)
    assert names(other) == [*RAIL, "Quay crane"]
    expect(other.locator(".views-end")).to_have_text("shared by Marit Dongen")


def test_a_list_opens_with_ones_default_view(windows: Windows) -> None:
    page = windows.open(ANALYST)
    page.goto("/roles/?f.held_at=unit&sort=code")
    _save(page, "At units", default=True)
    page.goto("/roles/")
    expect(page.locator(".view-tab[aria-current=page]")).to_have_text("At units")
    assert [" ".join(text.split()) for text in page.locator(".chip-pair").all_inner_texts()] == ["Held at Units"]
    page.get_by_role("button", name="Remove this view").click()
    expect(toast(page)).to_contain_text("View removed.")
    heading(page, "Roles")
    expect(page.locator(".view-tab[aria-current=page]")).to_have_text("All")
    expect(page.locator(".chip-pair")).to_have_count(0)


def test_what_matches_nothing_says_so(windows: Windows) -> None:
    page = windows.open(HEAD)
    page.goto("/initiatives/")
    page.get_by_role("searchbox", name="Search this list").fill("submarine")
    page.keyboard.press("Enter")
    expect(page.locator(".empty")).to_contain_text("Nothing matches")
    page.get_by_role("link", name="Show everything").click()
    page.wait_for_url(re.compile(r"view=all"))
    assert len(names(page)) == 6
