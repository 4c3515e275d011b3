"""What the frame knows of a request: the scope picked, the date as of which one reads, theme, folded navigation.

`frame_of(request)` is for views: it reads `?scope=` and `?as_of=`, remembers them in the session, and is computed once
a request. A past date makes the page read-only: the view shows `frame.as_of`, and writes are refused by the actor.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from django.http import HttpRequest

from quarterdeck.kernel import clock
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import reachable

if TYPE_CHECKING:
    from quarterdeck.kernel.access.actor import Actor

THEMES: Final = ("auto", "light", "dark")
THEME_COOKIE: Final = "theme"
NAV_COOKIE: Final = "nav"
SCOPE_KEY: Final = "ui_scope"
AS_OF_KEY: Final = "ui_as_of"
_ATTRIBUTE: Final = "_ui_frame"


@dataclass(frozen=True, slots=True)
class Frame:
    """The reader's place: node, date, look. `as_of` is None for today."""

    scope: Scope | None
    as_of: dt.date | None
    today: dt.date
    theme: str
    rail: bool

    @property
    def read_only(self) -> bool:
        """Whether a past date is in force, so nothing can be changed."""
        return self.as_of is not None

    @property
    def date(self) -> dt.date:
        """The date shown in the top bar."""
        return self.as_of or self.today

    @property
    def moment(self) -> dt.datetime | None:
        """The last instant of the past date: what `records` reads as of; None for today."""
        return clock.end_of(self.as_of) if self.as_of else None


def _as_of(request: HttpRequest, today: dt.date) -> dt.date | None:
    """Read the date: the query's wins and is remembered; today, an empty or a future date goes back to today."""
    asked = request.GET.get("as_of")
    if asked is None:
        asked = request.session.get(AS_OF_KEY, "")
        keep = False
    else:
        keep = True
    try:
        day = dt.date.fromisoformat(asked)
    except ValueError:
        day = today
    past = day if day < today else None
    if keep:
        _remember(request, AS_OF_KEY, past.isoformat() if past else None)
    return past


def _scope(request: HttpRequest, actor: Actor | None) -> Scope | None:
    """Read the node: the query's wins and is remembered; one removed, or out of the actor's reach, counts as none."""
    asked = request.GET.get("scope")
    wanted = asked if asked is not None else request.session.get(SCOPE_KEY)
    scope = None
    if actor is not None and str(wanted or "").isdecimal() and len(str(wanted)) < 12:
        scope = Scope.objects.standing().filter(pk=int(str(wanted))).first()
        if scope is not None and not reachable(actor, scope):
            scope = None
    if asked is not None:
        _remember(request, SCOPE_KEY, str(scope.pk) if scope else None)
    return scope


def _remember(request: HttpRequest, key: str, value: str | None) -> None:
    if value is None:
        request.session.pop(key, None)
    elif request.session.get(key) != value:
        request.session[key] = value


def theme_of(request: HttpRequest) -> str:
    """Return auto, light or dark: the cookie set by the toggle, else what the user keeps."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    if chosen not in THEMES:
        chosen = getattr(getattr(request, "user", None), "theme", "auto")
    return chosen if chosen in THEMES else "auto"


def frame_of(request: HttpRequest) -> Frame:
    """Return the request's frame, computed once."""
    known = cast("Frame | None", getattr(request, _ATTRIBUTE, None))
    if known is not None:
        return known
    actor: Actor | None = getattr(request, "actor", None)
    has_session = hasattr(request, "session")
    signed_in = actor is not None and actor.user is not None and has_session
    today = actor.today if actor is not None else clock.local_date(clock.now())
    frame = Frame(
        scope=_scope(request, actor) if signed_in else None,
        as_of=_as_of(request, today) if signed_in else None,
        today=today,
        theme=theme_of(request),
        rail=request.COOKIES.get(NAV_COOKIE) == "rail",
    )
    setattr(request, _ATTRIBUTE, frame)
    return frame
