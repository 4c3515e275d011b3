"""What the fields of this app may hold."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

#: The role whose holder answers for a unit.
UNIT_HEAD = "UNIT-HEAD"
#: Prefix of the codes of persons.
PERSON_PREFIX = "P"


class PersonKind(models.TextChoices):
    """How a person stands to the organisation."""

    STAFF = "staff", _("Staff")
    CONTRACTOR = "contractor", _("Contractor")
    SUPPLIER = "supplier", _("Supplier contact")
    CLIENT = "client", _("Client contact")


class RoleKind(models.TextChoices):
    """What sort of role it is (P3O)."""

    GOVERNANCE = "governance", _("Governance")
    MANAGEMENT = "management", _("Management")
    PMO = "pmo", _("PMO")
    SPECIALIST = "specialist", _("Specialist")


class HeldAt(models.TextChoices):
    """At which nodes a role is held."""

    ANY = "any", _("Units and initiatives")
    UNIT = "unit", _("Units")
    INITIATIVE = "initiative", _("Initiatives")


class Raci(models.TextChoices):
    """Part of a role in an activity."""

    RESPONSIBLE = "R", _("Responsible")
    ACCOUNTABLE = "A", _("Accountable")
    CONSULTED = "C", _("Consulted")
    INFORMED = "I", _("Informed")


class RaciEntryLetter(models.TextChoices):
    """Part of a role in an activity at one node; none sets the catalogue's aside."""

    RESPONSIBLE = "R", _("Responsible")
    ACCOUNTABLE = "A", _("Accountable")
    CONSULTED = "C", _("Consulted")
    INFORMED = "I", _("Informed")
    NONE = "-", _("No part")


class SkillLevel(models.IntegerChoices):
    """How far a person masters a skill."""

    AWARE = 1, _("1 Aware")
    GUIDED = 2, _("2 With guidance")
    ABLE = 3, _("3 On one’s own")
    LEADING = 4, _("4 Leads others")
    EXPERT = 5, _("5 Sets the standard")


class QualificationKind(models.TextChoices):
    """What a qualification is."""

    LICENCE = "licence", _("Licence")
    CERTIFICATE = "certificate", _("Certificate")
    DEGREE = "degree", _("Degree")
    CLEARANCE = "clearance", _("Clearance")


class AbsenceKind(models.TextChoices):
    """Why a person is away."""

    LEAVE = "leave", _("Leave")
    SICKNESS = "sickness", _("Sickness")
    PARENTAL = "parental", _("Parental leave")
    TRAINING = "training", _("Training")
    PUBLIC = "public", _("Public duty")
    OTHER = "other", _("Other")


class DayPart(models.TextChoices):
    """Which part of the day an absence takes."""

    WHOLE = "whole", _("Whole day")
    MORNING = "morning", _("Morning")
    AFTERNOON = "afternoon", _("Afternoon")
