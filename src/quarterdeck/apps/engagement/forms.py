"""The few facts that actions ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


def _text(label: _StrOrPromise) -> forms.CharField:
    return forms.CharField(label=label, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class ContactForm(forms.Form):
    """When they were told, and what was said."""

    held_on = forms.DateField(label=_("Held on"), required=False, help_text=_("Left empty: today."))
    summary = _text(_("What was said"))


class ReasonForm(forms.Form):
    """Why."""

    reason = _text(_("Reason"))


class RedressForm(forms.Form):
    """What is offered."""

    redress = _text(_("Redress"))


class CloseForm(forms.Form):
    """How it ended."""

    closing = _text(_("How it ended"))
    agreed = forms.BooleanField(label=_("They agree"), required=False)
