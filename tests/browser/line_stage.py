"""The organisation of the whole line: as the other journeys know it, with a fiscal year, and a project under way
that has a sponsor and a manager and no plan yet.

    QUARTERDECK_DATA_DIR=... python -m tests.browser.line_stage
"""

from __future__ import annotations

import datetime as dt

from tests.browser import stage

#: The project that is to be planned, and what it is part of.
PROJECT, PORTFOLIO = "Platform doors", "Rail portfolio"


def lead(now: dt.datetime) -> None:
    """Open the fiscal years around today; give the project who leads it, and start it."""
    from quarterdeck.apps.finance.models import CostCategory
    from quarterdeck.apps.organisation.models import FiscalCalendar
    from quarterdeck.apps.organisation.services import fiscal_calendar_save, fiscal_years_generate
    from quarterdeck.apps.people.models import Person, Role
    from quarterdeck.apps.people.services import role_assign
    from quarterdeck.apps.portfolio.models import Initiative
    from quarterdeck.apps.portfolio.services import initiative_activate
    from quarterdeck.kernel import records
    from quarterdeck.kernel.access.actor import Actor

    actor = Actor.system(now=now - dt.timedelta(days=stage.CHANGED))
    calendar = FiscalCalendar(name="Calendar year", start_month=1, is_default=True)
    fiscal_calendar_save(calendar, actor=actor)
    fiscal_years_generate(record=calendar, first=actor.today.year - 1, last=actor.today.year + 1, actor=actor)
    records.save(CostCategory(code="1", name="Works"), actor=actor)
    project = Initiative.objects.get(name=PROJECT)
    for name, code in ((stage.PEOPLE[0][0], "SPONSOR"), (stage.PEOPLE[1][0], "PM")):
        role_assign(
            person=Person.objects.get(name=name),
            role=Role.objects.get(code=code),
            scope=project.scope,
            starts_on=actor.today,
            actor=actor,
        )
    initiative_activate(record=project, actor=actor)


def main() -> None:
    """Fill the database as the other journeys know it, and add what the line needs."""
    stage.main()
    from quarterdeck.kernel import clock

    lead(clock.now())


if __name__ == "__main__":
    main()
