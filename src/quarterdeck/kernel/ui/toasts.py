"""Toasts: Django's messages with an optional address to which Undo posts."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe

_UNDO = "undo:"


@dataclass(frozen=True, slots=True)
class Toast:
    """A message as drawn: text, tone (green, amber, red) and where Undo posts."""

    text: str
    tone: str
    undo_url: str = ""


def add(request: HttpRequest, text: str | Promise, *, undo_url: str = "", tone: str = "green") -> None:
    """Say what was done. `undo_url` takes a POST that takes it back."""
    level = {"green": messages.SUCCESS, "amber": messages.WARNING, "red": messages.ERROR}[tone]
    messages.add_message(
        request, level, str(text), extra_tags=f"{_UNDO}{undo_url}" if undo_url else "", fail_silently=True
    )


def take(request: HttpRequest) -> list[Toast]:
    """Return the waiting messages; with this answer they are forgotten."""
    toasts = []
    for message in messages.get_messages(request):
        tags = message.extra_tags or ""
        tone = "red" if message.level >= messages.ERROR else "amber" if message.level >= messages.WARNING else "green"
        undo = tags.removeprefix(_UNDO) if tags.startswith(_UNDO) else ""
        toasts.append(Toast(str(message), tone, undo))
    return toasts


def partial(request: HttpRequest) -> SafeString:
    """Return the waiting messages as a part for an htmx answer: behind the fragment, it lands among the toasts."""
    html = "".join(render_to_string("ui/parts/toast.html", {"toast": toast}, request) for toast in take(request))
    if not html:
        return SafeString("")
    return mark_safe(f'<hx-partial hx-target="#toasts" hx-swap="beforeend">{html}</hx-partial>')  # noqa: S308
