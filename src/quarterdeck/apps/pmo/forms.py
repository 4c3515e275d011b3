"""Forms of the office's own pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.pmo.catalogue import SET_LABELS
from quarterdeck.apps.pmo.selectors import offered
from quarterdeck.kernel.access.actor import Actor


def _offer(form: forms.Form, choices: Mapping[str, QuerySet[Any]]) -> None:
    for name, rows in choices.items():
        field = form.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows


class InstallForm(forms.Form):
    """Which accountabilities that ship are taken over, by which office, at which node, and who owns them at first."""

    name = forms.ChoiceField(label=_("Accountabilities"), choices=SET_LABELS)
    office: forms.ModelChoiceField[Any] = forms.ModelChoiceField(None, label=_("Office"))
    scope: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Node served"), help_text=_("The office answers for it and all below.")
    )
    owner: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None,
        label=_("Designated owner"),
        required=False,
        help_text=_("At first, of all. Left empty: each is found as an exception until it has an owner."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = {"office": offered.offices(actor), "scope": offered.nodes(actor), "owner": offered.people(actor)}
        _offer(self, rows)


class HandOverForm(forms.Form):
    """From whom, to whom, why."""

    giver: forms.ModelChoiceField[Any] = forms.ModelChoiceField(None, label=_("From"))
    taker: forms.ModelChoiceField[Any] = forms.ModelChoiceField(None, label=_("To"))
    note = forms.CharField(label=_("Reason"), max_length=300, help_text=_("Kept in the history of each."))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, {"giver": offered.holders(actor), "taker": offered.people(actor)})
