"""The registers of the portfolio."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import CharField, Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.people.selectors.roles import held
from quarterdeck.apps.portfolio import services
from quarterdeck.apps.portfolio.choices import MANAGERS, SPONSOR, WORDS, State
from quarterdeck.apps.portfolio.forms import CompleteForm, HoldForm, ReasonForm
from quarterdeck.apps.portfolio.models import Initiative, InitiativeTemplate, TemplatePart, TemplateRole
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.registers import Action, Column, Inline, Register, View, register
from quarterdeck.kernel.ui import components


def _today() -> dt.date:
    return clock.local_date(clock.now())


def _with_sponsor(rows: QuerySet[Any]) -> QuerySet[Any]:
    named: QuerySet[Any] = rows.annotate(sponsor=_holder([SPONSOR]))
    return named


def _with_manager(rows: QuerySet[Any]) -> QuerySet[Any]:
    named: QuerySet[Any] = rows.annotate(manager=_holder(list(MANAGERS.values())))
    return named


def _with_lead(rows: QuerySet[Any]) -> QuerySet[Any]:
    named: QuerySet[Any] = rows.annotate(lead=Coalesce(_holder(list(MANAGERS.values())), _holder([SPONSOR])))
    return named


def _holder(codes: list[str]) -> Subquery:
    rows = held(_today()).select_related(None).filter(scope=OuterRef("scope"), role__code__in=codes)
    return Subquery(rows.order_by("starts_on").values("person__name")[:1], output_field=CharField())


def _held_by_me(*codes: str) -> Callable[[Actor], Q]:
    """Return the condition on the initiatives at which the reader holds one of some roles today."""

    def mine(actor: Actor) -> Q:
        if actor.user is None:
            return Q(pk__in=())
        rows = held(actor.today).select_related(None).filter(role__code__in=codes, person__user=actor.user)
        return Q(scope__in=rows.order_by().values("scope"))

    return mine


def _person(value: Any, record: Any) -> SafeString:
    return components.person(str(value))


def _is(*states: State) -> Any:
    return lambda record, actor: record.state in states


def _slip(record: Initiative) -> str:
    if record.planned_finish is None or record.actual_finish is None:
        return ""
    days = (record.actual_finish - record.planned_finish).days
    return f"{days:+d} d".replace("-", "\u2212")


@register
class InitiativeRegister(Register[Initiative]):
    """Portfolios, programmes and projects: the tree on which everything hangs."""

    model, slug, nav, icon, order = Initiative, "initiatives", "portfolio", "layers", 20
    purpose = _("Portfolios at the top, programmes and projects below. Every plan, risk and figure belongs to one.")
    key, title, tree = "code", "name", "parent"
    columns = ("name", "code", "state", "stage", "manager", "planned_finish", "budget", "sponsor", "priority")
    computed = (
        Column("sponsor", _("Sponsor"), annotate=_with_sponsor, display=_person, mine=_held_by_me(SPONSOR)),
        Column("manager", _("Manager"), annotate=_with_manager, display=_person, mine=_held_by_me(*MANAGERS.values())),
        Column(
            "lead",
            _("Lead"),
            annotate=_with_lead,
            display=_person,
            help=_("The manager, and the sponsor where there is none."),
            mine=_held_by_me(SPONSOR, *MANAGERS.values()),
        ),
        Column(
            "parts",
            _("Parts"),
            "number",
            annotate=lambda rows: rows.annotate(parts=Count("children", distinct=True)),
        ),
        Column(
            "slip",
            _("Finish, actual to planned"),
            "text",
            value=_slip,
            help=_("Calendar days between planned and actual finish."),
        ),
    )
    sections = {
        _("Initiative"): ("code", "name", "kind", "parent", "purpose"),
        _("Direction"): ("unit", "office", "method", "stage", "priority", "state"),
        _("Time and money"): (
            "planned_start",
            "planned_finish",
            "actual_start",
            "actual_finish",
            "currency",
            "budget",
        ),
        _("Tolerances"): ("time_tolerance", "cost_tolerance", "review_on"),
    }
    read_only = ("state", "actual_start", "actual_finish", "review_on")
    filters = ("kind", "state", "parent", "unit", "stage", "priority", "planned_finish", "office")
    search, ordering = ("code", "name", "purpose"), ("code",)
    sums = ("budget",)
    bulk = ("unit", "office", "method", "stage", "priority", "planned_start", "planned_finish")
    actions = (
        Action("activate", _("Activate"), services.initiative_activate, _is(State.PIPELINE), icon="play", primary=True),
        Action("resume", _("Resume"), services.initiative_resume, _is(State.ON_HOLD), icon="play", primary=True),
        Action(
            "complete", _("Complete"), services.initiative_complete, _is(State.ACTIVE), icon="check", form=CompleteForm
        ),
        Action(
            "hold",
            _("Put on hold"),
            services.initiative_hold,
            _is(State.ACTIVE, State.PIPELINE),
            icon="pause",
            form=HoldForm,
        ),
        Action(
            "cancel",
            _("Cancel it"),
            services.initiative_cancel,
            _is(State.PIPELINE, State.ACTIVE, State.ON_HOLD),
            icon="ban",
            form=ReasonForm,
        ),
        Action(
            "reopen",
            _("Reopen"),
            services.initiative_reopen,
            _is(State.COMPLETED, State.CANCELLED),
            icon="undo-2",
            form=ReasonForm,
        ),
    )
    views = (
        View("mine", _("Mine"), {"f.lead": "me", "sort": "planned_finish"}),
        View("projects", _("Projects"), {"f.kind": "project", "sort": "code"}),
        View("active", _("Active projects"), {"f.kind": "project", "f.state": "active", "sort": "planned_finish"}),
        View("pipeline", _("Pipeline"), {"f.state": "pipeline", "sort": "priority,planned_start"}),
        View("on-hold", _("On hold"), {"f.state": "on_hold", "cols": "name,code,kind,manager,review_on,unit"}),
        View("starting", _("Starting in 30 days"), {"f.planned_start": "next:30d", "sort": "planned_start"}),
        View(
            "overdue",
            _("Past planned finish"),
            {"f.state": "active,on_hold", "f.planned_finish": "overdue", "sort": "planned_finish"},
        ),
        View("untouched", _("Not touched for 30 days"), {"f.state": "active", "f.updated_at": "before:today-30d"}),
    )
    writer, remover = services.initiative_save, services.initiative_remove

    def initial(self, actor: Actor) -> Initiative:
        """Start in the pipeline."""
        return Initiative(state=State.PIPELINE)

    def home(self, record: Initiative) -> str:
        """Each kind has its own word in the address."""
        return f"/{WORDS[record.kind]}/{record.code}/"

    def found(self, record: Initiative) -> str:
        """Say what kind of initiative it is, and in which state."""
        return f"{record.code}, {record.get_kind_display().lower()}, {record.get_state_display().lower()}"

    def chip(self, record: Initiative) -> SafeString:
        """Show the name; its code is on hover."""
        return format_html('<a class="ref" href="{}" title="{}">{}</a>', self.home(record), record.code, record.name)


@register
class TemplateRegister(Register[InitiativeTemplate]):
    """What new initiatives of one sort start with."""

    model, slug, nav, icon, order = InitiativeTemplate, "initiative-templates", "portfolio", "copy-plus", 80
    purpose = _("What a new project, programme or portfolio of one sort starts with: method, length, roles, parts.")
    title = "name"
    columns = ("name", "kind", "method", "priority", "length_days", "is_active")
    sections = {
        _("Template"): ("name", "kind", "purpose", "is_active"),
        _("Starts with"): ("method", "priority", "length_days", "time_tolerance", "cost_tolerance"),
    }
    filters, search, ordering = ("kind", "method", "is_active"), ("name", "purpose"), ("name",)
    inlines = (
        Inline(TemplateRole, fk="template", fields=("role", "required"), label=_("Roles to fill")),
        Inline(
            TemplatePart,
            fk="template",
            fields=("position", "name", "kind", "method", "starts_after", "length_days"),
            label=_("Parts below"),
        ),
    )
