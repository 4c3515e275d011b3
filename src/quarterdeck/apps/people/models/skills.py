"""Skills with levels, and qualifications with evidence and expiry."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.people.choices import QualificationKind, SkillLevel
from quarterdeck.apps.people.models.persons import Person
from quarterdeck.kernel.audit.models import Record


class Skill(Record):
    """A skill, or a family of skills that holds others."""

    row_scope = ()

    name = models.CharField(_("name"), max_length=100, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("family")
    )
    description = models.TextField(_("description"), blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("skill")
        verbose_name_plural = _("skills")

    def __str__(self) -> str:
        return self.name


class PersonSkill(Record):
    """How far a person masters a skill, and when that was judged."""

    row_scope = ("person__unit__scope",)
    row_owner = ("person__user",)

    person = models.ForeignKey(Person, models.CASCADE, related_name="skills", verbose_name=_("person"))
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="holders", verbose_name=_("skill"))
    level = models.PositiveSmallIntegerField(_("level"), choices=SkillLevel.choices, default=SkillLevel.ABLE)
    assessed_on = models.DateField(_("assessed on"), null=True, blank=True)

    class Meta:
        ordering = ("person", "-level", "skill__name")
        verbose_name = _("skill of a person")
        verbose_name_plural = _("skills of people")
        constraints = [
            models.UniqueConstraint(
                fields=("person", "skill"),
                name="people_skill_once",
                violation_error_message=_("This skill of the person is recorded already."),
            ),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=5),
                name="people_skill_level",
                violation_error_message=_("A level is 1 to 5."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.skill} {self.level}"


class QualificationType(Record):
    """A licence, certificate, degree or clearance that work may require."""

    row_scope = ()

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=150, unique=True)
    kind = models.CharField(
        _("kind"), max_length=12, choices=QualificationKind.choices, default=QualificationKind.CERTIFICATE
    )
    issuer = models.CharField(_("issued by"), max_length=150, blank=True)
    valid_months = models.PositiveSmallIntegerField(
        _("valid for, months"), null=True, blank=True, help_text=_("Left empty: it does not expire.")
    )
    needs_evidence = models.BooleanField(_("evidence asked for"), default=False)
    description = models.TextField(_("description"), blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("qualification type")
        verbose_name_plural = _("qualification types")

    def __str__(self) -> str:
        return self.name


class Qualification(Record):
    """A qualification that a person holds; its evidence is a file attached to this record."""

    row_scope = ("person__unit__scope",)
    row_owner = ("person__user",)
    field_classes = {"number": "personal"}

    person = models.ForeignKey(Person, models.CASCADE, related_name="qualifications", verbose_name=_("person"))
    type = models.ForeignKey(QualificationType, models.PROTECT, related_name="holders", verbose_name=_("qualification"))
    number = models.CharField(_("number"), max_length=60, blank=True)
    issued_on = models.DateField(_("issued on"))
    expires_on = models.DateField(
        _("expires on"), null=True, blank=True, help_text=_("Last day on which it counts. Left empty: by its type.")
    )

    class Meta:
        ordering = ("person", "type__name", "-issued_on")
        verbose_name = _("qualification")
        verbose_name_plural = _("qualifications")
        constraints = [
            models.UniqueConstraint(
                fields=("person", "type", "issued_on"),
                name="people_qualification_once",
                violation_error_message=_("This qualification of the person, issued that day, is recorded already."),
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=F("issued_on")),
                name="people_qualification_dates",
                violation_error_message=_("A qualification expires on or after the day of issue."),
            ),
        ]
        indexes = [models.Index(fields=("expires_on",), name="people_qualification_expiry")]

    def __str__(self) -> str:
        return f"{self.person}: {self.type}"

    def is_current(self, on: dt.date) -> bool:
        """Tell whether the qualification counts on a day, its last day included."""
        return self.issued_on <= on and (self.expires_on is None or self.expires_on >= on)
