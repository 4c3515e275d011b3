"""What can go wrong with people and roles, and which accountability each check serves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.people import selectors
from quarterdeck.apps.people.models import Qualification
from quarterdeck.kernel import clock
from quarterdeck.kernel.watch import Fact, check

#: Days before its last day from which a qualification counts as expiring.
NOTICE = dt.timedelta(days=60)

#: What somebody is qualified for, and until when, is told to those who see personal facts of qualifications.
PERSONAL = ("personal", "people.qualification")


def _renewal(row: Qualification) -> str:
    """Return the address at which a qualification is entered anew."""
    asked = {"person": row.person.code, "type": row.type.code, "next": f"/people/{row.person.code}/"}
    return f"/qualifications/new/?{urlencode(asked)}"


@check(
    name="role-held-by-leaver",
    title=_("Role held by a leaver"),
    function="governance.roles",
    severity="high",
    reads=("people.roleassignment", "people.person"),
    remedy=_("End the role"),
)
def role_held_by_leaver(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find assignments that go on although the person's last day has passed; who managed the person hands them over."""
    today = clock.local_date(now)
    rows = selectors.held_by_leavers(today, ids)
    owners = selectors.answering_for([row.person for row in rows], today)
    for row in rows:
        yield Fact(
            row,
            message=_("%(person)s left on %(day)s and still holds %(role)s at %(node)s."),
            values={
                "person": row.person.name,
                "day": row.person.ends_on,
                "role": row.role.name,
                "node": row.scope.label,
            },
            owner_user=owners.get(row.person_id),
            due_on=row.person.ends_on,
            url=f"/role-assignments/{row.pk}/do/end/",
        )


@check(
    name="qualification-expired",
    title=_("Qualification expired"),
    function="people.qualifications",
    severity="high",
    reads=("people.person", "people.qualification"),
    remedy=_("Renew"),
    needs=("add", "people.qualification"),
    tells=PERSONAL,
)
def qualification_expired(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find people whose qualification has run out and was not renewed."""
    yesterday = clock.local_date(now) - dt.timedelta(days=1)
    for row in selectors.expiring(None, yesterday, ids):
        yield Fact(
            row.person,
            key=f"type-{row.type_id}",
            message=_("%(type)s expired on %(day)s."),
            values={"type": row.type.name, "day": row.expires_on},
            owner_user=row.person.user,
            due_on=row.expires_on,
            url=_renewal(row),
        )


@check(
    name="qualification-expiring",
    title=_("Qualification expiring"),
    function="people.qualifications",
    severity="medium",
    reads=("people.person", "people.qualification"),
    remedy=_("Renew"),
    needs=("add", "people.qualification"),
    tells=PERSONAL,
)
def qualification_expiring(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find people whose qualification runs out within 60 days and was not renewed."""
    today = clock.local_date(now)
    for row in selectors.expiring(today, today + NOTICE, ids):
        yield Fact(
            row.person,
            key=f"type-{row.type_id}",
            message=_("%(type)s expires on %(day)s."),
            values={"type": row.type.name, "day": row.expires_on},
            owner_user=row.person.user,
            due_on=row.expires_on,
            url=_renewal(row),
        )


@check(
    name="qualification-without-evidence",
    title=_("Qualification without evidence"),
    function="people.qualifications",
    severity="low",
    reads=("people.qualification", "people.qualificationtype", "people.person"),
    remedy=_("Attach it"),
    tells=PERSONAL,
)
def qualification_without_evidence(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find qualifications that count, of a type that asks for evidence, to which no file is attached."""
    for row in selectors.unproven(clock.local_date(now), ids):
        yield Fact(
            row,
            message=_("No evidence attached: %(person)s, %(type)s."),
            values={"person": row.person.name, "type": row.type.name},
            owner_user=row.person.user,
        )


@check(
    name="person-without-manager",
    title=_("Person whom nobody manages"),
    function="people.reporting_lines",
    severity="low",
    reads=("people.person", "people.roleassignment", "organisation.organisationunit"),
    remedy=_("Name manager"),
)
def person_without_manager(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    """Find staff without manager in a unit that nobody heads; the nearest head above names one."""
    today = clock.local_date(now)
    found = selectors.without_manager(today, ids)
    owners = selectors.answering_for([person for person, _unit in found], today)
    for person, unit in found:
        yield Fact(
            person,
            message=_("No manager named, and nobody heads %(unit)s."),
            values={"unit": unit.name},
            owner_user=owners.get(person.pk),
            url=f"/people/{person.code}/edit/",
        )
