"""Reference classes: quantiles by hand and an interval known from tables."""

import pytest

from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.forecast import Outcome, ReferenceClass, outside_view, reference_classes

TENTHS = [Outcome(f"P{number}", "road", 100, 100 + 10 * number) for number in range(11)]  # 0 %, 10 %, ... 100 %


def test_classes_are_kept_apart_and_in_order() -> None:
    classes = reference_classes([*reversed(TENTHS), Outcome("X", "rail", 10, 14)])
    assert classes["road"].members == tuple(f"P{number}" for number in range(11))
    assert classes["road"].mean == pytest.approx(0.5)
    assert classes["road"].share_over == pytest.approx(10 / 11)
    assert not classes["road"].thin
    assert classes["rail"].thin
    assert classes["rail"].overruns == pytest.approx((0.4,))


def test_uplift_is_the_quantile() -> None:
    road = reference_classes(TENTHS)["road"]
    assert [road.uplift(level) for level in (0, 0.5, 0.8, 0.85, 1)] == pytest.approx([0, 0.5, 0.8, 0.85, 1])


def test_interval_of_the_median_from_tables() -> None:
    """Conover, table A3: of 20 the 95 % interval of the median runs from the 6th to the 15th in order."""
    twenty = ReferenceClass("x", tuple(float(number) for number in range(1, 21)), tuple(range(20)))
    assert twenty.uplift_interval(0.5, confidence=0.95) == (6.0, 15.0)


def test_a_small_class_gives_its_least_and_greatest() -> None:
    two = ReferenceClass("x", (0.1, 0.4), ("A", "B"))
    assert two.uplift_interval(0.5) == (0.1, 0.4)


def test_outside_view() -> None:
    seen = outside_view(1000, "road", reference_classes(TENTHS), certainties=(0.5, 0.9))
    assert seen.values == pytest.approx({0.5: 1500, 0.9: 1900})
    assert seen.by.kind == "road"


@pytest.mark.parametrize(("estimate", "actual"), [(0, 5), (-1, 5), (5, -1), (float("nan"), 1)])
def test_outcomes_that_are_refused(estimate: float, actual: float) -> None:
    with pytest.raises(EngineError):
        reference_classes([Outcome("A", "x", estimate, actual)])


def test_unknown_kind_and_certainty() -> None:
    classes = reference_classes(TENTHS)
    with pytest.raises(EngineError, match="no closed project is of kind 'bridge'"):
        outside_view(1, "bridge", classes)
    with pytest.raises(EngineError, match="the certainty is 2"):
        classes["road"].uplift(2)
