"""Forms derived from a register's sections: the same fields for page, row, bulk edit and import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import BoundField
from django.forms.models import ModelForm, modelform_factory
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import row_paths
from quarterdeck.kernel.fields import forms as custom_forms
from quarterdeck.kernel.fields.definitions import fields_for
from quarterdeck.kernel.fields.models import CustomField
from quarterdeck.kernel.fields.values import DASH, clean_values
from quarterdeck.kernel.records import Record
from quarterdeck.kernel.registers.columns import CUSTOM, Shown, columns_for
from quarterdeck.kernel.registers.spec import Register, for_model
from quarterdeck.kernel.ui.fields import combobox


class ReferenceWidget(forms.Select):
    """A text field that looks related records up as one types; only the chosen one is read, however many there are."""

    def __init__(self, register: Register[Any], name: str, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(dict(attrs or {}))
        self.options_url = f"{register.path}options/{name}/"

    @override
    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = value[0] if isinstance(value, list | tuple) and value else value
        found = None
        if str(chosen or "").isdecimal() and len(str(chosen)) < 19:
            queryset: Any = self.choices.queryset  # type: ignore[attr-defined]  # a ModelChoiceIterator by construction
            found = queryset.filter(pk=chosen).first()
            if found is None:
                attrs = {**(attrs or {}), "placeholder": _("set, and not shared with you")}
        return combobox(
            name=name,
            value=str(found.pk) if found else "",
            label=_name_of(found) if found else "",
            options_url=self.options_url,
            attrs=self.build_attrs(self.attrs, attrs),
        )


def _name_of(record: Any) -> str:
    register = for_model(type(record))
    return register.title_of(record) if register is not None else str(record)


#: Said of an edit that does not say which version of the record was read.
UNREAD = gettext_lazy("It is not known which version of the record this changes. Open it again and change it there.")


class RegisterForm(ModelForm):  # type: ignore[type-arg]  # the model is given by the factory
    """Edits one record; knows which fields the actor may see and carries the version it was read at."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    register: Register[Any]
    actor: Actor
    definitions: Sequence[CustomField] = ()

    def clean_version(self) -> int:
        """Return the version at which the record was read, so that a later edit by someone else is noticed."""
        version: int | None = self.cleaned_data.get("version")
        if version is None and not self.instance._state.adding:
            raise ValidationError(UNREAD)
        return version or self.instance.version

    @override
    def clean(self) -> dict[str, Any] | None:
        """Refuse, above the fields, an edit that does not say which version it changes: nobody could compare it."""
        if "version" in self.errors:
            self.add_error(None, UNREAD)
        self._keep_unseen()
        return super().clean()

    def _keep_unseen(self) -> None:
        """Keep the related records that the actor was not shown and so cannot have meant to take away."""
        if self.instance._state.adding:
            return
        for name, field in self.fields.items():
            stored = self.initial.get(name)
            if not isinstance(field, forms.ModelChoiceField) or stored is None or self.data.get(self.add_prefix(name)):
                continue
            offered: Any = field.queryset
            if not offered.filter(pk=stored).exists():
                self.errors.pop(name, None)
                self.cleaned_data[name] = offered.model._base_manager.get(pk=stored)

    def record(self) -> Any:
        """Return the record with what was entered, ready for the writer. Raises ValidationError for custom fields."""
        record = self.instance
        record.version = self.cleaned_data["version"]
        if self.definitions:
            entered = {d.key: self.cleaned_data.get(CUSTOM + d.key) for d in self.definitions}
            try:
                record.custom = clean_values(
                    self.register.record_type,
                    entered,
                    actor=self.actor,
                    partial=True,
                    stored=record.custom,
                    definitions=self.definitions,
                )
            except ValidationError as error:
                if hasattr(error, "error_dict"):
                    raise ValidationError({CUSTOM + key: texts for key, texts in error.error_dict.items()}) from error
                raise
        return record

    def save_by(self, *, note: str = "") -> Any:
        """Write the record through the register; a refusal becomes the form's errors and None is returned."""
        try:
            self.register.write(self.record(), actor=self.actor, note=note)
        except ValidationError as error:
            self.refuse(error)
            return None
        return self.instance

    def refuse(self, error: ValidationError) -> None:
        """Show a refusal beside the fields it names; what names no field of this form goes above."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, problems in error.error_dict.items():
            self.add_error(name if name in self.fields else None, ValidationError(problems))

    def sections(self) -> list[tuple[str, list[BoundField]]]:
        """Return the bound fields under the register's headings; sections without one are left out."""
        found: list[tuple[str, list[BoundField]]] = []
        for label, names in self.register.sections.items():
            bound = [self[name] for name in names if name in self.fields]
            if bound:
                found.append((str(label), bound))
        own = [self[name] for name in self.fields if name.startswith(CUSTOM)]
        if own:
            found.append((_("Custom fields"), own))
        return found


def _scope_path(record: Record) -> str:
    paths = row_paths(record)
    return paths[0] if paths else ""


def editable_fields(register: Register[Any], actor: Actor, columns: Mapping[str, Shown] | None = None) -> list[str]:
    """Return the fields that the actor may type in: those of the sections, without the read-only and the hidden."""
    seen = columns if columns is not None else columns_for(register, actor)
    return [name for name in register.editable if name in seen]


def form_class(register: Register[Any], actor: Actor, names: Iterable[str], record: Any) -> type[RegisterForm]:
    """Return the form over the named fields; related choices are limited to what the actor may see."""

    def made(field: models.Field[Any, Any], **kwargs: Any) -> forms.Field | None:
        if isinstance(field, models.ForeignKey):
            rows = register.choices(field.name, actor, record)
            kwargs.setdefault("widget", ReferenceWidget(register, field.name))
            made_field = field.formfield(queryset=rows, **kwargs)
        else:
            made_field = field.formfield(**kwargs)
        if isinstance(made_field, forms.TypedChoiceField):
            choices: list[tuple[Any, Any]] = list(made_field.choices)  # type: ignore[arg-type]  # a list by construction
            if choices and choices[0][0] == "":
                choices[0] = ("", _("Choose") if made_field.required else DASH)
                made_field.choices = choices
        return made_field

    made_class: Any = modelform_factory(
        register.model,
        form=RegisterForm,
        fields=[n for n in names if not n.startswith(CUSTOM)],
        formfield_callback=made,
    )
    made_class.register, made_class.actor = register, actor
    typed: type[RegisterForm] = made_class
    return typed


def form_for(
    register: Register[Any],
    actor: Actor,
    *,
    record: Any | None = None,
    data: Any = None,
    names: Iterable[str] | None = None,
    initial: Mapping[str, Any] | None = None,
    prefix: str | None = None,
) -> RegisterForm:
    """Return a form on a record (or a new one), over the named fields or all that the actor may edit."""
    columns = columns_for(register, actor)
    allowed = editable_fields(register, actor, columns)
    chosen = [name for name in names if name in allowed or name.startswith(CUSTOM)] if names is not None else allowed
    instance = record if record is not None else register.initial(actor)
    if record is not None:
        chosen = [n for n in chosen if n not in columns or not columns[n].masked(record, actor)]
    made = form_class(register, actor, chosen, instance)
    form = made(data=data, instance=instance, initial=dict(initial or {}), prefix=prefix)
    form.initial.setdefault("version", instance.version)
    if names is None or any(n.startswith(CUSTOM) for n in chosen):
        _add_custom(form, actor, None if names is None else set(chosen))
    return form


def _add_custom(form: RegisterForm, actor: Actor, wanted: set[str] | None) -> None:
    """Add the custom fields that hold where the record is, or those wanted."""
    found = fields_for(form.register.record_type, actor=actor, scope_path=_scope_path(form.instance) or None)
    form.definitions = [d for d in found if wanted is None or CUSTOM + d.key in wanted]
    for definition in form.definitions:
        form.fields[CUSTOM + definition.key] = custom_forms.form_field(definition, actor=actor)
    first = custom_forms.initial(form.definitions, form.instance.custom)
    for definition in form.definitions:
        form.initial[CUSTOM + definition.key] = first.get(custom_forms.form_name(definition.key))
