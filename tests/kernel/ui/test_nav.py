"""The navigation shows what one may see, in the fixed order, and knows where one is."""

from __future__ import annotations

from typing import Any, cast

import pytest

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.ui import nav

READER = cast(Actor, object())


@pytest.fixture(autouse=True)
def _own_items(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nav, "_items", {section.key: {} for section in nav.SECTIONS})


def add(section: str, key: str, url: str, **more: Any) -> None:
    nav.register(section=section, item=nav.NavItem(key, key.title(), url=url, **more))


def test_sections_keep_their_order_and_hide_when_empty() -> None:
    add("settings", "users", "/settings/users/")
    add("people", "persons", "/people/")
    add("people", "rates", "/rates/", visible=lambda actor: False)
    add("money", "ledger", "/ledger/", visible=lambda actor: False)
    assert [branch.key for branch in nav.tree(READER)] == ["people", "settings"]
    assert [entry.key for entry in nav.tree(READER)[0].entries] == ["persons"]


def test_an_unknown_section_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="No navigation section 'gossip'"):
        add("gossip", "x", "/x/")


def test_the_longest_address_that_begins_the_path_is_current() -> None:
    add("portfolio", "projects", "/projects/")
    add("portfolio", "closed", "/projects/closed/")
    add("needs_you", "home", "/")

    def current(path: str) -> list[str]:
        return [entry.key for branch in nav.tree(READER, path) for entry in branch.entries if entry.current]

    assert current("/projects/PRJ-0042/plan") == ["projects"]
    assert current("/projects/closed/") == ["closed"]
    assert current("/projectsx/") == []
    assert current("/") == ["home"]
    assert [e.key for b in nav.tree(READER, "/", key="closed") for e in b.entries if e.current] == ["closed"]


def test_counts_add_up_and_order_decides() -> None:
    add("pmo", "b", "/b/", badge=lambda actor: 2, order=20)
    add("pmo", "a", "/a/", badge=lambda actor: 3, order=10)
    (branch,) = nav.tree(READER, "/b/")
    assert (branch.url, branch.count, branch.current, branch.single) == ("/a/", 5, True, False)


def test_the_same_key_replaces() -> None:
    add("pmo", "a", "/old/")
    add("pmo", "a", "/new/")
    assert [item.url for item in nav.items("pmo")] == ["/new/"]
