"""The context processor: gives every template `ui`, the frame of the page, computed only as far as the page asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import cached_property

from quarterdeck.kernel.ui import nav
from quarterdeck.kernel.ui.components import date_text
from quarterdeck.kernel.ui.frame import Frame, frame_of

if TYPE_CHECKING:
    from quarterdeck.kernel.access.actor import Actor

#: Answers a question of the frame that another package knows: unread notifications, the organisation's name and so on.
Provider = Callable[["Actor"], Any]
_providers: dict[str, Provider] = {}


def provide(name: str, provider: Provider) -> None:
    """Let a package answer for the frame, called from its `ready()`.

    Names used by the frame: `unread` (int), `organisation` ({"name", "note"}), `scope_note` is given by scope pages.
    """
    _providers[name] = provider


class Page:
    """What templates read as `ui`. Attributes are lazy: an error page or a fragment asks for none of the navigation."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def frame(self) -> Frame:
        """Scope, date, theme."""
        return frame_of(self.request)

    @cached_property
    def actor(self) -> Actor | None:
        """Who is signed in, or None."""
        actor: Actor | None = getattr(self.request, "actor", None)
        return actor if actor is not None and actor.user is not None else None

    @cached_property
    def nav(self) -> list[nav.Branch]:
        """The navigation; a view may name the current page by `request.nav_key`."""
        if self.actor is None:
            return []
        counted = not getattr(self.request, "is_refused", False)
        return nav.tree(self.actor, self.request.path, getattr(self.request, "nav_key", ""), counted=counted)

    @property
    def section(self) -> str:
        """The section of the navigation in which the page stands; empty for a page that none leads to."""
        return next((str(branch.label) for branch in self.nav if branch.current), "")

    @cached_property
    def unread(self) -> int:
        """Unread notifications."""
        return int(self._ask("unread") or 0)

    @cached_property
    def organisation(self) -> dict[str, str]:
        """Name and note at the foot of the navigation."""
        given = self._ask("organisation")
        return given if isinstance(given, dict) else {"name": "Quarterdeck", "note": ""}

    @cached_property
    def date(self) -> str:
        """The date in force, with its year."""
        return date_text(self.frame.date)

    @cached_property
    def partial(self) -> bool:
        """Whether htmx asks for a fragment of the page."""
        return self.request.headers.get("HX-Request-Type") == "partial"

    @property
    def demo(self) -> bool:
        """Whether the demo's personas may be signed in as."""
        return bool(getattr(settings, "DEMO_PERSONAS", False))

    def _ask(self, name: str) -> Any:
        provider = _providers.get(name)
        return provider(self.actor) if provider is not None and self.actor is not None else None


def page(request: HttpRequest) -> dict[str, Any]:
    """Give templates `ui`."""
    return {"ui": Page(request)}
