"""How long long files take, and that exports do not grow in memory."""

from __future__ import annotations

import datetime as dt
import time
import tracemalloc
from typing import Any

import pytest

from quarterdeck.apps.organisation.models import ExchangeRate
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.registers.exchange import export, importing
from quarterdeck.kernel.registers.listing import Listing
from quarterdeck.kernel.registers.params import Params
from tests.kernel.registers.exchange.conftest import the

pytestmark = pytest.mark.slow
DAY = dt.date(1995, 1, 1)


def test_a_check_of_ten_thousand_rows_takes_less_than_ten_seconds(head: Actor, rates: dict[str, Any]) -> None:
    lines = (f"EUR,USD,1.{n:04d},{DAY + dt.timedelta(days=n)},Bank" for n in range(10_000))
    content = ("From,To,Rate,Valid from,Source\n" + "\n".join(lines) + "\n").encode()
    begun = time.process_time()
    run = importing.import_file(
        register=the("exchange-rates"), actor=head, name="a.csv", content=content, write_it=False
    )
    assert run.report["counts"] == {"new": 10_000, "changed": 0, "unchanged": 0, "refused": 0}
    assert time.process_time() - begun < 10


def test_exports_stream(head: Actor, rates: dict[str, Any], system: Actor) -> None:
    euro, dollar = rates["EUR"], rates["USD"]
    made = [
        ExchangeRate(from_currency=euro, to_currency=dollar, rate=1, valid_on=DAY + dt.timedelta(days=n), source="Bank")
        for n in range(12_000)
    ]
    ExchangeRate.objects.bulk_create(made, batch_size=500)
    del made

    def peak(rows: int) -> int:
        until = DAY + dt.timedelta(days=rows - 1)
        listing = Listing(the("exchange-rates"), head, Params(filters={"valid_on": f"..{until}"}))
        tracemalloc.start()
        lines = sum(1 for _line in export.csv_lines(listing))
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert rows < lines < rows + 10
        return most

    peak(600)
    assert peak(12_000) - peak(3_000) < 400_000
    assert records.history_of(euro).count() == 1
