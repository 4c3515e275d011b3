"""Fields carry label, help and errors where assistive technology finds them."""

from __future__ import annotations

import pytest
from django import forms

from quarterdeck.kernel.ui import components, fields


@pytest.fixture(autouse=True)
def _built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "asset_url", lambda name: f"/static/dist/{name}")


class Sample(forms.Form):
    name = forms.CharField(help_text="Short")
    start = forms.DateField(required=False)
    on = forms.BooleanField(required=False, label="Active")
    parent = forms.CharField(
        required=False, widget=fields.Combobox(options_url="/o/?kind=p", display={"3": "Network"}.get)
    )
    kinds = forms.MultipleChoiceField(choices=[("a", "Capex")], required=False, widget=forms.CheckboxSelectMultiple)
    secret = forms.CharField(required=False, widget=forms.HiddenInput)


def test_an_error_is_tied_to_its_control() -> None:
    html = fields.field(Sample({})["name"])
    assert 'class="field field-required"' in html
    assert '<label for="id_name">Name</label>' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_error id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'id="id_name_helptext">Short</div>' in html


def test_dates_use_the_browsers_picker_in_its_own_format() -> None:
    html = fields.field(Sample({"start": "2025-11-21"})["start"])
    assert 'type="date"' in html
    assert 'value="2025-11-21"' in html


def test_a_box_stands_before_its_words_and_boxes_are_a_named_group() -> None:
    html = fields.field(Sample()["on"])
    assert html.index("<input") < html.index("<label")
    assert 'role="group" aria-labelledby="id_kinds_label"' in fields.field(Sample()["kinds"])


def test_a_combobox_shows_the_label_and_posts_the_key() -> None:
    html = fields.field(Sample({"parent": "3"})["parent"])
    assert '<input type="hidden" name="parent" value="3">' in html
    assert 'id="id_parent" value="Network" role="combobox"' in html
    assert 'data-options-url="/o/?kind=p"' in html
    assert 'aria-controls="id_parent_options"' in html


def test_hidden_fields_are_bare() -> None:
    assert fields.field(Sample({"secret": "x"})["secret"]) == (
        '<input type="hidden" name="secret" value="x" id="id_secret">'
    )


def test_nothing_hostile_passes_the_combobox() -> None:
    html = fields.combobox(name='a"b', value="<", label='"><script>', options_url='"')
    assert "<script>" not in html
    assert 'name="a&quot;b"' in html


def test_a_phone_shows_the_keyboard_of_the_field() -> None:
    class Card(forms.Form):
        phone = forms.CharField()
        email = forms.EmailField()
        rate = forms.DecimalField()

    bound = Card()
    assert 'type="tel"' in fields.control(bound["phone"])
    assert 'type="email"' in fields.control(bound["email"])
    assert 'inputmode="decimal"' in fields.control(bound["rate"])
