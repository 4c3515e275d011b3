"""Forms of administration."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel.access.models import AccessRole, Group, Scope, User
from quarterdeck.kernel.access.selectors import ACTIONS, field_classes, record_types
from quarterdeck.kernel.access.services import ELEVATION_MINUTES, ELEVATION_MOST_MINUTES

DURATIONS = tuple(
    (minutes, _("%(n)d minutes") % {"n": minutes}) for minutes in (15, 30, 60, 120, ELEVATION_MOST_MINUTES)
)
ANY = "*"


class DateInput(forms.DateInput):
    """The browser's own date field, which speaks ISO dates whatever the locale."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ElevationForm(forms.Form):
    """Why, and for how long."""

    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("Kept in the log."))
    minutes = forms.TypedChoiceField(label=_("For"), choices=DURATIONS, coerce=int, initial=ELEVATION_MINUTES)


class ScopeField(forms.ModelChoiceField):  # type: ignore[type-arg]  # the class takes no parameter at run time
    """A node of the tree, indented by its depth."""

    def label_from_instance(self, obj: Any) -> str:
        """Three spaces for each level, which a browser keeps."""
        return f"{chr(0xA0) * 3 * obj.depth}{obj.label}"


class GrantForm(forms.Form):
    """A role at a node between dates."""

    role = forms.ModelChoiceField(label=_("Role"), queryset=AccessRole.objects.none(), empty_label=_("Choose"))
    scope = ScopeField(label=_("At and below"), queryset=Scope.objects.none(), empty_label=_("Choose"))
    starts_on = forms.DateField(label=_("From"), required=False, widget=DateInput(), help_text=_("Empty: at once."))
    ends_on = forms.DateField(label=_("To"), required=False, widget=DateInput(), help_text=_("Empty: until ended."))

    def __init__(self, *args: Any, scopes: QuerySet[Scope], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("role", AccessRole.objects.all()), ("scope", scopes)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows


class InviteForm(forms.Form):
    """Someone new."""

    email = forms.EmailField(label=_("E-mail address"))
    name = forms.CharField(label=_("Name"), max_length=200)
    groups = forms.ModelMultipleChoiceField(
        label=_("Groups"), queryset=Group.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )


class UserForm(forms.Form):
    """What an administrator changes of a user."""

    name = forms.CharField(label=_("Name"), max_length=200)
    is_administrator = forms.BooleanField(
        label=_("Administrator"), required=False, help_text=_("May elevate; has no right until then.")
    )
    groups = forms.ModelMultipleChoiceField(
        label=_("Groups"), queryset=Group.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )


class GroupForm(forms.ModelForm[Group]):
    """A group and its members."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    members = forms.ModelMultipleChoiceField(
        label=_("Members"),
        queryset=User.objects.filter(is_active=True),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Group
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version
        if self.instance.pk:
            self.fields["members"].initial = self.instance.members.all()


class RoleForm(forms.ModelForm[AccessRole]):
    """A role: its name and, as one tick for each record type and action, what it permits."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    sees = forms.MultipleChoiceField(
        label=_("Opens sensitive fields"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = AccessRole
        fields = ("name", "description")
        widgets = {"description": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version
        sees = self.fields["sees"]
        assert isinstance(sees, forms.MultipleChoiceField)
        sees.choices = [(name, name) for name in sorted({*field_classes(), *self.instance.sees})]
        sees.initial = self.instance.sees

    @property
    def rows(self) -> list[dict[str, Any]]:
        """One row for everything, one for each app, one for each record type; each with its ticks."""
        kinds = record_types()
        rows = [self._row(ANY, _("Everything"), 0)]
        seen: set[str] = set()
        for kind in kinds:
            if kind.app not in seen:
                seen.add(kind.app)
                rows.append(self._row(f"{kind.app}.*", kind.app_name, 1))
            rows.append(self._row(kind.key, kind.name, 2))
        return rows

    def _row(self, key: str, name: Any, depth: int) -> dict[str, Any]:
        given = set(self._given(key))
        return {
            "key": key,
            "name": name,
            "depth": depth,
            "ticks": [(action, ANY in given or action in given) for action in ACTIONS],
            "further": ", ".join(sorted(given - set(ACTIONS) - {ANY})),
        }

    def _given(self, key: str) -> list[str]:
        if self.is_bound:
            return self._posted(key)
        found: list[str] = self.instance.permissions.get(key, [])
        return found

    def _posted(self, key: str) -> list[str]:
        ticked = [action for action in ACTIONS if f"may:{key}:{action}" in self.data]
        further = [word.strip() for word in str(self.data.get(f"more:{key}", "")).split(",") if word.strip()]
        return [*ticked, *further]

    def permissions(self) -> dict[str, list[str]]:
        """Return what was ticked; keys that the page does not list, such as a removed app's, are kept."""
        listed = {row["key"] for row in self.rows}
        kept = {key: actions for key, actions in self.instance.permissions.items() if key not in listed}
        return kept | {key: self._posted(key) for key in listed}


REACH = (
    ("read", _("Read"), ("view",)),
    ("write", _("Read, add and change"), ("view", "add", "change")),
    ("all", _("All that I may"), ("*",)),
)


class TokenForm(forms.Form):
    """An API token of one's own."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("The program or the purpose."))
    expires_on = forms.DateField(label=_("Last day"), widget=DateInput(), help_text=_("Within a year."))
    reach = forms.ChoiceField(
        label=_("May"), choices=[(key, text) for key, text, _actions in REACH], initial="read", widget=forms.RadioSelect
    )
    areas = forms.MultipleChoiceField(
        label=_("In"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("None ticked: everywhere.")
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = self.fields["areas"]
        assert isinstance(areas, forms.MultipleChoiceField)
        areas.choices = list(dict.fromkeys((kind.app, kind.app_name) for kind in record_types()))
        expires = self.fields["expires_on"]
        expires.initial = today + dt.timedelta(days=90)
        expires.widget.attrs |= {
            "min": today.isoformat(),
            "max": (today + dt.timedelta(days=365)).isoformat(),
        }

    def permissions(self) -> dict[str, list[str]]:
        """Return what was chosen in the form that a token keeps."""
        actions = next(list(given) for key, _text, given in REACH if key == self.cleaned_data["reach"])
        areas = self.cleaned_data["areas"]
        return {f"{area}.*": actions for area in areas} if areas else {ANY: actions}
