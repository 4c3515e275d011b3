"""The pages of one initiative, side by side; apps above add theirs from their `ready()`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.portfolio.choices import Kind
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.access.actor import Actor


@dataclass(frozen=True)
class Tab:
    """One page of an initiative: where it is, and to whom of which initiatives it is shown."""

    key: str
    label: str | Promise
    url: Callable[[Initiative], str]
    visible: Callable[[Initiative, Actor], bool]
    order: int


@dataclass(frozen=True)
class ShownTab:
    """A tab as it stands on a page."""

    label: str
    url: str
    current: bool


_tabs: dict[str, Tab] = {}


def add(tab: Tab) -> None:
    """Add a page to those of initiatives; a second of the same key replaces the first."""
    _tabs[tab.key] = tab


def tabs_of(record: Initiative, actor: Actor, current: str) -> list[ShownTab]:
    """Return the tabs of an initiative that the actor may open, the one of the key `current` marked."""
    shown = [tab for tab in sorted(_tabs.values(), key=lambda tab: tab.order) if tab.visible(record, actor)]
    return [ShownTab(str(tab.label), tab.url(record), tab.key == current) for tab in shown]


def _raci(record: Initiative) -> str:
    return f"{reverse('people-raci')}?{urlencode({'at': record.scope_id, 'next': record.url})}"


add(Tab("home", _("Home"), lambda record: record.url, lambda _record, _actor: True, 10))
add(
    Tab(
        "parts",
        _("Parts"),
        lambda record: f"/initiatives/?f.parent={record.pk}",
        lambda record, _actor: record.kind != Kind.PROJECT,
        20,
    )
)
add(
    Tab(
        "responsibilities",
        _("Roles & responsibilities"),
        _raci,
        lambda record, actor: actor.can("view", "people.racientry", record.scope.path),
        80,
    )
)
add(
    Tab(
        "history",
        _("History"),
        lambda record: f"/initiatives/{record.code}/history/",
        lambda _record, _actor: True,
        90,
    )
)
