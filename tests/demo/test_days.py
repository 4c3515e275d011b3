"""The demo can be built on any day."""

import datetime as dt

import pytest

from quarterdeck import demo

#: The rules that a day may break are ours, not a database's.
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.once]


def test_a_leap_day_after_midnight_breaks_no_rule() -> None:
    built = demo.build(now=dt.datetime(2028, 2, 29, 0, 5, tzinfo=dt.UTC))
    assert (built.projects, built.people, built.users) == (60, 70, 67)
