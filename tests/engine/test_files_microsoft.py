"""Schedules saved by Microsoft Project 98 to 2019 and by Primavera P6: our dates, floats and criticality as stored.

The stored values are the truth. Every file agrees wholly, or is listed here with the cause and the exact number of
values that differ; the causes are found from evidence in the file (`files.comparison`). MPXJ's two schedulers are the
second opinion. Files are read by a JVM in a process of its own; the first run reads all of them, later ones what was
kept (QUARTERDECK_TEST_CACHE, else the temporary folder).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from quarterdeck.apps.delivery.exchange import comparing as why
from tests.engine.files.__main__ import agreement
from tests.engine.files.comparison import Compared, compared
from tests.engine.files.documents import read, schedule_files

#: Every file that differs anywhere: cause -> number of values.
KNOWN: dict[str, dict[str, int]] = {
    "mpp12resource-from14.mpp": {why.RESOURCES: 4},
    "mpp12timephasedsegments.mpp": {why.STALE: 36},
    "mpp14resource.mpp": {why.RESOURCES: 4},
    "mpp14timephasedsegmentsmanualoffsets.mpp": {why.OUT_OF_HOURS: 2},
    "mpp9duration-from14.mpp": {why.STALE: 8},
    "mpp9resource-from12.mpp": {why.RESOURCES: 4},
    "mpp9resource-from14.mpp": {why.RESOURCES: 4},
    "mpp9timephased-from12.mpp": {why.STALE: 32, why.OWN_CALENDAR: 4},
    "mpp9timephased.mpp": {why.STALE: 32, why.OWN_CALENDAR: 4},
    "sample.mpp": {why.RESOURCES: 33, why.OWN_CALENDAR: 4},
    "sample1.mpx": {why.UNSCHEDULED: 2},
    "splits9b.mpp": {why.STALE: 4},
    "task-baselines-project2010-mspdi.xml": {why.ESTIMATED: 110},
    "task-durations-project2016-mspdi.xml": {why.ESTIMATED: 110},
    "task-links-project98.mpx": {why.DAYS_ONLY: 34},
    "task-starts-project2016-mspdi.xml": {why.ESTIMATED: 10},
    "task-textvalues-project2013-mspdi.xml": {why.ESTIMATED: 3},
    "task-textvalues-project2019-mspdi.xml": {why.ESTIMATED: 3},
}

#: File -> why there is nothing to compare; all others that are left out hold no task with dates.
UNREAD = {
    "readpassword9.mpp": "The file is protected with a password. "
    "Open it in the program that made it, save it without the password, and choose that file."
}


@pytest.fixture(scope="module")
def files(shared_data: Path) -> Mapping[str, Compared]:
    """Every schedule file, compared."""
    return {path.name: compared(held) for path, held in read(schedule_files(shared_data / "schedules")).items()}


def test_every_value_is_as_stored_or_differs_for_a_known_cause(files: Mapping[str, Compared]) -> None:
    assert {name: each.causes for name, each in files.items() if each.ours} == KNOWN


def test_every_file_with_a_schedule_is_compared(files: Mapping[str, Compared]) -> None:
    assert {
        name: each.refused for name, each in files.items() if each.refused != why.NO_TASKS and each.refused
    } == UNREAD
    assert Counter(each.dialect for each in files.values() if not each.refused) == {"Microsoft": 112, "Primavera": 2}
    assert sum(each.refused == why.NO_TASKS for each in files.values()) == 40


def test_the_table_says_how_far_we_and_mpxj_agree_with_what_is_stored(files: Mapping[str, Compared]) -> None:
    """Dialect, what, files, tasks; then starts, finishes, total and free floats, critical flags."""
    table = agreement(files).splitlines()
    assert table[2:8] == [
        "| Microsoft | stored | 112 | 2,161 | 2,161 | 2,158 | 1,917 | 1,915 | 515 |",
        "|  | equal, ours | 94 | 1,809 | 2,138 | 2,124 | 1,837 | 1,841 | 279 |",
        "|  | equal, MPXJ's scheduler | 88 | 2,000 | 2,139 | 2,049 | 1,785 | 1,790 | 510 |",
        "| Primavera | stored | 2 | 4 | 4 | 4 | 4 | 0 | 4 |",
        "|  | equal, ours | 2 | 4 | 4 | 4 | 4 | 0 | 4 |",
        "|  | equal, MPXJ's scheduler | 2 | 4 | 4 | 4 | 4 | 0 | 4 |",
    ]
