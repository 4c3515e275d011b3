"""The pages of the demo organisation, found as one finds them: by following links from the start page.

Of every address pattern, and of every register's list and record, one page is judged by every rule, as the persona sees
it who comes to it first: wide and on a phone, in light and dark. Then each other persona's own pages.
"""

from __future__ import annotations

from collections import deque
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from quarterdeck import demo
from quarterdeck.demo import personas
from quarterdeck.kernel.registers import all_registers
from tests.browser import stage
from tests.browser.conftest import Windows
from tests.browser.judging import THREE, TWO, faults_of, judged
from tests.browser.test_administrator import elevate

LINKS = "links => links.filter(a => !a.download).map(a => a.getAttribute('href'))"
#: Answered by a file, or ending the session of the walk.
NO_PAGE = {
    "account_logout",
    "delivery-compare-export",
    "delivery-compare-export-other",
    "delivery-feed",
    "delivery-import-changes",
    "delivery-level-export",
    "delivery-level-export-other",
    "delivery-plan-export",
    "delivery-plan-gantt",
    "delivery-risk-export",
    "delivery-risk-export-other",
    "download",
    "exceptions-csv",
    "exceptions-xlsx",
    "guide_picture",
    "openapi-json",
    *(f"{kind}-{file}" for kind in ("portfolio", "programme", "project") for file in ("pack-file", "report-pdf")),
    "register-export-csv",
    "register-export-xlsx",
    "register-import-errors",
    "register-import-template",
}
#: Patterns whose pages differ by register: each register's list and record are judged, of the rest one page.
BY_REGISTER = {"register-list", "register-record"}


def kind_of(address: str) -> str:
    """Return what a page is one of: its pattern, with the register where that makes it another page; "" for none."""
    parts = urlsplit(address)
    if parts.netloc or parts.scheme or not parts.path.startswith("/"):
        return ""
    try:
        found = resolve(parts.path)
    except Resolver404:
        return ""
    name = found.url_name or found.route
    if name in NO_PAGE or (name in BY_REGISTER and _known(found.kwargs["slug"]) is None):
        return ""
    return f"{name} {found.kwargs['slug']}" if name in BY_REGISTER else name


def _known(slug: str) -> str | None:
    return next((one.slug for one in all_registers() if one.slug == slug), None)


def walk(page: Page, axe: str, seen: dict[str, str], start: str = "/") -> list[str]:
    """Follow links from a page and judge each page of a kind not seen before; `seen` is kind -> address."""
    faults: list[str] = []
    ahead = deque([start])
    while ahead:
        address = ahead.popleft()
        kind = kind_of(address)
        if not kind or kind in seen:
            continue
        answer = page.goto(address)
        landed = kind_of(urlsplit(page.url).path)
        seen[kind] = address
        if answer is None or answer.status != 200:
            faults.append(f"{address}: {answer.status if answer else 'no answer'}")
            continue
        if landed != kind and seen.setdefault(landed, page.url) != page.url:
            continue
        ahead.extend(href for href in page.locator("a[href]").evaluate_all(LINKS) if href)
        # The second register's list is built of the same parts as the first's.
        again = any(other.split()[0] == kind.split()[0] for other in seen if other != kind)
        faults += [f"{address}: {fault}" for fault in faults_of(page, axe, TWO if again else THREE)]
    return faults


def as_stage(one: personas.Persona) -> stage.Persona:
    """Return a persona of the demo as windows know one."""
    return stage.Persona(one.email, one.title)


def test_one_page_of_every_kind(demo_windows: Windows, axe: str) -> None:
    seen: dict[str, str] = {}
    page = demo_windows.open(as_stage(personas.HEAD))
    faults = walk(page, axe, seen)
    page = demo_windows.open(as_stage(personas.ADMINISTRATOR))
    elevate(page, password=demo.PASSWORD)
    faults += walk(page, axe, seen, "/settings/users/")
    assert not faults, "\n".join(faults)
    lists = {f"register-list {one.slug}" for one in all_registers() if one.nav}
    assert sorted(lists - seen.keys()) == []
    assert {"needs-you", "portfolio-map", "portfolio-project-home", "people-chart", "people-raci"} <= seen.keys()
    assert {"register-record people", "register-edit", "register-history", "user", "access_matrix"} <= seen.keys()


@pytest.mark.parametrize(
    "persona",
    [one for one in demo.PERSONAS if one not in (personas.HEAD, personas.ADMINISTRATOR)],
    ids=lambda persona: persona.key,
)
def test_what_a_persona_comes_to_first(demo_windows: Windows, axe: str, persona: personas.Persona) -> None:
    page = demo_windows.open(as_stage(persona))
    assert list(faults_of(page, axe, TWO)) == []
    sections = [href for href in page.locator("#nav .nav-list > li > a").evaluate_all(LINKS) if href != "/"]
    faults = judged(page, sections, axe, TWO)
    assert not faults, "\n".join(faults)
