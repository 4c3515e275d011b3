"""The queue of approvals and the page on which one is decided."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from quarterdeck.kernel.access import pointers
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.approvals.models import Answer, Approval, State, Step
from quarterdeck.kernel.approvals.selectors import asked_by, visible_approvals, waiting_for, with_steps
from quarterdeck.kernel.approvals.services import decide, delegate, may_withdraw, remind, withdraw
from quarterdeck.kernel.jobs.http import ActorRequest
from quarterdeck.kernel.search import declare

#: Rows of one page of a list.
ROWS = 50


def _found(request: ActorRequest, pk: int) -> Approval:
    approval = with_steps(visible_approvals(request.actor)).filter(pk=pk).first()
    if approval is None:
        raise Http404
    return approval


def _my_step(request: ActorRequest, approval: Approval) -> Step | None:
    user = request.actor.user
    if user is None or approval.state != State.WAITING or request.actor.read_only:
        return None
    return next((s for s in approval.steps.all() if s.approver_id == user.pk and s.state == Answer.WAITING), None)


def _subject_url(request: ActorRequest, approval: Approval) -> str:
    """Return the page of what the question is about; "" where it has none or the actor may not see it."""
    searched = declare.searched(approval.record_type)
    record = pointers.find(approval.record_type, approval.record_id, request.actor) if searched else None
    return searched.url(record) if searched and record else ""


def _page(request: ActorRequest, approval: Approval, *, error: str = "", note: str = "", to: str = "") -> HttpResponse:
    waiting = approval.state == State.WAITING
    context = {
        "approval": approval,
        "subject_url": _subject_url(request, approval),
        "step": (step := _my_step(request, approval)),
        # Who has answered goes on to what else waits.
        "others": None if step else list(waiting_for(request.actor)[:ROWS]),
        "may_withdraw": waiting and may_withdraw(approval, actor=request.actor),
        "today": request.actor.today,
        "error": error,
        "note": note,
        "to": to,
    }
    return render(request, "approvals/approval.html", context, status=422 if error else 200)


@login_required
@require_GET
def waiting_list(request: ActorRequest) -> HttpResponse:
    """What waits for one's own approval, the earliest due first."""
    page = Paginator(waiting_for(request.actor), ROWS).get_page(request.GET.get("page"))
    return render(request, "approvals/waiting.html", {"page": page, "today": request.actor.today})


@login_required
@require_GET
def asked_list(request: ActorRequest) -> HttpResponse:
    """What one has asked for, waiting ones first."""
    page = Paginator(asked_by(request.actor), ROWS).get_page(request.GET.get("page"))
    return render(request, "approvals/asked.html", {"page": page, "today": request.actor.today})


@login_required
@require_GET
def approval_page(request: ActorRequest, pk: int) -> HttpResponse:
    """One approval: what is asked, who said what, and one's own answer."""
    return _page(request, _found(request, pk))


def _answer(request: ActorRequest, pk: int, act: Callable[[Step], object]) -> HttpResponse:
    """Do something with the actor's own waiting step, or show why it cannot be done."""
    approval = _found(request, pk)
    step = _my_step(request, approval)
    note, to = request.POST.get("note", ""), request.POST.get("to", "")
    if step is None:
        return _page(request, approval, error=_("This does not wait for your answer."), note=note, to=to)
    try:
        act(step)
    except ValidationError as error:
        return _page(request, _found(request, pk), error=" ".join(error.messages), note=note, to=to)
    return redirect("approvals:approval", pk=pk)


@login_required
@require_POST
def approval_decide(request: ActorRequest, pk: int) -> HttpResponse:
    """Approve or decline."""
    approve, note = request.POST.get("answer") == "approve", request.POST.get("note", "")
    return _answer(request, pk, lambda step: decide(step=step, approve=approve, note=note, actor=request.actor))


@login_required
@require_POST
def approval_delegate(request: ActorRequest, pk: int) -> HttpResponse:
    """Pass one's part on to the user with an e-mail address."""

    def pass_on(step: Step) -> None:
        to = User.objects.filter(email=request.POST.get("to", "").strip().lower(), is_active=True).first()
        if to is None:
            raise ValidationError(_("Nobody signs in with this address."))
        delegate(step=step, to=to, note=request.POST.get("note", ""), actor=request.actor)

    return _answer(request, pk, pass_on)


@login_required
@require_POST
def approval_withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """Take the question back."""
    return _asked(request, pk, lambda found: withdraw(approval=found, actor=request.actor))


@login_required
@require_POST
def approval_remind(request: ActorRequest, pk: int) -> HttpResponse:
    """Remind those who have not answered."""

    def ask_again(found: Approval) -> None:
        told = remind(approval=found, actor=request.actor)
        messages.info(request, _("Reminded.") if told else _("Reminded today already."))

    return _asked(request, pk, ask_again)


def _asked(request: ActorRequest, pk: int, act: Callable[[Approval], object]) -> HttpResponse:
    approval = _found(request, pk)
    if not may_withdraw(approval, actor=request.actor):
        return _page(request, approval, error=_("Only who asked can do this."))
    try:
        act(approval)
    except ValidationError as error:
        return _page(request, approval, error=" ".join(error.messages))
    return redirect("approvals:approval", pk=pk)
