"""The hot queries use the indexes that they rely on, on the database under test, with enough rows to matter.

Speed itself is measured by `benchmarks/registers.py`; a plan is what a test can hold on to.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet

from benchmarks.filling import fill
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import clock, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.access.policy import scopes_below, visible
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.registers import for_model
from quarterdeck.kernel.registers.listing import Listing
from quarterdeck.kernel.registers.params import Params

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ROWS = 3000


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: Any) -> Any:
    """Fill the database once for the module, inside a transaction that is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        fill(ROWS)
        yield
        transaction.set_rollback(True)


def plan(rows: QuerySet[Any]) -> str:
    """Return how the database would answer, one step a line."""
    return str(rows.explain())


def scans(steps: str, table: str) -> bool:
    """Tell whether a plan reads the whole of a table: `SCAN name` on SQLite, `Seq Scan on name` on PostgreSQL."""
    return re.search(rf"Seq Scan on {table}\b|\bSCAN {table}\b(?! USING)", steps) is not None


def actor(name: str) -> Actor:
    return Actor(user=User.objects.get(email=f"{name}@example.org"), now=clock.now())


def listing(name: str, query: dict[str, str], **given: Any) -> Listing:
    register = for_model(Initiative)
    assert register is not None
    return Listing(register, actor(name), Params.parse(query), **given)


def test_a_scan_is_told_from_a_search(filled: None) -> None:
    assert scans(plan(Change.objects.filter(note__contains="x").order_by()), "audit_change")
    assert not scans(plan(Change.objects.filter(pk=1)), "audit_change")


def test_history_of_one_record_does_not_read_all_changes(filled: None) -> None:
    record = Initiative.objects.order_by("pk")[20]
    steps = plan(records.history_of(record)[:8])
    assert "audit_change_record" in steps
    assert not scans(steps, "audit_change")


def test_a_record_of_the_past_does_not_read_all_changes(filled: None) -> None:
    moment = clock.now() - dt.timedelta(days=200)
    known = Change.objects.filter(record_type="portfolio.initiative", record_id=20, at__lte=moment)
    steps = plan(known.order_by("-at", "-id")[:1])
    assert "audit_change_" in steps
    assert not scans(steps, "audit_change")


def test_a_range_of_nodes_uses_the_index_of_paths(filled: None) -> None:
    path = Initiative.objects.filter(kind="programme").order_by("pk")[0].scope.path
    steps = plan(scopes_below((path,)).order_by())
    assert "access_scope" in steps
    assert "path" in steps
    assert not scans(steps, "access_scope")


def test_the_first_page_for_whoever_sees_everything_follows_the_index_of_codes(filled: None) -> None:
    rows = visible(Initiative.objects.all(), actor("organisation")).order_by("code", "pk")
    assert "access_scope" not in str(rows.query)
    steps = plan(rows[:50])
    assert "_code_" in steps or "USING INDEX sqlite_autoindex_portfolio_initiative" in steps
    assert "TEMP B-TREE" not in steps
    assert not scans(steps, "portfolio_initiative")


def test_people_in_their_order_follow_the_index_of_names(filled: None) -> None:
    steps = plan(visible(Person.objects.all(), actor("organisation")).order_by("sort_name", "name", "pk")[:50])
    assert "people_person_sorted" in steps


def test_computed_columns_are_read_for_the_rows_of_the_page_alone(filled: None, django_assert_num_queries: Any) -> None:
    shown = listing("organisation", {"sort": "name", "cols": "name,sponsor,manager"})
    with django_assert_num_queries(3) as queries:  # the rights, the custom fields, the page
        page = shown.part(100, 150)
    assert len(page) == 50
    assert [row.name for row in page] == sorted(row.name for row in page)
    sql = queries.captured_queries[-1]["sql"]
    shown_part, _in, page_part = sql.partition(" IN (SELECT ")
    assert shown_part.count(' AS "sponsor"') == 1
    page_keys = page_part.partition("LIMIT 50")[0]
    assert "people_roleassignment" not in page_keys
    assert page_keys != page_part


def test_the_page_holds_the_same_rows_as_the_whole_list(filled: None) -> None:
    for query in ({"sort": "-budget"}, {"sort": "manager"}, {"group": "state", "sort": "name"}, {"sort": "-parts"}):
        shown = listing("reader", {"cols": "name,manager,budget,parts", **query})
        whole = [row.pk for row in shown.every()]
        assert len(whole) > 60, query
        assert [row.pk for row in shown.part(50, 100)] == whole[50:100], query
