"""Sign-in, first run, one's own preferences and sessions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from allauth.account.views import LoginView
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as start_session
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.signin import first_run, second_factor
from quarterdeck.kernel.signin.forms import ProfileForm, WelcomeForm
from quarterdeck.kernel.ui.frame import THEME_COOKIE

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def _person(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # login_required
    return user


@never_cache
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Show the sign-in page; before there is an administrator, the welcome page."""
    if request.method == "GET" and first_run.is_wanted():
        return redirect("welcome")
    view = LoginView.as_view(extra_context={"signup_open": bool(settings.SIGNUP_DOMAINS)})
    response: HttpResponseBase = view(request)
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Make the first administrator; not found once there is one."""
    if not first_run.is_wanted():
        raise Http404
    if request.method == "GET":
        first_run.announce_code()
        return render(request, "signin/welcome.html", {"form": WelcomeForm()})
    form = WelcomeForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            user = first_run.first_administrator(
                organisation=data["organisation"],
                name=data["name"],
                email=data["email"],
                password=data["password"],
                given_code=data.get("code", ""),
                actor=Actor.system(now=clock.now(), label=_("First run")),
            )
        except first_run.AlreadyDoneError as done:
            raise Http404 from done
        except ValidationError as error:
            form.add_error(None, error)
        else:
            start_session(request, user, backend=BACKEND)
            return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "signin/welcome.html", {"form": form}, status=422)


@login_required
@never_cache
@require_safe
def second_step(request: HttpRequest) -> HttpResponse:
    """Offer the second factors to someone who has to set one up; whoever has one goes on."""
    if not second_factor.lacking(request):
        return redirect(settings.LOGIN_REDIRECT_URL)
    by_provider = (
        settings.TRUST_PROVIDER_SECOND_FACTOR and SocialAccount.objects.filter(user_id=_person(request).pk).exists()
    )
    return render(request, "signin/second_factor.html", {"by_provider": by_provider})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show and keep one's own preferences; they are the signed-in person's, also while viewing as someone else."""
    user = _person(request)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        for name in ("theme", "language", "time_zone"):
            if name in form.cleaned_data:
                setattr(user, name, form.cleaned_data[name])
        user.save(update_fields=["name", "theme", "language", "time_zone"])
        messages.success(request, _("Preferences saved."))
        response = redirect("profile")
        # The person menu keeps its choice in this cookie, which would hide the one made here.
        response.set_cookie(THEME_COOKIE, user.theme, max_age=31_536_000, samesite="Lax", secure=request.is_secure())
        return response
    kinds = list(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))
    context = {
        "form": form,
        "sessions": _sessions(user),
        "tokens_url": _address("tokens"),
        "notifications_url": _address("notification_preferences"),
        "has_app": Authenticator.Type.TOTP in kinds,
        "keys": kinds.count(Authenticator.Type.WEBAUTHN),
        "has_codes": Authenticator.Type.RECOVERY_CODES in kinds,
        "providers": SocialAccount.objects.filter(user_id=user.pk).count(),
    }
    return render(request, "signin/profile.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True)
class Session:
    """One signed-in browser as the page shows it."""

    pk: int
    browser: str
    ip: str
    created_at: dt.datetime
    last_seen_at: dt.datetime
    is_current: bool


def _sessions(user: User) -> list[Session]:
    found = sorted(UserSession.objects.purge_and_list(user), key=lambda one: one.last_seen_at, reverse=True)
    return [
        Session(one.pk, browser_name(one.user_agent), one.ip, one.created_at, one.last_seen_at, one.is_current())
        for one in found
    ]


#: What a browser calls itself, and the system under it; the first that fits counts, so the narrower stand first.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """Return "Firefox, Linux" for a browser's long name; its beginning where it is none of the known."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    return ", ".join(part for part in (browser, system) if part) or user_agent[:60] or _("Unknown browser")


def _address(name: str) -> str:
    """Return the address of a page that another package may or may not bring."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@login_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme chosen in the person menu: `theme` is auto, light or dark. Answers 204."""
    user, chosen = _person(request), request.POST.get("theme", "")
    if chosen not in ("auto", "light", "dark"):
        return HttpResponse(_("Choose light, dark or as the system."), status=422)
    User.objects.filter(pk=user.pk).update(theme=chosen)
    return HttpResponse(status=204)


@login_required
@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions elsewhere."""
    session = get_object_or_404(UserSession, pk=pk, user_id=_person(request).pk)
    if session.session_key != request.session.session_key:
        session.end()
        messages.success(request, _("Session ended."))
    return redirect("profile")


@login_required
@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    """End every session of one's own but this one."""
    for session in UserSession.objects.filter(user_id=_person(request).pk):
        if session.session_key != request.session.session_key:
            session.end()
    messages.success(request, _("Other sessions ended."))
    return redirect("profile")


@login_required
def to_profile(request: HttpRequest) -> HttpResponse:
    """Stand in for pages of the library that the preferences replace: addresses are changed by administrators only."""
    return redirect("profile")
