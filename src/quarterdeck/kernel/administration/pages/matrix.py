"""The matrix of roles, a role's own page, and "why can X see this?"."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from quarterdeck.kernel import records
from quarterdeck.kernel.access import selectors
from quarterdeck.kernel.access.models import AccessRole, Grant, User
from quarterdeck.kernel.access.policy import record_type, visible
from quarterdeck.kernel.administration import services
from quarterdeck.kernel.administration.forms import RoleForm
from quarterdeck.kernel.administration.pages.common import actor_of, needs


@needs("view", AccessRole)
@require_GET
def matrix(request: HttpRequest) -> HttpResponse:
    """Show every role across every record type, narrowed by role and by record type."""
    actor = actor_of(request)
    every = list(AccessRole.objects.annotate(holders=Count("grants", distinct=True)))
    chosen = {int(pk) for pk in request.GET.getlist("role") if pk.isdecimal() and len(pk) < 19}
    text = request.GET.get("q", "").strip().lower()
    kinds = [k for k in selectors.record_types() if text in k.name.lower() or text in k.app_name.lower()]
    roles = [role for role in every if not chosen or role.pk in chosen]
    context = {
        "roles": every,
        "columns": roles,
        "chosen": chosen,
        "text": request.GET.get("q", "").strip(),
        "groups": selectors.matrix(roles, kinds),
        "actions": selectors.ACTIONS,
        "may_edit": actor.unlimited and not actor.read_only,
        "kinds": len(kinds),
    }
    return render(request, "access/matrix.html", context)


@needs("change", AccessRole)
@require_http_methods(["GET", "POST"])
def role(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Show and change one role, or make one."""
    subject = get_object_or_404(AccessRole, pk=pk) if pk else AccessRole()
    form = RoleForm(request.POST or None, instance=subject)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                subject.permissions = form.permissions()
                subject.sees = form.cleaned_data["sees"]
                subject.version = form.cleaned_data["version"]
                services.role_save(role=subject, actor=actor_of(request))
            except ValidationError as error:
                form.add_error(None, ValidationError(error.messages))
            except records.StaleRecord as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Role “%(role)s” saved.") % {"role": subject})
                return redirect("access_matrix")
    holders = (
        Grant.objects.filter(role=subject).select_related("user", "group", "scope") if pk else Grant.objects.none()
    )
    context = {"form": form, "role": subject, "holders": holders, "actions": selectors.ACTIONS}
    return render(request, "access/role.html", context, status=status)


@needs("change", AccessRole)
@require_POST
def role_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a role that nobody holds."""
    subject = get_object_or_404(AccessRole, pk=pk)
    try:
        services.role_delete(role=subject, actor=actor_of(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("access_role", pk=pk)
    messages.success(request, _("Role “%(role)s” removed.") % {"role": subject})
    return redirect("access_matrix")


@needs("view", AccessRole)
@require_GET
def why(request: HttpRequest) -> HttpResponse:
    """Answer why someone can, or cannot, see and do things with a record."""
    actor = actor_of(request)
    person_text, record_text = request.GET.get("person", "").strip(), request.GET.get("record", "").strip()
    people = _people(person_text)
    found = _records(request, record_text)
    explanation = None
    if len(people) == 1 and len(found) == 1:
        explanation = selectors.explain(user=people[0], record=found[0], day=actor.today)
    context = {
        "person_text": person_text,
        "record_text": record_text,
        "people": people,
        "records": [(f"{record_type(one)}:{one.pk}", one) for one in found],
        "explanation": explanation,
        "day": actor.today,
    }
    return render(request, "access/why.html", context)


def _people(text: str) -> list[User]:
    if not text:
        return []
    exact = list(User.objects.filter(email__iexact=text))
    return exact or list(User.objects.filter(Q(name__icontains=text) | Q(email__icontains=text))[:20])


def _records(request: HttpRequest, text: str) -> list[records.Record]:
    """Find by `app.model:id`, by code, or by name; only what the asking person may see."""
    actor = actor_of(request)
    kind, _sep, pk = text.rpartition(":")
    for model in selectors.record_models():
        if kind and record_type(model) == kind.lower() and pk.isdecimal() and len(pk) < 19:
            return list(visible(model._default_manager.filter(pk=int(pk)), actor))
    found = selectors.find_records(text, actor=actor)
    exact = [record for record in found if str(getattr(record, "code", "")).lower() == text.lower()]
    return exact if len(exact) == 1 else found


@needs("view", AccessRole)
@require_GET
def why_of(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Lead from a record's page to the question about it, asked about oneself."""
    if not any(record_type(model) == kind for model in selectors.record_models()):
        raise Http404
    user = actor_of(request).user
    query = f"?person={user.email if user else ''}&record={kind}:{pk}"
    response = redirect("access_why")
    response["Location"] += query
    return response
