"""The registers of people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Case, Count, DateField, OuterRef, QuerySet, Subquery, Value, When
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.people import selectors, services
from quarterdeck.apps.people.choices import PersonKind
from quarterdeck.apps.people.forms import LastDayForm
from quarterdeck.apps.people.models import (
    Absence,
    Activity,
    CostRate,
    Person,
    PersonSkill,
    Qualification,
    QualificationType,
    RaciDefault,
    RaciEntry,
    Role,
    RoleAssignment,
    Skill,
)
from quarterdeck.apps.people.selectors.skills import expiries_of
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import record_type, scopes_below
from quarterdeck.kernel.registers import Action, Column, Inline, Register, View, register
from quarterdeck.kernel.ui import components

#: Days before an expiry in which it is told.
SOON = 60


def _nodes(model: Any, actor: Actor) -> QuerySet[Scope]:
    """Return the nodes at which the actor may write records of a model."""
    paths = (*actor.paths("add", record_type(model)), *actor.paths("change", record_type(model)))
    return scopes_below(paths).filter(is_removed=False)


@register
class CostRateRegister(Register[CostRate]):
    """What an hour of each person costs."""

    model, slug, nav, icon, order = CostRate, "cost-rates", "people", "banknote", 80
    purpose = _("What an hour of a person costs from a day on; each rate holds until the next.")
    columns = ("person", "starts_on", "rate", "currency")
    sections = {_("Rate"): ("person", "starts_on", "rate", "currency")}
    filters, search, ordering = (
        ("person", "starts_on", "currency"),
        ("person__name",),
        ("person__sort_name", "-starts_on"),
    )


@register
class PersonSkillRegister(Register[PersonSkill]):
    """Who masters what, how far."""

    model, slug, nav, icon, order = PersonSkill, "person-skills", "people", "graduation-cap", 50
    purpose = _("Which skills people have, at which level, and when that was judged.")
    columns = ("person", "skill", "level", "assessed_on")
    sections = {_("Skill"): ("person", "skill", "level", "assessed_on")}
    filters, search = ("person", "skill", "level", "assessed_on"), ("person__name", "skill__name")
    ordering, bulk = ("person__sort_name", "-level"), ("level", "assessed_on")


@register
class QualificationRegister(Register[Qualification]):
    """Licences and certificates of people; the evidence is attached to the record."""

    model, slug, nav, icon, order = Qualification, "qualifications", "people", "badge-check", 55
    purpose = _("Licences, certificates and clearances of people, with evidence and expiry.")
    columns = ("person", "type", "number", "issued_on", "expires_on", "evidence")
    computed = (Column("evidence", _("Evidence"), "yes-no", annotate=selectors.with_evidence),)
    sections = {_("Qualification"): ("person", "type", "number", "issued_on", "expires_on")}
    filters, search = ("type", "person", "expires_on", "issued_on"), ("person__name", "type__name", "number")
    ordering = ("person__sort_name", "type__name")
    views = (
        View("expired", _("Expired"), {"f.expires_on": "before:today"}),
        View("expiring", _("Expiring in 60 days"), {"f.expires_on": "next:60d"}),
    )
    writer = services.qualification_save

    def remark(self, name: str, record: Qualification, on: dt.date) -> tuple[str, str]:
        """Tell what has expired and what soon will."""
        if name != "expires_on" or record.expires_on is None:
            return "", ""
        left = (record.expires_on - on).days
        if left < 0:
            return "red", gettext("expired")
        return ("amber", gettext("%(days)d d left") % {"days": left}) if left <= SOON else ("", "")


@register
class AbsenceRegister(Register[Absence]):
    """Who is away when."""

    model, slug, nav, icon, order = Absence, "absences", "people", "calendar-off", 40
    purpose = _("Days on which people do not work; capacity leaves out those approved.")
    columns = ("person", "starts_on", "ends_on", "part", "kind", "approved")
    sections = {_("Absence"): ("person", "kind", "starts_on", "ends_on", "part", "approved", "reason")}
    filters, search = ("person", "starts_on", "ends_on", "approved", "kind"), ("person__name",)
    ordering, bulk = ("-starts_on", "person__sort_name"), ("approved",)
    views = (
        View("coming", _("Now and coming"), {"f.ends_on": "today..", "sort": "starts_on"}, opens=True),
        View("mine", _("Mine"), {"f.person": "me"}),
        View("to-approve", _("To approve"), {"f.approved": "no", "f.ends_on": "today..", "sort": "starts_on"}),
        View("ahead", _("Next 30 days"), {"f.starts_on": "next:30d", "sort": "starts_on"}),
    )
    writer = services.absence_save


@register
class AssignmentRegister(Register[RoleAssignment]):
    """Who holds which role where."""

    model, slug, nav, icon, order = RoleAssignment, "role-assignments", "people", "user-cog", 30
    purpose = _("Who holds which role at which unit or initiative, from when to when; rights follow.")
    columns = ("person", "role", "scope", "starts_on", "ends_on", "share")
    sections = {_("Assignment"): ("person", "role", "scope", "starts_on", "ends_on", "share")}
    filters, search = (
        ("role", "person", "scope", "ends_on", "starts_on"),
        ("person__name", "role__name", "scope__label"),
    )
    ordering = ("scope__path", "role__position")
    views = (
        View("held", _("Held now or later"), {"f.ends_on": "!overdue"}, opens=True),
        View("mine", _("Mine"), {"f.person": "me"}),
        View("ending", _("Ending in 30 days"), {"f.ends_on": "next:30d"}),
    )
    actions = (
        Action(
            "end",
            _("End"),
            run=services.role_end_on,
            when=lambda record, actor: record.ends_on is None or record.ends_on > actor.today,
            form=LastDayForm,
            icon="user-x",
        ),
    )
    writer, remover = services.assignment_save, services.assignment_remove

    def choices(self, name: str, actor: Actor, record: RoleAssignment | None = None) -> QuerySet[Any]:
        """Offer the nodes at which the actor may give roles."""
        return _nodes(RoleAssignment, actor) if name == "scope" else super().choices(name, actor, record)

    def remark(self, name: str, record: RoleAssignment, on: dt.date) -> tuple[str, str]:
        """Tell which assignments are over."""
        return ("", gettext("ended")) if name == "ends_on" and record.ends_on and record.ends_on < on else ("", "")


@register
class PersonRegister(Register[Person]):
    """Everyone."""

    model, slug, nav, icon, order = Person, "people", "people", "users", 10
    purpose = _("Everyone to whom plans, roles and rates refer: staff, contractors, contacts of suppliers and clients.")
    key, title = "code", "name"
    columns = ("name", "code", "kind", "job_title", "unit", "manager", "location", "ends_on")
    computed = (
        Column(
            "roles_ever",
            _("Role assignments"),
            "number",
            annotate=lambda rows: rows.annotate(roles_ever=Count("assignments", distinct=True)),
        ),
        Column(
            "first_expiry",
            _("Qualified until"),
            "date",
            annotate=lambda rows: rows.annotate(
                first_expiry=Subquery(expiries_of(OuterRef("pk"))[:1], output_field=DateField())
            ),
        ),
    )
    sections = {
        _("Person"): ("code", "name", "preferred_name", "sort_name", "kind", "job_title", "employer"),
        _("Contact"): ("email", "phone", "location", "user"),
        _("Work"): ("unit", "manager", "calendar", "starts_on", "ends_on"),
    }
    filters = ("kind", "unit", "manager", "location", "ends_on")
    search = ("code", "name", "preferred_name", "email", "employer", "job_title")
    ordering, bulk = ("sort_name", "name"), ("unit", "manager", "location", "calendar", "ends_on")
    inlines = (
        Inline(RoleAssignment, fk="person", fields=("role", "scope", "starts_on", "ends_on", "share")),
        Inline(CostRate, fk="person", fields=("starts_on", "rate", "currency")),
        Inline(PersonSkill, fk="person", fields=("skill", "level", "assessed_on")),
        Inline(Qualification, fk="person", fields=("type", "number", "issued_on", "expires_on")),
        Inline(Absence, fk="person", fields=("kind", "starts_on", "ends_on", "part", "approved")),
    )
    views = (
        View("here", _("Here now or later"), {"f.ends_on": "!overdue"}, opens=True),
        View("reports", _("My reports"), {"f.manager": "me"}),
        View("outside", _("From outside"), {"f.kind": f"!{PersonKind.STAFF}"}),
        View("leavers", _("Leaving within 30 days"), {"f.ends_on": "next:30d"}),
    )
    actions = (
        Action(
            "leave",
            _("Record leaving"),
            run=services.person_leave,
            when=lambda record, actor: not record.has_left(actor.today),
            form=LastDayForm,
            icon="user-x",
        ),
    )
    writer, writer_many = services.person_save, services.persons_save

    def choices(self, name: str, actor: Actor, record: Person | None = None) -> QuerySet[Any]:
        """Offer users only to those who look after access; others keep the one there is."""
        if name != "user" or actor.can_everywhere("change", "access.grant"):
            return super().choices(name, actor, record)
        return super().choices(name, actor, record).filter(pk=record.user_id if record else None)

    def offered(self, rows: QuerySet[Person], on: dt.date) -> QuerySet[Person]:
        """Offer those who have left after all others."""
        left = Case(When(ends_on__lt=on, then=Value(1)), default=Value(0))
        return rows.order_by(left, "sort_name", "name")

    def hint(self, record: Person, on: dt.date) -> str:
        """Tell people of one name apart by what they do, and say who has left."""
        told = [record.job_title or record.employer or record.code]
        if record.has_left(on):
            told.append(gettext("left %(day)s") % {"day": components.date_text(record.ends_on, on)})
        return ", ".join(told)

    def found(self, record: Person) -> str:
        """Say what the person does."""
        return ", ".join(part for part in (record.code, record.job_title or record.employer) if part)

    def mark(self, record: Person) -> SafeString:
        """Show the initials."""
        return components.avatar(record.name)

    def badges(self, record: Person, on: dt.date) -> Sequence[SafeString]:
        """Say who has left, is leaving or is yet to come."""
        day = components.date_text(record.ends_on or record.starts_on, on)
        if record.has_left(on):
            return [components.badge(gettext("Left %(day)s") % {"day": day}, "red")]
        if record.ends_on is not None:
            return [components.badge(gettext("Leaves %(day)s") % {"day": day}, "amber")]
        if record.starts_on is not None and record.starts_on > on:
            return [components.badge(gettext("Joins %(day)s") % {"day": day}, "accent")]
        return []

    def remark(self, name: str, record: Person, on: dt.date) -> tuple[str, str]:
        """Tell who has left."""
        return ("red", gettext("left")) if name == "ends_on" and record.has_left(on) else ("", "")


@register
class RoleRegister(Register[Role]):
    """The catalogue of roles."""

    model, slug, nav, icon, order = Role, "roles", "people", "id-card", 60
    purpose = _("What each role is for, does and decides, and which rights come with it.")
    key, title = "code", "name"
    columns = ("name", "code", "kind", "held_at", "single", "access_role", "is_active")
    sections = {
        _("Role"): ("code", "name", "kind", "purpose", "responsibilities"),
        _("Mandate"): ("authority", "decision_limits", "access_role"),
        _("Use"): ("held_at", "single", "is_active", "position"),
    }
    filters, search, ordering = ("kind", "held_at", "is_active"), ("code", "name", "purpose"), ("position", "name")
    bulk = ("is_active",)
    writer = services.role_save


@register
class SkillRegister(Register[Skill]):
    """Skills in families."""

    model, slug, nav, icon, order, title, tree = Skill, "skills", "people", "sparkles", 65, "name", "parent"
    purpose = _("What people can do, in families; capacity is planned by these.")
    columns = ("name", "parent", "people", "is_active")
    computed = (Column("people", _("People"), "number", annotate=lambda rows: rows.annotate(people=Count("holders"))),)
    sections = {_("Skill"): ("name", "parent", "description", "is_active")}
    filters, search, ordering, bulk = ("parent", "is_active"), ("name",), ("name",), ("parent", "is_active")
    writer = services.skill_save


@register
class QualificationTypeRegister(Register[QualificationType]):
    """Kinds of qualification."""

    model, slug, nav, icon, order = QualificationType, "qualification-types", "people", "award", 70
    purpose = _("Licences, certificates, degrees and clearances that work may require.")
    key, title = "code", "name"
    columns = ("name", "code", "kind", "issuer", "valid_months", "needs_evidence", "is_active")
    sections = {
        _("Qualification"): ("code", "name", "kind", "issuer", "valid_months", "needs_evidence"),
        _("Use"): ("description", "is_active"),
    }
    filters, search, ordering, bulk = ("kind", "is_active"), ("code", "name", "issuer"), ("name",), ("is_active",)


@register
class RaciDefaultRegister(Register[RaciDefault]):
    """The standard part of each role in each activity."""

    model, slug = RaciDefault, "raci-defaults"
    purpose = _("Who is responsible, accountable, consulted, informed, unless a node says otherwise.")
    columns = ("activity", "role", "letter")
    sections = {_("Responsibility"): ("activity", "role", "letter")}
    filters, ordering = ("activity", "role", "letter"), ("activity__position", "role__position")


@register
class ActivityRegister(Register[Activity]):
    """The standard activities."""

    model, slug, nav, icon, order = Activity, "activities", "settings", "list-checks", 45
    purpose = _("The activities of running an initiative: the rows of every RACI matrix.")
    key, title = "code", "name"
    columns = ("name", "code", "group", "position", "is_active")
    sections = {_("Activity"): ("code", "name", "group", "description", "position", "is_active")}
    filters, search, ordering = ("group", "is_active"), ("code", "name"), ("position", "name")
    bulk = ("group", "is_active")
    inlines = (Inline(RaciDefault, fk="activity", fields=("role", "letter")),)


@register
class RaciEntryRegister(Register[RaciEntry]):
    """What nodes change of the standard."""

    model, slug = RaciEntry, "raci-entries"
    purpose = _("Where a unit or initiative departs from the standard responsibilities.")
    columns = ("scope", "activity", "role", "letter")
    sections = {_("Responsibility"): ("scope", "activity", "role", "letter")}
    filters, ordering = ("scope", "activity", "role", "letter"), ("scope__path", "activity__position")

    def choices(self, name: str, actor: Actor, record: RaciEntry | None = None) -> QuerySet[Any]:
        """Offer the nodes at which the actor may set responsibilities."""
        return _nodes(RaciEntry, actor) if name == "scope" else super().choices(name, actor, record)
