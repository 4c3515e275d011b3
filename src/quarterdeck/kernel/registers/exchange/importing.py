"""The conversation of an import: upload > match columns > check > write, all or nothing; one Undo takes it back.

Services of an `ImportRun`. The whole in one call, for programs and tests, is `import_file`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import AccessDenied, may_somewhere, refusal
from quarterdeck.kernel.registers import spec
from quarterdeck.kernel.registers.exchange.drafts import Plan, draft_all
from quarterdeck.kernel.registers.exchange.limits import INLINE_ROWS, limits
from quarterdeck.kernel.registers.exchange.read import read_table
from quarterdeck.kernel.registers.exchange.report import fingerprint, report_of
from quarterdeck.kernel.registers.exchange.table import FileRefused, Table, letter, too_large
from quarterdeck.kernel.registers.exchange.targets import Target, guess, headers_key, targets_for
from quarterdeck.kernel.registers.exchange.values import in_words
from quarterdeck.kernel.registers.exchange.writing import Step, rehearse, write
from quarterdeck.kernel.registers.models import ImportFile, ImportRun
from quarterdeck.kernel.registers.spec import Register

State = ImportRun.State
#: States in which the columns may still be matched anew.
OPEN = (State.COLUMNS, State.CHECKING, State.CHECKED, State.WRITING)

#: Values of each column shown where it is matched.
SAMPLES = 3


def _no_step(count: int) -> None:
    """Tell nobody."""


def may_import(register: Register[Any], actor: Actor) -> bool:
    """Tell whether the actor may bring a file into the register: whoever may add or change some of its records."""
    return any(may_somewhere(actor, action, register.model) for action in ("add", "change"))


def runs_of(register: Register[Any], actor: Actor) -> QuerySet[ImportRun]:
    """Return the actor's own imports into the register, latest first."""
    return ImportRun.objects.filter(register=register.slug, user=actor.user)


def register_of(run: ImportRun) -> Register[Any]:
    """Return the register of a run. Raises ValidationError when it exists no more."""
    register = spec.find(run.register)
    if register is None:
        raise ValidationError(_("This register is not part of the product any more."))
    return register


def table_of(run: ImportRun) -> Table:
    """Return the run's file, read again. Raises FileRefused when the run is done and the file is gone."""
    stored = ImportFile.objects.filter(run=run).first()
    if stored is None:
        raise FileRefused(_("The file of this import is not kept any more. Upload it again."))
    return read_table(bytes(stored.content), run.file_name, sheet=run.options.get("sheet", ""))


@transaction.atomic
def upload(*, register: Register[Any], actor: Actor, name: str, content: bytes) -> ImportRun:
    """Keep a file and guess its columns, as they were matched the last time where the headers are known.

    Raises FileRefused for a file that cannot be read or holds no rows, AccessDenied without the right to add or change.
    """
    if not may_import(register, actor) or actor.read_only:
        raise AccessDenied(refusal("add", register.model))
    if len(content) > limits().size:
        raise FileRefused(too_large())
    table = read_table(content, name)
    if not table.rows:
        raise FileRefused(_("There are headers but no rows below them. Fill in some rows and upload the file again."))
    run = ImportRun(
        register=register.slug, user=actor.user, file_name=name[-200:], batch=uuid.uuid4(), created_at=actor.now
    )
    _fit(run, register, actor, table)
    run.save(force_insert=True)
    ImportFile.objects.create(run=run, content=content)
    return run


def _fit(run: ImportRun, register: Register[Any], actor: Actor, table: Table) -> None:
    """Take over a table's headers with the best guess at what each fills."""
    targets = targets_for(register, actor)
    run.headers, run.headers_key, run.rows = list(table.headers), headers_key(table.headers), len(table.rows)
    matched = _remembered(register, actor, table.headers, targets)
    columns = guess(table.headers, targets) if matched is None else matched
    run.options = {
        "sheet": table.sheet,
        "sheets": list(table.sheets),
        "columns": {str(index): name for index, name in columns.items() if index not in table.nameless},
        "samples": [_samples(table, index) for index in range(len(table.headers))],
        "clears": False,
    }


def _samples(table: Table, index: int) -> list[str]:
    """Return the first values of a column in words, by which its reader knows what it holds."""
    cells = (row.cells[index] for row in table.rows[:200] if row.cells[index] is not None)
    return [in_words(cell) for cell in islice(cells, SAMPLES)]


def _remembered(
    register: Register[Any], actor: Actor, headers: tuple[str, ...], targets: Mapping[str, Target]
) -> dict[int, str] | None:
    """Return how a file with these headers was matched when it was last imported; one's own matching comes first."""
    done = ImportRun.objects.filter(register=register.slug, headers_key=headers_key(headers), state=State.DONE)
    last = done.filter(user=actor.user).first() or done.first()
    if last is None:
        return None
    by_header = {last.headers[int(index)].casefold(): name for index, name in last.options["columns"].items()}
    found = {i: by_header[h.casefold()] for i, h in enumerate(headers) if h.casefold() in by_header}
    return {index: name for index, name in found.items() if name in targets}


def set_columns(
    *,
    run: ImportRun,
    actor: Actor,
    columns: Mapping[int, str],
    clears: bool = False,
    day_first: bool | None = None,
    sheet: str = "",
) -> ImportRun:
    """Match columns to fields: position to name; those left out are not imported. What was checked is forgotten.

    `clears` lets empty cells empty their field. `day_first` decides dates that fit both ways; None asks the reader's
    language. Another `sheet` of the workbook is read anew, with its columns guessed. Raises ValidationError for a field
    matched twice or unknown, or when nothing is matched.
    """
    register = register_of(run)
    _require_open(run, actor)
    if sheet and sheet != run.options.get("sheet") and sheet in run.options.get("sheets", ()):
        run.options = {**run.options, "sheet": sheet}
        _fit(run, register, actor, table_of(run))
    else:
        targets = targets_for(register, actor)
        chosen = {index: name for index, name in columns.items() if name and 0 <= index < len(run.headers)}
        unknown = [name for name in chosen.values() if name not in targets]
        if unknown or not chosen:
            raise ValidationError(_("Match at least one column to a field of this register."))
        for name in chosen.values():
            places = [letter(index) for index, other in chosen.items() if other == name]
            if len(places) > 1:
                text = _("Columns %(places)s are both matched to “%(label)s”. Take one of them out.")
                raise ValidationError(text % {"places": _(" and ").join(places), "label": targets[name].label})
        options = {**run.options, "columns": {str(i): name for i, name in chosen.items()}, "clears": clears}
        options.pop("day_first", None)
        run.options = options if day_first is None else {**options, "day_first": day_first}
    run.state, run.report, run.fingerprint, run.job = State.COLUMNS, {}, "", None
    _store(run)
    return run


def _require_open(run: ImportRun, actor: Actor) -> None:
    if actor.read_only or (not actor.unlimited and run.user_id != (actor.user.pk if actor.user else None)):
        raise AccessDenied(_("This import is not yours."))
    if run.state == State.DONE:
        raise ValidationError(_("This import is done. Upload the file again to import it once more."))


def _store(run: ImportRun, *, to: str | None = None) -> bool:
    """Store an open run, in another state when named; False, storing nothing, when it has been written meanwhile."""
    run.state = to or run.state
    values = {
        name: getattr(run, name)
        for name in ("state", "headers", "headers_key", "options", "rows", "report", "fingerprint", "job")
    }
    return bool(ImportRun.objects.filter(pk=run.pk, state__in=OPEN).update(**values))


def plan_of(run: ImportRun, actor: Actor) -> Plan:
    """Return what the run would add and change now, before the register's own rules have been asked."""
    register = register_of(run)
    table = table_of(run)
    targets = targets_for(register, actor)
    columns = {int(index): targets[name] for index, name in run.options["columns"].items() if name in targets}
    return draft_all(register, actor, table, columns, run.options)


def check(*, run: ImportRun, actor: Actor, step: Step = _no_step) -> ImportRun:
    """Find out what the file would do, by doing it and taking it back; the run carries the report."""
    _require_open(run, actor)
    acting = actor.by("import", run.batch)
    plan = plan_of(run, acting)
    rehearse(plan, step)
    _keep(run, plan)
    _store(run, to=State.CHECKED)
    return run


def _keep(run: ImportRun, plan: Plan) -> None:
    run.report, run.fingerprint = report_of(plan), fingerprint(plan)


def commit(*, run: ImportRun, actor: Actor, step: Step = _no_step) -> ImportRun:
    """Write what the check showed, all or nothing, once: a run that is done stays as it is.

    When anything is refused, or the records have changed so that the file would now do something else, nothing is
    written and the run is back at its check with a new report. Raises ValidationError unless the run has been checked.
    """
    run.refresh_from_db()
    if run.state == State.DONE:
        return run
    _require_open(run, actor)
    if run.state not in (State.CHECKED, State.WRITING):
        raise ValidationError(_("Check the file before it is imported."))
    acting = actor.by("import", run.batch)
    plan = plan_of(run, acting)
    seen = run.fingerprint
    if not plan.refused and fingerprint(plan) == seen and _written(run, plan, acting, step):
        return run
    run.refresh_from_db()
    if run.state == State.DONE:
        return run
    if not plan.refused and fingerprint(plan) != seen:
        rehearse(plan, step)
    _keep(run, plan)
    run.report["moved"] = True
    _store(run, to=State.CHECKED)
    return run


def _written(run: ImportRun, plan: Plan, actor: Actor, step: Step) -> bool:
    """Write plan and end of the run in one transaction; False, writing nothing, when refused or another was first."""
    values = {"state": State.DONE, "finished_at": actor.now, "report": _summary(run.report)}
    with transaction.atomic():
        if not ImportRun.objects.filter(pk=run.pk, state__in=(State.CHECKED, State.WRITING)).update(**values):
            return False
        write(plan, actor, step)
        if plan.refused:
            transaction.set_rollback(True)
            return False
        ImportFile.objects.filter(run=run).delete()
    run.refresh_from_db()
    return True


def _summary(report: Mapping[str, Any]) -> dict[str, Any]:
    return {"counts": report.get("counts", {})}


def discard(*, run: ImportRun, actor: Actor) -> None:
    """Forget an import that has not been written, with its file."""
    _require_open(run, actor)
    ImportRun.objects.filter(pk=run.pk, state__in=OPEN).delete()


def needs_job(run: ImportRun) -> bool:
    """Tell whether the file is so long that its check and write run as jobs."""
    return run.rows > INLINE_ROWS


def import_file(
    *, register: Register[Any], actor: Actor, name: str, content: bytes, clears: bool = False, write_it: bool = True
) -> ImportRun:
    """Upload, check and (unless refused) write a file in one call, with the columns as guessed; return the run.

    A run that is not DONE was refused (or only checked, with `write_it` false); the report says why.
    """
    run = upload(register=register, actor=actor, name=name, content=content)
    columns = {int(index): field for index, field in run.options["columns"].items()}
    set_columns(run=run, actor=actor, columns=columns, clears=clears)
    check(run=run, actor=actor)
    refused = run.report["counts"]["refused"] or run.report["problems"]
    return commit(run=run, actor=actor) if write_it and not refused else run
