"""Navigation: the thirteen sections of a PMO's work, filled by the apps, shown as far as one may see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from quarterdeck.kernel.access.actor import Actor

Text = str | Promise


def everyone(actor: Actor) -> bool:
    """Show an item to whoever is signed in."""
    return True


@dataclass(frozen=True, slots=True)
class NavItem:
    """One page in the navigation: give `url_name` or `url`. `badge` returns what waits there; 0 shows nothing."""

    key: str
    label: Text
    url_name: str = ""
    url: str = ""
    icon: str = ""
    visible: Callable[[Actor], bool] = everyone
    badge: Callable[[Actor], int] | None = None
    order: int = 100

    def address(self) -> str:
        """Return the page's path."""
        return self.url or reverse(self.url_name)


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of the navigation, fixed in order and wording."""

    key: str
    label: Text
    icon: str


SECTIONS: Final[tuple[Section, ...]] = (
    Section("needs_you", _("Needs you"), "inbox"),
    Section("demand", _("Demand"), "lightbulb"),
    Section("portfolio", _("Portfolio"), "layers"),
    Section("delivery", _("Delivery"), "chart-no-axes-gantt"),
    Section("money", _("Money"), "coins"),
    Section("governance", _("Governance"), "scale"),
    Section("people", _("People"), "users"),
    Section("suppliers", _("Suppliers & stock"), "truck"),
    Section("engagement", _("Engagement"), "messages-square"),
    Section("knowledge", _("Knowledge"), "book-open"),
    Section("reports", _("Reports"), "file-chart-column"),
    Section("pmo", _("The PMO"), "compass"),
    Section("settings", _("Settings"), "settings"),
)
_KEYS: Final = frozenset(section.key for section in SECTIONS)
_items: dict[str, dict[str, NavItem]] = {section.key: {} for section in SECTIONS}


def register(*, section: str, item: NavItem) -> None:
    """Add a page to a section, called from an app's `ready()`; the same key again replaces it."""
    if section not in _KEYS:
        raise ValueError(f"No navigation section {section!r}; choose from {', '.join(s.key for s in SECTIONS)}.")
    _items[section][item.key] = item


def unregister(*, section: str, key: str) -> None:
    """Take a page out again: for tests."""
    _items[section].pop(key, None)


def items(section: str) -> list[NavItem]:
    """Return a section's pages in order, whoever looks."""
    return sorted(_items[section].values(), key=lambda item: (item.order, item.key))


@dataclass(frozen=True, slots=True)
class Entry:
    """A page as the template draws it."""

    key: str
    label: Text
    url: str
    icon: str
    count: int
    current: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """A section as the template draws it: its own link leads to its first page."""

    key: str
    label: Text
    icon: str
    url: str
    count: int
    current: bool
    entries: list[Entry] = field(default_factory=list)

    @property
    def single(self) -> bool:
        """Whether the section is one page, drawn as a plain link."""
        return len(self.entries) == 1


def current_key(shown: Iterable[tuple[NavItem, str]], path: str) -> str:
    """Return the key of the item whose address is the longest that begins `path`; the root only matches itself."""
    best, length = "", 0
    for item, url in shown:
        base = url.split("?", 1)[0]
        if base == "/":
            fits = path == "/"
        else:
            fits = path == base or path.startswith(base if base.endswith("/") else base + "/")
        if fits and len(base) > length:
            best, length = item.key, len(base)
    return best


def tree(actor: Actor, path: str = "", key: str = "", *, counted: bool = True) -> list[Branch]:
    """Return the sections with a page that the actor may see; `key` names the current page, else `path` tells.

    What waits is not `counted` for pages that are to come whatever happens, and often: those of errors.
    """
    shown: dict[str, list[tuple[NavItem, str]]] = {}
    for section in SECTIONS:
        visible = [(item, item.address()) for item in items(section.key) if item.visible(actor)]
        if visible:
            shown[section.key] = visible
    here = key or current_key((pair for pairs in shown.values() for pair in pairs), path)
    branches = []
    for section in SECTIONS:
        if section.key not in shown:
            continue
        entries = [
            Entry(
                item.key,
                item.label,
                url,
                item.icon,
                item.badge(actor) if item.badge and counted else 0,
                item.key == here,
            )
            for item, url in shown[section.key]
        ]
        branches.append(
            Branch(
                key=section.key,
                label=section.label,
                icon=section.icon,
                url=entries[0].url,
                count=sum(entry.count for entry in entries),
                current=any(entry.current for entry in entries),
                entries=entries,
            )
        )
    return branches
