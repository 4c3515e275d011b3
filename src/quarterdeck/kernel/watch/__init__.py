"""Watching the facts: an app declares a check, and what it finds is kept once, closed when gone, reopened when back.

@check(
    name="initiative-without-sponsor",
    title=_("Active project without sponsor"),
    function="governance.roles",
    severity="high",
    reads=("portfolio.initiative", "people.roleassignment"),
)
def without_sponsor(*, now: dt.datetime, ids: set[int] | None) -> Iterable[Fact]:
    for initiative in ...:  # one query
        yield Fact(initiative, message=_("No sponsor since %(date)s"), values={"date": initiative.started_on})
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quarterdeck.kernel.watch.checks import Check, Fact, Severity, check
    from quarterdeck.kernel.watch.evaluation import evaluate
    from quarterdeck.kernel.watch.models import Finding, Handling, Stage
    from quarterdeck.kernel.watch.selectors import findings_on, open_findings, remedy_of
    from quarterdeck.kernel.watch.services import accept, acknowledge, take_back, take_in_hand

__all__ = [
    "Check",
    "Fact",
    "Finding",
    "Handling",
    "Severity",
    "Stage",
    "accept",
    "acknowledge",
    "check",
    "evaluate",
    "findings_on",
    "open_findings",
    "remedy_of",
    "take_back",
    "take_in_hand",
]

_HOMES = {
    **dict.fromkeys(("Finding", "Handling", "Stage"), "models"),
    "evaluate": "evaluation",
    **dict.fromkeys(("Check", "Fact", "Severity", "check"), "checks"),
    **dict.fromkeys(("findings_on", "open_findings", "remedy_of"), "selectors"),
    **dict.fromkeys(("accept", "acknowledge", "take_back", "take_in_hand"), "services"),
}


def __getattr__(name: str) -> Any:
    # The package is imported before Django's apps are ready, its models only after.
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(name)
