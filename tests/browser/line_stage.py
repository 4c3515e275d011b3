"""The organisation of the whole line: as the other journeys know it, with fiscal years, and two projects under way
that have a sponsor and a manager and no plan yet.

    QUARTERDECK_DATA_DIR=... python -m tests.browser.line_stage
"""

from __future__ import annotations

import datetime as dt

from tests.browser import stage

#: The projects that are to be planned, and what they are part of.
PROJECT, OTHER, PORTFOLIO = "Platform doors", "Depot signalling", "Rail portfolio"


def lead(now: dt.datetime) -> None:
    """Open the fiscal years around today; give the projects who leads them, and start them."""
    from quarterdeck.apps.finance.models import CostCategory
    from quarterdeck.apps.organisation.models import FiscalCalendar
    from quarterdeck.apps.organisation.services import fiscal_calendar_save, fiscal_years_generate
    from quarterdeck.apps.people.models import Person, Role
    from quarterdeck.apps.people.services import role_assign
    from quarterdeck.apps.portfolio.models import Initiative
    from quarterdeck.apps.portfolio.selectors.roles import missing_roles
    from quarterdeck.apps.portfolio.services import initiative_activate
    from quarterdeck.kernel import records
    from quarterdeck.kernel.access.actor import Actor

    actor = Actor.system(now=now - dt.timedelta(days=stage.CHANGED))
    calendar = FiscalCalendar(name="Calendar year", start_month=1, is_default=True)
    fiscal_calendar_save(calendar, actor=actor)
    fiscal_years_generate(record=calendar, first=actor.today.year - 1, last=actor.today.year + 1, actor=actor)
    records.save(CostCategory(code="1", name="Works"), actor=actor)
    for name in (PROJECT, OTHER):
        project = Initiative.objects.get(name=name)
        for place, code in enumerate(("SPONSOR", "PM")):
            if code in missing_roles(project, on=actor.today):
                person = Person.objects.get(name=stage.PEOPLE[place][0])
                role = Role.objects.get(code=code)
                role_assign(person=person, role=role, scope=project.scope, starts_on=actor.today, actor=actor)
        initiative_activate(record=project, actor=actor)


def main() -> None:
    """Fill the database as the other journeys know it, and add what the line needs."""
    stage.main()
    from quarterdeck.kernel import clock

    lead(clock.now())


if __name__ == "__main__":
    main()
