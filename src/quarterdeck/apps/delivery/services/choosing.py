"""What whoever imports says of a file before it is written: where it goes, who its people are, what of ours stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.exchange.document import PlanDocument
from quarterdeck.apps.delivery.models import Plan, PlanFile, PlanImport, SourceMatch
from quarterdeck.apps.delivery.services.matching import calendar_proposals, calendars_for, proposals, source_of, sure
from quarterdeck.apps.delivery.services.updating import Choices
from quarterdeck.apps.people.models import Person
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import visible


def document_kept(run: PlanImport) -> PlanDocument | None:
    """Return what was read of a file that waits to be written; None once it was."""
    kept = PlanFile.objects.filter(pk=run.pk).values_list("document", flat=True).first()
    return None if kept is None else msgspec.json.decode(bytes(kept), type=PlanDocument)


def choices_of(report: Mapping[str, Any]) -> Choices:
    """Return what was said of a file, as its import keeps it."""
    said = report.get("choices", {})
    return Choices(
        people={int(number): key for number, key in said.get("people", {}).items()},
        calendars={int(number): key for number, key in said.get("calendars", {}).items()},
        keep_added=bool(said.get("keep_added", True)),
        prefer_ours=bool(said.get("prefer_ours", False)),
    )


@transaction.atomic
def choices_save(*, run: PlanImport, choices: Choices, actor: Actor, into: str = "", plan: str = "") -> None:
    """Keep what is said of a file. Raises ValidationError for people and calendars that the actor does not see."""
    people = {key for key in choices.people.values() if key is not None}
    calendars = {key for key in choices.calendars.values() if key is not None}
    if visible(Person.objects.filter(pk__in=people), actor).count() < len(people):
        raise ValidationError(_("Choose people whom you may see."))
    if calendars_for(actor=actor).filter(pk__in=calendars).count() < len(calendars):
        raise ValidationError(_("Choose calendars of the organisation."))
    stored = PlanImport.objects.select_for_update().get(pk=run.pk)
    if stored.state != PlanImport.State.READ:
        raise ValidationError(_("This file has been imported meanwhile."))
    said = {
        "people": {str(number): key for number, key in choices.people.items()},
        "calendars": {str(number): key for number, key in choices.calendars.items()},
        "keep_added": choices.keep_added,
        "prefer_ours": choices.prefer_ours,
    }
    stored.report |= {"choices": said, "into": into.strip().upper()[:20], "plan": plan[:20]}
    stored.report.pop("refusal", None)
    stored.save(update_fields=["report"])
    run.report = stored.report


def remembered(document: PlanDocument, plan: Plan | None, choices: Choices, *, actor: Actor) -> Choices:
    """Return choices with what was chosen before for files from the same source, where nothing else is said."""
    if not SourceMatch.objects.filter(source=source_of(document)).exists():
        return choices
    people = sure(proposals(document, plan, actor=actor))
    calendars = sure(calendar_proposals(document, actor=actor))
    return replace(choices, people={**people, **choices.people}, calendars={**calendars, **choices.calendars})
