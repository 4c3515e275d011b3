"""Export and import of a register: the download of what is seen, and the conversation that brings a file in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.records.undo import time_for_undo
from quarterdeck.kernel.registers.exchange import export, importing, jobs
from quarterdeck.kernel.registers.exchange.limits import limits
from quarterdeck.kernel.registers.exchange.report import error_lines
from quarterdeck.kernel.registers.exchange.table import letter, too_large
from quarterdeck.kernel.registers.exchange.targets import Target, targets_for, titles
from quarterdeck.kernel.registers.exchange.values import locale_day_first
from quarterdeck.kernel.registers.models import ImportRun
from quarterdeck.kernel.registers.pages.base import messages_of, page
from quarterdeck.kernel.registers.pages.listing import listing_of
from quarterdeck.kernel.registers.spec import Register
from quarterdeck.kernel.ui import toasts
from quarterdeck.kernel.ui.errors import NotHere
from quarterdeck.kernel.ui.frame import frame_of

State = ImportRun.State
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
#: Former imports that the upload page shows.
RECENT = 8


# -- export ------------------------------------------------------------------------------------------------------------


@require_safe
@page()
def export_csv(request: HttpRequest, register: Register[Any], actor: Actor) -> HttpResponseBase:
    """Send the list as CSV, as it is read: of any length in the same memory."""
    listing, _tabs, _tab = listing_of(request, register, actor)
    return _streamed(export.csv_lines(listing), export.file_name(listing, "csv"))


@require_safe
@page()
def export_xlsx(request: HttpRequest, register: Register[Any], actor: Actor) -> HttpResponseBase:
    """Send the list as a workbook, with a sheet that tells what it shows."""
    listing, _tabs, _tab = listing_of(request, register, actor)
    try:
        file = export.write_xlsx(listing)
    except ValidationError as error:
        toasts.add(request, messages_of(error), tone="red")
        return redirect(f"{register.path}?{listing.params.query()}")
    return FileResponse(file, as_attachment=True, filename=export.file_name(listing, "xlsx"), content_type=XLSX)


@require_safe
@page()
def template_csv(request: HttpRequest, register: Register[Any], actor: Actor) -> HttpResponseBase:
    """Send an empty file with the headers that an import understands."""
    _require_import(request, register, actor)
    heads = titles([target.column for target in targets_for(register, actor).values()])
    return _streamed(export.csv_head(heads), f"{register.slug}.csv")


def _streamed(lines: Iterator[str], name: str) -> StreamingHttpResponse:
    """Return lines as a download; they are made after the request, whose language and zone are kept."""
    language, zone = translation.get_language(), timezone.get_current_timezone()

    def kept() -> Iterator[str]:
        with translation.override(language), timezone.override(zone):
            yield from lines

    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(kept(), content_type=CSV, headers=headers)


# -- import ------------------------------------------------------------------------------------------------------------


def _require_import(request: HttpRequest, register: Register[Any], actor: Actor) -> None:
    if not importing.may_import(register, actor):
        raise Http404
    if frame_of(request).read_only:
        raise NotHere(_("A past date is read-only. Go back to today to change things."))


def _run(request: HttpRequest, register: Register[Any], actor: Actor, pk: int) -> ImportRun:
    _require_import(request, register, actor)
    found = importing.runs_of(register, actor).select_related("job").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@page()
def upload_page(request: HttpRequest, register: Register[Any], actor: Actor) -> HttpResponse:
    """Take a file, or say what is wrong with it."""
    _require_import(request, register, actor)
    error = ""
    if request.method == "POST":
        try:
            run = _uploaded(request, register, actor)
        except ValidationError as refused:
            error = messages_of(refused)
        else:
            return redirect(jobs.page_of(run))
    context = {
        "register": register,
        "error": error,
        "size": limits().size // (1024 * 1024),
        "rows": limits().rows,
        "targets": list(targets_for(register, actor).values()),
        "recent": importing.runs_of(register, actor).defer("report", "options", "headers")[:RECENT],
    }
    return render(request, "registers/import.html", context, status=422 if error else 200)


def _uploaded(request: HttpRequest, register: Register[Any], actor: Actor) -> ImportRun:
    file = request.FILES.get("file")
    if file is None or not file.name:
        raise ValidationError(_("Choose a file first."))
    if (file.size or 0) > limits().size:
        raise ValidationError(too_large())
    return importing.upload(register=register, actor=actor, name=file.name, content=file.read())


@require_safe
@page()
def run_page(request: HttpRequest, register: Register[Any], actor: Actor, pk: int) -> HttpResponse:
    """Show where an import stands: its columns to be matched, what the check found, or what was written."""
    run = _run(request, register, actor, pk)
    counts = run.report.get("counts", {})
    refused = bool(counts.get("refused") or run.report.get("problems"))
    writes = counts.get("new", 0) + counts.get("changed", 0)
    matching = run.state == State.COLUMNS or (run.state != State.DONE and "columns" in request.GET)
    context = {
        "register": register,
        "run": run,
        "report": run.report,
        "counts": counts,
        "matching": matching,
        "refused": refused,
        "writes": writes,
        "writable": run.state == State.CHECKED and not refused and writes > 0,
        "steps": _steps(run, matching),
        "undo_url": f"/undo/{run.batch}/" if _may_undo(run, actor) else "",
    }
    if matching:
        context |= _matching(register, actor, run)
    return render(request, "registers/import_run.html", context)


def _may_undo(run: ImportRun, actor: Actor) -> bool:
    """Tell whether a written import can still be taken back, if nobody has changed its records since."""
    return run.finished_at is not None and actor.now - run.finished_at <= time_for_undo("import")


def _steps(run: ImportRun, matching: bool) -> list[tuple[str, str]]:
    """Return the steps of the conversation, each with done, now or empty."""
    place = (
        1
        if matching
        else {State.CHECKING: 2, State.CHECKED: 2, State.WRITING: 3, State.DONE: 4}.get(State(run.state), 1)
    )
    labels = [_("Upload"), _("Match columns"), _("Check"), _("Import")]
    return [(label, "done" if index < place else "now" if index == place else "") for index, label in enumerate(labels)]


def _matching(register: Register[Any], actor: Actor, run: ImportRun) -> dict[str, Any]:
    targets = targets_for(register, actor)
    chosen = run.options.get("columns", {})
    samples = run.options.get("samples", [])
    lines = [
        {
            "index": index,
            "letter": letter(index),
            "header": header,
            "samples": samples[index] if index < len(samples) else [],
            "target": chosen.get(str(index), ""),
        }
        for index, header in enumerate(run.headers)
        if header
    ]
    heads = titles([target.column for target in targets.values()])
    unmatched = [t.label for t in targets.values() if t.required and t.name not in chosen.values()]
    return {
        "lines": lines,
        "choices": list(zip(targets.values(), heads, strict=True)),
        "unmatched": unmatched,
        "key": _key(register, targets, chosen),
        "day_first": run.options.get("day_first", locale_day_first()),
        "clears": run.options.get("clears", False),
    }


def _key(register: Register[Any], targets: dict[str, Target], chosen: dict[str, str]) -> dict[str, Any]:
    """Return the key's label and whether a column fills it: what decides between changing and adding."""
    key = targets.get(register.key)
    return {"label": key.label if key else "", "matched": register.key in chosen.values()}


def _answer(
    request: HttpRequest, register: Register[Any], actor: Actor, pk: int, act: Callable[[ImportRun], None]
) -> HttpResponse:
    """Do something with a run and go to its page; a refusal is said there."""
    run = _run(request, register, actor, pk)
    try:
        act(run)
    except ValidationError as error:
        toasts.add(request, messages_of(error), tone="red")
        return redirect(f"{jobs.page_of(run)}?columns" if run.state != State.DONE else jobs.page_of(run))
    if run.job is not None and run.state in (State.CHECKING, State.WRITING):
        return redirect(f"/jobs/{run.job.pk}/")
    return redirect(jobs.page_of(run))


@require_POST
@page()
def match_columns(request: HttpRequest, register: Register[Any], actor: Actor, pk: int) -> HttpResponse:
    """Match the columns and check the file, at once or as a job; another sheet is read first."""

    def act(run: ImportRun) -> None:
        columns = {i: request.POST.get(f"column-{i}", "") for i in range(len(run.headers))}
        sheet = request.POST.get("sheet", "")
        importing.set_columns(
            run=run,
            actor=actor,
            columns=columns,
            clears="clears" in request.POST,
            day_first=request.POST.get("dates") != "month",
            sheet=sheet,
        )
        if "read_sheet" in request.POST:
            return
        if importing.needs_job(run):
            jobs.queue_check(run=run, actor=actor)
        else:
            importing.check(run=run, actor=actor)

    return _answer(request, register, actor, pk, act)


@require_POST
@page()
def write_run(request: HttpRequest, register: Register[Any], actor: Actor, pk: int) -> HttpResponse:
    """Write what the check showed, at once or as a job."""

    def act(run: ImportRun) -> None:
        if run.state == State.CHECKED and importing.needs_job(run):
            jobs.queue_write(run=run, actor=actor)
            return
        written = importing.commit(run=run, actor=actor)
        if written.state == State.DONE:
            counts = written.report["counts"]
            toasts.add(request, said(counts), undo_url=f"/undo/{run.batch}/")
        else:
            toasts.add(request, _("Nothing was imported. See what the check found now."), tone="red")

    return _answer(request, register, actor, pk, act)


def said(counts: dict[str, int]) -> str:
    """Return what an import did, in words."""
    added = ngettext("%(n)d record added", "%(n)d records added", counts.get("new", 0)) % {"n": counts.get("new", 0)}
    changed = ngettext("%(n)d changed", "%(n)d changed", counts.get("changed", 0)) % {"n": counts.get("changed", 0)}
    return _("%(added)s, %(changed)s.") % {"added": added, "changed": changed}


@require_POST
@page()
def discard_run(request: HttpRequest, register: Register[Any], actor: Actor, pk: int) -> HttpResponse:
    """Forget a file that has not been written."""
    run = _run(request, register, actor, pk)
    try:
        importing.discard(run=run, actor=actor)
    except ValidationError as error:
        toasts.add(request, messages_of(error), tone="red")
        return redirect(jobs.page_of(run))
    toasts.add(request, _("Import discarded. Nothing was written."))
    return redirect(f"{register.path}import/")


@require_safe
@page()
def run_errors(request: HttpRequest, register: Register[Any], actor: Actor, pk: int) -> HttpResponseBase:
    """Send what was refused as CSV, by row."""
    run = _run(request, register, actor, pk)
    return _streamed(iter(list(error_lines(run.report, run.file_name))), f"{register.slug}-errors.csv")


urlpatterns = [
    path("<slug:slug>/export.csv", export_csv, name="register-export-csv"),
    path("<slug:slug>/export.xlsx", export_xlsx, name="register-export-xlsx"),
    path("<slug:slug>/import/", upload_page, name="register-import"),
    path("<slug:slug>/import/template.csv", template_csv, name="register-import-template"),
    path("<slug:slug>/import/<int:pk>/", run_page, name="register-import-run"),
    path("<slug:slug>/import/<int:pk>/columns/", match_columns, name="register-import-columns"),
    path("<slug:slug>/import/<int:pk>/write/", write_run, name="register-import-write"),
    path("<slug:slug>/import/<int:pk>/discard/", discard_run, name="register-import-discard"),
    path("<slug:slug>/import/<int:pk>/errors.csv", run_errors, name="register-import-errors"),
]
