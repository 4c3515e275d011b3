"""Look at every page: pictures as each demo persona, at both sizes, in both themes.

    python tools/screenshots.py                        every page, into var/screenshots
    python tools/screenshots.py --only home,persons    those pages
    python tools/screenshots.py --persona head         the first persona whose address or title holds that word
    python tools/screenshots.py --guide                also the chosen ones, for docs/guide/img
    python tools/screenshots.py --url http://...       a server that runs already, demo included

Without --url a server is started on a demo of its own in var/screenshots/data. Pages are those of PAGES and every link
of the navigation; a page that a persona may not see is passed over. Faults of a page (an error status, an error on the
console, a page wider than the screen) are listed at the end and make the exit status 1.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.verify import chromium, environment  # noqa: E402  needs the path above

#: slug -> path: pages that no link of the navigation leads to. `{first:/path/}` is the first row's page of that list.
PAGES: dict[str, str] = {
    "home": "/",
    "search": "/search/?q=ha",
    "notifications": "/notifications/",
    "told": "/notifications/preferences",
    "approvals": "/approvals/",
    "approval": "{first:/approvals/}",
    "preferences": "/settings/profile/",
    "security": "/accounts/2fa/",
    "why": "/settings/access/why/",
    "guide": "/help/",
    "jobs": "/jobs/",
    "not-found": "/nothing/here/",
    "project": "{first:/initiatives/?f.kind=project&f.state=active}",
    "plan": "{first:/initiatives/?f.kind=project&f.state=active}plan/",
    "person": "{first:/people/}",
    "unit": "{first:/units/}",
    "user": "{first:/settings/users/}",
    "history": "{first:/people/}history/",
    "initiatives-panel": "{panel:/initiatives/}",
    "initiatives-past": "/initiatives/?as_of=2025-06-30",
    "initiatives-today": "/initiatives/?as_of=today",
    "initiative-new": "/initiatives/new/",
    "initiatives-import": "/initiatives/import/",
}
#: Pages shown before anybody has signed in.
OUTSIDE: dict[str, str] = {"sign-in": "/accounts/login/", "forgotten": "/accounts/password/reset/"}
#: The pictures that the guide shows: (slug, size, theme).
GUIDE: frozenset[tuple[str, str, str]] = frozenset(
    (slug, size, "light")
    for slug, size in (
        ("home", "wide"),
        ("project", "wide"),
        ("plan", "wide"),
        ("plan", "phone"),
        ("initiatives-panel", "wide"),
        ("initiatives-import", "wide"),
        ("sign-in", "wide"),
        ("settings-access", "wide"),
        ("home", "phone"),
        ("approval", "phone"),
        ("project", "phone"),
    )
)
SIZES: dict[str, tuple[int, int]] = {"wide": (1440, 900), "phone": (390, 844)}
THEMES = ("light", "dark")
MISSING = {"not-found"}
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
PATIENCE = 180


@dataclass(frozen=True)
class Persona:
    """Whom to sign in as."""

    email: str
    password: str
    title: str

    @property
    def slug(self) -> str:
        """The folder of the persona's pictures."""
        return re.sub(r"[^a-z0-9]+", "-", self.email.split("@")[0].lower()).strip("-")


def personas() -> list[Persona]:
    """Return the demo's personas."""
    from quarterdeck import demo

    return [Persona(one.email, one.password, str(one.title)) for one in getattr(demo, "PERSONAS", ())]


@contextmanager
def served(data: Path) -> Iterator[str]:
    """Run a server on a demo in `data` and give its address; it ends with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data.mkdir(parents=True, exist_ok=True)
    env = environment(QUARTERDECK_DATA_DIR=str(data))
    command = [str(Path(sys.executable).parent / "quarterdeck"), "serve", "--port", str(port), "--no-worker"]
    log = (data / "server.log").open("w")
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(PATIENCE * 2):
            if server.poll() is not None:
                raise SystemExit(f"The server ended: see {data / 'server.log'}")
            try:
                urllib.request.urlopen(f"{url}/alive", timeout=2).close()  # noqa: S310  an address of our own
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.5)
        yield url
    finally:
        server.terminate()
        server.wait(20)
        log.close()


class Session:
    """One browser window signed in as one persona, which counts the faults it sees."""

    def __init__(self, browser: Browser, url: str, size: str, theme: str, faults: list[str]) -> None:
        width, height = SIZES[size]
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if theme == "dark" else "light"
        )
        self.page: Page = self.context.new_page()
        self.url, self.size, self.theme, self.faults, self.where = url, size, theme, faults, ""
        self.page.on("pageerror", lambda error: self.fault(f"script: {error}"))
        self.page.on("console", self._heard)

    def fault(self, text: str) -> None:
        """Note what is wrong with the page."""
        self.faults.append(f"{self.where} {self.size} {self.theme}: {text}")

    def _heard(self, line: Any) -> None:
        if line.type == "error" and "Failed to load resource" not in line.text:
            self.fault(f"console: {line.text}")

    def sign_in(self, persona: Persona) -> None:
        """Sign in through the form, as anybody would."""
        self.page.goto(f"{self.url}/accounts/login/")
        self.page.fill("input[name=login]", persona.email)
        self.page.fill("input[name=password]", persona.password)
        self.page.click("form:has(input[name=password]) button[type=submit]")
        self.page.wait_for_load_state("load")
        if "/login" in self.page.url:
            raise SystemExit(f"{persona.email} could not sign in at {self.url}")

    def elevate(self, persona: Persona) -> None:
        """Take up an administrator's rights, without which their pages are not shown."""
        self.page.goto(f"{self.url}/settings/administer/")
        self.page.fill("[name=reason]", "Pictures of every page")
        self.page.click("main .button-primary")
        self.page.fill("main input[name=password]", persona.password)
        self.page.click("main .button-primary")
        self.page.wait_for_load_state("load")

    def links(self) -> dict[str, str]:
        """Return slug -> path of every page of the navigation, each section opened once."""
        found: dict[str, str] = {}
        self.page.goto(f"{self.url}/")
        script = "as => as.map(a => a.getAttribute('href'))"
        for section in self.page.locator("#nav .nav-list > li > a").evaluate_all(script):
            self.page.goto(f"{self.url}{section}")
            for path in [section, *self.page.locator("#nav .nav-sub a").evaluate_all(script)]:
                slug = re.sub(r"[^a-z0-9]+", "-", path.split("?")[0].lower()).strip("-")
                if slug:
                    found.setdefault(slug, path)
        return found

    def resolve(self, path: str) -> str | None:
        """Return the address that `{first:...}` or `{panel:...}` stands for; None where the list is empty."""
        wanted = re.fullmatch(r"\{(first|panel):(.+?)\}(.*)", path)
        if not wanted:
            return path
        answer = self.page.goto(f"{self.url}{wanted[2]}")
        row = self.page.locator("[data-row]").first
        if answer is None or answer.status != 200 or row.count() == 0:
            return None
        if wanted[1] == "first":
            return f"{row.get_attribute('data-href')}{wanted[3]}"
        joint = "&" if "?" in wanted[2] else "?"
        return f"{wanted[2]}{joint}panel={row.get_attribute('data-id')}"

    def shoot(self, slug: str, path: str, file: Path) -> bool:
        """Take the picture; False where the persona may not see the page."""
        self.where = slug
        address = self.resolve(path)
        if address is None:
            return False
        answer = self.page.goto(f"{self.url}{address}", wait_until="networkidle")
        status = answer.status if answer else 0
        if status in (403, 404) and slug not in MISSING:
            return False
        if status >= 500:
            self.fault(f"status {status} at {address}")
        if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            self.fault(f"wider than the screen at {address}")
        file.parent.mkdir(parents=True, exist_ok=True)
        self.page.evaluate("document.fonts.ready")
        self.page.screenshot(path=str(file), animations="disabled")
        return True


def take(url: str, options: argparse.Namespace) -> tuple[int, list[str]]:
    """Take all pictures; return how many, and the faults seen."""
    only = set(filter(None, options.only.split(",")))
    chosen = [p for p in personas() if options.persona.lower() in f"{p.email} {p.title}".lower()]
    faults: list[str] = []
    count = 0
    out = Path(options.out)
    guide = ROOT / "docs" / "guide" / "img"
    with sync_playwright() as run:
        browser = run.chromium.launch(executable_path=chromium(), args=FLAGS)
        for size in SIZES:
            for theme in THEMES:
                for persona in [None, *chosen]:
                    session = Session(browser, url, size, theme, faults)
                    pages = dict(OUTSIDE)
                    if persona is not None:
                        session.sign_in(persona)
                        if persona.title == "Administrator":
                            session.elevate(persona)
                        pages = {**session.links(), **PAGES}
                    for slug, path in pages.items():
                        if only and slug not in only:
                            continue
                        who = persona.slug if persona else "nobody"
                        file = out / who / f"{slug}-{size}-{theme}.png"
                        if not session.shoot(slug, path, file):
                            continue
                        count += 1
                        first = persona is None or persona == chosen[0]
                        if options.guide and first and (slug, size, theme) in GUIDE:
                            guide.mkdir(parents=True, exist_ok=True)
                            (guide / f"{slug}-{size}.png").write_bytes(file.read_bytes())
                    session.context.close()
        browser.close()
    return count, faults


def main() -> int:
    """Read the options, run, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="", help="a running server with the demo")
    parser.add_argument("--only", default="", help="slugs, separated by commas")
    parser.add_argument("--persona", default="", help="a word of the persona's address or title")
    parser.add_argument("--out", default=str(ROOT / "var" / "screenshots"), help="where the pictures go")
    parser.add_argument("--guide", action="store_true", help="copy the chosen pictures to docs/guide/img")
    options = parser.parse_args()
    if chromium() is None:
        print("No Chromium here: install chromium, or name one in QUARTERDECK_CHROMIUM.")
        return 1
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quarterdeck.config.settings")
    if options.url:
        count, faults = take(options.url.rstrip("/"), options)
    else:
        with served(Path(options.out) / "data") as url:
            count, faults = take(url, options)
    print("\n".join(dict.fromkeys(faults)))
    print(f"{count} pictures in {options.out}, {len(set(faults))} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
