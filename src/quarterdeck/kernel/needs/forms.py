"""The few facts that verbs ask for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class LaterForm(forms.Form):
    """Until when it can wait, and why."""

    until = forms.DateField(label=_("Until"))
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class DeclineForm(forms.Form):
    """Why not."""

    note = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


class DelegateForm(forms.Form):
    """To whom it goes."""

    email = forms.EmailField(label=_("E-mail address"), help_text=_("Of someone who signs in here."))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
