"""Forms that ask for more facts than a record holds."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class YearsForm(forms.Form):
    """Which fiscal years to generate."""

    first = forms.IntegerField(label=_("First year"), min_value=1980, max_value=2079, help_text=_("2026 for FY26."))
    last = forms.IntegerField(label=_("Last year"), min_value=1980, max_value=2079)
