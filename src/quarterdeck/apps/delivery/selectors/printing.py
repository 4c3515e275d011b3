"""What a plan says on paper: its lines in words, what is drawn of them, and what stands about them."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.choices import TaskKind
from quarterdeck.apps.delivery.exchange import paper
from quarterdeck.apps.delivery.exchange.paper import Line, Paper, Tie
from quarterdeck.apps.delivery.exchange.texts import duration_text
from quarterdeck.apps.delivery.selectors import payload
from quarterdeck.apps.delivery.selectors.payload import Reader
from quarterdeck.apps.delivery.selectors.solving import Solved
from quarterdeck.engine.calendar import around_the_clock, instant, timeline
from quarterdeck.kernel.ui import typeset
from quarterdeck.kernel.ui.components import date_text, number, signed

#: Lines that go onto paper; of larger plans the outline is cut at the level down to which no more are.
MOST: Final = 2000
MILESTONES: Final = frozenset({TaskKind.MILESTONE, TaskKind.START_MILESTONE})
#: Signs of a milestone's name that stand beside it.
LONG: Final = 34


@cache
def _layout() -> str:
    return (Path(paper.__file__).parent / "gantt.typ").read_text(encoding="utf-8")


def gantt_pdf(now: Solved, reader: Reader, *, size: Paper, today: dt.date, made_on: dt.date, levels: int = 0) -> bytes:
    """Return a plan, as of `today`, as tagged PDF made on a day.

    `levels` is how deep its outline is printed, 0: as deep as there is room.
    """
    made = typeset.typeset(
        _layout(),
        typeset.inputs(printed(now, reader, size=size, today=today, made_on=made_on, levels=levels)),
        format="pdf",
        pdf_standards=typeset.STANDARD,
    )
    assert isinstance(made, bytes)
    return made


def printed(
    now: Solved, reader: Reader, *, size: Paper, today: dt.date, made_on: dt.date, levels: int = 0
) -> dict[str, Any]:
    """Return all that the layout is given."""
    tasks = payload.tasks(now, reader)
    depth, shown = _cut(now, levels)
    lines = [_line(now, tasks, row, today) for row in shown]
    ties = _ties(now, {row: place for place, row in enumerate(shown)})
    axis = paper.Axis(lines, size.chart)
    plan = now.held.plan
    status = plan.status
    return {
        "title": f"{plan.name}, {plan.initiative.code}",
        "author": "Quarterdeck",
        "name": plan.name,
        "code": plan.initiative.code
        if plan.initiative.name == plan.name
        else f"{plan.initiative.code} {plan.initiative.name}",
        "lead": _lead(now, reader, tasks, today),
        "printed": _("Printed %(day)s") % {"day": date_text(made_on)}
        if today == made_on
        else _("As of %(past)s, printed %(day)s") % {"past": date_text(today), "day": date_text(made_on)},
        "head": _head(),
        "key": _key(),
        "paper": {
            "width": size.width,
            "height": size.height,
            "row": size.row,
            "font": size.font,
            "columns": size.columns,
            "margin": paper.MARGIN,
            "title": paper.TITLE,
            "head": paper.HEAD,
            "foot": paper.FOOT,
        },
        "ticks": [(_tick(day), x) for day, x in axis.ticks()],
        "status": None if status is None or not axis.first <= status <= axis.last else axis.x(status),
        "status_word": "" if status is None else date_text(instant(status).date(), today),
        "deadlines": any(line.deadline is not None for line in lines),
        "sheets": paper.sheets(lines, ties, size),
        "note": _("%(shown)s of %(all)s lines: the outline down to level %(depth)s.")
        % {"shown": number(len(shown)), "all": number(len(now.held)), "depth": depth}
        if len(shown) < len(now.held)
        else "",
    }


def _cut(now: Solved, levels: int) -> tuple[int, list[int]]:
    """Return down to which level the outline is printed, from 1, and the rows down to there."""
    if not len(now.held):
        return 1, []
    level = now.found["level"]
    depth = min(levels or 99, int(level.max()) + 1)
    while depth > 1 and int((level < depth).sum()) > MOST:
        depth -= 1
    return depth, np.flatnonzero(level < depth).tolist()[:MOST]


def _head() -> list[str]:
    return ["", _("WBS"), _("Task"), _("Dur."), _("Start"), _("Finish"), _("Late d"), _("Float d"), _("%")]


def _key() -> dict[str, str]:
    return {
        "critical": _("critical C"),
        "near": _("near N"),
        "plain": _("other"),
        "done": _("finished"),
        "baseline": _("baseline"),
        "float": _("float"),
        "milestone": _("milestone"),
        "status": _("status date"),
        "deadline": _("deadline"),
    }


def _tick(day: dt.date) -> str:
    return date_text(day).split(" ", 1)[1] if day.month != 1 else str(day.year)


def _lead(now: Solved, reader: Reader, tasks: dict[str, list[Any]], today: dt.date) -> str:
    """Return the line below the name: when the plan ends, against which baseline, as of when."""
    plan, schedule = now.held.plan, now.schedule
    said = []
    if schedule is not None:
        said.append(_("Finish %(day)s") % {"day": date_text(instant(schedule.project_finish).date())})
    name = next((name for key, name, _at in now.held.source.baselines() if key == reader.baseline), None)
    base = [at for at in tasks["baseline_finish"] if at is not None]
    if base:
        values = {"name": name or reader.baseline, "day": date_text(instant(max(base)).date())}
        said.append(_("baseline “%(name)s” %(day)s") % values)
    if plan.status is not None:
        said.append(_("status date %(day)s") % {"day": date_text(instant(plan.status).date())})
    said.append(_("float and lateness in working days"))
    return " · ".join(said)


def _line(now: Solved, tasks: dict[str, list[Any]], row: int, today: dt.date) -> Line:
    """Return one line as it stands in the table and as it is drawn."""
    held, found = now.held, now.found
    summary = bool(found["is_summary"][row])
    start, finish = tasks["start"][row], tasks["finish"][row]
    milestone = not summary and (held.rows["kind"][row] in MILESTONES or (start is not None and start == finish))
    done = tasks["actual_finish"][row] is not None or tasks["percent"][row] >= 100
    tone = _tone(tasks, row, done=done)
    base = tasks["baseline_start"][row], tasks["baseline_finish"][row]
    total = tasks["total_float"][row]
    mark = {"critical": f" {_('C')}", "near": f" {_('N')}"}.get(tone, "")
    name = tasks["name"][row]
    day = "" if finish is None else date_text(instant(finish).date(), today)
    label = name if len(name) <= LONG else f"{name[: LONG - 1]}…"
    return Line(
        cells=(
            number(row + 1),
            tasks["wbs"][row],
            name,
            _length(now, tasks, row),
            "" if start is None else date_text(instant(start).date(), today),
            day,
            "" if summary else _late(now, base[1], finish),
            "" if summary or done or total is None else _days(total / held.plan.minutes_per_day) + mark,
            "" if tasks["percent"][row] is None else number(tasks["percent"][row]),
        ),
        level=int(found["level"][row]),
        summary=summary,
        milestone=milestone,
        tone=tone,
        start=start,
        finish=finish,
        done=100.0 if done else float(tasks["percent"][row] or 0),
        parts=tuple((a, b) for a, b in tasks["parts"][row] or ()),
        baseline=None if None in base else base,
        late_finish=tasks["late_finish"][row],
        deadline=tasks["deadline"][row],
        label=f"{label}  {day}",
    )


def _length(now: Solved, tasks: dict[str, list[Any]], row: int) -> str:
    """Return a duration with its unit, a little apart from the figure."""
    if tasks["duration"][row] is None:
        return ""
    text = duration_text(tasks["duration"][row], tasks["unit"][row] or "d", payload.units_of(now.held.plan))
    return re.sub(r"(?<=\d)(?=[a-z])", "\u00a0", text)


def _days(days: float) -> str:
    return number(days, 0 if abs(days - round(days)) < 0.05 else 1)


def _tone(tasks: dict[str, list[Any]], row: int, *, done: bool) -> str:
    if not tasks["active"][row]:
        return "off"
    if done:
        return "done"
    return "critical" if tasks["critical"][row] else "near" if tasks["near_critical"][row] else "plain"


def _late(now: Solved, base: int | None, finish: int | None) -> str:
    """Return by how many working days of the plan a line ends after its baseline."""
    if base is None or finish is None:
        return ""
    held = now.held
    line = timeline(around_the_clock() if held.project < 0 else held.calendars[held.project])
    between = line.between(min(base, finish), max(base, finish)) * (1 if finish >= base else -1)
    days = int(between) / held.plan.minutes_per_day
    return str(signed(round(days, 1), 0 if abs(days - round(days)) < 0.05 else 1))


def _ties(now: Solved, place: dict[int, int]) -> list[Tie]:
    """Return the links between lines that are printed."""
    told, row_of, found = payload.links(now), now.held.row_of, now.found
    ties = []
    for before, after, kind, driving in zip(
        told["predecessor"], told["successor"], told["kind"], told["driving"], strict=True
    ):
        rows = row_of[before], row_of[after]
        if rows[0] in place and rows[1] in place:
            critical = bool(driving and found["critical"][rows[0]] and found["critical"][rows[1]])
            ties.append(Tie(place[rows[0]], place[rows[1]], kind, critical))
    return ties
