"""Status reports: which there are, which is due, who writes and who reviews it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet, Subquery

from quarterdeck.apps.organisation.models import Period
from quarterdeck.apps.organisation.selectors import default_calendar, period_on, working_time
from quarterdeck.apps.people.selectors.roles import held
from quarterdeck.apps.portfolio.choices import MANAGERS, SPONSOR, Kind, State
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.selectors.gaps import led
from quarterdeck.apps.portfolio.selectors.roles import leads_of
from quarterdeck.apps.reporting.models.reports import StatusReport
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.access.policy import may_at, row_paths, visible
from quarterdeck.kernel.records import Past

REPORT = "reporting.statusreport"
DRAFT, SUBMITTED, PUBLISHED = StatusReport.State
HANDED_IN = (SUBMITTED, PUBLISHED)
_RELATED = (
    "initiative__scope",
    "initiative__unit__scope",
    "period__year",
    "currency",
    "previous__period",
    "previous__currency",
    "submitted_by",
    "reviewed_by",
)


@dataclass(frozen=True)
class Overdue:
    """A report that is not handed in though its day has passed: of what, for which period, who writes it."""

    initiative: Initiative
    period: Period
    due_on: dt.date
    owner: User | None


def initiative_at(code: str, *, actor: Actor) -> Initiative | None:
    """Return an initiative that the actor may see."""
    rows = visible(Initiative.objects.filter(code=code.upper()), actor)
    return rows.select_related("scope", "unit__scope", "parent", "currency").first()


def reports_of(initiative: Initiative, *, actor: Actor, moment: dt.datetime | None = None) -> list[StatusReport]:
    """Return the reports of an initiative that the actor may see, the latest period first; at a moment, as then."""
    if moment is None:
        rows = visible(StatusReport.objects.filter(initiative=initiative), actor).select_related(*_RELATED)
        return list(rows.order_by("-period__starts_on"))
    keys = list(StatusReport.objects.filter(initiative=initiative).values_list("pk", flat=True))
    found = Past(StatusReport, moment, actor=actor).records(("initiative", "period"), keys) if keys else []
    return sorted(found, key=lambda report: report.period.starts_on, reverse=True)


def report_at(
    initiative: Initiative, pk: int, *, actor: Actor, moment: dt.datetime | None = None
) -> StatusReport | None:
    """Return one report of an initiative, as it was known at a moment; None where there is none to see."""
    if moment is not None:
        return next((one for one in reports_of(initiative, actor=actor, moment=moment) if one.pk == pk), None)
    rows = visible(StatusReport.objects.filter(initiative=initiative, pk=pk), actor)
    return rows.select_related(*_RELATED).first()


def last_published(initiative: Initiative, *, before: dt.date) -> StatusReport | None:
    """Return the last published report of an initiative for a period that ended before a day; for comparing only."""
    rows = StatusReport.objects.filter(initiative=initiative, state=PUBLISHED, period__ends_on__lt=before)
    return rows.select_related("period").order_by("-period__starts_on").first()


def _ended(on: dt.date) -> QuerySet[Period]:
    """Return the periods of the organisation that have ended before a day, the last one first."""
    return Period.objects.filter(year__calendar__is_default=True, ends_on__lt=on).order_by("-ends_on")


def ended_period(on: dt.date) -> Period | None:
    """Return the last period of the organisation that has ended before a day: the one to be reported then."""
    return _ended(on).select_related("year").first()


def period_to_write(initiative: Initiative, on: dt.date) -> Period | None:
    """Return the period of the next report: the one that has ended last, or the running one once that is reported."""
    ended = ended_period(on)
    if ended is not None and not StatusReport.objects.filter(initiative=initiative, period=ended).exists():
        return ended
    current = period_on(on)
    if current is None or StatusReport.objects.filter(initiative=initiative, period=current).exists():
        return None
    return current


def due_day(period: Period) -> dt.date:
    """Return the day by which a period is reported: so many working days after it ended."""
    calendar = default_calendar()
    if calendar is not None:
        return working_time(calendar).add_working_days(period.ends_on, settings.REPORT_DUE_DAYS)
    return period.ends_on + dt.timedelta(days=settings.REPORT_DUE_DAYS)


def reporting(on: dt.date) -> QuerySet[Initiative]:
    """Return the projects that owe a report for the period that ended last and have not handed it in.

    Those are the ones that ran during it. The period is found within the query, so that counting them for every page
    asks the database once.
    """
    period = _ended(on)
    handed_in = StatusReport.objects.filter(period=Subquery(period.values("pk")[:1]), state__in=HANDED_IN)
    running = Initiative.objects.filter(
        kind=Kind.PROJECT, state=State.ACTIVE, actual_start__lte=Subquery(period.values("ends_on")[:1])
    )
    return running.exclude(pk__in=handed_in.values("initiative"))


def overdue(on: dt.date, ids: Iterable[int] | None = None) -> list[Overdue]:
    """Return the reports that are late on a day, with who writes each; a few queries whatever their number."""
    period = ended_period(on)
    if period is None or due_day(period) >= on:
        return []
    rows = reporting(on)
    if ids is not None:
        rows = rows.filter(pk__in=set(ids))
    due_on = due_day(period)
    return [Overdue(one.record, period, due_on, one.owner) for one in led(rows.select_related("scope"), on)]


def to_write(actor: Actor) -> QuerySet[Initiative]:
    """Return the projects that the actor manages whose report for the last period is not handed in."""
    if actor.user is None:
        return Initiative.objects.none()
    leads = held(actor.today).filter(role__code=MANAGERS[Kind.PROJECT], person__user=actor.user).select_related(None)
    rows = reporting(actor.today).filter(scope__in=leads.order_by().values("scope"))
    return visible(rows, actor)


def to_review(actor: Actor) -> QuerySet[StatusReport]:
    """Return the reports that wait for the actor as sponsor; nobody reviews their own."""
    if actor.user is None:
        return StatusReport.objects.none()
    leads = held(actor.today).filter(role__code=SPONSOR, person__user=actor.user).select_related(None)
    rows = StatusReport.objects.filter(state=SUBMITTED, initiative__scope__in=leads.order_by().values("scope"))
    return visible(rows.exclude(submitted_by=actor.user), actor).select_related(*_RELATED)


def reviewers(initiative: Initiative, on: dt.date) -> list[User]:
    """Return who reviews the reports of an initiative on a day: its sponsor, where that one signs in."""
    sponsor = leads_of([initiative], on=on)[initiative.pk].sponsor
    return [sponsor.user] if sponsor is not None and sponsor.user is not None and sponsor.user.is_active else []


def may_review(report: StatusReport, actor: Actor) -> bool:
    """Tell whether the actor may publish a report or send it back.

    That is the sponsor, and whoever keeps the reports of the node: who may remove them there. Nobody reviews what they
    handed in themselves.
    """
    if actor.read_only or actor.user is None or actor.limits is not None:
        return actor.unlimited and not actor.read_only
    if report.submitted_by_id == actor.user.pk and not actor.unlimited:
        return False
    return may_at(actor, "delete", report) or actor.user in reviewers(report.initiative, actor.today)


def may_write(report: StatusReport, actor: Actor) -> bool:
    """Tell whether the actor may write on a draft."""
    return report.state == DRAFT and not actor.read_only and may_at(actor, "change", report)


def may_start(initiative: Initiative, actor: Actor) -> bool:
    """Tell whether the actor may begin a report of an initiative."""
    return (
        initiative.is_open
        and not actor.read_only
        and any(actor.can("add", REPORT, path) for path in row_paths(initiative))
    )


def sees_money(initiative: Initiative, actor: Actor) -> bool:
    """Tell whether the actor sees the amounts of an initiative's reports."""
    return actor.sees("money", REPORT, row_paths(initiative))


def is_late(report: StatusReport, on: dt.date) -> bool:
    """Tell whether a report was handed in late, or on a day is late."""
    handed_in = clock.local_date(report.submitted_at) if report.submitted_at and report.state != DRAFT else None
    return report.late_on(on, handed_in)


def late_count(reports: Iterable[StatusReport], on: dt.date) -> int:
    """Return how many of some reports were or are late."""
    return sum(is_late(report, on) for report in reports)
