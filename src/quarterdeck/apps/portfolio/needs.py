"""What the tree of initiatives contributes to Needs you: what those who lead are to steer, and how it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.template.loader import render_to_string
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from quarterdeck.apps.organisation.selectors import RateMissingError, base_currency, rate
from quarterdeck.apps.people.selectors.roles import held
from quarterdeck.apps.portfolio.choices import ENDED, Kind, State
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.selectors.roles import LEADING
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import below, visible
from quarterdeck.kernel.needs import Figure, Need, Source, currency, glance, source
from quarterdeck.kernel.ui import slots
from quarterdeck.kernel.ui.components import date_text, money_text

#: Days ahead in which a start or a review is brought before those who lead.
AHEAD = dt.timedelta(days=7)
#: Roles shown beside the page; the rest is one click away.
SHOWN = 8


@currency
def base_code() -> str:
    """Return the code of the organisation's currency, if one is named."""
    base = base_currency()
    return base.code if base is not None else ""


@source
class Steering(Source[Initiative]):
    """Holds to be looked at again, and starts that are due, for the sponsor and the manager."""

    name, label = "initiatives", _("Starts and holds")

    def rows(self, actor: Actor) -> QuerySet[Initiative]:
        """Return the initiatives that the actor leads with a review or a start in the next days, or overdue."""
        if actor.user is None:
            return Initiative.objects.none()
        leads = held(actor.today).filter(role__code__in=LEADING, person__user=actor.user).select_related(None)
        soon = actor.today + AHEAD
        due = Q(state=State.ON_HOLD, review_on__lte=soon) | Q(state=State.PIPELINE, planned_start__lte=soon)
        rows = visible(Initiative.objects.filter(due, scope__in=leads.order_by().values("scope")), actor)
        return rows.select_related("scope").order_by("review_on", "planned_start", "code")

    def need(self, row: Initiative, actor: Actor) -> Need:
        """Say what was decided, and until when."""
        on_hold = row.state == State.ON_HOLD
        if on_hold:
            reason = row.state_reason or _t("Put on hold; the review is due.")
        else:
            reason = _t("Planned to start %(day)s; still in the pipeline.") % {
                "day": date_text(row.planned_start, actor.today)
            }
        return Need(
            title=row.name,
            kind=_("Hold") if on_hold else _("Start"),
            reason=reason,
            url=row.url,
            icon="hourglass" if on_hold else "flag",
            since=clock.end_of(row.state_since) if row.state_since else row.created_at or actor.now,
            owner=_t("you"),
            due_on=row.review_on if on_hold else row.planned_start,
            open_label=_("Review") if on_hold else _("Open"),
            opens=True,
            path=row.scope.path,
        )


@glance
def projects(actor: Actor, path: str) -> Iterable[Figure]:
    """Count the projects below a node that the actor may see, and sum the budgets of the open ones."""
    if not actor.can("view", "portfolio.initiative"):
        return
    rows = visible(Initiative.objects.filter(kind=Kind.PROJECT), actor)
    if path:
        rows = rows.filter(below((path,), "scope__"))
    late = Q(state__in=(State.ACTIVE, State.ON_HOLD), planned_finish__lt=actor.today)
    counts = rows.aggregate(
        all=Count("pk"),
        active=Count("pk", filter=Q(state=State.ACTIVE)),
        on_hold=Count("pk", filter=Q(state=State.ON_HOLD)),
        pipeline=Count("pk", filter=Q(state=State.PIPELINE)),
        late=Count("pk", filter=late),
    )
    base = "/initiatives/?f.kind=project&f.state="
    active = _t("%(count)d of %(all)d") % {"count": counts["active"], "all": counts["all"]}
    coming = _t("%(count)d in the pipeline") % {"count": counts["pipeline"]}
    yield Figure(_("Active projects"), active, coming, f"{base}active")
    yield Figure(_("On hold"), str(counts["on_hold"]), url=f"{base}on_hold")
    yield Figure(_("Past planned finish"), str(counts["late"]), url=f"{base}active,on_hold&f.planned_finish=overdue")
    if actor.sees_on_all("money", "portfolio.initiative"):
        sums = rows.exclude(state__in=ENDED).filter(budget__gt=0).order_by()
        found = dict(sums.values_list("currency__code").annotate(total=Sum("budget")))
        if found:
            yield Figure(_("Budget, open projects"), *_amounts(found, actor.today), f"{base}active,on_hold,pipeline")


def _amounts(sums: dict[str | None, Decimal], on: dt.date) -> tuple[str, str]:
    """Return amounts as one in the organisation's currency, and what of it is in others at the rates of a day.

    Where a rate is missing they stand side by side, the largest first; without a currency it is the organisation's.
    """
    base = base_code()
    named: dict[str, Decimal] = {}
    for code, total in sums.items():
        named[code or base] = named.get(code or base, Decimal(0)) + total
    ordered = sorted(named.items(), key=lambda entry: -entry[1])
    others = [(code, total) for code, total in ordered if code != base]
    said = [money_text(total, code, short=True) for code, total in others]
    try:
        whole = named.get(base, Decimal(0)) + sum(total * rate(code, base, on) for code, total in others)
    except RateMissingError:
        return " + ".join(money_text(total, code, short=True) for code, total in ordered), ""
    if not others:
        return money_text(whole, base, short=True), ""
    return money_text(whole, base, short=True), _t("with %(others)s at today’s rates") % {"others": ", ".join(said)}


def my_roles(user: Any, actor: Actor) -> str | None:
    """Draw the roles that the actor holds, with where, topmost node first; None for who holds none."""
    rows = list(held(actor.today).filter(person__user=user).order_by("scope__path", "role__position"))
    if not rows:
        return None
    homes = visible(Initiative.objects.filter(scope__in=[row.scope_id for row in rows]), actor).in_bulk(
        field_name="scope_id"
    )
    shown = [(row, homes.get(row.scope_id)) for row in rows[:SHOWN]]
    more = ngettext("%(count)d more", "%(count)d more", len(rows) - SHOWN) % {"count": len(rows) - SHOWN}
    context = {"roles": shown, "total": len(rows), "more": more if len(rows) > SHOWN else ""}
    return render_to_string("portfolio/_my_roles.html", context)


slots.fill("needs.side", render=my_roles, order=20)
