"""A real server on an organisation of its own, a real browser, and windows in which a persona has signed in."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from hatch_build import install_packages
from quarterdeck import demo
from tests.browser.stage import PASSWORD, Persona

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: Seconds that the server may take to answer first, and milliseconds that a page may take to show what is expected.
PATIENCE_S = 60
PATIENCE_MS = 15_000
#: A refusal is an answer: the browser reports the status of a page as an error of its console.
STATUS = re.compile(r"Failed to load resource: the server responded with a status of (4\d\d)")


def chromium() -> str | None:
    """Return the browser: QUARTERDECK_CHROMIUM, or the first one found."""
    named = os.environ.get("QUARTERDECK_CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every journey, and pass over them where there is no browser."""
    missing = pytest.mark.skip(reason="no Chromium here: install it, or set QUARTERDECK_CHROMIUM")
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if chromium() is None:
                item.add_marker(missing)


def settings_of(data: Path) -> dict[str, str]:
    """Return the environment of a server with its data in a folder; nothing of the caller's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QUARTERDECK_")}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "quarterdeck.config.settings",
        "QUARTERDECK_DATA_DIR": str(data),
        "QUARTERDECK_SIGN_IN_TRIES": "3",
        "PYTHONUNBUFFERED": "1",
    }


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def filled(data: Path, *module: str) -> Path:
    """Fill a database in a folder by a module of ours, and return the folder."""
    command = [sys.executable, "-m", *module]
    subprocess.run(command, cwd=ROOT, env=settings_of(data), check=True, stdout=subprocess.DEVNULL)
    return data


@contextmanager
def served(data: Path) -> Iterator[str]:
    """Serve the database in a folder with a worker, and give the address."""
    env, port = settings_of(data), free_port()
    command = [sys.executable, "-m", "quarterdeck", "serve", "--port", str(port), "--workers", "1", "--no-demo"]
    with (data / "server.log").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            yield _answering(f"http://127.0.0.1:{port}", server, data / "server.log")
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Build the organisation of the journeys and serve it."""
    with served(filled(tmp_path_factory.mktemp("site"), "tests.browser.stage")) as address:
        yield address


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the demo, to be copied: once for all test processes, the others wait for it."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    data, built = shared / "demo-of-all", shared / "demo-is-built"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            data.mkdir()
            filled(data, "quarterdeck", "demo")
            built.touch()
    return data


@pytest.fixture(scope="module")
def demo_site(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a demo that the journeys of a module may change."""
    with served(shutil.copytree(demo_data, tmp_path_factory.mktemp("demo") / "data")) as address:
        yield address


def _answering(url: str, server: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        assert server.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(f"{url}/alive", timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return url
    raise AssertionError(f"The server did not answer:\n{log.read_text()}")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Start one browser for these journeys; it ends with them: only one playwright runs in a process at a time."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield started
        started.close()


class Windows:
    """Opens windows and listens to their consoles."""

    def __init__(self, browser: Browser, site: str, password: str = PASSWORD) -> None:
        self.browser, self.site, self.password = browser, site, password
        self.contexts: list[BrowserContext] = []
        self.faults: list[str] = []

    def open(self, persona: Persona | None = None, *, width: int = 1440, height: int = 900, **given: Any) -> Page:
        """Return a page of a browser of its own, in which the persona has signed in."""
        viewport: Any = {"width": width, "height": height}
        context = self.browser.new_context(base_url=self.site, viewport=viewport, locale="en-GB", **given)
        context.set_default_timeout(PATIENCE_MS)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        if persona is not None:
            sign_in(page, persona, self.password)
        return page

    def _heard(self, line: ConsoleMessage) -> None:
        if line.type in ("error", "warning") and not STATUS.match(line.text):
            self.faults.append(f"{line.location.get('url')}: {line.text}")

    def close(self) -> None:
        """Close every window; a word on any console is a fault."""
        for context in self.contexts:
            context.close()
        assert self.faults == []


def sign_in(page: Page, persona: Persona, password: str = PASSWORD) -> None:
    """Sign in through the form, as anybody would."""
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(persona.email)
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_load_state()


@pytest.fixture(scope="package")
def axe() -> str:
    """Return axe's script."""
    if not AXE.exists():
        install_packages(ROOT / "frontend")
    return AXE.read_text()


@pytest.fixture
def windows(browser: Browser, site: str) -> Iterator[Windows]:
    """Give windows that are closed after the journey."""
    opened = Windows(browser, site)
    yield opened
    opened.close()


@pytest.fixture
def demo_windows(browser: Browser, demo_site: str) -> Iterator[Windows]:
    """Give windows of the demo that are closed after the journey."""
    opened = Windows(browser, demo_site, password=demo.PASSWORD)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve an organisation with a plan."""
    with served(filled(tmp_path_factory.mktemp("planned"), "tests.browser.plan_stage")) as address:
        yield address


@pytest.fixture
def seats(browser: Browser, planned: str) -> Iterator[Windows]:
    """Give windows that are closed after the journey."""
    opened = Windows(browser, planned)
    yield opened
    opened.close()
