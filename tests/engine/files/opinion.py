"""The child process in which MPXJ's own schedulers date files anew.

    python -m tests.engine.files.opinion FILE OPINION FILE OPINION ...

Each file's dates become JSON at the place named after it.
"""

import json
import sys
from pathlib import Path
from typing import Any

import jpype

from quarterdeck.apps.delivery.exchange.java import machine
from quarterdeck.apps.delivery.exchange.java.reader import NoPlan, Reader, first_line
from quarterdeck.apps.delivery.exchange.java.values import when
from quarterdeck.apps.delivery.exchange.serving import alarm


def opinion(path: Path) -> dict[str, Any]:
    """Return the dates of MPXJ's scheduler by task, or why it refused."""
    try:
        return {"tasks": dates(Reader(path))}
    except (jpype.JException, NoPlan, ValueError) as refused:
        return {"error": first_line(refused)}


def dates(file: Reader) -> dict[str, Any]:
    """Schedule a project anew."""
    name = "PrimaveraScheduler" if file.primavera else "MicrosoftScheduler"
    begin = file.properties.getPlannedStart() if file.primavera else None
    jpype.JClass(f"org.mpxj.cpm.{name}")().schedule(file.project, begin or file.properties.getStartDate())
    return {
        str(int(task.getUniqueID())): {
            "start": when(task.getStart()),
            "finish": when(task.getFinish()),
            "total_float": file.minutes(task.getTotalSlack()),
            "free_float": file.minutes(task.getFreeSlack()),
            "critical": bool(task.getCritical()),
        }
        for task in file.project.getTasks()
    }


def main(places: list[str]) -> None:
    """Schedule every file."""
    machine.start(1024)
    for source, target in zip(places[::2], places[1::2], strict=True):
        alarm(30)
        found = json.dumps(opinion(Path(source)))
        alarm(0)
        part = Path(f"{target}.part")
        part.write_text(found)
        part.replace(target)


if __name__ == "__main__":
    main(sys.argv[1:])
