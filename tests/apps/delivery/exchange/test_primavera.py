"""Primavera's text format, written by hand here: its rules, several plans in one file."""

from __future__ import annotations

from pathlib import Path

from quarterdeck.apps.delivery.exchange.comparing import compare
from quarterdeck.apps.delivery.exchange.document import Dialect, PlanDocument
from quarterdeck.apps.delivery.exchange.network import network, options
from quarterdeck.apps.delivery.exchange.reading import read
from quarterdeck.engine.cpm import OutOfSequence
from quarterdeck.engine.network import Constraint, LagCalendar

WEEK = (
    "(0||CalendarData()((0||DaysOfWeek()((0||1()())"
    + "".join(f"(0||{day}()((0||0(s|08:00|f|16:00)())))" for day in range(2, 7))
    + "(0||7()())))(0||VIEW(ShowTotal|N)())(0||Exceptions()())))"
)
TASK = """task_id proj_id wbs_id task_code task_name target_drtn_hr_cnt remain_drtn_hr_cnt target_start_date
target_end_date early_start_date early_end_date late_start_date late_end_date clndr_id task_type status_code
total_float_hr_cnt cstr_type cstr_date"""
POUR = ("2026-03-05 08:00", "2026-03-05 16:00")


def dates(start: str, finish: str) -> list[str]:
    """Target, early and late dates, and what is the same for all three tasks."""
    return [*[start, finish] * 3, "1", "TT_Task", "TK_NotStart", "0"]


TABLES = {
    "CALENDAR": [
        "clndr_id clndr_name clndr_type default_flag day_hr_cnt week_hr_cnt clndr_data",
        ["1", "Site", "CA_Base", "Y", "8", "40", WEEK],
    ],
    "PROJECT": [
        "proj_id proj_short_name clndr_id plan_start_date last_recalc_date export_flag",
        ["10", "BRIDGE", "1", "2026-03-02 08:00", "2026-03-02 08:00", "Y"],
        ["20", "FERRY", "1", "2026-03-02 08:00", "2026-03-02 08:00", "Y"],
    ],
    "PROJWBS": [
        "wbs_id proj_id seq_num proj_node_flag wbs_short_name wbs_name parent_wbs_id",
        ["100", "10", "1", "Y", "BRIDGE", "Bridge", ""],
        ["200", "20", "1", "Y", "FERRY", "Ferry", ""],
    ],
    "TASK": [
        TASK,
        ["1", "10", "100", "A10", "Dig", "16", "16", *dates("2026-03-02 08:00", "2026-03-03 16:00"), "", ""],
        ["2", "10", "100", "A20", "Pour", "8", "8", *dates(*POUR), "CS_MSO", POUR[0]],
        ["3", "20", "200", "F10", "Sail", "8", "8", *dates("2026-03-02 08:00", "2026-03-02 16:00"), "", ""],
    ],
    "TASKPRED": [
        "task_pred_id task_id pred_task_id proj_id pred_proj_id pred_type lag_hr_cnt",
        ["1", "2", "1", "10", "10", "PR_FS", "8"],
    ],
}  # fmt: skip


def bridge(folder: Path) -> PlanDocument:
    """Two plans in one file: dig, a day of curing, pour; and a ferry."""
    lines = ["ERMHDR\t19.12\t2026-03-01\tProject\tadmin\tAda\tdb\tProject Management\tUSD"]
    for name, (titles, *rows) in TABLES.items():
        lines += [f"%T\t{name}", "%F\t" + "\t".join(str(titles).split())]
        lines += ["%R\t" + "\t".join(row) for row in rows]
    path = folder / "bridge.xer"
    path.write_text("\r\n".join([*lines, "%E", ""]), encoding="cp1252")
    return read(path)


def test_a_plan_is_read_by_its_rules(tmp_path: Path) -> None:
    found = bridge(tmp_path)
    assert (found.kind, found.dialect, found.start) == ("XER", Dialect.PRIMAVERA, 29_540_640)
    assert [(each.code, each.name, each.kind, each.duration) for each in found.tasks] == [
        ("BRIDGE", "Bridge", "SUMMARY", 1920),
        ("A10", "Dig", "TASK", 960),
        ("A20", "Pour", "TASK", 480),
    ]
    pour = found.tasks[2]
    assert (pour.constraint, pour.constraint_is_soft, pour.stored.total_float) == ("MUST_START_ON", True, 0)
    rules = options(found)
    assert (rules.lag_calendar, rules.out_of_sequence) == (LagCalendar.PREDECESSOR, OutOfSequence.RETAINED_LOGIC)
    (task,) = (each for each in network(found).network.tasks if each.name == "Pour")
    assert (task.constraint, task.hard) == (Constraint.MUST_START_ON, False)


def test_its_dates_are_the_stored_ones(tmp_path: Path) -> None:
    compared = compare(bridge(tmp_path))
    assert compared.refused == ""
    assert compared.tasks == 3
    assert compared.differences == ()


def test_of_several_plans_the_largest_is_read_and_the_others_named(tmp_path: Path) -> None:
    assert [each.text for each in bridge(tmp_path).problems] == [
        "Beside this plan the file holds smaller ones, which were left out: “Ferry”."
    ]
