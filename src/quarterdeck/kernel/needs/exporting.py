"""The list of exceptions as a file: what is asked for, in its order, with what stands behind each line."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, Any

import xlsxwriter
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.needs import exceptions
from quarterdeck.kernel.registers.exchange.export import CELL_CHARACTERS, csv_head, csv_row
from quarterdeck.kernel.registers.exchange.guard import doubled
from quarterdeck.kernel.watch.models import Finding
from quarterdeck.kernel.watch.stages import Stages

#: Exceptions put into rows at once.
CHUNK = 500


def heads() -> list[str]:
    """Return the headers of the file."""
    return [
        _("Exception"),
        _("What was found"),
        _("Record"),
        _("Node"),
        _("Serves"),
        _("Severity"),
        _("Owner"),
        _("State"),
        _("In hand with"),
        _("Put right by"),
        _("Accepted until"),
        _("Reason"),
        _("Open since"),
        _("Age, days"),
        _("Due"),
        _("Closed"),
        _("Where it stands"),
    ]


def rows(found: QuerySet[Finding], actor: Actor, on: Stages) -> Iterator[list[Any]]:
    """Yield a row for each exception, in order."""
    findings = found.iterator(chunk_size=CHUNK)
    while chunk := list(islice(findings, CHUNK)):
        for line in exceptions.lines(chunk, actor, on):
            yield _row(line, on)


def _row(line: exceptions.Line, on: Stages) -> list[Any]:
    finding = line.finding
    said = on.of(finding)
    in_hand = said is not None and said.hand_by is not None and line.stage_key == "in_hand"
    accepted = said is not None and line.stage_key == "accepted"
    return [
        str(finding.title),
        finding.text,
        finding.label,
        finding.scope.label if finding.scope is not None else "",
        line.serves,
        str(finding.get_severity_display()),
        finding.owner.name if finding.owner is not None else "",
        line.stage,
        said.hand_by.name if said is not None and said.hand_by is not None and in_hand else "",
        said.hand_until if said is not None and in_hand else None,
        said.accepted_until if said is not None and accepted else None,
        said.reason if said is not None and accepted else "",
        clock.local_date(finding.opened_at),
        line.age,
        finding.due_on,
        clock.local_date(finding.closed_at) if finding.closed_at is not None and line.stage_key == "closed" else None,
        line.remark,
    ]


def csv_lines(told: Iterable[list[Any]]) -> Iterator[str]:
    """Yield the file as CSV line by line."""
    yield from csv_head(heads())
    yield from map(csv_row, told)


def write_xlsx(told: Iterable[list[Any]]) -> IO[bytes]:
    """Return a temporary file, at its start, with the list as a workbook; it goes when closed."""
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  handed to the response, which closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet(_("Exceptions"))
    head, day = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 0)
    titles = heads()
    for index, title in enumerate(titles):
        sheet.set_column(index, index, 40 if index in (0, 1, 2) else 16)
        sheet.write_string(0, index, title, head)
    number = 0
    for number, row in enumerate(told, 1):
        for index, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(number, index, value)
            elif isinstance(value, str):
                sheet.write_string(number, index, doubled(value)[:CELL_CHARACTERS])
            elif value is not None:
                sheet.write_datetime(number, index, value, day)
    sheet.autofilter(0, 0, number, len(titles) - 1)
    book.close()
    file.seek(0)
    return file
