"""One's own API tokens."""

from __future__ import annotations

import datetime as dt

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import ApiToken
from quarterdeck.kernel.access.services import token_create, token_revoke
from quarterdeck.kernel.administration.forms import TokenForm
from quarterdeck.kernel.administration.pages.common import actor_of, person_of


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """List one's tokens and make one; its secret is on the page that follows, and nowhere after."""
    form = TokenForm(request.POST or None, today=actor_of(request).today)
    if request.method == "POST":
        answer: HttpResponse = _make(request, form)
        return answer
    return _page(request, form)


@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]  # allauth ships without types
def _make(request: HttpRequest, form: TokenForm) -> HttpResponse:
    """Make a token for whoever has lately said again who they are: it outlives the session that was left open."""
    actor = actor_of(request)
    if form.is_valid():
        data = form.cleaned_data
        try:
            made, secret = token_create(
                user=person_of(request),
                name=data["name"],
                permissions=form.permissions(),
                expires_at=clock.end_of(data["expires_on"]),
                actor=actor,
            )
        except ValidationError as error:
            form.add_error("expires_on", ValidationError(error.messages))
        else:
            return _page(request, TokenForm(today=actor.today), made=made, secret=secret)
    return _page(request, form)


def _page(request: HttpRequest, form: TokenForm, *, made: ApiToken | None = None, secret: str = "") -> HttpResponse:
    actor, own = actor_of(request), ApiToken.objects.filter(user=person_of(request))
    context = {
        "form": form,
        "open": own.filter(revoked_at__isnull=True, expires_at__gt=actor.now),
        "closed": own.exclude(revoked_at__isnull=True, expires_at__gt=actor.now)[:20],
        "secret": secret,
        "made": made,
        "soon": timezone.now() + dt.timedelta(days=14),
        "may_make": actor.behind is None and not actor.read_only,
    }
    return render(request, "access/tokens.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def token_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one of one's own tokens."""
    person = person_of(request)
    token = get_object_or_404(ApiToken, pk=pk, user=person)
    token_revoke(token=token, actor=Actor(user=person, now=clock.now()))
    messages.success(request, _("Token “%(token)s” revoked.") % {"token": token})
    return redirect("tokens")
