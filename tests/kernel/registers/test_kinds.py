"""How values stand in lists."""

from __future__ import annotations

from decimal import Decimal

import pytest

from quarterdeck.kernel.registers.kinds import Number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1234, "1,234"),
        (-5, "−5"),
        (100.0, "100"),
        (51.4666, "51.47"),
        (-0.5, "−0.5"),
        (1e16, "10,000,000,000,000,000"),
        (Decimal("10.00"), "10"),
        (Decimal("1E+2"), "100"),
        (Decimal("1234.5600"), "1,234.56"),
        (Decimal("0.00012"), "0.00012"),
    ],
)
def test_a_number_is_written_out_without_empty_places(value: float | Decimal, text: str) -> None:
    assert Number().text(value) == text
