"""Forms of the office's own pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.organisation.models import Office
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.pmo.catalogue import SET_LABELS
from quarterdeck.apps.pmo.choices import State
from quarterdeck.apps.pmo.models import Accountability
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import scopes_below, visible


def _here(actor: Actor) -> Any:
    rows = visible(Person.objects.all(), actor).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=actor.today))
    return rows.order_by("sort_name", "name")


class InstallForm(forms.Form):
    """Which accountabilities that ship are taken over, by which office, at which node, and who owns them at first."""

    name = forms.ChoiceField(label=_("Accountabilities"), choices=SET_LABELS)
    office = forms.ModelChoiceField(Office.objects.none(), label=_("Office"))
    scope = forms.ModelChoiceField(
        Scope.objects.none(), label=_("Node served"), help_text=_("The office answers for it and all below.")
    )
    owner = forms.ModelChoiceField(
        Person.objects.none(),
        label=_("Designated owner"),
        required=False,
        help_text=_("At first, of all. Left empty: each is found as an exception until it has an owner."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nodes = scopes_below(actor.paths("add", "pmo.accountability")).filter(is_removed=False).order_by("path")
        choices: dict[str, Any] = {
            "office": visible(Office.objects.all(), actor).order_by("name"),
            "scope": nodes,
            "owner": _here(actor),
        }
        for name, rows in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows


class HandOverForm(forms.Form):
    """From whom, to whom, why."""

    giver = forms.ModelChoiceField(Person.objects.none(), label=_("From"))
    taker = forms.ModelChoiceField(Person.objects.none(), label=_("To"))
    note = forms.CharField(label=_("Reason"), max_length=300, help_text=_("Kept in the history of each."))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = visible(Accountability.objects.all(), actor).exclude(state=State.ENDED)
        holding = Q(pk__in=rows.values("owner")) | Q(pk__in=rows.values("deputy"))
        choices: dict[str, Any] = {
            "giver": visible(Person.objects.all(), actor).filter(holding).order_by("sort_name", "name"),
            "taker": _here(actor),
        }
        for name, people in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = people
