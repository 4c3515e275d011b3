"""The table of agreement, as Markdown: `python -m tests.engine.files [FOLDER]`.

FOLDER holds schedule files; unless given, the folder `schedules` of QUARTERDECK_SHARED_DATA.
"""

import os
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from quarterdeck.apps.delivery.exchange.comparing import FIELDS
from tests.engine.files.comparison import Compared, compared
from tests.engine.files.documents import read, schedule_files


def agreement(files: Mapping[str, Compared]) -> str:
    """Return how many files and values are as stored, ours and MPXJ's, and every cause with its files."""
    lines = [
        "| dialect | | files | tasks | " + " | ".join(name.replace("_", " ") for name in FIELDS) + " |",
        "|---|---|---|---|" + "---|" * len(FIELDS),
    ]
    for dialect in ("Microsoft", "Primavera"):
        held = [each for each in files.values() if each.dialect == dialect and not each.refused]
        stored = {name: sum(each.values[name] for each in held) for name in FIELDS}
        tasks = sum(each.tasks for each in held)
        lines.append(_row(dialect, "stored", len(held), tasks, [f"{stored[name]:,}" for name in FIELDS]))
        ours = [f"{stored[name] - _wrong([each.ours for each in held], name):,}" for name in FIELDS]
        equal = tasks - sum(len({wrong.task for wrong in each.ours}) for each in held)
        lines.append(_row("", "equal, ours", sum(not each.ours for each in held), equal, ours))
        judged = [each for each in held if not each.mpxj_refused]
        theirs = [
            f"{sum(each.values[name] for each in judged) - _wrong([each.mpxj for each in judged], name):,}"
            for name in FIELDS
        ]
        equal = sum(each.tasks - len({wrong.task for wrong in each.mpxj}) for each in judged)
        lines.append(_row("", "equal, MPXJ's scheduler", sum(each.mpxj_agrees for each in held), equal, theirs))
    return "\n".join([*lines, "", *_causes(files), "", *_left_out(files)])


def _row(dialect: str, what: str, files: int, tasks: int, values: list[str]) -> str:
    return f"| {dialect} | {what} | {files} | {tasks:,} | " + " | ".join(values) + " |"


def _wrong(differences: list[tuple[object, ...]], name: str) -> int:
    return sum(getattr(each, "field", "") == name for held in differences for each in held)


def _causes(files: Mapping[str, Compared]) -> list[str]:
    values: Counter[str] = Counter()
    where: dict[str, dict[str, list[int]]] = {}
    for name, found in files.items():
        for each in found.ours:
            values[each.cause] += 1
            tasks = where.setdefault(each.cause, {}).setdefault(name, [])
            if each.task not in tasks:
                tasks.append(each.task)
    lines = ["| cause of difference | values | files (tasks) |", "|---|---|---|"]
    for cause, count in values.most_common():
        held = "; ".join(f"{name} ({_some(tasks)})" for name, tasks in where[cause].items())
        lines.append(f"| {cause} | {count} | {held} |")
    return lines


def _some(tasks: list[int]) -> str:
    shown = ", ".join(map(str, sorted(tasks)[:6]))
    return shown if len(tasks) <= 6 else f"{shown} and {len(tasks) - 6} more"


def _left_out(files: Mapping[str, Compared]) -> list[str]:
    reasons = Counter(each.refused for each in files.values() if each.refused)
    lines = [f"- {count} not compared: {reason}" for reason, count in reasons.most_common()]
    refused = [name for name, each in files.items() if each.mpxj_refused]
    return [*lines, f"- {len(refused)} refused by MPXJ's scheduler: {', '.join(refused)}"]


def main() -> None:
    """Read, compare, print."""
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(os.environ["QUARTERDECK_SHARED_DATA"]) / "schedules"
    held = read(schedule_files(given))
    sys.stdout.write(agreement({path.name: compared(found) for path, found in held.items()}) + "\n")


if __name__ == "__main__":
    main()
