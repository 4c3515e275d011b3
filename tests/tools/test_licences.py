"""The licences of dependencies: all permissive or apart, and listed as the installed metadata state them."""

from __future__ import annotations

import pytest

from tools import licences
from tools.licences import Dependency


def test_everything_is_permissive_or_apart() -> None:
    found = licences.dependencies()
    assert [fault for one in found if (fault := one.fault())] == []
    assert {one.name for one in found} >= {"django", "psycopg", "mpxj", "htmx.org", "pytest"}


def test_the_page_lists_what_is_locked_as_it_is_stated() -> None:
    page = licences.PAGE.read_text()
    written = page.partition(licences.BEGIN)[2].partition(licences.END)[0]
    assert written == licences.table(licences.dependencies()), "python tools/licences.py --write"


def test_nothing_locked_for_this_system_is_left_out() -> None:
    listed = {one.name for one in licences.dependencies() if one.kind == "Python"}
    assert set(licences.names("requirements.lock")) <= listed


def test_no_reason_stands_for_what_is_not_there() -> None:
    found = {one.name: one for one in licences.dependencies()}
    for name in licences.APART:
        assert found[name].parts() - licences.PERMISSIVE, name


@pytest.mark.parametrize(
    ("name", "licence", "says"),
    [
        ("new", "", "new states no licence"),
        ("new", "GPL-3.0-only", "new is under GPL-3.0-only"),
        ("new", "MIT AND AGPL-3.0-only", "new is under AGPL-3.0-only"),
        ("new", "LGPL-3.0-only", "new is under LGPL-3.0-only and not named as apart"),
        ("psycopg", "GPL-3.0-only", "psycopg is under GPL-3.0-only"),
        ("psycopg", "LGPL-3.0-only", ""),
        ("new", "GPL-3.0-only OR MIT", ""),
        ("new", "MIT AND (BSD-3-Clause)", ""),
    ],
)
def test_what_is_refused(name: str, licence: str, says: str) -> None:
    assert Dependency(name, "Python", licence, True).fault() == says
