"""What plans contribute to Needs you: one line for the tasks of which a report is due."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from quarterdeck.apps.delivery.selectors import mine
from quarterdeck.apps.people.models import Person
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.needs import Need, Source, source
from quarterdeck.kernel.ui.components import date_text


@source
class Reports(Source[Person]):
    """The reader's own tasks that are overdue, or ought to have begun."""

    name, label = "my-tasks", _("Tasks to report on")

    def rows(self, actor: Actor) -> QuerySet[Person]:
        """Return the reader as a person where a report is due."""
        return mine.persons_with_due(actor)

    def look(self, rows: Sequence[Person], actor: Actor) -> None:
        """Read the tasks behind the line."""
        told = list(mine.due(actor).values_list("name", "starts_on", "finishes_on")) if rows else []
        for row in rows:
            vars(row)["due_tasks"] = told

    def need(self, row: Person, actor: Actor) -> Need:
        """Say how many there are, and which has waited longest."""
        told = vars(row).get("due_tasks", [])
        overdue = sum(finish is not None and finish < actor.today for _name, _start, finish in told)
        first = min((start for _name, start, _finish in told if start is not None), default=actor.today)
        name, _start, finish = told[0] if told else ("", None, None)
        late = ngettext("%(n)d is past its finish.", "%(n)d are past their finish.", overdue) % {"n": overdue}
        reason = _t("“%(name)s” is planned to finish %(day)s.") % {"name": name, "day": date_text(finish, actor.today)}
        title = ngettext("Report on %(n)d task", "Report on %(n)d tasks", len(told)) % {"n": len(told)}
        return Need(
            title=title,
            kind=_("Progress"),
            reason=f"{late} {reason}" if overdue else reason,
            url="/my-tasks/",
            icon="check-check",
            since=clock.end_of(first),
            owner=_t("you"),
            due_on=finish,
            open_label=_("Report"),
            opens=True,
        )
