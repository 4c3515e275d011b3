"""What journeys do and read again and again."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

#: The name in a link, without the initials that stand before some.
NAME = "links => links.map(link => (link.querySelector(':scope > span:last-child') ?? link).innerText)"


def names(page: Page) -> list[str]:
    """Return the names of the rows of the list, from top to bottom."""
    found: list[str] = page.locator("[data-list] [data-row] a.name").evaluate_all(NAME)
    return found


def row(page: Page, name: str) -> Locator:
    """Return the row of the list whose record has this name."""
    return page.locator("[data-list] [data-row]").filter(
        has=page.locator("a.name", has_text=re.compile(f"^([A-Z]{{1,2}})?{name}$"))
    )


def cells(page: Page, name: str) -> dict[str, str]:
    """Return the cells of a row by the head of their column."""
    heads = [text.strip() for text in page.locator("[data-list] thead th").all_inner_texts()]
    texts = [text.strip() for text in row(page, name).locator("td").all_inner_texts()]
    return dict(zip(heads, texts, strict=True))


def toast(page: Page) -> Locator:
    """Return the last word of the page about what was done."""
    return page.locator("#toasts [data-toast]").last


def undo(page: Page) -> None:
    """Take back what the last toast tells."""
    toast(page).get_by_role("button", name="Undo").click()


def heading(page: Page, text: str | re.Pattern[str]) -> None:
    """Expect the page's heading."""
    expect(page.locator("h1")).to_have_text(text)


def current(page: Page) -> str:
    """Return the name in the row under the fingers; nothing when there is none."""
    found: list[str] = page.locator("tr.is-current a.name").evaluate_all(NAME)
    return found[0] if found else ""


def list_query(page: Page) -> str:
    """Return the query string of the address."""
    return page.url.partition("?")[2]
