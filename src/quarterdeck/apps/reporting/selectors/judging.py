"""Judging: figures against rules, by the engine; what comes out is what a snapshot keeps. Pure.

A snapshot keeps facts without words, so that each reader has them in the language and with the rights of the day:

    {"time": {"facts": [{"key": "forecast_finish", "kind": "date", "value": "2027-03-17", ...}],
              "rules": [{"input": "days_late", "value": 12, "colour": "amber", "amber": 5, "red": 15, ...}],
              "fired": "days_late", "back": [{"input": "days_late", "value": 5, "by": -7}]}}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from quarterdeck.apps.reporting.choices import Dimension
from quarterdeck.apps.reporting.selectors.rules import Tailored
from quarterdeck.engine import health

#: How a colour of the engine is kept.
KEPT = {
    health.Colour.NOT_ASSESSED: "",
    health.Colour.GREEN: "green",
    health.Colour.AMBER: "amber",
    health.Colour.RED: "red",
}
ORDER = ("", "green", "amber", "red")
Facts = dict[str, Any]


@dataclass
class Judged:
    """What the rules said: the whole, each dimension that could be judged, and why."""

    colour: str = ""
    colours: dict[str, str] = field(default_factory=dict)
    why: dict[str, Facts] = field(default_factory=dict)


def judge(
    rules: Mapping[str, list[Tailored]], inputs: Mapping[str, float | None], facts: Mapping[str, list[Facts]]
) -> Judged:
    """Judge figures, by input, and return colours with the rules that made them; the whole is as bad as the worst.

    What is not known judges nothing. Green is said of the whole only where time, or the parts of a node, were judged:
    good data alone make no project green.
    """
    judged = Judged()
    for dimension, known in rules.items():
        seen = health.assess(health.RuleSet((health.Dimension(dimension, tuple(one.rule for one in known)),)), inputs)
        verdict = seen.verdicts[0]
        if verdict.fired is None and not facts.get(dimension):
            continue
        if verdict.fired is not None:
            judged.colours[dimension] = KEPT[verdict.colour]
        judged.why[dimension] = {
            "facts": list(facts.get(dimension, ())),
            "rules": [
                _said(one, judgement)
                for one, judgement in zip(known, verdict.judgements, strict=True)
                if judgement.value is not None
            ],
            "fired": "" if verdict.fired is None else str(verdict.fired.rule.id),
            "back": [
                {"input": str(change.input), "value": change.value, "by": round(change.by, 4)}
                for change in seen.to_green
            ],
        }
    judged.colour = worst(judged.colours.values())
    if judged.colour == "green" and not {Dimension.TIME, Dimension.PARTS} & judged.colours.keys():
        judged.colour = ""
    return judged


def _said(rule: Tailored, judgement: health.Judgement) -> Facts:
    said: Facts = {
        "input": rule.entry.input,
        "value": judgement.value,
        "colour": KEPT[judgement.colour],
        "direction": rule.entry.direction,
        "amber": rule.amber,
        "red": rule.red,
    }
    if rule.agreed is not None:
        said["tolerance"] = rule.entry.tolerance
    return said


def worst(colours: Any) -> str:
    """Return the worst of some colours; "" where none was judged."""
    return max(colours, key=ORDER.index, default="")
