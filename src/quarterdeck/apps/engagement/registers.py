"""The registers of engagement."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.engagement import forms, services
from quarterdeck.apps.engagement.choices import OPEN, WAITING, ConcernState, PlanState
from quarterdeck.apps.engagement.models import Communication, Concern, Contact, Stakeholder
from quarterdeck.kernel.registers import Action, Column, Inline, Register, View, register


def _late(value: dt.date | None, waits: bool, on: dt.date) -> tuple[str, str]:
    if value is None or not waits or value >= on:
        return "", ""
    return "red", str(_("overdue %(days)d d") % {"days": (on - value).days})


def _initiative(rows: QuerySet[Any]) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.annotate(of_initiative=F("stakeholder__initiative__name"))
    return found


@register
class ContactRegister(Register[Contact]):
    """When stakeholders were spoken to, and what was said."""

    model, slug = Contact, "contacts"
    purpose = _("When stakeholders were spoken to and what was said; each belongs to what they are told.")
    columns = ("communication", "held_on", "by", "summary")
    sections = {_("Contact"): ("communication", "held_on", "by", "summary")}
    writer, remover = services.contact_save, services.contact_remove


@register
class CommunicationRegister(Register[Communication]):
    """What stakeholders are told, how and how often."""

    model, slug, nav, icon, order = Communication, "communications", "engagement", "megaphone", 30
    purpose = _("What each stakeholder is told, how, how often and by whom; what is due and what was missed.")
    key, title = "code", "subject"
    columns = ("code", "subject", "stakeholder", "of_initiative", "channel", "interval", "next_on", "owner", "last_on")
    computed = (Column("of_initiative", _("Initiative"), annotate=_initiative),)
    sections = {
        _("Contact"): ("code", "subject", "stakeholder", "channel", "interval", "next_on", "owner"),
        _("So far"): ("state", "last_on"),
    }
    read_only = ("state", "last_on")
    filters = ("stakeholder", "state", "channel", "interval", "next_on", "owner")
    search, ordering, bulk = ("code", "subject", "stakeholder__name"), ("next_on", "code"), ("owner", "channel")
    inlines = (Inline(Contact, fk="communication", fields=("held_on", "by", "summary"), label=_("Held so far")),)
    actions = (
        Action(
            "log",
            _("Log contact"),
            services.contact_log,
            lambda record, actor: record.state == PlanState.RUNNING,
            icon="check",
            form=forms.ContactForm,
            primary=True,
        ),
        Action(
            "end",
            _("End it"),
            services.communication_end,
            lambda record, actor: record.state == PlanState.RUNNING,
            icon="x",
            form=forms.ReasonForm,
        ),
    )
    views = (
        View("running", _("Running"), {"f.state": "running", "sort": "next_on"}, opens=True),
        View("mine", _("Mine"), {"f.state": "running", "f.owner": "me", "sort": "next_on"}),
        View("late", _("Overdue"), {"f.state": "running", "f.next_on": "overdue", "sort": "next_on"}),
        View("soon", _("Due in 14 days"), {"f.state": "running", "f.next_on": "next:14d", "sort": "next_on"}),
    )
    writer = services.communication_save

    def remark(self, name: str, record: Communication, on: dt.date) -> tuple[str, str]:
        """Say that the contact is overdue."""
        return _late(record.next_on, record.state == PlanState.RUNNING, on) if name == "next_on" else ("", "")


@register
class StakeholderRegister(Register[Stakeholder]):
    """Whom initiatives concern."""

    model, slug, nav, icon, order = Stakeholder, "stakeholders", "engagement", "users-round", 20
    purpose = _(
        "Whom an initiative concerns: how much say and interest they have, how they stand to it, who wins them."
    )
    key, title = "code", "name"
    columns = (
        "code",
        "name",
        "organisation",
        "initiative",
        "group",
        "influence",
        "interest",
        "attitude",
        "wanted",
        "owner",
    )
    sections = {
        _("Stakeholder"): ("code", "name", "organisation", "initiative", "group", "side", "person"),
        _("Standing"): ("influence", "interest", "attitude", "wanted", "needs", "approach", "owner"),
    }
    filters = ("initiative", "group", "side", "influence", "interest", "attitude", "owner")
    search, ordering, bulk = ("code", "name", "organisation", "needs"), ("name", "code"), ("owner", "group", "side")
    inlines = (
        Inline(Communication, fk="stakeholder", fields=("subject", "channel", "interval", "next_on", "owner", "state")),
    )
    views = (
        View("all", _("All"), {"sort": "-influence"}, opens=True),
        View("mine", _("Mine"), {"f.owner": "me"}),
        View("close", _("To manage closely"), {"f.influence": "4,5", "f.interest": "4,5", "sort": "attitude"}),
        View("against", _("Opposed or sceptical"), {"f.attitude": "1,2", "sort": "-influence"}),
    )
    writer = services.stakeholder_save


@register
class ConcernRegister(Register[Concern]):
    """What people complain of."""

    model, slug, nav, icon, order = Concern, "concerns", "engagement", "message-square-warning", 40
    purpose = _("What clients, sponsors, neighbours and staff complain of, until it is closed with their agreement.")
    key, title = "code", "title"
    columns = (
        "code",
        "title",
        "initiative",
        "state",
        "raised_by",
        "owner",
        "received_on",
        "acknowledge_by",
        "answer_by",
    )
    sections = {
        _("Concern"): ("code", "title", "initiative", "group", "raised_by", "stakeholder", "description"),
        _("Who and when"): ("owner", "received_on", "state", "acknowledge_by", "acknowledged_on"),
        _("Redress"): ("answer_by", "answered_on", "redress", "closed_on", "agreed", "closing", "reopened_on"),
    }
    read_only = (
        "state",
        "acknowledge_by",
        "acknowledged_on",
        "answer_by",
        "answered_on",
        "redress",
        "closed_on",
        "agreed",
        "closing",
        "reopened_on",
    )
    filters = ("state", "initiative", "group", "owner", "received_on", "answer_by", "agreed")
    search, ordering, bulk = ("code", "title", "raised_by", "description"), ("answer_by", "code"), ("owner",)
    actions = (
        Action(
            "acknowledge",
            _("Acknowledge"),
            services.concern_acknowledge,
            lambda record, actor: record.state == ConcernState.RECEIVED,
            icon="mail",
            primary=True,
        ),
        Action(
            "answer",
            _("Offer redress"),
            services.concern_answer,
            lambda record, actor: record.state in WAITING,
            icon="heart-handshake",
            form=forms.RedressForm,
        ),
        Action(
            "close",
            _("Close it"),
            services.concern_close,
            lambda record, actor: record.state in OPEN,
            icon="check",
            form=forms.CloseForm,
        ),
        Action(
            "reopen",
            _("Reopen"),
            services.concern_reopen,
            lambda record, actor: record.state in (ConcernState.CLOSED, ConcernState.ANSWERED),
            icon="undo-2",
            form=forms.ReasonForm,
        ),
    )
    views = (
        View("open", _("Open"), {"f.state": ",".join(OPEN), "sort": "answer_by"}, opens=True),
        View("mine", _("Mine"), {"f.state": ",".join(OPEN), "f.owner": "me", "sort": "answer_by"}),
        View("late", _("Answer overdue"), {"f.state": ",".join(WAITING), "f.answer_by": "overdue"}),
        View("without", _("Closed without agreement"), {"f.state": "closed", "f.agreed": "no"}),
    )
    writer = services.concern_save

    def remark(self, name: str, record: Concern, on: dt.date) -> tuple[str, str]:
        """Say that a step is overdue."""
        if name == "acknowledge_by":
            return _late(record.acknowledge_by, record.state == ConcernState.RECEIVED, on)
        return _late(record.answer_by, record.state in WAITING, on) if name == "answer_by" else ("", "")
