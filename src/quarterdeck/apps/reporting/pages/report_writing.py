"""Status reports to write and to review."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from quarterdeck.apps.portfolio.tabs import tabs_of
from quarterdeck.apps.reporting.models import StatusReport
from quarterdeck.apps.reporting.pages.reports import found, place, shown
from quarterdeck.apps.reporting.selectors import reports as selectors
from quarterdeck.apps.reporting.services import reports as services
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.records import StaleRecord
from quarterdeck.kernel.ui import toasts
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of


def _text(label: Any, help_text: Any = "", rows: int = 5) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": rows, "data-autosize": True}),
    )


class NarrativeForm(forms.Form):
    """What the system cannot know of a period."""

    summary = _text(gettext_lazy("Summary"), gettext_lazy("How it stands and why, in three sentences."), 4)
    achieved = _text(gettext_lazy("Achieved"))
    next_steps = _text(gettext_lazy("Next steps"))
    decisions = _text(
        gettext_lazy("Decisions asked"), gettext_lazy("Who is to decide what, until when. Empty: none."), 3
    )


@require_POST
@login_required
def start(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Begin the next report and go to write it."""
    initiative, actor = place(request, kind, code), actor_of(request)
    if frame_of(request).read_only or not selectors.may_start(initiative, actor):
        raise Http404
    try:
        report = services.report_start(initiative=initiative, actor=actor)
    except (ValidationError, PermissionDenied) as error:
        toasts.add(request, _said(error), tone="red")
        return redirect(f"{initiative.url}reports/")
    return redirect(f"{services.address(report)}write/")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def write(request: HttpRequest, kind: str, code: str, pk: int) -> HttpResponse:
    """Write a draft: facts at one side, narrative at the other; save it or hand it in."""
    actor, report = actor_of(request), found(request, kind, code, pk)
    if frame_of(request).read_only or not selectors.may_write(report, actor):
        return redirect(services.address(report))
    form = NarrativeForm(request.POST or None, initial={name: getattr(report, name) for name in services.TEXTS})
    status = 200
    if request.method == "POST" and form.is_valid():
        status = 422
        try:
            _keep(report, form, request.POST, actor)
        except StaleRecord:
            form.add_error(
                None, _("Somebody else has saved this report meanwhile. What you typed is kept here; compare it.")
            )
            status = 409
        except ValidationError as error:
            for name, problems in (
                error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            ).items():
                form.add_error(name if name in form.fields else None, problems)
        else:
            handed_in = report.state == selectors.SUBMITTED
            toasts.add(request, _("Report handed in.") if handed_in else _("Draft saved."))
            return redirect(services.address(report) if handed_in else request.path)
    context = {**shown(report, actor), "tabs": tabs_of(report.initiative, actor, "reports"), "form": form}
    return render(request, "reporting/report_write.html", context, status=status)


def _keep(report: StatusReport, form: NarrativeForm, posted: Any, actor: Actor) -> None:
    version = posted.get("version", "")
    if version.isdecimal() and len(version) < 9:
        report.version = int(version)
    for name in services.TEXTS:
        setattr(report, name, form.cleaned_data[name].replace("\r\n", "\n"))
    if posted.get("do") == "submit":
        services.report_submit(record=report, actor=actor)
    else:
        services.report_save(report, actor=actor)


@require_POST
@login_required
def act(request: HttpRequest, kind: str, code: str, pk: int, verb: str) -> HttpResponse:
    """Do a verb on a report: fill the facts in anew, send back, publish, remove."""
    actor, report = actor_of(request), found(request, kind, code, pk)
    if frame_of(request).read_only:
        raise Http404
    url = services.address(report)
    try:
        if verb == "refresh":
            services.report_refresh(record=report, actor=actor)
            said, url = _("Facts filled in anew."), f"{url}write/"
        elif verb == "send-back":
            services.report_send_back(record=report, reason=request.POST.get("reason", ""), actor=actor)
            said = _("Sent back.")
        elif verb == "publish":
            services.report_publish(record=report, actor=actor)
            said = _("Published.")
        elif verb == "remove":
            services.report_remove(report, actor=actor)
            said, url = _("Draft removed."), f"{report.initiative.url}reports/"
        else:
            raise Http404
    except StaleRecord as error:
        toasts.add(request, str(error), tone="red")
    except (ValidationError, PermissionDenied) as error:
        toasts.add(request, _said(error), tone="red")
    else:
        toasts.add(request, said)
    return redirect(url)


def _said(error: ValidationError | PermissionDenied) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
