"""The few facts that actions ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.governance.choices import Level

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


def _text(label: _StrOrPromise, *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=2000, required=required, widget=forms.Textarea(attrs={"rows": 3}))


def _level(label: _StrOrPromise, help_text: _StrOrPromise = "") -> forms.TypedChoiceField:
    pairs = [("", _("As it is")), *((str(value), label) for value, label in Level.choices)]
    return forms.TypedChoiceField(
        label=label, required=False, choices=pairs, coerce=int, empty_value=None, help_text=help_text
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = _text(_("Reason"))


class EscalateForm(forms.Form):
    """What is asked of the level above."""

    question = _text(_("What do you need of them?"))


class AnswerForm(forms.Form):
    """What the level above says."""

    answer = _text(_("Answer"))


class ReviewForm(forms.Form):
    """How a risk stands now, and when that is looked at again."""

    probability_now = _level(_("Probability now"), _("A percent typed for this risk gives way to another level."))
    impact_now = _level(_("Impact now"))
    review_on = forms.DateField(label=_("Look at it again on"))
    note = _text(_("What has changed"), required=False)


class OccurForm(forms.Form):
    """What came true, and by when it is to be dealt with."""

    note = _text(_("What happened"), required=False)
    due_on = forms.DateField(label=_("Resolve by"), required=False)


class ResolveForm(forms.Form):
    """How it was resolved."""

    resolution = _text(_("Resolution"))


class FindingForm(forms.Form):
    """What was found."""

    finding = _text(_("What was found"))


class RefuteForm(FindingForm):
    """What was found, and whether that is an issue."""

    raise_issue = forms.BooleanField(label=_("Raise it as an issue"), required=False, initial=True)


class DecideForm(forms.Form):
    """What was decided, and why."""

    outcome = _text(_("What was decided"))
    reason = _text(_("Why"))


class DoneForm(forms.Form):
    """What came of it."""

    outcome = _text(_("Outcome"), required=False)
