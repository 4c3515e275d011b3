"""The list of exceptions, one of them, and the list as a file."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.needs import exceptions, exporting
from quarterdeck.kernel.needs.answering import answer_for
from quarterdeck.kernel.needs.exceptions import Asked
from quarterdeck.kernel.needs.order import due_text
from quarterdeck.kernel.needs.registry import currency_code
from quarterdeck.kernel.needs.story import story_of
from quarterdeck.kernel.ui.components import money_text
from quarterdeck.kernel.ui.frame import Frame, frame_of
from quarterdeck.kernel.ui.request import actor_of
from quarterdeck.kernel.watch.checks import Severity
from quarterdeck.kernel.watch.functions import served_all
from quarterdeck.kernel.watch.models import Finding, Stage
from quarterdeck.kernel.watch.selectors import remedy_of, visible_findings
from quarterdeck.kernel.watch.services import Verb, offered
from quarterdeck.kernel.watch.stages import Stages, stages

#: Exceptions on one page of their list.
ROWS = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: The pictures of what can be said.
ICONS = {Verb.ACKNOWLEDGE: "check", Verb.TAKE: "user-round-check", Verb.ACCEPT: "hourglass", Verb.BACK: "undo-2"}
#: What is offered for many at once.
MANY = (Verb.ACKNOWLEDGE, Verb.TAKE, Verb.ACCEPT, Verb.BACK)


@require_safe
@login_required
def exception_list(request: HttpRequest) -> HttpResponse:
    """Show the exceptions that the reader may see below the node and on the date picked; see `Asked`."""
    actor, frame = actor_of(request), frame_of(request)
    asked, on = Asked.parse(request.GET.dict()), stages(actor, frame.moment)
    found = exceptions.wanted(asked, actor, on, frame.scope)
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    known = {one.key: one.title for one in served_all()}
    context = {
        "asked": asked,
        "tabs": _tabs(asked, actor, on, frame.scope),
        "page": page,
        "lines": exceptions.lines(list(page.object_list), actor, on),
        "functions": sorted(((key, str(title)) for key, title in known.items()), key=lambda pair: pair[1]),
        "serves_label": known.get(asked.serves, _("every")),
        "severities": Severity.choices,
        "severity_label": dict(Severity.choices).get(asked.severity, _("every")),
        "states": [(value, label) for value, label in Stage.choices if value != Stage.ACCEPTED],
        "state_label": dict(Stage.choices).get(asked.stage, _("every")),
        "narrowed": bool(asked.severity or asked.serves or asked.stage or asked.text),
        "heads": _heads(asked),
        "verbs": [(verb, verb.label, ICONS[verb]) for verb in MANY],
        "may_say": not (frame.read_only or actor.read_only) and asked.tab != "closed",
        "every": request.GET.urlencode(),
    }
    return render(request, "needs/exceptions.html", context)


def _tabs(asked: Asked, actor: Actor, on: Stages, scope: Scope | None) -> list[exceptions.Tab]:
    given = {"scope": scope, "severity": asked.severity, "serves": asked.serves, "text": asked.text}
    rows = exceptions.exceptions(actor, moment=on.moment, **given)  # type: ignore[arg-type]  # of mixed kinds
    closed = exceptions.exceptions(actor, moment=on.moment, closed=True, **given)  # type: ignore[arg-type]
    if asked.stage:
        rows, closed = rows.filter(on.condition(asked.stage)), closed.filter(on.condition(asked.stage))
    return exceptions.tabs(rows, actor, on, closed)


def _heads(asked: Asked) -> dict[str, dict[str, str]]:
    """Return of each column by which the list can be ordered how it is now, and what a click asks for next."""
    found = {}
    for name in exceptions.ORDERS:
        now = {name: "ascending", f"-{name}": "descending"}.get(asked.sort, "none")
        following = {"none": name, "ascending": f"-{name}", "descending": ""}[now]
        found[name] = {"now": now, "next": following}
    return found


@require_safe
@login_required
def exception_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one exception, on the date picked as it was known then; to whoever may not see it there is none."""
    actor, frame = actor_of(request), frame_of(request)
    rows = visible_findings(actor).select_related(
        "owner", "scope", "handling__acknowledged_by", "handling__hand_by", "handling__accepted_by"
    )
    finding = rows.filter(pk=pk).first() if pk < 2**63 else None
    end = frame.moment or actor.now
    if finding is None or finding.first_seen > end:
        raise Http404
    on = stages(actor, frame.moment)
    [line] = exceptions.lines([finding], actor, on)
    closed = line.stage_key == "closed"
    said = on.of(finding)
    writes = not (frame.read_only or actor.read_only)
    answer = answer_for(finding, actor, frame.moment)
    context = {
        "finding": finding,
        "line": line,
        "closed": closed,
        "said": said if line.stage_key in ("acknowledged", "in_hand", "accepted") else None,
        "since": clock.local_date(finding.opened_at),
        "times": _times(finding),
        "facts": _facts(finding, line, actor, frame),
        "remedy": remedy_of(finding, actor) if writes and not closed else None,
        "verbs": [(verb, verb.label, ICONS[verb]) for verb in offered(finding, actor=actor)] if writes else [],
        "answer": answer,
        "rests": line.stage_key == "accepted",
        "story": story_of(finding, end),
    }
    return render(request, "needs/exception.html", context)


def _times(finding: Finding) -> str:
    if not finding.reopened:
        return ""
    return ngettext("back once", "back %(n)s times", finding.reopened) % {"n": finding.reopened}


def _facts(finding: Finding, line: exceptions.Line, actor: Actor, frame: Frame) -> list[tuple[str, str, str]]:
    """Return what is known of it: label, value, address."""
    found = [(_("Record"), finding.label, finding.address)]
    if finding.scope is not None and finding.scope.label != finding.label:
        found.append((_("Node"), finding.scope.label, ""))
    found.append((_("Serves"), line.serves, ""))
    if finding.due_on is not None:
        found.append((_("Due"), due_text(finding.due_on, frame.date), ""))
    path = finding.scope.path if finding.scope is not None else ""
    if finding.cost_of_waiting is not None:
        if actor.sees("money", finding.record_type, (path,)):
            cost = money_text(finding.cost_of_waiting, currency_code())
            found.append((_("Cost of waiting"), _("%(amount)s a day") % {"amount": cost}, ""))
        else:
            found.append((_("Cost of waiting"), "•••", ""))
    return found


@require_safe
@login_required
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Send what the list shows, all of it, as CSV or as a workbook."""
    actor, frame = actor_of(request), frame_of(request)
    asked, on = Asked.parse(request.GET.dict()), stages(actor, frame.moment)
    told = exporting.rows(exceptions.wanted(asked, actor, on, frame.scope), actor, on)
    name = f"exceptions-{frame.date.isoformat()}.{kind}"
    if kind == "xlsx":
        return FileResponse(exporting.write_xlsx(told), as_attachment=True, filename=name, content_type=XLSX)
    language, zone = translation.get_language(), timezone.get_current_timezone()

    def kept() -> Iterator[str]:
        with translation.override(language), timezone.override(zone):
            yield from exporting.csv_lines(told)

    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(kept(), content_type="text/csv; charset=utf-8", headers=headers)
