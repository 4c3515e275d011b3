"""What accompanies any record on its page: comments, files, links, tags, who follows it.

Each is checked against the record itself.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.comments.models import Comment
from quarterdeck.kernel.comments.selectors import mentionable
from quarterdeck.kernel.comments.services import comment_add, comment_delete
from quarterdeck.kernel.files.models import Attachment
from quarterdeck.kernel.files.services import file_attach, file_remove
from quarterdeck.kernel.links.models import Link
from quarterdeck.kernel.links.services import link_add, link_remove
from quarterdeck.kernel.notifications.following import follow, unfollow
from quarterdeck.kernel.registers import spec
from quarterdeck.kernel.registers.pages.base import came_from, get_record, messages_of, page
from quarterdeck.kernel.registers.spec import Register
from quarterdeck.kernel.tags.services import set_tags
from quarterdeck.kernel.ui import toasts
from quarterdeck.kernel.ui.frame import frame_of


@require_POST
@page()
def companion(request: HttpRequest, register: Register[Any], actor: Actor, ref: str, verb: str) -> HttpResponse:
    """Add or remove a comment, file, link or the tags of a record; a refusal is told."""
    if frame_of(request).read_only or verb not in _VERBS:
        raise Http404
    record = get_record(register, actor, ref)
    try:
        _VERBS[verb](request, record, actor)
    except ValidationError as error:
        toasts.add(request, messages_of(error), tone="red")
    except PermissionDenied as error:
        toasts.add(request, str(error), tone="red")
    return redirect(came_from(request, register.url(record)))


@require_safe
@page()
def mentions(request: HttpRequest, register: Register[Any], actor: Actor, ref: str) -> HttpResponse:
    """Return the people offered for a mention in a comment on a record, as JSON."""
    record = get_record(register, actor, ref)
    found = mentionable(record, request.GET.get("q", "")[:100], actor=actor)
    return JsonResponse([{"value": user.pk, "label": str(user), "detail": user.email} for user in found], safe=False)


def _comment(request: HttpRequest, record: Any, actor: Actor) -> None:
    comment_add(record=record, body=request.POST.get("body", ""), actor=actor)


def _uncomment(request: HttpRequest, record: Any, actor: Actor) -> None:
    comment_delete(comment=_own(Comment, request, record), actor=actor)
    toasts.add(request, _("Comment removed."))


def _attach(request: HttpRequest, record: Any, actor: Actor) -> None:
    uploads = request.FILES.getlist("file")
    if not uploads:
        raise ValidationError(_("Choose a file first."))
    for upload in uploads:
        file_attach(record=record, upload=upload, actor=actor)


def _detach(request: HttpRequest, record: Any, actor: Actor) -> None:
    file_remove(attachment=_own(Attachment, request, record), actor=actor)
    toasts.add(request, _("File removed."))


def _link(request: HttpRequest, record: Any, actor: Actor) -> None:
    code = request.POST.get("to", "").strip()
    target = _by_code(code, actor)
    if target is None:
        raise ValidationError(_("“%(code)s” is not the code of a record that you may see.") % {"code": code})
    link_add(source=record, target=target, kind=request.POST.get("kind", ""), actor=actor)


def _unlink(request: HttpRequest, record: Any, actor: Actor) -> None:
    link = get_object_or_404(Link, pk=_pk(request))
    ends = {(link.from_type, link.from_id), (link.to_type, link.to_id)}
    if (record._meta.label_lower, record.pk) not in ends:
        raise Http404
    link_remove(link=link, actor=actor)
    toasts.add(request, _("Link removed."))


def _tag(request: HttpRequest, record: Any, actor: Actor) -> None:
    set_tags(record, [name for name in request.POST.get("tags", "").split(",") if name.strip()], actor)


def _follow(request: HttpRequest, record: Any, actor: Actor) -> None:
    register = spec.for_model(type(record))
    label, url = (register.title_of(record), register.url(record)) if register else (str(record), "")
    if request.POST.get("on"):
        follow(record=record, actor=actor, label=label, url=url)
        toasts.add(request, _("You are told of what others change on %(name)s.") % {"name": label})
    elif unfollow(record_type=record._meta.label_lower, record_id=record.pk, actor=actor):
        toasts.add(request, _("You follow %(name)s no more.") % {"name": label})


_VERBS = {
    "follow": _follow,
    "comment": _comment,
    "uncomment": _uncomment,
    "attach": _attach,
    "detach": _detach,
    "link": _link,
    "unlink": _unlink,
    "tag": _tag,
}


def _pk(request: HttpRequest) -> int:
    text = request.POST.get("pk", "")
    if not text.isdecimal() or len(text) > 18:
        raise Http404
    return int(text)


def _own(model: Any, request: HttpRequest, record: Any) -> Any:
    return get_object_or_404(model, pk=_pk(request), record_type=record._meta.label_lower, record_id=record.pk)


def _by_code(code: str, actor: Actor) -> Any:
    for register in spec.all_registers():
        if register.key and actor.can("view", register.record_type):
            found = register.rows(actor).filter(**{register.key: code}).first()
            if found is not None:
                return found
    return None
