"""What a register exports it imports again, and nothing has changed."""

from __future__ import annotations

from typing import Any

import pytest

from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.registers.exchange import export, importing
from quarterdeck.kernel.registers.listing import Listing
from quarterdeck.kernel.registers.params import Params
from quarterdeck.kernel.registers.spec import Register
from tests.cast import ADMINISTRATOR, Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_import_of_the_export_changes_nothing(register: Register[Any], cast: Cast, kind: str) -> None:
    for _row in range(2):
        cast.north.make(register.model, full=True)
        cast.south.make(register.model)
    actor = cast.actor(ADMINISTRATOR)
    listing = Listing(register, actor, Params.parse({"cols": ",".join(register.editable)}))
    if kind == "csv":
        content = "".join(export.csv_lines(listing)).encode()
    else:
        with export.write_xlsx(listing) as file:
            content = file.read()
    before = Change.objects.count()
    run = importing.import_file(register=register, actor=actor, name=f"file.{kind}", content=content)
    counts, report = run.report["counts"], run.report
    assert (counts["new"], counts["changed"], counts["refused"]) == (0, 0, 0), report
    assert counts["unchanged"] == register.model._default_manager.count()
    assert Change.objects.count() == before
