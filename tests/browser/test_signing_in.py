"""Coming in, going out, and being kept out."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Windows, sign_in
from tests.browser.stage import HEAD, LOCKED
from tests.browser.steps import heading


def test_one_signs_in_to_what_needs_one_and_signs_out(windows: Windows) -> None:
    page = windows.open()
    page.goto("/people/")
    expect(page).to_have_url(f"{windows.site}/accounts/login/?next=/people/")
    sign_in(page, HEAD)
    expect(page).to_have_url(f"{windows.site}/")
    heading(page, "Needs you")
    page.get_by_role("button", name="You: Marit Dongen").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    page.goto("/")
    expect(page).to_have_url(f"{windows.site}/accounts/login/?next=/")


def test_wrong_passwords_close_the_door_for_that_address(windows: Windows) -> None:
    page = windows.open()
    sign_in(page, LOCKED, "not-the-word-at-all")
    expect(page.locator(".field-error, .notice-red").first).to_have_text("Wrong address or password.")
    sign_in(page, LOCKED, "not-the-word-at-all")
    sign_in(page, LOCKED, "not-the-word-at-all")
    heading(page, "Sign-in closed for now")
    expect(page.locator("main, body").first).to_contain_text(
        "Too many failed tries. Sign-in with this address opens again 15 minutes after the last try."
    )
    # The right password is refused as well, and another address is not.
    sign_in(page, LOCKED)
    heading(page, "Sign-in closed for now")
    sign_in(page, HEAD)
    heading(page, "Needs you")


def test_the_look_one_chose_follows_one_to_another_browser(windows: Windows) -> None:
    page = windows.open(HEAD)
    html = page.locator("html")
    for look in ("dark", "light"):
        page.get_by_role("button", name="You: Marit Dongen").click()
        with page.expect_response("**/settings/profile/theme/") as kept:
            page.locator(f"[data-theme-set={look}]").click()
        assert kept.value.status == 204
        expect(html).to_have_attribute("data-theme", look)
        expect(windows.open(HEAD).locator("html")).to_have_attribute("data-theme", look)
        page.goto("/")
    page.get_by_role("button", name="You: Marit Dongen").click()
    with page.expect_response("**/settings/profile/theme/"):
        page.locator("[data-theme-set=auto]").click()
