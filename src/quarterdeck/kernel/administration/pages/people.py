"""Users, their grants, and groups."""

from __future__ import annotations

from axes.utils import reset as unlock
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from quarterdeck.kernel import records
from quarterdeck.kernel.access import selectors
from quarterdeck.kernel.access.models import Grant, Group, Scope, User
from quarterdeck.kernel.access.services import user_add, user_change
from quarterdeck.kernel.administration import services
from quarterdeck.kernel.administration.forms import GrantForm, GroupForm, InviteForm, UserForm
from quarterdeck.kernel.administration.pages.common import actor_of, needs, person_of
from quarterdeck.kernel.signin import second_factor
from quarterdeck.kernel.signin.invitations import invite

PAGE = 50
STATES = (
    ("active", gettext_lazy("Active")),
    ("deactivated", gettext_lazy("Deactivated")),
    ("administrators", gettext_lazy("Administrators")),
    ("all", gettext_lazy("All")),
)


@needs("view", User)
@require_GET
def users(request: HttpRequest) -> HttpResponse:
    """List users with their groups and the number of grants in force."""
    today = actor_of(request).today
    text, state = request.GET.get("q", "").strip(), request.GET.get("state", "active")
    rows = User.objects.prefetch_related("access_groups").annotate(
        own_grants=Count(
            "grants",
            filter=(Q(grants__starts_on__isnull=True) | Q(grants__starts_on__lte=today))
            & (Q(grants__ends_on__isnull=True) | Q(grants__ends_on__gte=today)),
            distinct=True,
        )
    )
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(email__icontains=text))
    narrowed = {
        "active": rows.filter(is_active=True),
        "deactivated": rows.filter(is_active=False),
        "administrators": rows.filter(is_administrator=True),
    }.get(state, rows)
    context = {
        "page": Paginator(narrowed.order_by("name", "pk"), PAGE).get_page(request.GET.get("page")),
        "text": text,
        "state": state,
        "states": STATES,
        "may_add": actor_of(request).can_everywhere("add", "access.user"),
    }
    return render(request, "access/users.html", context)


@needs("add", User)
@require_http_methods(["GET", "POST"])
def user_invite(request: HttpRequest) -> HttpResponse:
    """Add someone and send the letter by which they set a password."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor, data = actor_of(request), form.cleaned_data
        try:
            with transaction.atomic():
                user = user_add(email=data["email"], name=data["name"], actor=actor)
                if data["groups"]:
                    services.groups_of_user_set(user=user, groups=data["groups"], actor=actor)
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            invite(user=user, by=person_of(request), request=request)
            messages.success(request, _("Invitation sent to %(email)s.") % {"email": user.email})
            return redirect("user", pk=user.pk)
    return render(request, "access/user_invite.html", {"form": form}, status=422 if form.errors else 200)


@needs("view", User)
@require_http_methods(["GET", "POST"])
def user(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one user: facts, groups, grants; change what may be changed."""
    subject = get_object_or_404(User, pk=pk)
    actor = actor_of(request)
    initial = {
        "name": subject.name,
        "is_administrator": subject.is_administrator,
        "groups": subject.access_groups.all(),
    }
    form = UserForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with transaction.atomic():
                user_change(user=subject, actor=actor, name=data["name"], is_administrator=data["is_administrator"])
                if actor.unlimited:
                    services.groups_of_user_set(user=subject, groups=data["groups"], actor=actor)
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            messages.success(request, _("%(user)s saved.") % {"user": subject})
            return redirect("user", pk=pk)
    return _user_page(request, subject, form, GrantForm(scopes=_scopes()), 422 if form.errors else 200)


def _scopes() -> QuerySet[Scope]:
    return Scope.objects.standing().order_by("path")


def _user_page(request: HttpRequest, subject: User, form: UserForm, grant_form: GrantForm, status: int) -> HttpResponse:
    actor = actor_of(request)
    grants = selectors.grants_of(subject).order_by("scope__path", "role__name")
    current = selectors.in_force(grants, actor.today)
    context = {
        "subject": subject,
        "form": form,
        "grant_form": grant_form,
        "current": current,
        "others": grants.exclude(pk__in=current.values("pk")),
        "may_change": actor.can_everywhere("change", "access.user"),
        "may_grant": actor.can("add", "access.grant"),
        "is_self": subject.pk == person_of(request).pk,
        "factors": second_factor.kinds(subject),
        "factor_asked": second_factor.asked_of(subject),
        "may_forget": actor.unlimited and subject.pk != person_of(request).pk,
        "may_act_as": person_of(request).is_administrator and subject.is_active,
    }
    return render(request, "access/user.html", context, status=status)


@needs("add", Grant)
@require_POST
def user_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a user a role at a node."""
    subject = get_object_or_404(User, pk=pk)
    form = GrantForm(request.POST, scopes=_scopes())
    if form.is_valid():
        try:
            services.grant_add(user=subject, actor=actor_of(request), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            messages.success(request, _("Role given to %(user)s.") % {"user": subject})
            return redirect("user", pk=pk)
    initial = {
        "name": subject.name,
        "is_administrator": subject.is_administrator,
        "groups": subject.access_groups.all(),
    }
    return _user_page(request, subject, UserForm(initial=initial), form, 422)


@needs("change", Grant)
@require_POST
def grant_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a grant as from today; back to the user or group that held it."""
    grant = get_object_or_404(Grant, pk=pk)
    services.grant_end(grant=grant, actor=actor_of(request))
    messages.success(request, _("Grant ended."))
    return redirect("user", pk=grant.user_id) if grant.user_id else redirect("group", pk=grant.group_id)


@needs("change", User)
@require_POST
def user_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Activate, deactivate, unlock, take a lost second step away, or send the invitation again."""
    subject = get_object_or_404(User, pk=pk)
    wanted = request.POST.get("do")
    try:
        if wanted in ("activate", "deactivate"):
            user_change(user=subject, actor=actor_of(request), is_active=wanted == "activate")
            done = _("%(user)s activated.")
            if wanted == "deactivate":
                done = _("%(user)s deactivated; their sessions and tokens have ended.")
        elif wanted == "unlock":
            unlock(username=subject.email)
            done = _("Sign-in of %(user)s is open again.")
        elif wanted == "forget":
            second_factor.forget(user=subject, actor=actor_of(request))
            done = _("Second step of %(user)s taken away; their sessions have ended.")
        elif wanted == "invite" and subject.is_active:
            invite(user=subject, by=person_of(request), request=request)
            done = _("Invitation sent to %(user)s.")
        else:
            return HttpResponse(_("Nothing to do."), status=422)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done % {"user": subject})
    return redirect("user", pk=pk)


@needs("view", Group)
@require_GET
def groups(request: HttpRequest) -> HttpResponse:
    """List groups with their members and grants."""
    rows = Group.objects.annotate(
        people=Count("members", distinct=True), given=Count("grants", distinct=True)
    ).order_by("name")
    may_edit = actor_of(request).unlimited and not actor_of(request).read_only
    return render(request, "access/groups.html", {"groups": rows, "may_edit": may_edit})


@needs("change", Group)
@require_http_methods(["GET", "POST"])
def group(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Show and change one group, or make one."""
    subject = get_object_or_404(Group, pk=pk) if pk else Group()
    form = GroupForm(request.POST or None, instance=subject)
    if request.method == "POST" and form.is_valid():
        try:
            subject.version = form.cleaned_data["version"]
            services.group_save(group=subject, members=form.cleaned_data["members"], actor=actor_of(request))
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        except records.StaleRecord as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Group “%(group)s” saved.") % {"group": subject})
            return redirect("group", pk=subject.pk)
    return _group_page(request, subject, form, GrantForm(scopes=_scopes()), 422 if form.errors else 200)


def _group_page(
    request: HttpRequest, subject: Group, form: GroupForm, grant_form: GrantForm, status: int
) -> HttpResponse:
    grants = Grant.objects.none()
    if subject.pk:
        grants = Grant.objects.filter(group=subject).select_related("role", "scope").order_by("scope__path")
    current = selectors.in_force(grants, actor_of(request).today)
    context = {"group": subject, "form": form, "grant_form": grant_form, "current": current}
    return render(request, "access/group.html", context, status=status)


@needs("add", Grant)
@require_POST
def group_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a group a role at a node."""
    subject = get_object_or_404(Group, pk=pk)
    form = GrantForm(request.POST, scopes=_scopes())
    if form.is_valid():
        try:
            services.grant_add(group=subject, actor=actor_of(request), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            messages.success(request, _("Role given to “%(group)s”.") % {"group": subject})
            return redirect("group", pk=pk)
    return _group_page(request, subject, GroupForm(instance=subject), form, 422)
