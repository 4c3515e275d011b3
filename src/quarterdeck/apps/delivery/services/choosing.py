"""What whoever imports says of a file before it is written: where it goes, who its people are, what of ours stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.exchange.document import PlanDocument
from quarterdeck.apps.delivery.models import PlanFile, PlanImport
from quarterdeck.apps.delivery.services.matching import Proposal, calendars_for, proposals
from quarterdeck.apps.delivery.services.previewing import target_of
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
    choices = said_of(choices, _offered(run, into, plan, actor))
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


def _offered(run: PlanImport, into: str, plan: str, actor: Actor) -> list[Proposal]:
    """Return who was proposed for the people of a file where it is to go; nowhere is as a new plan."""
    document = document_kept(run)
    if document is None:
        return []
    try:
        _node, target = target_of(into, document=document, actor=actor, plan=plan)
    except ValidationError:
        target = None
    return proposals(document, target, actor=actor)


def said_of(choices: Choices, offered: Sequence[Proposal]) -> Choices:
    """Return choices without the people that nobody was proposed for and none was chosen: an empty field of a form
    says nothing there, and “nobody” only where a proposal was emptied.
    """
    proposed = {each.number for each in offered if each.key is not None}
    people = {number: key for number, key in choices.people.items() if key is not None or number in proposed}
    return replace(choices, people=people)
