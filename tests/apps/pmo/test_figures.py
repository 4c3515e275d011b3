"""What figures of the present say today, to whom, and that they say nothing of a past day."""

from __future__ import annotations

import datetime as dt

import pytest

from quarterdeck.apps.people.models import Qualification, QualificationType
from quarterdeck.apps.people.services import qualification_save
from quarterdeck.apps.pmo.choices import Measure
from quarterdeck.apps.pmo.selectors.measures import Asked, below, readings
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.suppliers.models import StockItem, StockLocation, StockMovement
from quarterdeck.apps.suppliers.services import movement_post
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from tests.apps.organisation.conftest import NOW, MakeActor
from tests.apps.people.conftest import MakePerson
from tests.apps.pmo.conftest import Found
from tests.apps.portfolio.conftest import Make
from tests.cast import ADMINISTRATOR, READER, STRANGER, assemble

TODAY = NOW.date()
DAY = dt.timedelta(days=1)


def read(measure: Measure, actor: Actor, root: Scope, moment: dt.datetime | None = None) -> tuple[int, int]:
    asked = Asked(actor, moment.date() if moment else TODAY, moment)
    found = below(readings([measure], asked)[measure], root.path)
    return found.met, found.whole


def test_qualifications_current_are_those_of_today_for_whoever_sees_personal_facts(
    *, person: MakePerson, system: Actor, given: MakeActor, stranger: Actor, root: Scope
) -> None:
    card = QualificationType(code="SW", name="Street works card")
    records.save(card, actor=system)
    ann, bob = person("Ann Past"), person("Bob Today")
    for who, issued, expires in (
        (ann, TODAY - 400 * DAY, TODAY - DAY),
        (bob, TODAY - 500 * DAY, TODAY - 100 * DAY),
        (bob, TODAY - 10 * DAY, TODAY),
        (person("Eve Left", ends_on=TODAY - DAY), TODAY - 400 * DAY, TODAY - 2 * DAY),
    ):
        qualification_save(Qualification(person=who, type=card, issued_on=issued, expires_on=expires), actor=system)
    reader = given(root, {"*": ["view"]}, ["personal"])
    assert read(Measure.QUALIFIED, reader, root) == (1, 2)
    assert read(Measure.QUALIFIED, given(root, {"*": ["view"]}), root) == (0, 0)
    assert read(Measure.QUALIFIED, stranger, root) == (0, 0)
    assert read(Measure.QUALIFIED, reader, root, NOW - 3 * DAY) == (0, 0)


@pytest.mark.parametrize("measure", [Measure.DELIVERABLES, Measure.SERVICE, Measure.STOCKED])
def test_a_past_day_has_no_figure_that_is_kept_for_today_alone(measure: Measure, system: Actor, root: Scope) -> None:
    assert readings([measure], Asked(system, TODAY, NOW - DAY)) == {measure: {}}


def test_led_are_those_of_whom_no_check_said_otherwise_on_the_day(
    *, found: Found, make: Make, top: Initiative, system: Actor, stranger: Actor, root: Scope
) -> None:
    near, far = (make(name, parent=top, state="active") for name in ("Near", "Far"))
    found(3, record=near, check="initiative-without-manager", closed_at=NOW + DAY)
    found(-2, record=far, check="initiative-without-sponsor", closed_at=NOW + 4 * DAY)
    later, hour = system.at(NOW + 9 * DAY), dt.timedelta(hours=1)
    for moment, led in ((NOW + hour, 1), (NOW + DAY + hour, 2), (NOW + 2 * DAY + hour, 1), (None, 2)):
        assert read(Measure.LED, later, root, moment) == (led, 2), moment
    assert read(Measure.LED, stranger, root) == (0, 0)


def test_stock_kept_counts_items_above_their_reorder_point_of_what_is_seen(db: None) -> None:
    cast = assemble()
    items = [cast.north.make(StockItem, reorder_point=10) for _each in range(3)]
    cast.north.make(StockItem, reorder_point=0)
    store, theirs = cast.north.make(StockLocation), cast.south.make(StockLocation)
    admin = cast.actor(ADMINISTRATOR)
    for item, quantity, place in ((items[0], 11, store), (items[1], 10, store), (items[2], 50, theirs)):
        came = StockMovement(kind="receipt", item=item, quantity=quantity, target=place, posted_on=admin.today)
        movement_post(came, actor=admin)
    root = cast.north.place.scope
    assert read(Measure.STOCKED, admin, root) == (2, 3)
    # Of the third item there is stock elsewhere: who does not see it is told nothing of the item.
    assert read(Measure.STOCKED, cast.actor(READER), root) == (1, 2)
    assert read(Measure.STOCKED, cast.actor(STRANGER), root) == (0, 0)
