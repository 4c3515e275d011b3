"""The few facts that actions ask for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class HoldForm(forms.Form):
    """Why the work pauses, and when that is looked at again."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    review_on = forms.DateField(label=_("Look at it again on"))


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class CompleteForm(forms.Form):
    """When the work was done."""

    finished_on = forms.DateField(label=_("Finished on"), required=False, help_text=_("Left empty: today."))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
