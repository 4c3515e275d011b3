"""Forms of signing in, the first run and one's own preferences."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel.access.models import User

THEMES = (("auto", _("As the system")), ("light", _("Light")), ("dark", _("Dark")))


class NameForm(forms.Form):
    """What allauth's sign-up form asks beside address and password."""

    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))

    def signup(self, request: HttpRequest, user: User) -> None:
        """Keep the name; allauth calls this once the user is stored."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class WelcomeForm(forms.Form):
    """The first administrator and the organisation's name."""

    organisation = forms.CharField(
        label=_("Organisation"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("12 characters or more."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    code = forms.CharField(
        label=_("Code"),
        required=False,
        help_text=_("From the server's log: it shows that you run this server."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.FIRST_RUN_CODE:
            del self.fields["code"]

    def clean(self) -> dict[str, Any]:
        """Check the password against the person's own data too."""
        data: dict[str, Any] = super().clean() or {}
        if password := data.get("password"):
            user = User(email=data.get("email", ""), name=data.get("name", ""))
            try:
                validate_password(password, user)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data


class ProfileForm(forms.ModelForm[User]):
    """Name, theme, language and time zone."""

    theme = forms.ChoiceField(label=_("Theme"), choices=THEMES)
    language = forms.ChoiceField(label=_("Language"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    class Meta:
        model = User
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = [("", _("As the browser")), *settings.LANGUAGES]
        zones = [("", _("The organisation's: %(zone)s") % {"zone": settings.TIME_ZONE})]
        zones += [(zone, zone.replace("_", " ")) for zone in sorted(zoneinfo.available_timezones()) if "/" in zone]
        for name, choices in (("language", languages), ("time_zone", zones)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        for name in ("theme", "language", "time_zone"):
            self.fields[name].initial = getattr(self.instance, name)
        if len(settings.LANGUAGES) < 2:
            del self.fields["language"]
