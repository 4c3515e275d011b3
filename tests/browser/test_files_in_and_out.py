"""Files into a register and out of it."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect
from python_calamine import CalamineWorkbook

from tests.browser.conftest import Windows
from tests.browser.stage import ANALYST, HEAD
from tests.browser.steps import heading, names, toast

HEADS = ["Staff no.", "Name", "Post", "Unit", "E-mail"]
GOOD = [
    ["P-9001", "Nadia Quist", "Diver", "PORTS", "nadia@example.org"],
    ["P-9002", "Omar Rask", "Diver", "PORTS", "omar@example.org"],
]
BAD = [GOOD[0], ["P-9002", "Omar Rask", "Diver", "PORTS", "not an address"]]


def _file(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([HEADS, *rows])
    return text.getvalue().encode()


def _upload(page: Page, rows: list[list[str]], name: str) -> None:
    """Take a file as far as the matching of its columns."""
    page.goto("/people/import/")
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": _file(rows)})
    page.get_by_role("button", name="Upload").click()
    heading(page, name)


def _match(page: Page) -> None:
    """Match the columns whose heads say too little, and check the file."""
    page.get_by_label(re.compile("^Staff no")).select_option(label="Code")
    page.get_by_label(re.compile("^Post")).select_option(label="Job title")
    page.get_by_role("button", name="Check").click()


def _counts(page: Page) -> dict[str, str]:
    labels = page.locator("main .headline-label").all_inner_texts()
    return dict(zip(labels, page.locator("main .headline-value").all_inner_texts(), strict=True))


def test_a_file_is_matched_checked_mended_and_written_once(windows: Windows) -> None:
    page = windows.open(HEAD)
    _upload(page, BAD, "divers.csv")
    expect(page.get_by_label(re.compile("^Name"))).to_have_value("name")
    expect(page.get_by_label(re.compile("^Post"))).to_have_value("")
    _match(page)
    expect(page.get_by_role("heading", name="Refused")).to_be_visible()
    assert _counts(page) == {"New": "1", "Changed": "0", "Unchanged": "0", "Refused": "1"}
    line = page.locator("section:has(h2:text-is('Refused')) tbody td")
    expect(line).to_have_text(["3", "E-mail", re.compile("valid email address")])
    expect(page.get_by_role("button", name=re.compile("^Import"))).to_have_count(0)

    page.get_by_role("link", name="Upload the mended file").click()
    _upload(page, GOOD, "divers-mended.csv")
    _match(page)
    expect(page.get_by_role("button", name="Import 2 rows")).to_be_visible()
    assert _counts(page) == {"New": "2", "Changed": "0", "Unchanged": "0", "Refused": "0"}
    page.get_by_role("button", name="Import 2 rows").click()
    expect(page.locator("main .notice-green")).to_contain_text("2 records added, 0 changed")
    done = page.url
    page.goto("/people/?q=diver")
    assert names(page) == ["Nadia Quist", "Omar Rask"]

    _upload(page, GOOD, "divers-again.csv")
    _match(page)
    expect(page.locator("main")).to_contain_text("The file changes nothing.")
    assert _counts(page) == {"New": "0", "Changed": "0", "Unchanged": "2", "Refused": "0"}

    page.goto(done)
    page.locator("main").get_by_role("button", name="Undo").click()
    page.wait_for_url("**/people/*")
    page.goto("/people/?q=diver")
    expect(page.locator(".empty")).to_contain_text("Nothing matches")


def test_a_file_that_is_none_is_refused_in_words(windows: Windows) -> None:
    page = windows.open(HEAD)
    page.goto("/people/import/")
    picture = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
    file: FilePayload = {"name": "picture.xlsx", "mimeType": "application/zip", "buffer": picture}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    expect(page.locator(".notice-red")).to_contain_text("File not taken")


def _download(page: Page, label: str) -> Path:
    if not page.locator("#export-pop").is_visible():  # it stays open for another kind
        page.get_by_role("button", name="Export view").click()
    with page.expect_download() as found:
        page.get_by_role("link", name=label).click()
    return found.value.path()


def test_what_is_downloaded_is_what_is_seen(windows: Windows) -> None:
    page = windows.open(ANALYST)
    page.goto("/initiatives/?f.kind=project&f.unit=&sort=-budget&cols=name,code,unit,state,budget")
    seen = names(page)
    assert seen == ["Quay crane", "Depot signalling", "Platform doors", "Track renewal"]
    codes = page.locator("[data-row] td:nth-child(3)").all_inner_texts()
    table = list(csv.reader(_download(page, "CSV, as shown").read_text("utf-8-sig").splitlines()))
    assert table[0] == ["Name", "Code", "Function", "State", "Budget"]
    units = ["PORTS", "RAIL", "RAIL", "RAIL"]
    amounts = ["3000000.00", "1200000.00", "800000.00", "500000.00"]
    assert table[1:] == [
        [name, code, unit, "Pipeline", amount]
        for name, code, unit, amount in zip(seen, codes, units, amounts, strict=True)
    ]
    book = CalamineWorkbook.from_path(str(_download(page, "Excel, as shown")))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0] == table[0]
    assert [[row[0], row[1], row[4]] for row in rows[1:5]] == [
        [name, code, float(amount)] for name, code, amount in zip(seen, codes, amounts, strict=True)
    ]


def test_a_long_file_is_a_job_whose_progress_is_shown(windows: Windows) -> None:
    page = windows.open(HEAD)
    rows = [[f"P-{7000 + n}", f"Casual Zylstra{n:03}", "Casual", "PORTS", f"casual{n}@example.org"] for n in range(520)]
    _upload(page, rows, "casuals.csv")
    _match(page)
    # More than 500 rows are read by the worker while one may leave; the page shows how far it is.
    page.wait_for_url(re.compile(r"/jobs/[^/]+/$"))
    expect(page.get_by_role("region", name="Progress")).to_contain_text("Marit Dongen")
    result = page.get_by_role("link", name="Open the result")
    expect(result).to_be_visible(timeout=60_000)
    expect(page.get_by_role("region", name="Progress")).to_contain_text("Done")
    result.click()
    heading(page, "casuals.csv")
    assert _counts(page)["New"] == "520"
    page.get_by_role("button", name="Discard").click()
    expect(toast(page)).to_contain_text("Nothing was written.")
    page.goto("/people/?q=casual")
    expect(page.locator(".empty")).to_contain_text("Nothing matches")
