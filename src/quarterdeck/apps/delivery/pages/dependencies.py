"""The map of dependencies of a node, and the interfaces on the home of a project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from quarterdeck.apps.delivery.choices import InterfaceState
from quarterdeck.apps.delivery.models import Interface
from quarterdeck.apps.delivery.pages.dependency_drawing import WIDTH, Box, Curve, drawing
from quarterdeck.apps.delivery.selectors import dependencies as selectors
from quarterdeck.apps.delivery.selectors.dependencies import Arrow, Dependencies, Project, Promise, Wish
from quarterdeck.apps.delivery.selectors.interfaces import INTERFACE
from quarterdeck.apps.portfolio.choices import Kind
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.tabs import tabs_of
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import may_somewhere
from quarterdeck.kernel.registers.naming import openable
from quarterdeck.kernel.ui import components
from quarterdeck.kernel.ui.errors import not_shown
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of

#: Interfaces on the home of a project, of each direction.
SHOWN = 6
_TONES = {InterfaceState.ACCEPTED: "green", InterfaceState.AGREED: "accent", InterfaceState.DELIVERED: "accent"}
#: Letters of a name that fit into a box.
FITS = 29


@dataclass(frozen=True)
class Placed:
    """A project as drawn."""

    box: Box
    project: Project
    label: str
    said: str
    href: str
    current: bool


@dataclass(frozen=True)
class Drawn:
    """An arrow as drawn: in words, and where its rows stand in the table."""

    curve: Curve
    arrow: Arrow
    said: str
    anchor: str


@dataclass(frozen=True)
class Row:
    """An interface as one row of the table."""

    promise: Promise
    giver: Project
    receiver: Project
    given: str
    needed: str
    late: str
    state: SafeString
    anchor: str


@require_safe
@login_required
def page(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Show what the projects at and below a node hand over, among them and to others."""
    actor, frame = actor_of(request), frame_of(request)
    if not actor.can("view", INTERFACE):
        raise Http404
    record = selectors.node_at(code, actor=actor, moment=frame.moment)
    if record is None:
        raise not_shown(frame)
    if f"{record.url}dependencies/" != request.path:
        return redirect(f"{record.url}dependencies/")
    wish = Wish(
        late=request.GET.get("late") == "1",
        programme=request.GET.get("programme", "")[:20],
        project=request.GET.get("project", "")[:20],
        done=request.GET.get("done") == "1",
    )
    told, more = selectors.promises(record, actor=actor, moment=frame.moment)
    whole = selectors.graph(told, actor=actor, more=more)
    found = selectors.narrowed(whole, wish)
    vars(request)["nav_key"] = "interfaces"
    context = {
        "record": record,
        "tabs": tabs_of(record, actor, "dependencies"),
        "wish": wish,
        "programmes": _programmes(whole),
        "focus": next((one for one in whole.projects.values() if wish.project and one.code == wish.project), None),
        "any": bool(told),
        "count": len(found.promises),
        "late": sum(one.late for one in found.promises),
        "more": whole.more,
        "past": frame.read_only,
        "new": "" if frame.read_only or not may_somewhere(actor, "add", Interface) else _new(record),
        **_drawn(found, wish, request),
    }
    return render(request, "delivery/dependencies.html", context)


def _new(record: Initiative) -> str:
    return f"/interfaces/new/?{urlencode({'next': f'{record.url}dependencies/'})}"


def _programmes(found: Dependencies) -> list[tuple[str, str]]:
    named = {(one.programme_code, one.programme) for one in found.projects.values() if one.programme_code}
    return sorted(named, key=lambda one: one[1]) if len(named) > 1 else []


def _drawn(found: Dependencies, wish: Wish, request: HttpRequest) -> dict[str, Any]:
    """Return the picture of a graph and its table."""
    by_name = sorted(found.projects.values(), key=lambda one: (one.programme, one.name, one.key))
    made = drawing({one.key: one.name for one in by_name}, [(one.giver, one.receiver) for one in found.arrows])
    frame = frame_of(request)
    return {
        "drawing": made,
        "width_of_box": WIDTH,
        "boxes": [_placed(box, found, wish, request) for box in made.boxes],
        "arrows": [
            Drawn(curve, arrow, _said(arrow, found), _anchor(arrow))
            for curve, arrow in zip(made.curves, found.arrows, strict=True)
        ],
        "rows": [_row(one, arrow, found, frame.date) for arrow in found.arrows for one in arrow.promises],
    }


def _anchor(arrow: Arrow) -> str:
    return f"from-{arrow.giver}-to-{arrow.receiver}"


def _said(arrow: Arrow, found: Dependencies) -> str:
    """Return an arrow in words."""
    count = len(arrow.promises)
    text = ngettext("%(count)d interface", "%(count)d interfaces", count) % {"count": count}
    late = _(", %(count)d late") % {"count": arrow.late} if arrow.late else ""
    names = {"giver": found.projects[arrow.giver].name, "receiver": found.projects[arrow.receiver].name}
    return _("%(giver)s to %(receiver)s: ") % names + text + late


def _placed(box: Box, found: Dependencies, wish: Wish, request: HttpRequest) -> Placed:
    project = found.projects[box.key]
    gives = sum(len(arrow.promises) for arrow in found.arrows if arrow.giver == box.key)
    takes = sum(len(arrow.promises) for arrow in found.arrows if arrow.receiver == box.key)
    said = _("gives %(gives)d, receives %(takes)d") % {"gives": gives, "takes": takes}
    current = bool(wish.project) and project.code == wish.project
    kept = {name: value for name, value in request.GET.items() if name != "project"}
    target = {**kept, "project": project.code} if project.code and not current else kept
    label = project.name if len(project.name) <= FITS else f"{project.name[: FITS - 1].rstrip()}…"
    return Placed(box, project, label, said, f"?{urlencode(target)}" if project.code else "", current)


def _row(one: Promise, arrow: Arrow, found: Dependencies, today: Any) -> Row:
    state = InterfaceState(one.record.state)
    days = one.days
    return Row(
        promise=one,
        giver=found.projects[arrow.giver],
        receiver=found.projects[arrow.receiver],
        given=components.date_text(one.given_by, today) or "–",
        needed=components.date_text(one.needed_by, today) or "–",
        late=components.signed(days) if days else "",
        state=components.badge(state.label, _TONES.get(state, "")),
        anchor=_anchor(arrow) if one is arrow.promises[0] else "",
    )


def interfaces_card(record: Any, actor: Actor) -> str | None:
    """Return what a project gives to others and needs from them, what is needed first at the top."""
    if not isinstance(record, Initiative) or record.kind != Kind.PROJECT or not actor.can("view", INTERFACE):
        return None
    past = actor.today < clock.local_date(clock.now())
    told = selectors.promises(record, actor=actor, moment=actor.now)[0] if past else selectors.of_project(record, actor)
    rows = sorted((one for one in told if one.record.state != InterfaceState.ACCEPTED), key=selectors.by_need)
    if not rows:
        return None
    open_ = openable(actor, [end for one in rows for end in (one.record.giver, one.record.receiver)])
    lines = [_line(one, record, open_, actor.today) for one in rows]
    sides = [
        (_("Gives"), [line for line in lines if line["gives"]]),
        (_("Needs"), [line for line in lines if not line["gives"]]),
    ]
    context = {
        "initiative": record,
        "sides": [(word, told[:SHOWN], max(0, len(told) - SHOWN)) for word, told in sides if told],
        "late": sum(bool(line["days"]) for line in lines),
    }
    return render_to_string("delivery/_interfaces_card.html", context)


def _line(promise: Promise, record: Initiative, open_: Any, today: Any) -> dict[str, Any]:
    row = promise.record
    gives = row.giver_id == record.pk
    other = row.receiver if gives else row.giver
    return {
        "row": row,
        "gives": gives,
        "other": other.name,
        "url": other.url if other in open_ else "",
        "given": components.date_text(promise.given_by, today) or "–",
        "needed": components.date_text(promise.needed_by, today) or "–",
        "days": promise.days if promise.late else 0,
    }
