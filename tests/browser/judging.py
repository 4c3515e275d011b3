"""What axe and the eye of a rule say about an open page: at two sizes, in two lights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal

from playwright.sync_api import Page, ViewportSize

WIDE: Final[ViewportSize] = {"width": 1440, "height": 900}
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
Light = Literal["light", "dark"]
Look = tuple[str, Light]
#: Every size in every light; without a phone by day, which is narrow like one by night and coloured like a wide screen
#: by day; and two looks that have each size and each light.
ALL: Final[tuple[Look, ...]] = (("wide", "light"), ("wide", "dark"), ("phone", "dark"), ("phone", "light"))
THREE: Final[tuple[Look, ...]] = ALL[:3]
TWO: Final[tuple[Look, ...]] = (("wide", "light"), ("phone", "dark"))
#: Style sheets are not fetched again: only a rule on locked orientation would read them, and there is no such style.
RULES: dict[str, Any] = {
    "preload": False,
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
RUN = """async (options) => {
    document.querySelectorAll("[data-toast]").forEach((toast) => toast.remove());
    // Colours on their way from one light to the other are no colours of the page.
    for (const moving of document.getAnimations()) if (moving instanceof CSSTransition) moving.finish();
    const found = await axe.run(document, { ...options, resultTypes: ["violations"] });
    return found.violations
        .filter((one) => ["serious", "critical"].includes(one.impact))
        .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
}"""
#: The page has been told of its size, and what follows from that is done.
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
WIDTH = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"


def faults_of(page: Page, axe: str, looks: Iterable[Look] = ALL) -> Iterator[str]:
    """Judge the page that is open by every rule in each look; a phone's page is no wider than the phone."""
    page.evaluate(axe)
    for screen, light in looks:
        page.set_viewport_size(WIDE if screen == "wide" else PHONE)
        page.emulate_media(color_scheme=light)
        page.evaluate(SETTLED)
        if screen == "phone":
            inner, outer = page.evaluate(WIDTH)
            if inner > outer:
                yield f"phone: {inner} px wide on a screen of {outer}"
        for fault in page.evaluate(RUN, RULES):
            yield f"{screen} {light}: {fault}"
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")


def judged(page: Page, addresses: Iterable[str], axe: str, looks: Iterable[Look] = ALL) -> list[str]:
    """Open pages one after the other and return what is wrong with them."""
    faults = []
    for address in addresses:
        answer = page.goto(address)
        if answer is None or answer.status != 200:
            faults.append(f"{address}: {answer.status if answer else 'no answer'}")
            continue
        faults += [f"{address}: {fault}" for fault in faults_of(page, axe, looks)]
    return faults
