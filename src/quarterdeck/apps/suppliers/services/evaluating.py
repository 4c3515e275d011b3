"""Judging service levels: a window in which one was not kept opens one breach case, once, with its evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.suppliers.choices import BREACH, BreachState, Window
from quarterdeck.apps.suppliers.models import BreachCase, ServiceLevel, ServiceRecord
from quarterdeck.apps.suppliers.selectors.windows import by_month, decided, kept_by_window, missed_in, stretch_of
from quarterdeck.apps.suppliers.services.credits import give_room, locked, reckon_credit
from quarterdeck.apps.suppliers.services.notices import drafted
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.numbering.codes import next_code


@dataclass(frozen=True)
class Miss:
    """A window in which a level was not kept."""

    key: str
    first: dt.date
    last: dt.date
    met: int
    of: int

    @property
    def share(self) -> float:
        """Cases met of those decided."""
        return self.met / self.of


@transaction.atomic
def level_evaluate(*, level: ServiceLevel, actor: Actor) -> list[BreachCase]:
    """Open a case for each window that is over, or each case, in which a level was not kept; return those opened.

    Doing it again changes nothing. A case on which nothing was done yet follows what is entered later: its figures are
    brought up to date, it is closed where the level was met after all, and opened again where that does not last.
    """
    contract = locked(level.contract_id)
    level = ServiceLevel.objects.select_for_update().get(pk=level.pk)
    level.contract = contract
    opened = []
    missed = {miss.key: miss for miss in _missed(level, actor)}
    known = _known(level)
    over = [case for key, case in known.items() if case.state == BreachState.OPEN and key not in missed]
    for case in over:
        case.state, case.closed_on = BreachState.CLOSED, actor.today
        case.reason, case.credit, case.credit_amount = _("By what was entered later the level was met."), 0, None
        records.save(case, actor=actor, note=case.reason)
    for case in over:
        give_room(case, contract, actor)
    known = _known(level) if over else known
    for key, miss in missed.items():
        found = known.get(key)
        if found is None:
            opened.append(_open(level, miss, actor))
        elif found.state == BreachState.OPEN or _lapsed(found):
            _settle(found, miss, actor)
    return opened


def _known(level: ServiceLevel) -> dict[str, BreachCase]:
    """Return the cases of a level that the evaluation opened, by their windows."""
    found = {case.key: case for case in BreachCase.objects.filter(level=level) if not case.by_hand}
    for case in found.values():
        case.level = level
    return found


def _lapsed(case: BreachCase) -> bool:
    """Tell whether the evaluation itself closed a case: the supplier was never told of it."""
    return case.state == BreachState.CLOSED and case.noticed_on is None


def _missed(level: ServiceLevel, actor: Actor) -> Iterator[Miss]:
    rows = ServiceRecord.objects.filter(level=level)
    if level.window == Window.CASE:
        found = decided(rows, actor.now).exclude(kept=True).filter(decided_on__gte=level.starts_on)
        for row in found.order_by("decided_on", "pk"):
            assert row.decided_on is not None
            yield Miss(f"record-{row.pk}", row.decided_on, row.decided_on, 0, 1)
        return
    over = stretch_of(actor.today, level.window).first - dt.timedelta(days=1)
    if over < level.starts_on:
        return
    months = by_month(rows, first=level.starts_on, last=over, now=actor.now).get(level.pk, {})
    for kept in kept_by_window(level, months, first=level.starts_on, last=over):
        # Below the target by more than rounding: 95 % is met by 19 of 20.
        if kept.of and Decimal(kept.met) * 100 < level.target * kept.of:
            yield Miss(kept.stretch.key, kept.stretch.first, kept.stretch.last, kept.met, kept.of)


def _open(level: ServiceLevel, miss: Miss, actor: Actor) -> BreachCase:
    supplier = level.contract.supplier
    case = BreachCase(
        code=next_code(BREACH),
        level=level,
        key=miss.key,
        first_day=miss.first,
        last_day=miss.last,
        opened_on=actor.today,
        target=level.target,
        owner=level.contract.owner or supplier.owner,
    )
    _state(case, miss, actor)
    case.notice_subject, case.notice = drafted(case, level, actor.today)
    records.save(case, actor=actor, note=_("Found by the evaluation of service levels"))
    return case


def _settle(case: BreachCase, miss: Miss, actor: Actor) -> None:
    """Bring a case on which nothing was done yet up to date, open again if it was closed for want of its fact.

    A draft that nobody has changed follows.
    """
    before = _figures(case)
    case.state, case.closed_on, case.reason = BreachState.OPEN, None, ""
    _state(case, miss, actor)
    if before == _figures(case):
        return
    if not case.notice_edited:
        case.notice_subject, case.notice = drafted(case, case.level, case.opened_on)
    records.save(case, actor=actor, note=_("By what was entered later"))


def _figures(case: BreachCase) -> tuple[object, ...]:
    return (case.state, case.met, case.missed, case.evidence, case.credit, case.credit_amount, case.currency_id)


def _state(case: BreachCase, miss: Miss, actor: Actor) -> None:
    """Put the figures of a window into its case: cases, evidence, credit."""
    level = case.level
    case.met, case.missed = miss.met, miss.of - miss.met
    case.achieved = _percent(miss.share)
    if level.window == Window.CASE:
        case.evidence = [int(miss.key.removeprefix("record-"))]
    else:
        rows = missed_in([level.pk], max(miss.first, level.starts_on), miss.last, actor.now)
        case.evidence = list(rows.values_list("pk", flat=True))
    reckon_credit(case, miss.share, level.contract)


def _percent(share: float) -> Decimal:
    return (Decimal(repr(share)) * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
