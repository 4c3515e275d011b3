"""Health by hand: every colour, the three ways to make a whole, and the way back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.health import Colour, Dimension, Limit, Overall, Rule, RuleSet, assess

LATE = Rule("late", "days late", Limit.AT_MOST, amber=5, red=15)
BEHIND = Rule("behind", "spi", Limit.AT_LEAST, amber=0.95, red=0.85)
OVER = Rule("over", "cpi", Limit.AT_LEAST, amber=0.95, red=0.85)
RISKY = Rule("risky", "exposure", Limit.AT_MOST, amber=10, red=20)
TIME = Dimension("time", (LATE, BEHIND), weight=2, key=True)
COST = Dimension("cost", (OVER,))
RISK = Dimension("risk", (RISKY,))
RULES = RuleSet((TIME, COST, RISK))


@pytest.mark.parametrize(
    ("late", "colour", "way_back"),
    [(-3, "GREEN", 0), (5, "GREEN", 0), (5.5, "AMBER", -0.5), (15, "AMBER", -10), (15.1, "RED", -10.1)],
)
def test_at_most(late: float, colour: str, way_back: float) -> None:
    seen = assess(RuleSet((Dimension("time", (LATE,)),)), {"days late": late})
    assert seen.colour.name == colour
    assert seen.verdicts[0].judgements[0].way_back == pytest.approx(way_back)


@pytest.mark.parametrize(
    ("cpi", "colour"), [(1.2, "GREEN"), (0.95, "GREEN"), (0.9, "AMBER"), (0.85, "AMBER"), (0.8, "RED")]
)
def test_at_least(cpi: float, colour: str) -> None:
    assert assess(RuleSet((COST,)), {"cpi": cpi}).colour.name == colour


def test_the_rule_that_fired_is_the_worst_and_furthest_gone() -> None:
    seen = assess(RULES, {"days late": 8, "spi": 0.86, "cpi": 1, "exposure": 0})
    fired = seen.verdicts[0].fired
    assert fired is not None
    assert (fired.rule.id, fired.colour) == ("behind", Colour.AMBER)
    assert fired.beyond == pytest.approx(0.9)


def test_unknown_is_never_green() -> None:
    seen = assess(RULES, {"days late": None, "cpi": 1.0})
    assert [verdict.colour.name for verdict in seen.verdicts] == ["NOT_ASSESSED", "GREEN", "NOT_ASSESSED"]
    assert seen.colour is Colour.GREEN
    assert seen.verdicts[0].fired is None
    assert assess(RULES, {}).colour is Colour.NOT_ASSESSED


@pytest.mark.parametrize(
    ("overall", "inputs", "colour"),
    [
        (Overall.WORST, {"days late": 0, "cpi": 1, "exposure": 99}, "RED"),
        (Overall.WEIGHTED, {"days late": 0, "cpi": 1, "exposure": 99}, "AMBER"),  # (2*1 + 1 + 3) / 4 = 1.5
        (Overall.WEIGHTED, {"days late": 0, "cpi": 1, "exposure": 15}, "GREEN"),  # (2*1 + 1 + 2) / 4 = 1.25
        (Overall.RED_COUNTS, {"days late": 0, "cpi": 1, "exposure": 99}, "AMBER"),  # one red, no key dimension
        (Overall.RED_COUNTS, {"days late": 99, "cpi": 1, "exposure": 0}, "RED"),  # the key dimension
        (Overall.RED_COUNTS, {"days late": 0, "cpi": 0.1, "exposure": 99}, "RED"),  # two reds
        (Overall.RED_COUNTS, {"days late": 0, "cpi": 0.9, "exposure": 0}, "GREEN"),  # one amber, not key
        (Overall.RED_COUNTS, {"days late": 0, "cpi": 0.9, "exposure": 15}, "AMBER"),
    ],
)
def test_the_whole(overall: Overall, inputs: dict[str, float], colour: str) -> None:
    assert assess(RuleSet((TIME, COST, RISK), overall), inputs).colour.name == colour


def test_way_to_green_moves_all_that_must_under_the_worst() -> None:
    seen = assess(RULES, {"days late": 25, "spi": 0.9, "cpi": 0.94, "exposure": 0})
    assert [(change.input, change.value, change.overall.name) for change in seen.to_green] == [
        ("cpi", 0.95, "RED"),
        ("spi", 0.95, "RED"),
        ("days late", 5, "GREEN"),
    ]
    assert seen.to_green[2].by == -20


def test_way_to_green_is_short_where_the_whole_allows() -> None:
    """Weighted: putting the risk right leaves (2*1 + 2 + 1) / 4 = 1.25, green, without touching cost."""
    seen = assess(RuleSet((TIME, COST, RISK), Overall.WEIGHTED), {"days late": 0, "cpi": 0.86, "exposure": 11})
    assert seen.colour is Colour.AMBER
    assert [change.input for change in seen.to_green] == ["exposure"]
    assert seen.to_green[0].by == -1


def test_two_rules_on_one_input_satisfy_the_strictest() -> None:
    strict = Rule("strict", "days late", Limit.AT_MOST, amber=2, red=30)
    seen = assess(RuleSet((Dimension("time", (LATE, strict)),)), {"days late": 8})
    assert [(change.input, change.value) for change in seen.to_green] == [("days late", 2)]


inputs = st.fixed_dictionaries(
    {
        "days late": st.floats(-50, 50),
        "spi": st.floats(0, 2),
        "cpi": st.floats(0, 2),
        "exposure": st.floats(0, 50),
    }
)


@given(inputs, st.sampled_from(list(Overall)))
def test_the_way_to_green_leads_there_and_has_no_step_too_many(values: dict[str, float], overall: Overall) -> None:
    rules = RuleSet((TIME, COST, RISK), overall)
    changes = assess(rules, values).to_green
    moved = {change.input: change.value for change in changes}
    assert assess(rules, {**values, **moved}).colour is Colour.GREEN
    for left_out in changes:
        fewer = {key: value for key, value in moved.items() if key != left_out.input}
        assert assess(rules, {**values, **fewer}).colour is not Colour.GREEN


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (RuleSet((Dimension("time", ()),)), "'time' has no rule"),
        (RuleSet((COST, COST)), "'cost' stands twice"),
        (RuleSet((Dimension("a", (LATE, LATE)),)), "'late' stands twice"),
        (RuleSet((Dimension("a", (LATE,), weight=-1),)), "the weight of dimension 'a' is -1"),
        (RuleSet((Dimension("a", (Rule("x", "y", Limit.AT_MOST, 9, 5),)),)), "'x' turns red at 5 before"),
        (RuleSet((Dimension("a", (Rule("x", "y", Limit.AT_LEAST, float("nan"), 5),)),)), "'x' turns red"),
    ],
)
def test_rules_that_are_refused(rules: RuleSet, said: str) -> None:
    with pytest.raises(EngineError, match=said):
        assess(rules, {})


def test_a_value_that_is_no_number() -> None:
    with pytest.raises(EngineError, match="values of input 'cpi'"):
        assess(RULES, {"cpi": float("nan")})
