"""From the file to the figures: workbooks of real projects are imported, and every tracking period's figures are those
that ProTrack published (Batselier & Vanhoucke 2015; see `tests/engine/test_evm_dslib.py` for its rules).

Six of the 98 workbooks are in the suite. All of them: QUARTERDECK_ALL_WORKBOOKS=1 python -m pytest THIS_FILE, some
minutes.
"""

import os
from collections.abc import Iterator
from math import isclose
from pathlib import Path

import pytest

from quarterdeck.apps.delivery import services as delivery
from quarterdeck.apps.delivery.exchange.document import DocumentPeriod, PlanDocument
from quarterdeck.apps.delivery.exchange.reading import read_many
from quarterdeck.apps.finance.models import Actual
from quarterdeck.apps.finance.selectors.earned_value import EarnedValue, earned_history, earned_value
from quarterdeck.apps.finance.services import costs_of_plan
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from tests.cast import Cast
from tests.engine import dslib
from tests.engine.conftest import shared_data  # noqa: F401

#: Software, a house, a tunnel's start with costs per use, a line that contradicts itself, ahead of plan, over cost.
CHOSEN = ("C2011-05", "C2013-07", "C2014-06", "C2016-14", "C2019-05", "C2015-19")
#: What ProTrack prints where nothing was spent (0 / 0) and where nothing was due at the earned schedule.
UNDEFINED = {"cpi": 0.0, "p_factor": 1.0}
#: The ledger's amounts have four places, the workbooks' up to fifteen digits: sums agree far below a cent.
LEDGER = 1e-3
TIMES = frozenset(name for name in dslib.PUBLISHED if name in ("es", "sv_t") or name.startswith("time_"))


def figures(told: EarnedValue) -> dict[str, float | int | None]:
    """Our figures by the names of the published columns."""
    now = told.status
    total = now.total
    values = (
        *(total.pv, total.ev, total.ac, now.earned_schedule),
        *(total.sv, total.spi, total.cv, total.cpi, now.time.sv_t, now.time.spi_t, now.p_factor),
        *now.finishes.values(),
        *now.costs.values(),
    )
    return dict(zip(dslib.PUBLISHED, values, strict=True))


def differences(told: EarnedValue, period: DocumentPeriod) -> Iterator[tuple[str, object, object]]:
    for name, ours in figures(told).items():
        if name not in period.published:
            continue
        theirs = period.published[name]
        given = UNDEFINED.get(name) if ours is None else ours
        if name in TIMES:
            # Instants and minutes: what costs enter differs by the ledger's rounding at most at a step of an hour.
            equal = given == theirs
        else:
            equal = given is not None and isclose(given, float(theirs), rel_tol=1e-7, abs_tol=LEDGER)
        if not equal:
            yield name, given, theirs


def wanted(folder: Path) -> list[Path]:
    paths = sorted((folder / "dslib").glob("*.xlsx"))
    whole = os.environ.get("QUARTERDECK_ALL_WORKBOOKS")
    return paths if whole else [path for path in paths if path.name.startswith(CHOSEN)]


def brought(document: PlanDocument, initiative: Initiative, actor: Actor) -> None:
    done = delivery.plan_import(document=document, initiative=initiative, actor=actor)
    costs_of_plan(plan_id=done.plan.pk, actor=actor)


@pytest.mark.slow
def test_every_figure_of_every_period_is_that_of_the_workbook(cast: Cast, shared_data: Path) -> None:  # noqa: F811
    differing, periods = [], 0
    actor = Actor.system(now=clock.now())
    for path, document in read_many(wanted(shared_data)):
        assert isinstance(document, PlanDocument), path
        project = cast.north.make(Initiative)
        brought(document, project, actor)
        published = {period.status: period for period in document.periods if period.published}
        found = {told.status.at: told for told in earned_history(project)}
        for at, period in published.items():
            periods += 1
            told = found[at]
            assert told.actuals_from == ("ledger" if Actual.objects.filter(initiative=project).exists() else "plan")
            differing += [(path.name[:8], period.name, *one) for one in differences(told, period)]
        if published:
            last = earned_value(project)
            assert last is not None
            assert last.status == found[max(published)].status
    assert differing == []
    assert periods >= 40
