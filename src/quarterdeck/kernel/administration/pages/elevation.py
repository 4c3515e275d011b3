"""Elevation: to administer, to view as, to sign in as; its end, and the log."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from quarterdeck.kernel import clock
from quarterdeck.kernel.access.middleware import ELEVATION, elevation
from quarterdeck.kernel.access.models import Elevation, User
from quarterdeck.kernel.access.services import elevation_end, elevation_start
from quarterdeck.kernel.administration.forms import ElevationForm
from quarterdeck.kernel.administration.pages.common import person_of, safe_next

PAGE = 50


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def administer(request: HttpRequest) -> HttpResponse:
    """Ask for full rights with a reason, and show who has had them; only administrators find this page."""
    if not person_of(request).is_administrator:
        raise Http404
    form = ElevationForm(request.POST or None)
    if request.method == "POST":
        answer: HttpResponse = _start(request, form, Elevation.Kind.ADMINISTER, None)
        return answer
    return _page(request, form, None)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def act_as(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to view as, or sign in as, another user."""
    if not person_of(request).is_administrator:
        raise Http404
    target = get_object_or_404(User, pk=pk)
    form = ElevationForm(request.POST or None)
    if request.method == "POST":
        signs_in = request.POST.get("kind") == Elevation.Kind.SIGN_IN_AS
        kind = Elevation.Kind.SIGN_IN_AS if signs_in else Elevation.Kind.VIEW_AS
        answer: HttpResponse = _start(request, form, kind, target)
        return answer
    return _page(request, form, target)


@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]  # allauth ships without types
def _start(request: HttpRequest, form: ElevationForm, kind: Elevation.Kind, target: User | None) -> HttpResponse:
    if form.is_valid():
        try:
            begun = elevation_start(
                user=person_of(request),
                kind=kind,
                reason=form.cleaned_data["reason"],
                minutes=form.cleaned_data["minutes"],
                target=target,
                now=clock.now(),
            )
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            request.session[ELEVATION] = begun.pk
            return redirect(safe_next(request, reverse("users") if target is None else "/"))
    return _page(request, form, target, status=422)


def _page(request: HttpRequest, form: ElevationForm, target: User | None, status: int = 200) -> HttpResponse:
    found = Elevation.objects.select_related("user", "target")
    pages = Paginator(found, PAGE)
    context = {
        "form": form,
        "target": target,
        "page": pages.get_page(request.GET.get("page")),
        "open": elevation(request, person_of(request)),
        "next": safe_next(request, ""),
        "now": clock.now(),
    }
    return render(request, "access/administer.html", context, status=status)


@login_required
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End the elevation of this session and go back to one's own page."""
    pk = request.session.pop(ELEVATION, None)
    begun = Elevation.objects.filter(pk=pk, user=person_of(request)).first() if pk else None
    if begun is not None:
        elevation_end(elevation=begun, now=clock.now())
    return redirect(safe_next(request, "/"))
