"""Processes that take the last of something at once: `python -m tests.apps.suppliers.stock_driver RIVALS STOCK EACH`.

One process makes the stock and forks the rivals, which begin together, each issuing one at a time; it prints as JSON
what each was told, and what the ledger and the level say after.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from decimal import Decimal
from typing import Any

import django

NOW = dt.datetime(2026, 4, 8, 12, 0, tzinfo=dt.UTC)


def made(stock: int) -> tuple[Any, Any]:
    """Make an item with some on hand; return it and its location."""
    from quarterdeck.apps.organisation.models import Currency, OrganisationUnit
    from quarterdeck.apps.organisation.services import currency_save, unit_save
    from quarterdeck.apps.suppliers import services
    from quarterdeck.apps.suppliers.models import StockCategory, StockItem, StockLocation, StockMovement
    from quarterdeck.kernel import records
    from quarterdeck.kernel.access.actor import Actor

    actor = Actor.system(now=NOW)
    unit = OrganisationUnit(code="YARD", name="Yard", kind="enterprise")
    unit_save(unit, actor=actor)
    category, currency = StockCategory(name="Cable"), Currency(code="EUR", name="Euro")
    records.save(category, actor=actor)
    currency_save(currency, actor=actor)
    item = StockItem(name="Cable", category=category, currency=currency, unit=unit)
    services.item_save(item, actor=actor)
    place = StockLocation(name="Store", unit=unit)
    services.location_save(place, actor=actor)
    came = StockMovement(kind="receipt", item=item, quantity=Decimal(stock), target=place, posted_on=actor.today)
    services.movement_post(came, actor=actor)
    return item, place


def issued(item: Any, place: Any, times: int) -> list[str]:
    """Issue one at a time, as often as told; return what came of each."""
    from django.core.exceptions import ValidationError

    from quarterdeck.apps.suppliers import services
    from quarterdeck.apps.suppliers.models import StockMovement
    from quarterdeck.kernel.access.actor import Actor

    actor, told = Actor.system(now=NOW), []
    for _time in range(times):
        row = StockMovement(kind="issue", item=item, quantity=Decimal(1), origin=place, posted_on=actor.today)
        try:
            services.movement_post(row, actor=actor)
            told.append("won")
        except ValidationError as refused:
            told.append(" ".join(refused.messages))
    return told


def race(rivals: int, stock: int, each: int) -> dict[str, Any]:
    """Let rivals take at once; return what they were told, what is on hand, the sum of the ledger and its rows."""
    from django.db import connections

    from quarterdeck.apps.suppliers.models import StockLevel, StockMovement

    item, place = made(stock)
    connections.close_all()
    start, go = os.pipe()
    ways = []
    for _rival in range(rivals):
        out, into = os.pipe()
        if os.fork() == 0:
            os.close(go)
            os.read(start, 1)  # returns when the parent closes its end: for all at once
            try:
                told = issued(item, place, each)
            except Exception as fault:
                told = [repr(fault)]
            os.write(into, json.dumps(told).encode())
            os._exit(0)
        os.close(into)
        ways.append(out)
    os.close(go)
    told = [word for way in ways for word in json.loads(os.read(way, 1 << 16) or b'["ended without a word"]')]
    moved = StockMovement.objects.filter(item=item)
    total = sum((row.quantity if row.target_id else -row.quantity for row in moved), Decimal(0))
    there = StockLevel.objects.get(item=item).on_hand
    return {"told": told, "there": float(there or 0), "total": float(total), "rows": moved.count()}


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(race(*map(int, sys.argv[1:]))))
