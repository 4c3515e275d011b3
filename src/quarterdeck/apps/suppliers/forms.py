"""The few facts that verbs of this app ask for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

_TEXT = {"rows": 3}


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class EndForm(forms.Form):
    """When and why a contract ended."""

    ended_on = forms.DateField(label=_("Ended on"))
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class MeetForm(forms.Form):
    """How an obligation was met."""

    evidence = forms.CharField(label=_("Evidence"), max_length=300, help_text=_("A document, a number, a place."))
    met_on = forms.DateField(label=_("Met on"), required=False, help_text=_("Left empty: today."))
    valid_until = forms.DateField(
        label=_("Valid until"), required=False, help_text=_("Of an insurance or licence; the next is due then.")
    )


class RecordEndForm(forms.Form):
    """When a case was done, and how well."""

    ended_at = forms.DateTimeField(label=_("Done"), required=False, help_text=_("Left empty: now."))
    in_full = forms.NullBooleanField(label=_("In full"), required=False)
    right_first_time = forms.NullBooleanField(label=_("Right first time"), required=False)


class NoticeForm(forms.Form):
    """To whom the notice was sent, and when."""

    noticed_to = forms.CharField(label=_("Sent to"), max_length=200)
    noticed_on = forms.DateField(label=_("Sent on"), required=False, help_text=_("Left empty: today."))


class AnswerForm(forms.Form):
    """What the supplier says, and the remedy."""

    answer = forms.CharField(label=_("Supplier says"), max_length=2000, widget=forms.Textarea(attrs=_TEXT))
    remedy = forms.CharField(label=_("Remedy"), max_length=2000, widget=forms.Textarea(attrs=_TEXT))
    remedy_on = forms.DateField(label=_("Remedy by"))
    answered_on = forms.DateField(label=_("Answered on"), required=False, help_text=_("Left empty: today."))


class FollowForm(forms.Form):
    """Whether the remedy works."""

    found = forms.CharField(label=_("What was found"), max_length=2000, widget=forms.Textarea(attrs=_TEXT))
    followed_on = forms.DateField(label=_("Looked at on"), required=False, help_text=_("Left empty: today."))


class LogForm(forms.Form):
    """What came of a contact."""

    outcome = forms.CharField(label=_("Outcome"), max_length=2000, widget=forms.Textarea(attrs=_TEXT))
    held_on = forms.DateField(label=_("Held on"), required=False, help_text=_("Left empty: today."))
