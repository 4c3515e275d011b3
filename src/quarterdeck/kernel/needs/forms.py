"""The few facts that verbs ask for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel.access.models import User


class TakeForm(forms.Form):
    """By when it is put right."""

    until = forms.DateField(label=_("Put right by"))


class GiveForm(forms.Form):
    """Who puts it right, by when."""

    by: forms.ModelChoiceField[User] = forms.ModelChoiceField(None, label=_("In hand with"))
    until = forms.DateField(label=_("Put right by"))

    def __init__(self, *args: Any, users: QuerySet[User], me: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["by"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = users
        self.initial["by"] = me.pk if me is not None else None


class AcceptForm(forms.Form):
    """Until when it is lived with, and why."""

    until = forms.DateField(label=_("Accepted until"), help_text=_("On this day it is open again."))
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class DeclineForm(forms.Form):
    """Why not."""

    note = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


class DelegateForm(forms.Form):
    """To whom it goes."""

    email = forms.EmailField(label=_("E-mail address"), help_text=_("Of someone who signs in here."))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
