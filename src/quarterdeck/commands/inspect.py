"""Look at plan files: what is in them, and whether their dates are what their logic gives.

Reads plans of Microsoft Project, Primavera, ProjectLibre and others, ProTrack workbooks and task lists. For each: its
size, its critical path, its schedule quality (DCMA 14), and every stored date and float beside the one that comes out
when it is scheduled anew, with the cause of each difference. Nothing is stored, and no database is needed.
Exit status 1 when a file could not be read.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from quarterdeck.commands.common import plan_files

#: Tasks of the critical path that are shown.
SHOWN: Final = 12
WIDTH: Final = 15


def arguments(parser: argparse.ArgumentParser) -> None:
    """The files, and how to tell."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a plan file, or a folder of them")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each file")


def run(options: argparse.Namespace) -> int:
    """Tell of each file as it is done."""
    from quarterdeck.apps.delivery.exchange.errors import Unreadable
    from quarterdeck.apps.delivery.exchange.inspection import inspect
    from quarterdeck.apps.delivery.exchange.reading import read_many

    refused = 0
    for number, (path, found) in enumerate(read_many(plan_files(options.files))):
        if isinstance(found, Unreadable):
            refused += 1
            told: dict[str, Any] = {"file": str(path), "read": False, "problem": found.problem, "remedy": found.remedy}
        else:
            told = {"file": str(path), "read": True, **inspect(found).as_dict()}
        if options.json:
            print(json.dumps(told, ensure_ascii=False), flush=True)
        else:
            print(("\n" if number else "") + "\n".join(lines(told)), flush=True)
    if refused and not options.json:
        print(f"\n{refused} could not be read.", file=sys.stderr)
    return 1 if refused else 0


def lines(told: dict[str, Any]) -> Iterator[str]:
    """Yield what is told of one file."""
    yield told["file"]
    if not told["read"]:
        yield from fact("not read", told["problem"])
        yield from fact("", told["remedy"])
        return
    yield from fact("plan", told["name"])
    yield from fact("program", f"{told['program']} ({told['kind']})")
    yield from fact("dates", f"{day(told['start'])} to {day(told['finish'])}, status {day(told['status'])}")
    counts = [f"{count} {one(name) if count == 1 else name}" for name, count in told["counts"].items() if count]
    yield from fact("holds", ", ".join(counts))
    kinds = ", ".join(f"{count} {kind}" for kind, count in told["links_by_kind"].items())
    yield from fact("links", kinds or "none")
    path = told["critical_path"]
    for place, task in enumerate(path[:SHOWN]):
        name = task["name"] or f"task {task['id']}"
        yield from fact("critical path" if place == 0 else "", f"{day(task['start'])}  {name}")
    if len(path) > SHOWN:
        yield from fact("", f"and {len(path) - SHOWN} more")
    yield from quality(told["quality"])
    yield from compared(told["compared"])
    for problem in told["problems"][:SHOWN]:
        yield from fact(problem["severity"], problem["text"])
    if len(told["problems"]) > SHOWN:
        yield from fact("", f"and {len(told['problems']) - SHOWN} more")


def one(name: str) -> str:
    """Return the name of many as that of one."""
    return f"{name[:-3]}y" if name.endswith("ies") else name[:-1]


def quality(found: dict[str, Any] | None) -> Iterator[str]:
    """Yield how far the schedule can be trusted."""
    if found is None:
        return
    judged = [each for each in found["checks"] if each["verdict"] != "not assessed"]
    failed = [each for each in judged if each["verdict"] == "failed"]
    score = "not assessed" if found["score"] is None else f"{found['score']:.0%}"
    yield from fact("quality", f"{score}, {len(failed)} of {len(judged)} checks failed")
    for each in failed:
        value = "" if each["value"] is None else f" ({each['value']:.2f}, limit {each['threshold']:.2f})"
        yield from fact("", f"failed: {each['name']}{value}")


def compared(found: dict[str, Any]) -> Iterator[str]:
    """Yield how the stored values agree with those found anew."""
    if found["refused"]:
        yield from fact("recomputed", f"not compared: {found['refused']}")
        return
    for place, (name, equal) in enumerate(found["equal"].items()):
        different = found["different"][name]
        if equal + different:
            words = f"{name.replace('_', ' '):<12}{equal:>6} as stored{f', {different} different' if different else ''}"
            yield from fact("recomputed" if place == 0 else "", words)
    for cause, count in found["causes"].items():
        yield from fact("", f"{count} because {cause}")


def fact(name: str, text: str) -> Iterator[str]:
    """Yield one line of name and text."""
    yield f"  {name:<{WIDTH}}{text}"


def day(iso: str | None) -> str:
    """Return an instant for people."""
    return "none" if iso is None else iso.replace("T", " ")
