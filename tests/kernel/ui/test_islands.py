"""The islands in a real browser, on the gallery's pages, with the server's answers played."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

playwright = pytest.importorskip("playwright.sync_api")

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ROOT = Path(__file__).resolve().parents[3]
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium here"),
    pytest.mark.skipif(
        not (ROOT / "src/quarterdeck/web/static/dist/manifest.json").exists(), reason="the assets are not built"
    ),
]


class Quiet(SimpleHTTPRequestHandler):
    """Serves the gallery under the product's own content policy, without a log."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("gallery")
    script = ROOT / "tests/kernel/ui/gallery/render.py"
    subprocess.run([sys.executable, str(script), str(folder)], check=True, cwd=ROOT)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as run:
        chromium = run.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    opened.route("**/search/suggest*", _suggest)
    opened.route("**/scopes/*", _scopes)
    opened.route("**/panel/*", lambda route: _html(route, "<h2>Panel " + route.request.url.split("/")[-1] + "</h2>"))
    opened.route("**/edit/*", lambda route: _html(route, _EDIT))
    opened.route("**/o?*", _options)
    yield opened
    context.close()
    assert faults == []


_EDIT = (
    '<tr class="editing" data-row data-id="409"><td><input class="input" id="edited" value="Howden"></td>'
    '<td><button type="button" data-cancel>Cancel</button></td></tr>'
)


def _html(route: Any, body: str) -> None:
    route.fulfill(status=200, content_type="text/html", body=body)


def _suggest(route: Any) -> None:
    asked = route.request.url.split("q=")[1].split("&")[0]
    items = [
        {"label": "Leeds–Hull Backbone", "detail": "PRJ-0142", "kind": "project", "url": "/p/142", "icon": "layers"},
        {"label": "Leeds South", "detail": "PRJ-0162", "kind": "project", "url": "/p/162", "icon": "layers"},
    ]
    groups = [{"label": "Go to", "items": items if asked == "leeds" else []}]
    route.fulfill(status=200, content_type="application/json", body=json.dumps({"groups": groups}))


def _scopes(route: Any) -> None:
    nodes = [
        {"id": 1, "label": "Group", "kind": "root", "depth": 0},
        {"id": 7, "label": "Spine", "kind": "p", "depth": 1},
    ]
    route.fulfill(status=200, content_type="application/json", body=json.dumps(nodes))


def _options(route: Any) -> None:
    options = [{"value": 4, "label": "Metro", "detail": "portfolio"}, {"value": 5, "label": "Rural", "detail": ""}]
    route.fulfill(status=200, content_type="application/json", body=json.dumps(options))


def test_palette_opens_by_key_finds_and_goes(page: Any, address: str) -> None:
    page.goto(f"{address}/work-light.html")
    page.keyboard.press("Control+k")
    page.wait_for_selector("#palette[open]")
    page.keyboard.type("leeds")
    page.wait_for_selector("#palette-list mark")
    assert page.locator("#palette-list [aria-selected=true] .name").inner_text() == "Leeds–Hull Backbone"
    assert page.locator("#palette-list mark").first.inner_text() == "Leeds"
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#palette-list [aria-selected=true]")
    assert chosen.get_attribute("href") == "/p/162"
    assert page.locator(".palette-input").get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("Escape")
    assert page.locator("#palette[open]").count() == 0


def test_list_keys_move_select_and_sum(page: Any, address: str) -> None:
    page.goto(f"{address}/register-light.html")
    page.wait_for_selector("[data-bulk]:not([hidden])")
    assert page.locator("[data-bulk-count]").inner_text() == "1"
    assert page.locator("[data-bulk-sum]").inner_text() == "£398.50k exposure"
    page.locator("[data-panel-close]").click()
    assert page.locator("#panel").inner_html() == ""
    for key in ("j", "j", "x", "j", "Shift+X"):
        page.keyboard.press(key)
    ticked = page.locator("[data-row][aria-selected=true]").evaluate_all("rows => rows.map(row => row.dataset.id)")
    assert ticked == ["398", "363", "409"]
    assert page.locator("[data-bulk-sum]").inner_text() == "£1,171.50k exposure"
    assert page.locator("[data-select-all]").evaluate("box => box.indeterminate") is True
    page.keyboard.press("Escape")
    assert page.locator("[data-bulk]").is_hidden()


def test_panel_opens_beside_the_list_and_is_in_the_address(page: Any, address: str) -> None:
    page.goto(f"{address}/register-light.html?page=2")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_selector("#panel h2:text('Panel 398')")
    assert page.url.endswith("?page=2&panel=398")
    page.keyboard.press("Escape")
    expect(page.locator("#panel > *")).to_have_count(0)
    assert page.url.endswith("?page=2")


def test_row_turns_into_fields_in_place(page: Any, address: str) -> None:
    page.goto(f"{address}/register-light.html")
    for key in ("j", "j", "j", "e"):
        page.keyboard.press(key)
    page.wait_for_selector("#edited")
    assert page.evaluate("document.activeElement.id") == "edited"


def test_theme_and_navigation_are_remembered_in_cookies(page: Any, address: str) -> None:
    page.goto(f"{address}/work-light.html")
    page.locator(".top-person").click()
    page.locator("[data-theme-set=dark]").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(233, 237, 242)"
    page.keyboard.press("Escape")
    page.locator(".nav-fold").click()
    assert page.locator("body").get_attribute("data-nav") == "rail"
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    assert cookies == {"theme": "dark", "nav": "rail"}


def test_scope_is_picked_by_keyboard(page: Any, address: str) -> None:
    page.goto(f"{address}/register-light.html?page=2&q=x")
    page.locator(".top-scope").click()
    page.wait_for_selector(".scope-list [role=option]")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**?q=x&scope=7")


def test_combobox_posts_the_key_and_keeps_the_label(page: Any, address: str) -> None:
    page.goto(f"{address}/form-light.html")
    field = page.locator("[data-combobox] input[role=combobox]")
    field.click()
    page.wait_for_selector("[data-combobox] [role=option]")
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator("input[name=parent]").input_value() == "5"
    assert field.input_value() == "Rural"
    field.fill("nonsense")
    page.locator("#id_code").focus()
    page.wait_for_timeout(200)
    assert field.input_value() == "Rural"


def test_phone_shows_the_drawer_and_nothing_overflows(browser: Any, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    for name in ("register", "work", "home", "maps", "form", "signin", "error", "parts"):
        page.goto(f"{address}/{name}-light.html")
        assert page.evaluate("document.documentElement.scrollWidth") == 390, name
    page.goto(f"{address}/work-light.html")
    assert page.locator("#nav").is_hidden()
    page.locator(".topbar [data-nav-drawer]").click()
    assert page.locator("#nav").is_visible()
    page.keyboard.press("Escape")
    page.wait_for_timeout(200)
    assert page.locator("#nav").is_hidden()
    context.close()
