"""`{% load ui %}`: the components as tags, slots, built assets and query strings."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest, QueryDict
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from quarterdeck.kernel.ui import components, fields, marks, slots, toasts
from quarterdeck.kernel.ui.assets import asset_url
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of

register = template.Library()

register.simple_tag(components.icon, name="icon")
register.simple_tag(components.rag, name="rag")
register.simple_tag(components.rag_badge, name="rag_badge")
register.simple_tag(components.badge, name="badge")
register.simple_tag(components.avatar, name="avatar")
register.simple_tag(components.person, name="person")
register.simple_tag(components.code, name="code")
register.simple_tag(components.money, name="money")
register.simple_tag(components.figure, name="figure")
register.simple_tag(components.signed, name="signed")
register.simple_tag(components.date_, name="day")
register.simple_tag(components.score, name="score")
register.simple_tag(components.count, name="count")
register.simple_tag(components.kbd, name="kbd")
register.simple_tag(marks.sparkline, name="sparkline")
register.simple_tag(marks.bullet, name="bullet")
register.simple_tag(marks.bar, name="bar")
register.simple_tag(fields.field, name="field")
register.simple_tag(fields.control, name="control")
register.simple_tag(fields.form_errors, name="form_errors")
register.simple_tag(asset_url, name="asset")


@register.simple_tag(takes_context=True)
def slot(context: template.Context, name: str, record: Any) -> SafeString:
    """Draw what apps put into the slot `name` for a record; on a past date the actor's moment is that of the date."""
    request: HttpRequest = context["request"]
    actor, moment = actor_of(request), frame_of(request).moment
    return slots.render(name, record, actor if moment is None else actor.at(moment))


@register.simple_tag(takes_context=True)
def param(context: template.Context, **changes: Any) -> str:
    """Return the page's query string with some parameters changed; None or "" takes one out: `{% param page=2 %}`."""
    request: HttpRequest = context["request"]
    query: QueryDict = request.GET.copy()
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        elif isinstance(value, list | tuple):
            query.setlist(key, [str(one) for one in value])
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def waiting_toasts(context: template.Context) -> list[toasts.Toast]:
    """Return the messages to show, forgetting them."""
    return toasts.take(context["request"])


@register.simple_tag
def attributes(**given: Any) -> SafeString:
    """Return HTML attributes from keywords, `_` for `-`; False and None leave one out, True gives the bare name."""
    parts = []
    for name, value in given.items():
        if value is None or value is False or value == "":
            continue
        key = escape(name.strip("_").replace("_", "-"))
        parts.append(key if value is True else f'{key}="{escape(value)}"')
    return mark_safe(" ".join(parts))  # noqa: S308 - names and values are escaped
