"""What the plan page asks for: the plan as columns, edits, undo, what others did, and why a date is what it is."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import msgspec
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.models import Plan, PlanRevision
from quarterdeck.apps.delivery.selectors import answers, payload, plans
from quarterdeck.apps.delivery.selectors.memory import current
from quarterdeck.apps.delivery.selectors.network import held
from quarterdeck.apps.delivery.selectors.past import plan_then, source_then
from quarterdeck.apps.delivery.selectors.payload import Reader
from quarterdeck.apps.delivery.selectors.photos import photos_by_id
from quarterdeck.apps.delivery.selectors.solving import Solved, solved
from quarterdeck.apps.delivery.selectors.why import reasons
from quarterdeck.engine.errors import EngineError
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.records import BulkRefused, StaleRecord
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of

View = Callable[[HttpRequest, Plan, Actor], HttpResponse]


#: A whole number that a database can hold.
Whole = Annotated[int, msgspec.Meta(ge=-(1 << 62), le=1 << 62)]
Typed = str | Whole | float | bool | None


class Command(msgspec.Struct, omit_defaults=True):
    """One command of an edit; which parts it takes, `services.Editor` says."""

    do: str
    task: Whole | None = None
    tasks: list[Whole] = []
    field: str = ""
    value: Typed = None
    name: str = ""
    duration: Typed = None
    kind: str = ""
    key: str = ""
    after: Whole | None = None
    parent: Whole | None = None
    predecessor: Whole | None = None
    successor: Whole | None = None
    lag: Typed = None
    link: Whole | None = None
    start: Typed = None
    at: Whole | float | None = None
    gap: Whole | float | None = None


class Edit(msgspec.Struct):
    """What an edit says."""

    revision: Whole
    commands: list[Command]
    request: str = ""


class Turn(msgspec.Struct):
    """What an undo says."""

    batch: uuid.UUID
    revision: int = 0


def json(body: Any, status: int = 200) -> HttpResponse:
    """Return plain values as an answer that nobody keeps."""
    response = HttpResponse(msgspec.json.encode(body), content_type="application/json", status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def of_plan(view: View) -> Callable[..., HttpResponse]:
    """Wrap a view so that it gets the plan that its address names; whoever may not see one gets 404."""

    @login_required
    @wraps(view)
    def inner(request: HttpRequest, code: str, key: int | None = None) -> HttpResponse:
        actor = actor_of(request)
        plan = plans.plan_at(code, actor=actor, key="" if key is None else str(key))
        if plan is None:
            raise Http404
        return view(request, plan, actor)

    return inner


def told(view: View) -> View:
    """Answer refusals of an edit as the page understands them: what is wrong, where, and whose fault it is."""

    @wraps(view)
    def inner(request: HttpRequest, plan: Plan, actor: Actor) -> HttpResponse:
        if frame_of(request).read_only:
            return json({"message": _("A past date is read-only. Go back to today to change things.")}, 403)
        try:
            return view(request, plan, actor)
        except msgspec.DecodeError:
            return json({"message": _("This request can't be read")}, 400)
        except (services.Overtaken, StaleRecord) as error:
            known = error.revision if isinstance(error, services.Overtaken) else plans.revision_of(plan)
            return json({"revision": known, "message": str(error)}, 409)
        except (ValidationError, BulkRefused) as error:
            return _refused(error)
        except PermissionDenied as error:
            return json({"message": str(error)}, 403)

    return inner


def _refused(error: ValidationError | BulkRefused) -> HttpResponse:
    """Answer a refusal with what is known of where and why."""
    body: dict[str, Any] = {"field": None, "task": None, "culprits": []}
    if isinstance(error, BulkRefused):
        error = next(iter(error.errors.values()))
    if isinstance(error, services.PlanRefused):
        body = {"field": error.field or None, "task": error.task, "culprits": list(error.culprits)}
    return json({"message": " ".join(error.messages), **body}, 422)


def reader_of(request: HttpRequest, plan: Plan, actor: Actor) -> Reader:
    """Return who reads a plan, and against which baseline."""
    number = request.GET.get("baseline", "")
    return Reader(
        editable=not frame_of(request).read_only and plans.may_edit(plan, actor),
        reports=not frame_of(request).read_only and plans.may_report(plan, actor),
        sees_money=plans.sees_money(plan, actor),
        baseline=int(number) if number.isdecimal() and len(number) < 5 else 0,
        today=frame_of(request).date,
    )


def read(request: HttpRequest, plan: Plan, actor: Actor) -> Solved:
    """Return a plan with its dates, as of the date in force; 404 where it did not exist then."""
    moment = frame_of(request).moment
    if moment is None:
        return current(plan)
    then = plan_then(plan, moment, actor=actor)
    if then is None:
        raise Http404
    then.revision = 0
    return solved(held(then, source=source_then(plan, moment), shown=True))


@require_safe
@of_plan
def data(request: HttpRequest, plan: Plan, actor: Actor) -> HttpResponse:
    """Give a whole plan."""
    try:
        return json(payload.whole(read(request, plan, actor), reader_of(request, plan, actor)))
    except EngineError as error:
        return json({"message": str(error)}, 422)


@require_POST
@of_plan
@told
def edit(request: HttpRequest, plan: Plan, actor: Actor) -> HttpResponse:
    """Carry out a batch of commands."""
    asked = msgspec.json.decode(request.body, type=Edit)
    done = services.plan_edit(
        plan_id=plan.pk,
        commands=[msgspec.to_builtins(each) for each in asked.commands],
        revision=asked.revision,
        actor=actor,
        request=asked.request,
    )
    if done is None:
        before = plans.answered_before(plan, asked.request)
        return _news(request, plan, actor, min(asked.revision, plans.revision_of(plan)), before)
    return _answered(request, plan, actor, done)


def _answered(request: HttpRequest, plan: Plan, actor: Actor, done: services.Edited) -> HttpResponse:
    return json(
        answers.answer(
            done.reckoned.solved,
            reader_of(request, plan, actor),
            changed=done.reckoned.changed,
            removed=done.touched.removed,
            first=done.first,
            links=done.touched.links,
            batch=done.batch,
            keys=done.keys,
            message=done.message,
        )
    )


@require_POST
@of_plan
@told
def turn(request: HttpRequest, plan: Plan, actor: Actor) -> HttpResponse:
    """Take an edit back, or bring again what was taken back."""
    asked = msgspec.json.decode(request.body, type=Turn)
    return _answered(request, plan, actor, services.plan_turn(plan_id=plan.pk, batch=asked.batch, actor=actor))


@require_safe
@of_plan
def changes(request: HttpRequest, plan: Plan, actor: Actor) -> HttpResponse:
    """Tell what has happened since a revision; 304 where nothing has."""
    since = request.GET.get("since", "0")
    known = int(since) if since.isdecimal() and len(since) < 10 else 0
    if frame_of(request).read_only or known >= plan.revision:
        return HttpResponse(status=304)
    return _news(request, plan, actor, known)


def _news(
    request: HttpRequest, plan: Plan, actor: Actor, since: int, before: PlanRevision | None = None
) -> HttpResponse:
    """Tell what has happened since a revision, and of a request that was carried out before what it was answered."""
    plans.refresh(plan)
    news = plans.news_since(plan, since)
    return json(
        answers.answer(
            current(plan),
            reader_of(request, plan, actor),
            changed=news.changed,
            removed=news.removed,
            first=0 if news.outline else None,
            links=news.links,
            batch=before.batch if before is not None else None,
            keys=before.keys if before is not None else None,
        )
    )


@require_safe
@of_plan
def why(request: HttpRequest, plan: Plan, actor: Actor) -> HttpResponse:
    """Tell why a task lies where it lies, and what is noted of it."""
    key = request.GET.get("task", "")
    if not (key.isdecimal() and len(key) < 19):
        raise Http404
    now = read(request, plan, actor)
    if int(key) not in now.held.row_of:
        raise Http404
    past = frame_of(request).moment is not None
    noted = dict(now.held.source.tasks(("pk", "notes"))).get(int(key), "") if past else plans.notes_of(plan, int(key))
    photos = [] if past else photos_by_id(int(key))
    return json({"reasons": reasons(now, int(key)), "notes": noted, "photos": photos})
