"""Satisfaction and net promoter score against published intervals and by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.survey import net_promoter_score, satisfaction, share_interval


def test_wilson_as_newcombe_published_it() -> None:
    # Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
    for hits, count, low, high in [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)]:
        assert [round(bound, 4) for bound in share_interval(hits, count)] == [low, high]
    assert [round(bound, 4) for bound in share_interval(29, 29)] == [0.8830, 1.0]


def test_satisfaction_by_hand() -> None:
    result = satisfaction([5, 4, 3, 2, 1, 5])
    assert (result.answers, result.satisfied, result.share) == (6, 3, 0.5)
    assert result.mean == pytest.approx(20 / 6)
    assert satisfaction([7, 6, 1], scale=(1, 7), top=1).satisfied == 1
    empty = satisfaction([])
    assert (empty.answers, empty.share, empty.low, empty.mean) == (0, None, None, None)


def test_net_promoter_score_by_hand() -> None:
    """The classes of Reichheld: 9-10, 7-8, 0-6."""
    result = net_promoter_score([10, 9, 8, 7, 6, 0, 10, 10])
    assert (result.promoters, result.passives, result.detractors, result.score) == (4, 2, 2, 25.0)
    assert net_promoter_score([]).score is None


def test_margin_of_a_known_survey() -> None:
    """500 answers, half promoters and three tenths detractors: 1.96 * sqrt((0.8 - 0.04) / 500) = 7.64 points."""
    result = net_promoter_score([9] * 250 + [7] * 100 + [2] * 150)
    assert result.score == pytest.approx(20)
    assert result.high is not None
    assert result.high - 20 == pytest.approx(7.6413, abs=1e-3)


@given(st.lists(st.integers(0, 10), min_size=1))
def test_bounds_hold_the_score(ratings: list[int]) -> None:
    result = net_promoter_score(ratings)
    assert result.answers == len(ratings)
    assert result.low is not None
    assert result.high is not None
    assert result.score is not None
    assert -100 <= result.low <= result.score <= result.high <= 100


@pytest.mark.parametrize("ratings", [[11], [-1], [5, float("nan")]])
def test_ratings_beyond_the_scale(ratings: list[float]) -> None:
    with pytest.raises(EngineError, match="rating") as refusal:
        net_promoter_score(ratings)
    assert refusal.value.culprits == (len(ratings) - 1,)


@pytest.mark.parametrize(("hits", "count"), [(1, 0), (3, 2), (-1, 2), (0, 0)])
def test_no_share(hits: int, count: int) -> None:
    with pytest.raises(EngineError, match="is no share"):
        share_interval(hits, count)


def test_confidence_out_of_range() -> None:
    with pytest.raises(EngineError, match="the confidence is 1"):
        satisfaction([5], confidence=1)
