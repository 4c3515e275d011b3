"""The registers of delivery."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Case, ExpressionWrapper, F, FloatField, QuerySet, When
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.choices import DeliverableState, InterfaceState, ServiceState, Side, TaskKind
from quarterdeck.apps.delivery.forms import RejectForm
from quarterdeck.apps.delivery.models import Deliverable, Interface, Plan, Task
from quarterdeck.apps.delivery.selectors.interfaces import dated, days_late, sides
from quarterdeck.apps.delivery.selectors.promises import of_task, state_of
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.registers import Action, Column, Register, View, register
from quarterdeck.kernel.ui import components


def _days(path: str, per_day: str) -> Any:
    """Return minutes of work as days of the plan."""
    return ExpressionWrapper(F(path) * 1.0 / F(per_day), output_field=FloatField())


def _plan_float(rows: QuerySet[Any]) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.annotate(float_days=_days("least_float", "minutes_per_day"))
    return found


def _task_days(rows: QuerySet[Any]) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.annotate(days=_days("span", "plan__minutes_per_day"))
    return found


def _task_float(rows: QuerySet[Any]) -> QuerySet[Any]:
    # What is done has no room left to slip.
    left = Case(When(done__lt=100, then=_days("total_float", "plan__minutes_per_day")), output_field=FloatField())
    found: QuerySet[Any] = rows.annotate(float_days=left)
    return found


def _task_project(rows: QuerySet[Any]) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.annotate(project=F("plan__initiative__name"))
    return found


def _figure(value: Any, record: Any) -> SafeString:
    return components.figure(round(value, 1), places=1)


@register
class PlanRegister(Register[Plan]):
    """Plans of projects."""

    model, slug, nav, icon, order = Plan, "plans", "delivery", "chart-no-axes-gantt", 10
    purpose = _("The schedule of each project: tasks, what waits for what, and the dates that follow.")
    title = "name"
    columns = (
        "initiative",
        "name",
        "starts_on",
        "finishes_on",
        "percent",
        "float_days",
        "late_count",
        "critical_count",
        "task_count",
    )
    computed = (Column("float_days", _("Least float, d"), "number", annotate=_plan_float, display=_figure),)
    sections = {
        _("Plan"): ("initiative", "name", "is_current", "ordered_on"),
        _("Found"): ("starts_on", "finishes_on", "percent", "late_count", "critical_count", "task_count"),
        _("How durations are counted"): ("minutes_per_day", "minutes_per_week", "days_per_month"),
    }
    read_only = (
        "is_current",
        "starts_on",
        "finishes_on",
        "percent",
        "late_count",
        "critical_count",
        "task_count",
    )
    filters = ("initiative", "is_current", "finishes_on")
    search, ordering = ("name", "initiative__name", "initiative__code"), ("initiative__code", "name")
    views = (
        View("current", _("Current plans"), {"f.is_current": "yes"}, opens=True),
        View("late", _("With late tasks"), {"f.is_current": "yes", "f.late_count": "1..", "sort": "-late_count"}),
        View("what-if", _("What if"), {"f.is_current": "no"}),
    )
    writer, remover = services.plan_save, services.plan_remove

    def home(self, record: Plan) -> str:
        """The plan's own page."""
        own = "" if record.is_current else f"{record.pk}/"
        return f"/projects/{record.initiative.code}/plan/{own}"

    def found(self, record: Plan) -> str:
        """Say whose plan it is."""
        return record.initiative.name


#: Tones of what is said of a service level in lists.
_TONES = {ServiceState.BREACHED: "red", ServiceState.AT_RISK: "amber", ServiceState.MISSED: "red"}


@register
class TaskRegister(Register[Task]):
    """Tasks of all plans in one list; a plan's own page is where they are planned."""

    model, slug, nav, icon, order = Task, "tasks", "delivery", "list-checks", 20
    purpose = _("Tasks and milestones of the current plans, wherever they belong. They are planned on the plan’s page.")
    title = "name"
    columns = ("name", "project", "kind", "starts_on", "finishes_on", "days", "done", "float_days", "critical")
    computed = (
        Column("project", _("Project"), annotate=_task_project),
        Column("days", _("Duration, d"), "number", annotate=_task_days, display=_figure),
        Column("float_days", _("Total float, d"), "number", annotate=_task_float, display=_figure),
        Column("service", _("Service level"), value=lambda record: of_task(record).text),
    )
    sections = {
        _("Task"): ("plan", "name", "wbs", "code", "kind", "priority"),
        _("Dates"): ("starts_on", "finishes_on", "done", "critical", "is_summary", "service_due_on"),
        _("Money"): ("fixed_cost", "cost", "actual_cost"),
        _("More"): ("notes",),
    }
    read_only = (
        "kind",
        "starts_on",
        "finishes_on",
        "done",
        "critical",
        "is_summary",
        "service_due_on",
        "fixed_cost",
        "cost",
        "actual_cost",
    )
    filters = ("plan", "kind", "done", "critical", "finishes_on", "starts_on", "is_summary", "service_due_on")
    search, ordering = ("name", "wbs", "code"), ("plan", "position")
    bulk = ("priority",)
    views = (
        View("work", _("Work"), {"f.is_summary": "no", "f.done": "..99.99", "sort": "finishes_on"}, opens=True),
        View(
            "milestones",
            _("Milestones"),
            {
                "f.kind": f"{TaskKind.MILESTONE},{TaskKind.START_MILESTONE}",
                "f.is_summary": "no",
                "f.done": "..99.99",
                "sort": "finishes_on",
                "cols": "name,project,finishes_on,done,float_days,critical",
            },
        ),
        View(
            "next", _("Finish in 30 days"), {"f.finishes_on": "next:30d", "f.is_summary": "no", "sort": "finishes_on"}
        ),
        View("critical", _("Critical"), {"f.critical": "yes", "f.is_summary": "no", "sort": "finishes_on"}),
        View(
            "service",
            _("Service levels"),
            {
                "f.service_due_on": "any",
                "f.done": "..99.99",
                "sort": "service_due_on",
                "cols": "name,project,service,service_due_on,finishes_on,done",
            },
        ),
    )
    writer, remover = services.task_save, services.task_remove
    undone_plainly = True
    found_reads = ("plan",)

    def rows(self, actor: Actor, action: str = "view") -> QuerySet[Task]:
        """Those of current plans; copies to try things in have their own page."""
        return super().rows(actor, action).filter(plan__is_current=True).select_related("plan__initiative")

    def remark(self, name: str, record: Task, on: dt.date) -> tuple[str, str]:
        """Say how a service level stands."""
        state = state_of(record, on) if name == "service_due_on" else ""
        return (_TONES[ServiceState(state)], str(ServiceState(state).label)) if state in _TONES else ("", "")

    def found(self, record: Task) -> str:
        """Say of which plan it is."""
        return str(record.plan)


def _due(rows: QuerySet[Any]) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.annotate(due_on=F("milestone__finishes_on"))
    return found


def _decides(record: Deliverable, actor: Actor) -> bool:
    return record.state == DeliverableState.SUBMITTED and services.may_decide(record, actor)


@register
class DeliverableRegister(Register[Deliverable]):
    """What projects hand over."""

    model, slug, nav, icon, order = Deliverable, "deliverables", "delivery", "package", 40
    purpose = _(
        "What each project hands over: by which criteria it is accepted, by whom, and when the plan has it due."
    )
    title = "name"
    columns = ("code", "name", "initiative", "state", "due_on", "acceptor", "submitted_on", "accepted_on")
    computed = (Column("due_on", _("Due"), "date", annotate=_due),)
    sections = {
        _("Deliverable"): ("initiative", "code", "name", "description", "state"),
        _("Acceptance"): ("criteria", "acceptor", "milestone", "submitted_on", "accepted_on", "reason"),
    }
    read_only = ("state", "submitted_on", "accepted_on", "reason")
    filters = ("initiative", "state", "acceptor", "due_on")
    search, ordering = ("code", "name", "initiative__name"), ("initiative__code", "code")
    bulk = ("acceptor",)
    actions = (
        Action(
            "begin",
            _("Begin"),
            services.deliverable_begin,
            when=lambda record, actor: record.state == DeliverableState.PLANNED,
            icon="play",
        ),
        Action(
            "submit",
            _("Submit"),
            services.deliverable_submit,
            when=lambda record, actor: record.state not in (DeliverableState.SUBMITTED, DeliverableState.ACCEPTED),
            icon="send",
            primary=True,
        ),
        Action("accept", _("Accept"), services.deliverable_accept, when=_decides, icon="check", primary=True),
        Action("reject", _("Reject"), services.deliverable_reject, when=_decides, icon="x", form=RejectForm),
    )
    views = (
        View("open", _("Open"), {"f.state": "!accepted", "sort": "due_on"}, opens=True),
        View("late", _("Overdue"), {"f.state": "!accepted", "f.due_on": "overdue", "sort": "due_on"}),
        View("mine", _("Mine to accept"), {"f.acceptor": "me", "f.state": "submitted"}),
    )

    def rows(self, actor: Actor, action: str = "view") -> QuerySet[Deliverable]:
        """With who accepts, whom the actions ask for."""
        return super().rows(actor, action).select_related("acceptor", "milestone")


def _days_late(record: Interface) -> int | None:
    told = vars(record)
    if not told.get("is_late"):
        return None
    return days_late(told["given_by"], told["needed_by"], clock.local_date(clock.now()))


def _shown_late(value: Any, record: Interface) -> SafeString:
    return format_html('<span class="is-red">{} {}</span>', components.rag("red", label=None), components.signed(value))


def _speaks(side: Side, state: InterfaceState) -> Any:
    """Return the condition that an interface is in a state and the actor may speak for a side."""
    return lambda record, actor: record.state == state and side in sides(record, actor)


def _agrees(record: Interface, actor: Actor) -> bool:
    other = Side.GIVER if record.asked_by == Side.RECEIVER else Side.RECEIVER
    return record.state == InterfaceState.PROPOSED and other in sides(record, actor)


@register
class InterfaceRegister(Register[Interface]):
    """What projects hand over to each other."""

    model, slug, nav, icon, order = Interface, "interfaces", "delivery", "arrow-left-right", 50
    purpose = _("What one project hands over to another: by when it is given, by when it is needed, and who answers.")
    key, title = "code", "name"
    columns = ("code", "name", "giver", "given_by", "receiver", "needed_by", "days_late", "state")
    computed = (
        Column("given_by", _("Given"), "date", annotate=dated),
        Column("needed_by", _("Needed"), "date", annotate=dated),
        Column("is_late", _("Late"), "yes-no", annotate=dated),
        Column(
            "days_late",
            _("Late, d"),
            "number",
            value=_days_late,
            display=_shown_late,
            help=_("Working days, Monday to Friday, from when it is needed to when it is given."),
        ),
    )
    sections = {
        _("Interface"): ("code", "name", "description", "state", "asked_by"),
        _("Giver"): ("giver", "giver_task", "gives_on", "giver_owner"),
        _("Receiver"): ("receiver", "receiver_task", "needed_on", "receiver_owner"),
        _("Handing over"): ("agreed_on", "delivered_on", "accepted_on", "reason"),
    }
    read_only = ("state", "asked_by", "agreed_on", "delivered_on", "accepted_on", "reason")
    filters = ("giver", "receiver", "state", "is_late", "needed_by", "giver_owner", "receiver_owner")
    search, ordering = ("code", "name", "giver__name", "receiver__name"), ("code",)
    bulk = ("giver_owner", "receiver_owner")
    actions = (
        Action("agree", _("Agree"), services.interface_agree, when=_agrees, icon="check", primary=True),
        Action(
            "deliver",
            _("Deliver"),
            services.interface_deliver,
            when=_speaks(Side.GIVER, InterfaceState.AGREED),
            icon="send",
            primary=True,
        ),
        Action(
            "accept",
            _("Accept"),
            services.interface_accept,
            when=_speaks(Side.RECEIVER, InterfaceState.DELIVERED),
            icon="check",
            primary=True,
        ),
        Action(
            "return",
            _("Return"),
            services.interface_return,
            when=_speaks(Side.RECEIVER, InterfaceState.DELIVERED),
            icon="x",
            form=RejectForm,
        ),
    )
    views = (
        View("open", _("Open"), {"f.state": "!accepted", "sort": "needed_by"}, opens=True),
        View("late", _("Late"), {"f.is_late": "yes", "sort": "needed_by"}),
    )
    writer, remover = services.interface_save, services.interface_remove

    def rows(self, actor: Actor, action: str = "view") -> QuerySet[Interface]:
        """With their dates and both projects, of which the actions ask for which side one may speak."""
        paths = ("scope", "unit__scope")
        return dated(super().rows(actor, action)).select_related(
            *(f"{side}__{path}" for side in ("giver", "receiver") for path in paths)
        )
