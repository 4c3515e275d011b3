"""Photos sent from the plan on a phone: each by itself, again as often as it takes, kept once."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.selectors import mine, plans
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of


@require_POST
@login_required
def photo(request: HttpRequest, code: str, key: int | None = None) -> JsonResponse:
    """Keep a photo with a task of a plan. 422 says in words why not; the same `request` again changes nothing."""
    actor = actor_of(request)
    plan = plans.plan_at(code, actor=actor, key="" if key is None else str(key))
    number = request.POST.get("task", "")
    if plan is None or frame_of(request).read_only or not (number.isdecimal() and len(number) < 19):
        raise Http404
    task = mine.task_in(plan, int(number))
    if task is None or not plans.may_report(plan, actor):
        raise Http404
    upload = request.FILES.get("photo")
    try:
        if upload is None:
            raise ValidationError({"photo": _("Choose a photo.")})
        name = request.POST.get("request", "")[:64]
        kept = services.photo_attach(task=task, photo=services.photo_read(upload), actor=actor, request=name)
    except ValidationError as error:
        return JsonResponse({"message": " ".join(error.messages)}, status=422)
    except PermissionDenied as error:
        return JsonResponse({"message": str(error)}, status=403)
    return JsonResponse({"url": kept.get_absolute_url(), "name": kept.name}, status=201)
