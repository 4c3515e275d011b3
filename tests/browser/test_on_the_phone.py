"""The demo on a phone, by thumb: decide, follow what is wrong, change a record, search; and how large things are."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from quarterdeck.demo import personas
from tests.browser import stage
from tests.browser.conftest import Windows
from tests.browser.steps import heading, names, toast

WIDTH, HEIGHT = 390, 844
#: The least side of what a thumb should meet, in px.
THUMB = 44
#: What is smaller than a thumb, with its size. A link within running text is no target of its own; a link or button
#: that a larger area around it answers for counts with that area.
SMALL = """(least) => {
    const faults = [];
    const targets = "a[href], button, input:not([type=hidden]), select, textarea, summary";
    for (const one of document.querySelectorAll(targets)) {
        if (!one.checkVisibility() || one.closest("[inert], .skip, .sr")) continue;
        const box = one.getBoundingClientRect();
        if (box.width < 2 || one.matches(".list-stack tr:has(a.name) a:not(.name)")) continue;
        const label = one.closest("label") ?? (one.id && document.querySelector(`label[for="${one.id}"]`));
        if (one.matches("[type=checkbox], [type=radio]") && label) continue;
        if (one.matches(".list-stack a.name") || one.matches("p a, .prose a, .guide-text a")) continue;
        const reach = getComputedStyle(one, "::after");
        const placed = reach.position === "absolute" && reach.content !== "none";
        const height = Math.max(box.height, placed ? parseFloat(reach.height) || 0 : 0);
        const words = one.textContent.trim().slice(0, 30);
        if (height < least - 3) faults.push(`${one.className || one.tagName} "${words}" ${height}`);
    }
    return faults;
}"""


def phone(demo_windows: Windows, persona: personas.Persona) -> Page:
    """Return a phone in which the persona has signed in."""
    one = stage.Persona(persona.email, persona.title)
    return demo_windows.open(one, width=WIDTH, height=HEIGHT, has_touch=True, is_mobile=True, reduced_motion="reduce")


def at_the_thumb(button: Locator) -> None:
    """Expect a button that stands at the lower edge of the screen and is as high as a thumb is broad."""
    expect(button).to_be_in_viewport()
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= THUMB
    assert box["y"] > HEIGHT - 100, f"{box['y']} px from above"


def no_wider(page: Page) -> None:
    """Expect that nothing is to be scrolled sideways."""
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTH, page.url


def test_a_sponsor_decides(demo_windows: Windows) -> None:
    page = phone(demo_windows, personas.SPONSOR)
    page.goto("/approvals/")
    waiting = page.locator("table a.name").all_inner_texts()
    assert len(waiting) == 2
    page.locator("table a.name").first.tap()
    heading(page, waiting[0])
    no_wider(page)
    approve, decline = (page.get_by_role("button", name=word, exact=True) for word in ("Approve", "Decline"))
    at_the_thumb(approve)
    at_the_thumb(decline)
    # What is asked is read without leaving: who asks, what waiting costs, who else answers.
    expect(page.locator(".decide-lead")).to_contain_text("Tunde Adebayo")
    expect(page.locator(".notice-amber")).to_contain_text("Cost of waiting")

    decline.tap()
    expect(page.get_by_role("alert")).to_have_text("Say why you decline.")
    expect(page.get_by_label("Note")).to_be_focused()
    approve.tap()
    expect(page.locator(".heading .badge")).to_have_text("Approved")
    expect(page.locator("tr", has_text="Ricardo Tavares").locator(".badge")).to_have_text("Approved")

    expect(page.locator(".notice-accent")).to_contain_text("1 more waits for you")
    page.get_by_role("link", name="Next").tap()
    heading(page, waiting[1])
    subject = page.locator(".lines a")
    about = subject.inner_text()
    subject.tap()
    expect(page).to_have_url(re.compile(r"/projects/PRJ-\d{4}/$"))
    assert page.locator("h1").inner_text() in about
    page.go_back()
    heading(page, waiting[1])


def test_a_finding_is_followed_from_needs_you_and_accepted(demo_windows: Windows) -> None:
    page = phone(demo_windows, personas.HEAD)
    no_wider(page)
    items = page.locator(".work > li", has_text="Exception")
    before = page.locator(".work > li").count()
    item = items.filter(has=page.locator("a.work-title")).first
    title = item.locator(".work-title").inner_text()
    item.locator("a.work-title").tap()
    expect(page).not_to_have_url(f"{demo_windows.site}/")
    no_wider(page)
    page.go_back()
    heading(page, "Needs you")

    more = page.get_by_role("button", name=f"More to do about {title}")
    more.tap()
    sheet = page.locator("[popover]:popover-open")
    box = sheet.bounding_box()
    assert box is not None
    assert round(box["y"] + box["height"]) == HEIGHT, "a sheet comes up from below"
    assert box["width"] == WIDTH
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(more).to_be_focused()
    more.tap()
    page.locator("[popover]:popover-open").get_by_role("link", name="Accept", exact=True).tap()
    heading(page, re.compile("^Accept: "))
    at_the_thumb(page.get_by_role("button", name="Accept", exact=True))
    for field in page.locator("main input[type=date]").all():
        field.fill(page.evaluate("new Date(Date.now() + 6e8).toISOString().slice(0, 10)"))
    for field in page.locator("main textarea").all():
        field.fill("After the board")
    page.get_by_role("button", name="Accept", exact=True).tap()
    heading(page, "Needs you")
    expect(page.locator(".work > li")).to_have_count(before - 1)


def test_a_project_manager_changes_a_project(demo_windows: Windows) -> None:
    page = phone(demo_windows, personas.PROJECT_MANAGER)
    page.goto("/initiatives/")
    no_wider(page)
    assert "Harbour Line Signalling" in names(page)
    # A row is one target, and leads to the page, not to a panel: the way back leads to the list.
    row = page.locator("tr", has_text="Harbour Line Signalling")
    row.get_by_text("Planned finish").or_(row.locator("td[data-label='Planned finish']")).first.tap()
    heading(page, "Harbour Line Signalling")
    no_wider(page)
    edit = page.get_by_role("link", name="Edit", exact=True)
    at_the_thumb(edit)
    edit.tap()
    expect(page.get_by_label("Time tolerance")).to_have_attribute("inputmode", "decimal")
    no_wider(page)
    page.get_by_label("Purpose").fill("Trams run by signal at 23 crossings.")
    save = page.get_by_role("button", name="Save", exact=True)
    at_the_thumb(save)
    save.tap()
    heading(page, "Harbour Line Signalling")
    expect(toast(page)).to_be_visible()
    expect(page.locator("#panel")).to_contain_text("Trams run by signal at 23 crossings.")
    box = toast(page).bounding_box()
    bar = edit.bounding_box()
    assert box is not None
    assert bar is not None
    assert box["y"] + box["height"] <= bar["y"], "what is said does not cover what is done next"


def test_actions_that_do_not_fit_stand_in_a_menu_with_their_words(demo_windows: Windows) -> None:
    page = phone(demo_windows, personas.HEAD)
    page.goto("/initiatives/")
    bar = page.locator(".page-actions")
    at_the_thumb(bar.get_by_role("link", name="New initiative"))
    more = bar.get_by_role("button", name="More")
    at_the_thumb(more)
    more.tap()
    menu = page.locator(".thumb-menu")
    assert [text.strip() for text in menu.locator("> *").all_inner_texts()] == ["Export view", "Import"]
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(more).to_be_focused()
    more.tap()
    menu.get_by_role("button", name="Export view").tap()
    expect(page.get_by_role("link", name="CSV, as shown")).to_be_visible()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(more).to_have_count(0)
    shown = [text.split("\n")[0].strip() for text in bar.locator("> :is(a, button)").all_inner_texts()]
    assert shown == ["Import", "Export view", "New initiative"]

    # A record has a menu of its own on every screen; on the phone its items join the others.
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto("/projects/PRJ-0042/")
    expect(bar.get_by_role("button", name="More", exact=True)).to_be_visible()
    expect(bar.get_by_role("button", name="More actions")).to_be_hidden()
    more.tap()
    words = [text.strip() for text in menu.get_by_role("button").or_(menu.get_by_role("link")).all_inner_texts()]
    assert words == ["Complete", "Follow", "Put on hold", "Cancel it", "Remove"]
    menu.get_by_role("button", name="Remove").tap()
    dialog = page.get_by_role("dialog", name=re.compile("^Remove "))
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Keep").tap()
    expect(dialog).to_be_hidden()
    expect(more).to_be_focused()


def test_search_fills_the_screen(demo_windows: Windows) -> None:
    page = phone(demo_windows, personas.CONTRACTOR)
    page.get_by_role("button", name="Search or jump to").tap()
    palette = page.get_by_role("dialog", name="Search or jump to")
    box = palette.bounding_box()
    assert box is not None
    assert (box["width"], round(box["height"])) == (WIDTH, HEIGHT)
    page.keyboard.type("signalling")
    option = palette.get_by_role("option").filter(has_text="PRJ-0039")
    expect(option).to_be_visible()
    found = option.bounding_box()
    assert found is not None
    assert found["height"] >= THUMB
    option.tap()
    heading(page, "Harbour Line Signalling")
    page.get_by_role("button", name="Search or jump to").tap()
    palette.get_by_role("button", name="Close").tap()
    expect(palette).to_be_hidden()


def test_the_navigation_slides_in_and_out(demo_windows: Windows) -> None:
    page = phone(demo_windows, personas.CONTRACTOR)
    opener = page.get_by_role("button", name="Open navigation")
    nav = page.locator("#nav")
    expect(nav).to_be_hidden()
    opener.tap()
    expect(nav).to_be_visible()
    page.keyboard.press("Escape")
    expect(nav).to_be_hidden()
    expect(opener).to_be_focused()
    opener.tap()
    nav.get_by_role("link", name="People", exact=True).tap()
    expect(page).to_have_url(re.compile("/people/"))


@pytest.mark.parametrize(
    ("persona", "pages"),
    [
        (
            personas.HEAD,
            (
                "/",
                "/initiatives/",
                "/projects/PRJ-0042/",
                "/portfolios/PF-0001/",
                "/initiatives/new/",
                "/search/?q=tram",
            ),
        ),
        (
            personas.HEAD,
            ("/people/", "/people/chart/", "/people/raci/", "/portfolio/map/", "/settings/tokens/", "/roles/SPONSOR/"),
        ),
        (personas.SPONSOR, ("/", "/approvals/", "/notifications/", "/notifications/preferences")),
        (personas.CONTRACTOR, ("/", "/person-skills/", "/absences/", "/settings/profile/", "/accounts/2fa/", "/help/")),
        (None, ("/accounts/login/", "/accounts/password/reset/")),
    ],
)
def test_everything_is_as_large_as_a_thumb(
    demo_windows: Windows, persona: personas.Persona | None, pages: tuple[str, ...]
) -> None:
    page = (
        phone(demo_windows, persona)
        if persona
        else demo_windows.open(width=WIDTH, height=HEIGHT, is_mobile=True, has_touch=True)
    )
    small = {}
    for address in pages:
        page.goto(address)
        no_wider(page)
        if faults := page.evaluate(SMALL, THUMB):
            small[address] = faults
    assert small == {}
