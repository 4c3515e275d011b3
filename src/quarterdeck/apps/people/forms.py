"""Forms that ask for more facts than a record holds."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class LastDayForm(forms.Form):
    """The last day of a person, or of a role."""

    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
