"""The registers of service levels: rules, records, breaches, notices."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.suppliers import services
from quarterdeck.apps.suppliers.choices import LIVE, BreachState
from quarterdeck.apps.suppliers.forms import AnswerForm, FollowForm, NoticeForm, ReasonForm, RecordEndForm
from quarterdeck.apps.suppliers.models import (
    BreachCase,
    CreditTier,
    NoticeTemplate,
    ServiceLevel,
    ServicePause,
    ServiceRecord,
)
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.registers import Action, Column, Inline, Register, View, register


def _of(*states: BreachState) -> Any:
    return lambda record, actor: record.state in states


def _supplier(path: str) -> Any:
    return lambda rows: rows.annotate(supplier=F(f"{path}__supplier__name"))


def _looked_after(prefix: str) -> Any:
    def mine(actor: Actor) -> Q:
        if actor.user is None:
            return Q(pk__in=())
        return Q(**{f"{prefix}__supplier__owner__user": actor.user})

    return mine


@register
class LevelRegister(Register[ServiceLevel]):
    """Service levels as rules."""

    model, slug, nav, icon, order = ServiceLevel, "service-levels", "suppliers", "gauge", 30
    purpose = _("What share of cases a contract wants done, within which working time, and what follows if it is not.")
    key, title = "code", "name"
    columns = ("code", "name", "supplier", "contract", "source", "allowance", "unit", "target", "window", "is_active")
    computed = (Column("supplier", _("Supplier"), annotate=_supplier("contract"), mine=_looked_after("contract")),)
    sections = {
        _("Level"): ("code", "contract", "name", "clause", "source"),
        _("Promise"): ("allowance", "unit", "calendar", "target", "window"),
        _("If it is not kept"): ("cure_days",),
        _("Use"): ("starts_on", "is_active"),
    }
    filters = ("contract", "source", "window", "is_active")
    search, ordering, bulk = ("code", "name", "contract__supplier__name"), ("code",), ("is_active",)
    inlines = (Inline(CreditTier, fk="level", fields=("below", "credit"), label=_("Service credits")),)
    views = (View("used", _("In use"), {"f.is_active": "yes"}, opens=True),)
    writer = services.level_save


@register
class PauseRegister(Register[ServicePause]):
    """Excused times of service records."""

    model, slug, icon = ServicePause, "excused-times", "pause"
    purpose = _("Time for which the supplier is excused: the clock stands. Each belongs to one service record.")
    title, columns = "reason", ("record", "starts_at", "ends_at", "reason")
    sections = {_("Excused time"): ("record", "starts_at", "ends_at", "reason")}
    filters, search, ordering = ("record",), ("reason",), ("record", "starts_at")
    writer, remover = services.pause_save, services.pause_remove


@register
class RecordRegister(Register[ServiceRecord]):
    """Cases by which levels are judged."""

    model, slug, nav, icon, order = ServiceRecord, "service-records", "suppliers", "list-checks", 35
    purpose = _(
        "Each case of a service level: when it was asked for, done, and how well. Plans and obligations feed it."
    )
    title = "subject"
    columns = ("reference", "subject", "level", "supplier", "initiative", "started_at", "due_at", "ended_at", "kept")
    computed = (
        Column("supplier", _("Supplier"), annotate=_supplier("level__contract"), mine=_looked_after("level__contract")),
    )
    sections = {
        _("Case"): ("level", "reference", "subject", "initiative", "source"),
        _("Time"): ("started_at", "promised_at", "ended_at", "due_at", "breaks_at", "kept", "decided_on"),
        _("How well"): ("in_full", "right_first_time", "as_agreed", "note"),
    }
    read_only = ("source", "due_at", "breaks_at", "kept", "decided_on")
    filters = ("level", "kept", "initiative", "decided_on", "ended_at", "source")
    search, ordering = ("reference", "subject", "level__contract__supplier__name"), ("-started_at", "-id")
    inlines = (Inline(ServicePause, fk="record", fields=("starts_at", "ends_at", "reason"), label=_("Excused times")),)
    actions = (
        Action(
            "done",
            _("Note it done"),
            services.record_end,
            lambda record, actor: record.ended_at is None,
            icon="check",
            form=RecordEndForm,
            primary=True,
        ),
    )
    views = (
        View("open", _("Open"), {"f.ended_at": "none", "sort": "due_at"}),
        View("missed", _("Missed"), {"f.kept": "no", "sort": "-decided_on"}),
    )
    writer, writer_many = services.record_save, services.records_save


@register
class BreachRegister(Register[BreachCase]):
    """Breach cases."""

    model, slug, nav, icon, order = BreachCase, "breaches", "suppliers", "triangle-alert", 40
    purpose = _("Service levels that were not kept: opened with their evidence, followed until they are closed.")
    key = title = "code"
    columns = ("code", "supplier", "level", "first_day", "achieved", "target", "state", "cure_until", "credit_amount")
    computed = (
        Column("supplier", _("Supplier"), annotate=_supplier("level__contract"), mine=_looked_after("level__contract")),
    )
    sections = {
        _("Breach"): ("code", "level", "first_day", "last_day", "state", "owner", "opened_on"),
        _("Facts"): ("achieved", "target", "met", "missed", "credit", "credit_amount"),
        _("Notice"): ("notice_subject", "notice", "noticed_on", "noticed_to", "cure_until"),
        _("Remedy"): ("answered_on", "answer", "remedy", "remedy_on"),
        _("End"): ("followed_on", "follow_up", "closed_on", "reason"),
    }
    read_only = (
        "code",
        "state",
        "opened_on",
        "achieved",
        "target",
        "credit",
        "credit_amount",
        "noticed_on",
        "noticed_to",
        "cure_until",
        "answered_on",
        "answer",
        "remedy",
        "remedy_on",
        "followed_on",
        "follow_up",
        "closed_on",
        "reason",
    )
    filters = ("state", "level", "opened_on", "cure_until", "owner")
    search, ordering = ("code", "level__name", "level__contract__supplier__name"), ("-opened_on", "-code")
    sums, bulk = ("credit_amount",), ("owner",)
    actions = (
        Action(
            "notice",
            _("Log notice sent"),
            services.breach_notice,
            _of(BreachState.OPEN),
            icon="send",
            form=NoticeForm,
            primary=True,
        ),
        Action(
            "answer",
            _("Log answer and remedy"),
            services.breach_answer,
            _of(BreachState.NOTICED),
            icon="message-square",
            form=AnswerForm,
            primary=True,
        ),
        Action(
            "follow",
            _("Log follow-up"),
            services.breach_follow_up,
            _of(BreachState.NOTICED, BreachState.REMEDY, BreachState.FOLLOWED_UP),
            icon="search",
            form=FollowForm,
            primary=True,
        ),
        Action(
            "close",
            _("Close"),
            services.breach_close,
            _of(BreachState.FOLLOWED_UP),
            icon="check",
            form=ReasonForm,
            primary=True,
        ),
        Action(
            "dispute",
            _("Log dispute"),
            services.breach_dispute,
            _of(BreachState.NOTICED, BreachState.REMEDY),
            icon="scale",
            form=ReasonForm,
        ),
        Action(
            "settle",
            _("Uphold"),
            services.breach_settle,
            _of(BreachState.DISPUTED),
            icon="gavel",
            form=ReasonForm,
            primary=True,
        ),
        Action("excuse", _("Excuse"), services.breach_excuse, _of(*LIVE), icon="ban", form=ReasonForm),
    )
    views = (
        View("live", _("Not over"), {"f.state": "!closed,excused", "sort": "opened_on"}, opens=True),
        View("open", _("Without notice"), {"f.state": "open", "sort": "opened_on"}),
        View("cure", _("Cure ends in 14 days"), {"f.state": "noticed,remedy", "f.cure_until": "next:14d"}),
        View("mine", _("Mine"), {"f.owner": "me", "f.state": "!closed,excused"}),
    )
    writer = services.breach_save

    def rows(self, actor: Actor, action: str = "view") -> QuerySet[BreachCase]:
        """With the level, whom the rules ask for."""
        return super().rows(actor, action).select_related("level")

    def remark(self, name: str, record: BreachCase, on: dt.date) -> tuple[str, str]:
        """Say that the cure period has ended."""
        if name == "cure_until" and record.is_past_cure(on):
            return "red", _now("over")
        return "", ""


@register
class TemplateRegister(Register[NoticeTemplate]):
    """Texts of notices."""

    model, slug, nav, icon, order = NoticeTemplate, "notice-templates", "suppliers", "file-text", 85
    purpose = _("What a notice of breach says, with words in braces that the case fills in.")
    title, columns = "name", ("name", "subject", "is_default")
    sections = {_("Template"): ("name", "subject", "body", "is_default")}
    search, ordering = ("name", "subject"), ("name",)
