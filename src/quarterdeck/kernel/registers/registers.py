"""The registers that the kernel itself keeps: custom fields and tags."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel.fields.models import CustomField
from quarterdeck.kernel.registers.spec import Register, register
from quarterdeck.kernel.tags.models import Tag


@register
class CustomFieldRegister(Register[CustomField]):
    """Fields that an organisation adds to its own records."""

    model, slug, nav, icon, order = CustomField, "custom-fields", "settings", "text-cursor-input", 60
    purpose = _("A field of your own on any register: shown, filtered, imported and exported like the others.")
    title = "label"
    columns = ("label", "key", "record_type", "kind", "scope", "required", "filterable", "active")
    sections = {
        _("Field"): ("record_type", "key", "label", "kind", "choices", "target"),
        _("Use"): ("scope", "required", "filterable", "position", "help", "active"),
    }
    filters, search, ordering = (
        ("record_type", "kind", "active"),
        ("label", "key", "record_type"),
        ("record_type", "position"),
    )
    bulk = ("active", "filterable")


@register
class TagRegister(Register[Tag]):
    """The words with which records are tagged."""

    model, slug, nav, icon, order = Tag, "tags", "settings", "tags", 70
    purpose = _("Words with which records of any kind are found together.")
    title = "name"
    columns = ("name", "colour")
    sections = {_("Tag"): ("name", "colour")}
    search, ordering, bulk = ("name",), ("name",), ("colour",)
