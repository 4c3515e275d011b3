"""The home of a project, programme or portfolio: where it stands, what to do next, who does what, what happened."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.choices import Kind, Method, Priority, Stage, State, stages_of
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.opening import opened
from quarterdeck.apps.portfolio.pages import words
from quarterdeck.apps.portfolio.selectors import home as selectors
from quarterdeck.apps.portfolio.selectors.home import Findings, Place, Roles, Served
from quarterdeck.apps.portfolio.selectors.late import Late, lateness
from quarterdeck.apps.portfolio.selectors.roles import LEADING, Leads
from quarterdeck.apps.portfolio.selectors.tree import INITIATIVE, Node
from quarterdeck.apps.portfolio.tabs import tabs_of
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import may as may_see
from quarterdeck.kernel.access.policy import row_paths
from quarterdeck.kernel.approvals.models import Answer, Approval
from quarterdeck.kernel.comments.selectors import comments_as_of, comments_of
from quarterdeck.kernel.files.selectors import files_of
from quarterdeck.kernel.links.selectors import links_of
from quarterdeck.kernel.needs.order import due_text
from quarterdeck.kernel.notifications.following import follows
from quarterdeck.kernel.registers import Register, for_model
from quarterdeck.kernel.registers.columns import columns_for
from quarterdeck.kernel.registers.kinds import Context
from quarterdeck.kernel.registers.naming import Openable, openable
from quarterdeck.kernel.registers.pages.record import arranged
from quarterdeck.kernel.registers.pages.table import facts
from quarterdeck.kernel.registers.timeline import entries, story
from quarterdeck.kernel.tags.selectors import tags_of
from quarterdeck.kernel.ui import components
from quarterdeck.kernel.ui.components import Cell
from quarterdeck.kernel.ui.frame import Frame, frame_of
from quarterdeck.kernel.ui.request import actor_of
from quarterdeck.kernel.watch.models import Finding
from quarterdeck.kernel.watch.selectors import remedy_of

#: Changes shown beside an initiative; its history has all.
RECENT = 8
#: Parts listed whole, level by level; of more only the first level is.
PARTS = 200


@dataclass(frozen=True)
class Part:
    """One row of the table of parts."""

    node: Node
    badge: str
    manager: Person | None
    budget: str
    late: Late | None
    inside: str
    depth: int
    folds: bool


@dataclass(frozen=True)
class Next:
    """One thing to do: a finding, or an approval that waits."""

    icon: str
    title: str
    url: str
    about: str
    owner: str
    age: str
    due: dt.date | None
    late: bool
    state: str = ""
    verb: str = ""
    fix: str = ""
    when: str = ""


@require_safe
@login_required
def home(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Show the home of an initiative, as of the date in force; whoever may not see it gets 404."""
    place = opened(request, code, "", record_type=INITIATIVE)
    if isinstance(place, HttpResponse):
        return place
    actor, frame = actor_of(request), frame_of(request)
    return render(request, "portfolio/home.html", _context(actor, frame, place, request.GET.get("story", "")))


def _context(actor: Actor, frame: Frame, place: Place, part: str) -> dict[str, Any]:
    record, node = place.record, place.node
    register = for_model(Initiative)
    assert register is not None
    columns = columns_for(register, actor)
    # What is too long to list whole is listed by its first level; the register has the outline, page by page.
    shown = node.below if len(node.below) <= PARTS else node.parts[:PARTS]
    late = lateness([record, *(one.record for one in node.below)], on=frame.date)
    roles = selectors.roles_around(node, on=frame.date)
    served = selectors.served_by(record, on=frame.date)
    findings = selectors.findings_below(record.scope, actor=actor, moment=frame.moment)
    approvals = selectors.approvals_waiting(record, actor=actor, moment=frame.moment)
    leads = roles.leads.get(record.pk, Leads())
    said = comments_of(record) if frame.moment is None else comments_as_of(record, frame.moment)
    beside = _beside(register, record, actor, frame, columns)
    own = tuple(n for n, one in columns.items() if n.startswith("custom.") and one.read(record) not in (None, "", []))
    may_see_roles = actor.can("view", "people.roleassignment", record.scope.path)
    named = [leads.sponsor, leads.manager, served.office, getattr(record, "unit", None)]
    opens = openable(actor, [*named, *(row.person for row in roles.held)])
    return {
        "register": register,
        "record": record,
        "title": record.name,
        "url": record.url,
        "generic_url": register.generic_url(record),
        "above": place.above,
        "node": node,
        "is_project": record.kind == Kind.PROJECT,
        "badge": words.state_badge(record),
        "stage": Stage(record.stage).label if record.stage else "",
        "stages": stage_line(record, frame.date),
        "cells": project_cells(record, actor, frame.date, findings, late.get(record.pk))
        if record.kind == Kind.PROJECT
        else parent_cells(node, late, actor, frame.date, findings),
        "next": next_actions(findings, approvals, record, frame.date, actor),
        "findings": findings,
        "parts": parts_of(node, shown, roles, late, actor),
        "nested": len(shown) > len(node.parts),
        "first_level": len(shown) < len(node.below),
        "parts_more": len(node.parts) - len(shown) if len(shown) < len(node.parts) else 0,
        "roles": roles.held if may_see_roles else [row for row in roles.held if row.role.code in LEADING],
        "gaps": roles.gaps if record.is_open else [],
        "may_assign": not frame.read_only and actor.can("add", "people.roleassignment", record.scope.path),
        "opens": opens,
        "may_see_raci": actor.can("view", "people.racientry", record.scope.path),
        "tabs": tabs_of(record, actor, "home"),
        "facts": about(record, leads, served, actor, opens)
        + list(facts(columns, own, record, Context(actor, frame.date))),
        **beside,
        "story": story(beside["timeline"], said, findings.shown, part=part),
    }


def _beside(
    register: Register[Any], record: Initiative, actor: Actor, frame: Frame, columns: dict[str, Any]
) -> dict[str, Any]:
    """Return what accompanies any record, and what may be done with it; rights by the nodes that govern it."""
    writable = not frame.read_only and not actor.read_only
    may = {
        name: writable and any(actor.can(name, INITIATIVE, path) for path in row_paths(record))
        for name in ("change", "delete", *(action.permission for action in register.actions))
    }
    # What lies beside it is known as of today only: whoever may see it no more does not see that either.
    beside = frame.moment is None or may_see(actor, "view", record)
    links = links_of(record, actor) if beside else []
    linked = [(found, for_model(type(found.record))) for found in links]
    return {
        "read_only": frame.read_only,
        "may_change": may["change"],
        "may_delete": may["delete"],
        "may_comment": writable,
        **arranged([a for a in register.actions if may[a.permission] and a.when(record, actor)]),
        "follow": follows(actor, record) if writable else None,
        "timeline": entries(register, actor, record, moment=frame.moment, limit=RECENT, columns=columns),
        "files": files_of(record) if beside else (),
        "links": [{"linked": found, "url": known.url(found.record) if known else ""} for found, known in linked],
        "tags": tags_of([record]).get(record.pk, []) if beside else (),
    }


def stage_line(record: Initiative, on: dt.date) -> list[dict[str, str]]:
    """Return the stages of the method with what is done and what is now; start and finish at the ends."""
    stages = stages_of(record.method)
    if not stages:
        return []
    reached = list(stages).index(Stage(record.stage)) if record.stage in stages else -1
    notes = {
        0: components.date_text(record.actual_start or record.planned_start, on),
        len(stages) - 1: components.date_text(record.actual_finish or record.planned_finish, on),
    }
    over = record.state == State.COMPLETED
    return [
        {
            "name": str(stage.label),
            "note": notes.get(position, ""),
            "state": "done" if over or position < reached else "now" if position == reached else "",
        }
        for position, stage in enumerate(stages)
    ]


def project_cells(
    record: Initiative, actor: Actor, on: dt.date, findings: Findings, late: Late | None = None
) -> list[Cell]:
    """Return the headline of a project: dates against plan, tolerance, budget, findings."""
    late_start = record.state == State.PIPELINE and record.planned_start is not None and record.planned_start < on
    tolerances = []
    if record.time_tolerance is not None:
        tolerances.append(_("%(days)d d") % {"days": record.time_tolerance})
    if record.cost_tolerance is not None:
        tolerances.append(f"{components.number(record.cost_tolerance.normalize(), _places(record.cost_tolerance))}%")
    return [
        Cell(
            _("Started") if record.actual_start else _("Planned start"),
            components.date_text(record.actual_start or record.planned_start, on) or "–",
            words.start_note(record, on),
            state="amber" if late_start else "",
        ),
        Cell(
            _("Finished") if record.actual_finish else _("Planned finish"),
            components.date_text(record.actual_finish or record.planned_finish, on) or "–",
            words.finish_note(record, on, late),
            state=late.state if late else "",
        ),
        Cell(
            _("Tolerance"),
            " · ".join(tolerances) or "–",
            _("working days; cost") if len(tolerances) == 2 else _("none agreed") if not tolerances else "",
        ),
        Cell(_("Budget"), words.own_budget(record, actor) or "–", "" if record.budget is not None else _("none set")),
        _findings_cell(findings),
    ]


def _places(value: Any) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _findings_cell(findings: Findings) -> Cell:
    note = _("%(count)d high") % {"count": findings.high} if findings.high else _("none high")
    if not findings.total:
        note = _("nothing found")
    return Cell(_("Open findings"), components.number(findings.total), note, href="#next")


def parent_cells(node: Node, late: dict[int, Late], actor: Actor, on: dt.date, findings: Findings) -> list[Cell]:
    """Return the headline of a programme or portfolio: projects by state, budget, what starts and finishes next."""
    record = node.record
    below = [one.record for one in node.below if one.record.kind == Kind.PROJECT]
    starting = min(
        (one for one in below if one.state == State.PIPELINE and one.planned_start and one.planned_start >= on),
        key=lambda one: (one.planned_start, one.code),
        default=None,
    )
    finishing = min(
        (one for one in below if one.state == State.ACTIVE and one.planned_finish and one.planned_finish >= on),
        key=lambda one: (one.planned_finish, one.code),
        default=None,
    )
    given = words.own_budget(record, actor)
    slow = [found for one in below if (found := late.get(one.pk)) is not None]
    beyond = sum(found.state == "red" for found in slow)
    return [
        Cell(
            _("Projects"),
            components.number(node.projects),
            words.states_line(node.by_state),
            href=f"/initiatives/?f.kind=project&f.parent={record.pk}" if node.projects else "",
        ),
        Cell(
            _("Budget of projects"),
            words.rolled_up(node) or "–",
            _("%(amount)s given to all") % {"amount": given} if given and given != components.CLOSED else "",
        ),
        Cell(
            _("Starts next"),
            components.date_text(starting.planned_start, on) if starting else "–",
            starting.name if starting else _("nothing planned"),
            href=starting.url if starting else "",
        ),
        Cell(
            _("Finishes next"),
            components.date_text(finishing.planned_finish, on) if finishing else "–",
            finishing.name if finishing else _("nothing planned"),
            href=finishing.url if finishing else "",
        ),
        Cell(
            _("Past planned finish"),
            components.number(len(slow)),
            _("%(beyond)d beyond tolerance, of %(count)d open") % {"beyond": beyond, "count": node.open_projects}
            if slow
            else _("of %(count)d open") % {"count": node.open_projects},
            href=f"/initiatives/?scope={record.scope_id}&view=overdue" if slow else "",
            state="red" if beyond else "amber" if slow else "",
        ),
        _findings_cell(findings),
    ]


def next_actions(
    findings: Findings, approvals: list[Approval], record: Initiative, on: dt.date, actor: Actor
) -> list[Next]:
    """Return what waits: approvals first, since someone asked, then the worst findings."""
    rows = []
    for approval in approvals:
        asked_of = [step.approver for step in approval.steps.all() if step.state == Answer.WAITING]
        decides = actor.user in asked_of
        waiting = [_("you") if user == actor.user else user.name for user in asked_of]
        asked = (on - approval.requested_at.date()).days
        late = approval.due_on is not None and approval.due_on < on
        rows.append(
            Next(
                "gavel",
                approval.title,
                approval.page,
                _("Approval"),
                ", ".join(waiting),
                _age(asked),
                approval.due_on,
                late,
                verb=_("Decide") if decides else _("Open"),
                fix=approval.page,
                when=due_text(approval.due_on, on) if approval.due_on else "",
            )
        )
    for finding in findings.shown:
        about = "" if _is_about(finding, record) else finding.label
        remedy = remedy_of(finding, actor)
        rows.append(
            Next(
                "circle-alert",
                str(finding.text),
                "" if _is_about(finding, record) else finding.address,
                about or str(finding.title),
                "" if finding.owner is None else _("you") if finding.owner == actor.user else finding.owner.name,
                _age((on - finding.opened_at.date()).days),
                finding.due_on,
                finding.due_on is not None and finding.due_on < on,
                {"high": "red", "medium": "amber"}.get(finding.severity, "none"),
                verb=str(remedy.label) if remedy.mends or not _is_about(finding, record) else "",
                fix=remedy.url,
                when=due_text(finding.due_on, on) if finding.due_on else "",
            )
        )
    return rows


def _is_about(finding: Finding, record: Initiative) -> bool:
    return finding.record_type == INITIATIVE and finding.record_id == record.pk


def _age(count: int) -> str:
    return _("since today") if count <= 0 else _("open for %(days)s") % {"days": words.days(count)}


def parts_of(node: Node, shown: list[Node], roles: Roles, late: dict[int, Late], actor: Actor) -> list[Part]:
    """Return the rows of the table of parts, those shown, each before its own parts."""
    rows = []
    inside: dict[int, str] = {node.record.pk: ""}
    folds = {one.record.parent_id for one in shown}
    for one in shown:
        record = one.record
        within = inside.get(record.parent_id or 0, "")
        inside[record.pk] = f"{within} part-{record.pk}".strip()
        budget = words.own_budget(record, actor) if record.kind == Kind.PROJECT else words.rolled_up(one)
        manager = roles.leads.get(record.pk, Leads()).manager
        rows.append(
            Part(
                node=one,
                badge=words.state_badge(record),
                manager=manager,
                budget=budget,
                late=late.get(record.pk),
                inside=within,
                depth=one.depth - node.depth - 1,
                folds=record.pk in folds,
            )
        )
    return rows


def about(record: Initiative, leads: Leads, served: Served, actor: Actor, opens: Openable) -> list[tuple[str, Any]]:
    """Return the facts of the panel "About"; what is not stated is left out, gaps of the leading roles are named."""
    found: list[tuple[str, Any]] = [
        (_("Purpose"), format_html('<div class="prose">{}</div>', record.purpose) if record.purpose else ""),
        (_("Sponsor"), _lead(leads.sponsor, opens)),
        (_("Manager"), _lead(leads.manager, opens)),
        (_("Method"), Method(record.method).label if record.method else ""),
        (_("Office"), _office(served, opens)),
        (_("Function"), _unit(record, opens)),
        (_("Priority"), Priority(record.priority).label if record.priority else ""),
        (_("Planned"), _span(record.planned_start, record.planned_finish)),
        (_("Budget"), words.own_budget(record, actor, short=False)),
        (_("Review on"), components.date_(record.review_on)),
        (
            _("State since"),
            format_html("{} {}", components.date_(record.state_since), record.state_reason)
            if record.state_since
            else "",
        ),
    ]
    return [(label, value) for label, value in found if value]


def _lead(person: Person | None, opens: Openable) -> str:
    if person is None:
        return format_html('<span class="is-amber">{}</span>', _("nobody"))
    return components.person(person.name, f"/people/{person.code}/" if person in opens else "")


def _office(served: Served, opens: Openable) -> str:
    if served.office is None:
        return ""
    name = served.office.name
    shown = f"{name}, {served.authority.lower()}" if served.authority else name
    register = for_model(type(served.office))
    if register is None or served.office not in opens:
        return shown
    return components.link(shown, register.url(served.office), "")


def _unit(record: Initiative, opens: Openable) -> str:
    unit = getattr(record, "unit", None)
    if unit is None:  # not yet entered on the date shown
        return ""
    if unit not in opens:
        return str(unit.name)
    return components.link(unit.name, f"/units/{unit.code}/", "")


def _span(first: dt.date | None, last: dt.date | None) -> str:
    if first is None and last is None:
        return ""
    return format_html("{} – {}", components.date_(first) or "…", components.date_(last) or "…")
