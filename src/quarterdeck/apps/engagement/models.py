"""Stakeholders, the contacts planned and held with them, and concerns."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.engagement.choices import (
    Attitude,
    Channel,
    ConcernState,
    Group,
    Interval,
    Level,
    PlanState,
    Side,
)
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.records import Record

BY_INITIATIVE = ("initiative__scope", "initiative__unit__scope")
NUMBERED = _("Left empty, the next number is taken.")


class Stakeholder(Record):
    """Someone, or a body, that an initiative concerns: how much say and interest they have, how they stand to it."""

    row_scope = BY_INITIATIVE
    row_owner = ("owner__user",)

    code = models.CharField(_("code"), max_length=20, unique=True, blank=True, help_text=NUMBERED)
    name = models.CharField(_("name"), max_length=200)
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    initiative = models.ForeignKey(
        Initiative, models.PROTECT, related_name="engagement_stakeholders", verbose_name=_("initiative")
    )
    group = models.CharField(_("as"), max_length=12, choices=Group.choices, default=Group.USER)
    side = models.CharField(_("side"), max_length=10, choices=Side.choices, default=Side.EXTERNAL)
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="engagement_stakes", verbose_name=_("person")
    )
    influence = models.PositiveSmallIntegerField(_("influence"), choices=Level.choices)
    interest = models.PositiveSmallIntegerField(_("interest"), choices=Level.choices)
    attitude = models.PositiveSmallIntegerField(_("attitude now"), choices=Attitude.choices, default=Attitude.NEUTRAL)
    wanted = models.PositiveSmallIntegerField(
        _("attitude wanted"), choices=Attitude.choices, default=Attitude.SUPPORTIVE
    )
    needs = models.TextField(_("what they need"), blank=True)
    approach = models.TextField(_("how they are won"), blank=True)
    owner = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="engagement_owned", verbose_name=_("owner")
    )

    class Meta:
        ordering = ("name", "code")
        verbose_name, verbose_name_plural = _("stakeholder"), _("stakeholders")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Communication(Record):
    """What a stakeholder is told, how and how often, by whom.

    `next_on` is the day on which it is due next, `anchor_on` that from which its rhythm is counted.
    """

    row_scope = ("stakeholder__initiative__scope", "stakeholder__initiative__unit__scope")
    row_owner = ("owner__user",)

    code = models.CharField(_("code"), max_length=20, unique=True, blank=True, help_text=NUMBERED)
    subject = models.CharField(_("subject"), max_length=200)
    stakeholder = models.ForeignKey(
        Stakeholder, models.PROTECT, related_name="communications", verbose_name=_("stakeholder")
    )
    channel = models.CharField(_("by"), max_length=10, choices=Channel.choices, default=Channel.MEETING)
    interval = models.CharField(_("how often"), max_length=12, choices=Interval.choices, default=Interval.MONTHLY)
    next_on = models.DateField(_("next on"))
    owner = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="engagement_contacts", verbose_name=_("owner")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=PlanState.choices, default=PlanState.RUNNING, editable=False
    )
    last_on = models.DateField(_("last contact"), null=True, editable=False)
    anchor_on = models.DateField(_("rhythm counted from"), null=True, editable=False)

    class Meta:
        ordering = ("next_on", "code")
        verbose_name, verbose_name_plural = _("planned contact"), _("communication plan")
        indexes = [models.Index(fields=("state", "next_on"), name="engagement_plan_due")]

    def __str__(self) -> str:
        return f"{self.code} {self.subject}"


class Contact(Record):
    """One time that a stakeholder was spoken to or told; `due_on` is the day of the plan that it answered, if any."""

    row_scope = ("communication__stakeholder__initiative__scope", "communication__stakeholder__initiative__unit__scope")

    communication = models.ForeignKey(
        Communication, models.CASCADE, related_name="contacts", verbose_name=_("planned contact")
    )
    held_on = models.DateField(_("held on"))
    due_on = models.DateField(_("was due on"), null=True, editable=False)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by"))
    summary = models.TextField(_("what was said"), blank=True)

    class Meta:
        ordering = ("-held_on", "-pk")
        verbose_name, verbose_name_plural = _("contact"), _("contacts")

    def __str__(self) -> str:
        return f"{self.held_on:%Y-%m-%d}"


class Concern(Record):
    """What a client, sponsor, neighbour or member of staff complains of, until it is closed with their agreement.

    `acknowledge_by` and `answer_by` are counted in working days from the day of receipt, `answer_by` anew from the day
    on which it was reopened.
    """

    row_scope = BY_INITIATIVE
    row_owner = ("owner__user",)

    code = models.CharField(_("code"), max_length=20, unique=True, blank=True, help_text=NUMBERED)
    title = models.CharField(_("concern"), max_length=200)
    initiative = models.ForeignKey(
        Initiative, models.PROTECT, related_name="engagement_concerns", verbose_name=_("initiative")
    )
    group = models.CharField(_("from a"), max_length=12, choices=Group.choices, default=Group.CLIENT)
    raised_by = models.CharField(_("raised by"), max_length=200, help_text=_("Who waits for the answer."))
    stakeholder = models.ForeignKey(
        Stakeholder, models.PROTECT, null=True, blank=True, related_name="concerns", verbose_name=_("stakeholder")
    )
    description = models.TextField(_("what it is about"), blank=True)
    owner = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="engagement_concerns", verbose_name=_("owner")
    )
    state = models.CharField(
        _("state"), max_length=14, choices=ConcernState.choices, default=ConcernState.RECEIVED, editable=False
    )
    received_on = models.DateField(_("received on"))
    acknowledge_by = models.DateField(_("acknowledge by"), null=True, editable=False)
    acknowledged_on = models.DateField(_("acknowledged on"), null=True, editable=False)
    answer_by = models.DateField(_("answer by"), null=True, editable=False)
    answered_on = models.DateField(_("answered on"), null=True, editable=False)
    redress = models.TextField(_("redress"), blank=True, editable=False)
    closed_on = models.DateField(_("closed on"), null=True, editable=False)
    reopened_on = models.DateField(_("reopened on"), null=True, editable=False)
    agreed = models.BooleanField(_("closed with their agreement"), null=True, editable=False)
    closing = models.TextField(_("how it ended"), blank=True, editable=False)

    class Meta:
        ordering = ("answer_by", "code")
        verbose_name, verbose_name_plural = _("concern"), _("concerns")
        indexes = [models.Index(fields=("initiative", "state"), name="engagement_concern_of")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def waits_until(self) -> dt.date | None:
        """The day by which the next step is due; None where nothing is."""
        if self.state == ConcernState.RECEIVED:
            return self.acknowledge_by
        return self.answer_by if self.state == ConcernState.ACKNOWLEDGED else None
