"""What a check found, as the pages show it and as it is kept."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from quarterdeck.kernel.registers.exchange.drafts import Draft, Plan
from quarterdeck.kernel.registers.exchange.guard import guarded

#: Rows shown of those added and changed, and errors kept.
SHOWN = 100
KEPT = 5_000


def report_of(plan: Plan) -> dict[str, Any]:
    """Return counts, the file's problems, the first rows added and changed, and the errors with their rows."""
    added = [d for d in plan.drafts if d.writes and d.creating]
    changed = [d for d in plan.drafts if d.writes and not d.creating]
    refused = [d for d in plan.drafts if d.errors]
    errors = [[d.number, label, text] for d in refused for label, text in d.errors]
    return {
        "counts": {
            "new": len(added),
            "changed": len(changed),
            "unchanged": len(plan.drafts) - len(added) - len(changed) - len(refused),
            "refused": len(refused),
        },
        "problems": list(plan.problems),
        "added": [_shown(draft) for draft in added[:SHOWN]],
        "changed": [_shown(draft) for draft in changed[:SHOWN]],
        "errors": errors[:KEPT],
        "errors_total": len(errors),
    }


def _shown(draft: Draft) -> dict[str, Any]:
    return {"row": draft.number, "label": draft.label, "changes": [list(change) for change in draft.changes]}


def fingerprint(plan: Plan) -> str:
    """Return what two plans share only when they add and change the same."""
    digest = hashlib.sha256()
    for draft in plan.drafts:
        if draft.writes:
            pk = None if draft.creating else draft.record.pk
            digest.update(json.dumps([draft.number, pk, draft.changes], ensure_ascii=False).encode())
    return digest.hexdigest()


def error_lines(report: dict[str, Any], file_name: str) -> Iterable[str]:
    """Yield the errors as CSV: row, column, what is wrong and what to do."""
    lines: list[list[Any]] = [["", "", problem] for problem in report.get("problems", ())]
    lines += report.get("errors", ())
    if report.get("errors_total", 0) > KEPT:
        lines.append(["", "", _("Further errors are left out. Mend these and check again.")])
    yield "\ufeff"
    for row, column, text in [[_("Row"), _("Column"), _("Error in %(file)s") % {"file": file_name}], *lines]:
        buffer = io.StringIO()
        csv.writer(buffer).writerow([row, guarded(str(column)), guarded(str(text))])
        yield buffer.getvalue()
