"""What reporting contributes to Needs you: reports to write and reports to review."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting.models import StatusReport
from quarterdeck.apps.reporting.selectors import reports
from quarterdeck.apps.reporting.services.reports import address
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.needs import Need, Source, source


@source
class ReportsToWrite(Source[Initiative]):
    """Status reports of the last period that the manager has not handed in."""

    name, label = "reports-to-write", _("Status reports to write")

    def rows(self, actor: Actor) -> QuerySet[Initiative]:
        """Return the projects that the actor manages and whose report is due or late."""
        return reports.to_write(actor).select_related("scope").order_by("code")

    def look(self, rows: Sequence[Initiative], actor: Actor) -> None:
        """Find out which period is reported, and until when."""
        period = reports.ended_period(actor.today)
        due_on = reports.due_day(period) if period is not None else None
        for row in rows:
            vars(row)["reported"] = (period, due_on)

    def need(self, row: Initiative, actor: Actor) -> Need:
        """Say which period waits for its report."""
        period, due_on = vars(row).get("reported") or (None, None)
        if period is None:
            period = reports.ended_period(actor.today)
            due_on = reports.due_day(period) if period is not None else None
        late = due_on is not None and due_on < actor.today
        return Need(
            title=row.name,
            kind=_("Status report"),
            reason=_t("The report for %(period)s is not handed in.") % {"period": period.name if period else ""},
            url=f"{row.url}reports/",
            icon="file-chart-column",
            since=clock.end_of(period.ends_on) if period is not None else actor.now,
            owner=_t("you"),
            due_on=due_on,
            severity="medium" if late else "",
            open_label=_("Write report"),
            opens=True,
            path=row.scope.path,
        )


@source
class ReportsToReview(Source[StatusReport]):
    """Status reports that wait for the sponsor."""

    name, label = "reports-to-review", _("Status reports to review")

    def rows(self, actor: Actor) -> QuerySet[StatusReport]:
        """Return the reports that the actor reviews, the longest waiting first."""
        return reports.to_review(actor).order_by("submitted_at", "pk")

    def need(self, row: StatusReport, actor: Actor) -> Need:
        """Say whose report waits, and what is asked in it."""
        asked = row.decisions.strip()
        author = row.submitted_by.name if row.submitted_by else ""
        reason = _t("%(author)s handed it in for %(period)s.") % {"author": author, "period": row.period.name}
        return Need(
            title=row.initiative.name,
            kind=_("Status report"),
            reason=f"{reason} {_t('Decisions are asked.')}" if asked else reason,
            url=address(row),
            icon="file-check",
            since=row.submitted_at or actor.now,
            owner=_t("you"),
            open_label=_("Review"),
            opens=True,
            holds_up=1,
            path=row.initiative.scope.path,
        )
