"""The registers of governance."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.governance import forms, services
from quarterdeck.apps.governance.choices import (
    LIVE_ACTION,
    LIVE_ISSUE,
    LIVE_RISK,
    ActionState,
    AssumptionState,
    DecisionState,
    IssueState,
    RiskState,
    rag_of,
)
from quarterdeck.apps.governance.models import Action, Assumption, Decision, Issue, Risk, RiskTask, ScaleLevel
from quarterdeck.apps.governance.selectors import exposure
from quarterdeck.apps.governance.services.escalating import may_answer
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.registers import Action as Verb
from quarterdeck.kernel.registers import Column, Inline, Register, View, register
from quarterdeck.kernel.ui import components

_ESCALATION: Final = ("escalated_to", "escalated_on", "question", "answer", "answered_on", "answered_by")
_ACTIONS: Final = ("title", "owner", "due_on", "state")
_LIVE: Final = ",".join(LIVE_RISK)


def _is(*states: str) -> Any:
    return lambda record, actor: record.state in states


def _score(value: Any, record: Risk) -> SafeString:
    return components.score(int(value), record.now, rag_of(int(value)))


def _late(value: dt.date | None, live: bool, on: dt.date) -> tuple[str, str]:
    if value is None or not live or value >= on:
        return "", ""
    return "red", str(_("overdue %(days)d d") % {"days": (on - value).days})


@register
class ActionRegister(Register[Action]):
    """What one person does by a day."""

    model, slug, nav, icon, order = Action, "actions", "governance", "square-check-big", 60
    purpose = _("What one person does by a day, on its own or because of a risk, issue, assumption or decision.")
    key, title = "code", "title"
    columns = ("code", "title", "initiative", "state", "source", "owner", "due_on")
    computed = (
        Column(
            "source",
            _("From"),
            value=lambda record: record.source.code if record.source is not None else "",
            related=("risk", "issue", "assumption", "decision"),
        ),
    )
    sections = {
        _("Action"): ("code", "title", "initiative", "description", "owner", "due_on"),
        _("Follows from"): ("risk", "issue", "assumption", "decision"),
        _("Result"): ("state", "done_on", "outcome"),
    }
    read_only = ("state", "done_on", "outcome")
    filters = ("state", "initiative", "owner", "due_on", "risk", "issue", "decision")
    search, ordering, bulk = ("code", "title", "description"), ("due_on", "code"), ("owner", "due_on")
    actions = (
        Verb(
            "done",
            _("Done"),
            services.action_done,
            _is(*LIVE_ACTION),
            icon="check",
            form=forms.DoneForm,
            primary=True,
        ),
        Verb("start", _("Take in hand"), services.action_start, _is(ActionState.OPEN), icon="play"),
        Verb("drop", _("Drop"), services.action_drop, _is(*LIVE_ACTION), icon="x", form=forms.ReasonForm),
        Verb(
            "reopen",
            _("Reopen"),
            services.action_reopen,
            _is(ActionState.DONE, ActionState.DROPPED),
            icon="undo-2",
            form=forms.ReasonForm,
        ),
    )
    views = (
        View("open", _("All open"), {"f.state": ",".join(LIVE_ACTION), "sort": "due_on"}, opens=True),
        View("mine", _("Mine"), {"f.state": ",".join(LIVE_ACTION), "f.owner": "me", "sort": "due_on"}),
        View("late", _("Overdue"), {"f.state": ",".join(LIVE_ACTION), "f.due_on": "overdue", "sort": "due_on"}),
        View("week", _("Due in 7 days"), {"f.state": ",".join(LIVE_ACTION), "f.due_on": "next:7d", "sort": "due_on"}),
    )
    writer = services.action_save

    def remark(self, name: str, record: Action, on: dt.date) -> tuple[str, str]:
        """Say that its day has passed."""
        return _late(record.due_on, record.is_live, on) if name == "due_on" else ("", "")


@register
class RiskTaskRegister(Register[RiskTask]):
    """Which tasks a risk would delay."""

    model, slug = RiskTask, "tasks-hit-by-risks"
    purpose = _("Tasks that a risk would delay; each belongs to one risk and is of a plan of its project.")
    columns = ("risk", "task")
    sections = {_("Task hit"): ("risk", "task")}
    writer = services.risk_task_save

    def choices(self, name: str, actor: Actor, record: RiskTask | None = None) -> QuerySet[Any]:
        """Return, of tasks, those of the risk's project, where it is chosen."""
        rows: QuerySet[Any] = super().choices(name, actor, record)
        risk: int | None = record.risk_id if record is not None else None
        if name != "task" or record is None or risk is None:
            return rows
        return rows.filter(plan__initiative=record.risk.initiative_id)


@register
class RiskRegister(Register[Risk]):
    """What may happen to initiatives."""

    model, slug, nav, icon, order = Risk, "risks", "governance", "triangle-alert", 20
    purpose = _("What may happen, before it does: because of what, how likely, how bad, and what is done about it.")
    key, title = "code", "title"
    columns = ("code", "title", "initiative", "state", "score", "exposure", "owner", "review_on")
    computed = (
        Column(
            "score",
            _("Score"),
            "number",
            annotate=exposure.with_score,
            display=_score,
            help=_("Probability × impact as it stands, 1 to 25."),
        ),
        Column(
            "exposure",
            _("Expected"),
            "money",
            annotate=exposure.with_exposure,
            field_class="money",
            help=_("Money impact × probability as it stands; an opportunity counts against."),
        ),
        Column("likely", _("Probability, 1 to 5"), "number", annotate=exposure.with_levels),
        Column("hurt", _("Impact, 1 to 5"), "number", annotate=exposure.with_levels),
    )
    sections = {
        _("Event"): ("code", "title", "initiative", "kind", "category", "cause", "event", "effect", "state"),
        _("Before response"): ("probability", "impact", "cost"),
        _("As it stands"): ("probability_now", "impact_now", "chance", "cost_now", "days", "near_on"),
        _("Response"): (
            "response_kind",
            "response",
            "probability_target",
            "impact_target",
            "response_cost",
            "contingency",
            "owner",
            "review_on",
        ),
        _("Escalation and end"): (*_ESCALATION, "closed_on", "closing"),
    }
    read_only = ("state", *_ESCALATION, "closed_on", "closing")
    filters = ("state", "initiative", "owner", "category", "kind", "score", "exposure", "review_on", "response_kind")
    search, ordering = ("code", "title", "cause", "event", "effect", "initiative__name"), ("-code",)
    sums, bulk = ("cost", "exposure"), ("owner", "review_on", "category")
    inlines = (
        Inline(Action, fk="risk", fields=_ACTIONS, label=_("Actions")),
        Inline(RiskTask, fk="risk", fields=("task",), label=_("Tasks it would delay")),
    )
    actions = (
        Verb("answer", _("Answer"), services.answer, may_answer, icon="gavel", form=forms.AnswerForm, primary=True),
        Verb("review", _("Review"), services.risk_review, _is(*LIVE_RISK), icon="eye", form=forms.ReviewForm),
        Verb("escalate", _("Escalate"), services.escalate, _is(*LIVE_RISK), icon="arrow-up", form=forms.EscalateForm),
        Verb(
            "occur",
            _("It has happened"),
            services.risk_occur,
            lambda record, actor: record.is_live and record.kind == "threat",
            icon="circle-alert",
            form=forms.OccurForm,
        ),
        Verb("close", _("Close it"), services.risk_close, _is(*LIVE_RISK), icon="check", form=forms.ReasonForm),
        Verb("reopen", _("Reopen"), services.risk_reopen, _is(RiskState.CLOSED), icon="undo-2", form=forms.ReasonForm),
    )
    views = (
        View("open", _("All open"), {"f.state": _LIVE, "sort": "-score"}, opens=True),
        View("mine", _("Mine"), {"f.state": _LIVE, "f.owner": "me", "sort": "review_on"}),
        View("review", _("Review overdue"), {"f.state": _LIVE, "f.review_on": "overdue", "sort": "review_on"}),
        View("top", _("Red"), {"f.state": _LIVE, "f.score": "15..", "sort": "-exposure"}),
        View("escalated", _("Escalated"), {"f.state": "escalated", "sort": "-score"}),
        View("unanswered", _("No response yet"), {"f.state": _LIVE, "f.response_kind": "none", "sort": "-score"}),
        View("opportunities", _("Opportunities"), {"f.state": _LIVE, "f.kind": "opportunity"}),
    )
    writer = services.risk_save

    def remark(self, name: str, record: Risk, on: dt.date) -> tuple[str, str]:
        """Say that a review is overdue."""
        return _late(record.review_on, record.is_live, on) if name == "review_on" else ("", "")

    def found(self, record: Risk) -> str:
        """Say in which state it is."""
        return f"{record.code}, {record.get_state_display().lower()}"


@register
class IssueRegister(Register[Issue]):
    """What has happened and must be dealt with."""

    model, slug, nav, icon, order = Issue, "issues", "governance", "circle-alert", 30
    purpose = _("What has happened and must be dealt with, by whom and until when.")
    key, title = "code", "title"
    columns = ("code", "title", "initiative", "state", "severity", "cost", "owner", "due_on")
    sections = {
        _("Issue"): ("code", "title", "initiative", "category", "severity", "state", "description", "effect"),
        _("Who and when"): ("owner", "raised_on", "due_on", "days", "cost"),
        _("Where it comes from and goes"): ("risk", *_ESCALATION, "resolution", "resolved_on"),
    }
    read_only = ("state", "risk", *_ESCALATION, "resolution", "resolved_on")
    filters = ("state", "initiative", "owner", "severity", "category", "due_on")
    search, ordering = ("code", "title", "description", "initiative__name"), ("severity", "due_on", "code")
    sums, bulk = ("cost",), ("owner", "due_on", "severity", "category")
    inlines = (Inline(Action, fk="issue", fields=_ACTIONS, label=_("Actions")),)
    actions = (
        Verb("answer", _("Answer"), services.answer, may_answer, icon="gavel", form=forms.AnswerForm, primary=True),
        Verb("start", _("Take in hand"), services.issue_start, _is(IssueState.OPEN), icon="play"),
        Verb("resolve", _("Resolve"), services.issue_resolve, _is(*LIVE_ISSUE), icon="check", form=forms.ResolveForm),
        Verb("escalate", _("Escalate"), services.escalate, _is(*LIVE_ISSUE), icon="arrow-up", form=forms.EscalateForm),
        Verb("close", _("Close it"), services.issue_close, _is(*LIVE_ISSUE), icon="x", form=forms.ReasonForm),
        Verb(
            "reopen",
            _("Reopen"),
            services.issue_reopen,
            _is(IssueState.RESOLVED, IssueState.CLOSED),
            icon="undo-2",
            form=forms.ReasonForm,
        ),
    )
    views = (
        View("open", _("All open"), {"f.state": ",".join(LIVE_ISSUE), "sort": "severity,due_on"}, opens=True),
        View("mine", _("Mine"), {"f.state": ",".join(LIVE_ISSUE), "f.owner": "me", "sort": "due_on"}),
        View("late", _("Overdue"), {"f.state": ",".join(LIVE_ISSUE), "f.due_on": "overdue", "sort": "due_on"}),
        View("escalated", _("Escalated"), {"f.state": "escalated", "sort": "severity"}),
    )
    writer = services.issue_save

    def remark(self, name: str, record: Issue, on: dt.date) -> tuple[str, str]:
        """Say that its day has passed."""
        return _late(record.due_on, record.is_live, on) if name == "due_on" else ("", "")


@register
class AssumptionRegister(Register[Assumption]):
    """What is taken for granted."""

    model, slug, nav, icon, order = Assumption, "assumptions", "governance", "puzzle", 40
    purpose = _("What is taken for granted: why, until when it is to be shown, and what follows if it is wrong.")
    key, title = "code", "title"
    columns = ("code", "title", "initiative", "state", "owner", "due_on")
    sections = {
        _("Assumption"): ("code", "title", "initiative", "basis", "if_wrong"),
        _("Proof"): ("owner", "due_on", "state", "shown_on", "finding"),
    }
    read_only = ("state", "shown_on", "finding")
    filters = ("state", "initiative", "owner", "due_on")
    search, ordering, bulk = ("code", "title", "basis", "if_wrong"), ("due_on", "code"), ("owner", "due_on")
    inlines = (Inline(Action, fk="assumption", fields=_ACTIONS, label=_("Actions")),)
    actions = (
        Verb(
            "confirm",
            _("It holds"),
            services.assumption_confirm,
            _is(AssumptionState.OPEN),
            icon="check",
            form=forms.FindingForm,
            primary=True,
        ),
        Verb(
            "refute",
            _("It is wrong"),
            services.assumption_refute,
            _is(AssumptionState.OPEN, AssumptionState.CONFIRMED),
            icon="x",
            form=forms.RefuteForm,
        ),
    )
    views = (
        View("open", _("To be shown"), {"f.state": "open", "sort": "due_on"}, opens=True),
        View("mine", _("Mine"), {"f.state": "open", "f.owner": "me", "sort": "due_on"}),
        View("late", _("Overdue"), {"f.state": "open", "f.due_on": "overdue", "sort": "due_on"}),
    )
    writer = services.assumption_save


@register
class DecisionRegister(Register[Decision]):
    """What was decided or waits to be."""

    model, slug, nav, icon, order = Decision, "decisions", "governance", "gavel", 50
    purpose = _("What was decided, by whom and why, and what still waits to be decided.")
    key, title = "code", "title"
    columns = ("code", "title", "initiative", "state", "owner", "due_on", "decided_on")
    sections = {
        _("Question"): ("code", "title", "initiative", "question", "options", "owner", "due_on", "replaces"),
        _("Decision"): ("state", "outcome", "reason", "decided_on"),
    }
    read_only = ("state", "outcome", "reason", "decided_on")
    filters = ("state", "initiative", "owner", "due_on", "decided_on")
    search, ordering, bulk = ("code", "title", "question", "outcome"), ("-code",), ("owner", "due_on")
    inlines = (Inline(Action, fk="decision", fields=_ACTIONS, label=_("Actions")),)
    actions = (
        Verb(
            "decide",
            _("Record decision"),
            services.decision_record,
            _is(DecisionState.WANTED),
            icon="gavel",
            form=forms.DecideForm,
            primary=True,
        ),
    )
    views = (
        View("wanted", _("Wanted"), {"f.state": "wanted", "sort": "due_on"}, opens=True),
        View("mine", _("Mine to decide"), {"f.state": "wanted", "f.owner": "me", "sort": "due_on"}),
        View("late", _("Overdue"), {"f.state": "wanted", "f.due_on": "overdue", "sort": "due_on"}),
        View("made", _("Decided"), {"f.state": "decided", "sort": "-decided_on"}),
    )
    writer, remover = services.decision_save, services.decision_remove


@register
class ScaleRegister(Register[ScaleLevel]):
    """What the five levels of probability and impact mean here."""

    model, slug, nav, icon, order = ScaleLevel, "risk-scale", "governance", "ruler", 90
    purpose = _("What the five levels of probability and impact mean here. Without rows, 5, 20, 40, 60 and 85 %.")
    title = "meaning"
    columns = ("axis", "level", "meaning", "percent", "is_active")
    sections = {_("Level"): ("axis", "level", "meaning", "percent", "is_active")}
    filters, search, ordering = ("axis", "is_active"), ("meaning",), ("axis", "level")
