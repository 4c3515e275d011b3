"""A new initiative from a template: which one, then its name, place, start and the people for its roles."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from quarterdeck.apps.people.models import Person, RoleAssignment
from quarterdeck.apps.portfolio import services
from quarterdeck.apps.portfolio.choices import Kind
from quarterdeck.apps.portfolio.models import Initiative, InitiativeTemplate
from quarterdeck.apps.portfolio.selectors.templates import no_initiatives, parents_for, templates_in_use
from quarterdeck.apps.portfolio.selectors.tree import INITIATIVE
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.registers import Register, for_model
from quarterdeck.kernel.registers.forms import ReferenceWidget
from quarterdeck.kernel.ui import toasts
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of

ROLE = "role-"


class FromTemplateForm(forms.Form):
    """What a template does not know: the name, where it stands, when it starts, and who fills its roles."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    parent = forms.ModelChoiceField(
        label=gettext_lazy("Part of"), queryset=no_initiatives(), empty_label="", required=False
    )
    unit = forms.ModelChoiceField(
        label=gettext_lazy("Function"),
        queryset=no_initiatives(),
        help_text=gettext_lazy("The unit whose work it is."),
    )
    starts_on = forms.DateField(
        label=gettext_lazy("Planned start"),
        required=False,
        help_text=gettext_lazy("The finish follows from the length that the template states."),
    )

    def __init__(self, template: InitiativeTemplate, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        initiatives, assignments = _register(Initiative), _register(RoleAssignment)
        parent, unit = self.fields["parent"], self.fields["unit"]
        assert isinstance(parent, forms.ModelChoiceField)
        assert isinstance(unit, forms.ModelChoiceField)
        parent.queryset = parents_for(Kind(template.kind), actor)
        parent.required = template.kind != Kind.PORTFOLIO
        # The widget first: setting the rows afterwards hands them to it.
        unit.widget = ReferenceWidget(initiatives, "unit")
        unit.queryset = initiatives.choices("unit", actor)
        for slot in template.roles.all():
            person: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
                label=str(slot.role),
                queryset=assignments.choices("person", actor),
                required=slot.required,
                widget=ReferenceWidget(assignments, "person"),
            )
            self.fields[f"{ROLE}{slot.role_id}"] = person

    def people(self) -> dict[int, Person]:
        """Return who was chosen for which role, by id of the role."""
        chosen = {name: value for name, value in self.cleaned_data.items() if name.startswith(ROLE) and value}
        return {int(name.removeprefix(ROLE)): person for name, person in chosen.items()}

    @property
    def role_fields(self) -> list[forms.BoundField]:
        """The fields of the roles to fill."""
        return [self[name] for name in self.fields if name.startswith(ROLE)]

    def refuse(self, error: ValidationError) -> None:
        """Show a refusal beside the fields it names; what names no field of this form goes above."""
        # A refused assignment speaks of its own dates, not of the initiative's start.
        places = {"name": "name", "parent": "parent", "unit": "unit", "planned_start": "starts_on"}
        found: Mapping[str, Any] = error.error_dict if hasattr(error, "error_dict") else {"": error}
        for name, problems in found.items():
            self.add_error(places.get(name), ValidationError(problems))


def _register(model: type[Any]) -> Register[Any]:
    found = for_model(model)
    assert found is not None, f"{model.__name__} has a register."
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def from_template(request: HttpRequest) -> HttpResponse:
    """Choose a template, then make an initiative from it; whoever may add none anywhere gets 404."""
    actor = actor_of(request)
    if not actor.can("add", INITIATIVE) or frame_of(request).read_only:
        raise Http404
    templates = templates_in_use(actor)
    wanted = request.GET.get("template", "")
    if not wanted:
        return render(request, "portfolio/from_template.html", {"templates": templates})
    template = templates.filter(pk=wanted).first() if wanted.isdigit() and len(wanted) < 19 else None
    if template is None:
        raise Http404
    initial = {name: request.GET[name] for name in ("parent", "unit", "starts_on") if name in request.GET}
    form = FromTemplateForm(template, actor, request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        batch = uuid.uuid4()
        made = _make(form, template, actor.by("form", batch))
        if made is not None:
            toasts.add(request, _("%(name)s added.") % {"name": made.name}, undo_url=f"/undo/{batch}/")
            return redirect(made.url)
    return render(request, "portfolio/from_template.html", {"template": template, "form": form})


def _make(form: FromTemplateForm, template: InitiativeTemplate, actor: Actor) -> Initiative | None:
    """Make the initiative; a refusal becomes the form's errors and None is returned."""
    given = form.cleaned_data
    try:
        return services.initiative_from_template(
            template=template,
            name=given["name"],
            parent=given["parent"],
            unit=given["unit"],
            starts_on=given["starts_on"],
            people=form.people(),
            actor=actor,
        )
    except ValidationError as error:
        form.refuse(error)
    except PermissionDenied as error:
        form.add_error(None, str(error))
    return None
