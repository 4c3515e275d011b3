"""Who and what the names of a plan file are here: proposals with their reasons, and what is remembered of them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.exchange.aligning import words
from quarterdeck.apps.delivery.exchange.document import DocumentResource, PlanDocument, ResourceKind
from quarterdeck.apps.delivery.models import Plan, PlanResource, SourceMatch
from quarterdeck.apps.delivery.services.updating import Choices
from quarterdeck.apps.organisation.models import WorkCalendar
from quarterdeck.apps.people.models import Person
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import visible

Kind = SourceMatch.Kind
#: Longer lists are matched as far.
MOST: Final = 2000


class Certainty(StrEnum):
    """How far a proposal can be relied upon."""

    SURE = "sure"
    LIKELY = "likely"
    NONE = "none"


@dataclass(frozen=True)
class Proposal:
    """What a resource or a calendar of a file may be: the record's key and name, and why, in words."""

    number: int
    name: str
    detail: str
    key: int | None
    label: str
    why: str
    certainty: Certainty


def source_of(document: PlanDocument) -> str:
    """Return what files of one origin have in common: the program, without its version, and the author.

    >>> source_of(PlanDocument(name="Shed", program="Microsoft Project 2019", kind="MPP", author="J. Smith"))
    'Microsoft Project, J. Smith'
    """
    program = re.sub(r"[\s.\d]+$", "", document.program).strip() or document.kind
    return ", ".join(part for part in (program, document.author.strip()) if part)[:200]


def key_of(resource: DocumentResource) -> str:
    """Return by what a resource is remembered: its address, else its name."""
    return (resource.email.casefold() or words(resource.name))[:300]


def tokens(name: str) -> tuple[str, ...]:
    """Return the parts of a name in one order, without case, accents and marks.

    >>> tokens("Adébayo, Tunde") == tokens("tunde adebayo")
    True
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return tuple(sorted(re.findall(r"\w+", plain)))


def short(name: str) -> str | None:
    """Return surname and initial of a name of two parts and more; None for others.

    >>> short("Tunde Adebayo"), short("T. Adebayo"), short("Adebayo, T"), short("Crane")
    ('adebayo t', 'adebayo t', 'adebayo t', None)
    """
    surname_first = "," in name
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    parts = re.findall(r"\w+", plain)
    if len(parts) < 2:
        return None
    surname, given = (parts[0], parts[1]) if surname_first else (parts[-1], parts[0])
    return f"{surname} {given[0]}" if len(surname) > 1 else None


class _People:
    """The people that the actor may see, by whatever they may be known by."""

    def __init__(self, actor: Actor) -> None:
        self.names: dict[int, str] = {}
        self.by_address: dict[str, int] = {}
        self.by_name: dict[str, list[int]] = defaultdict(list)
        self.by_tokens: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self.by_short: dict[str, list[int]] = defaultdict(list)
        for pk, name, email in visible(Person.objects.all(), actor).values_list("pk", "name", "email"):
            self.names[pk] = name
            self.by_name[name].append(pk)
            self.by_tokens[tokens(name)].append(pk)
            if email:
                self.by_address[email.casefold()] = pk
            if (initials := short(name)) is not None:
                self.by_short[initials].append(pk)

    def find(self, resource: DocumentResource) -> tuple[int | None, str, Certainty]:
        """Return who a resource is, why, and how sure that is."""
        if resource.email and resource.email.casefold() in self.by_address:
            return self.by_address[resource.email.casefold()], _("Same e-mail address"), Certainty.SURE
        alone = self.by_name.get(resource.name, [])
        if len(alone) == 1:
            return alone[0], _("Same name, and nobody else has it"), Certainty.SURE
        if len(alone) > 1:
            return None, _("%(n)d people of this name: choose") % {"n": len(alone)}, Certainty.NONE
        alike = self.by_tokens.get(tokens(resource.name), []) if resource.name else []
        if len(alike) == 1:
            return alike[0], _("Same name, written otherwise"), Certainty.LIKELY
        initials = short(resource.name)
        near = self.by_short.get(initials, []) if initials else []
        if len(near) == 1:
            return near[0], _("Same surname and initial"), Certainty.LIKELY
        return None, _("Nobody of this name or address"), Certainty.NONE


def proposals(document: PlanDocument, plan: Plan | None, *, actor: Actor) -> list[Proposal]:
    """Return who each person of a file may be: as the plan has it, as remembered, by address, by name.

    Material and costs are nobody. People whom the actor may not see are proposed to nobody, and of a resource that the
    plan ties to one nothing is asked: it stays so.
    """
    people = _People(actor)
    held = _held(document, plan)
    remembered = _remembered(document, Kind.RESOURCE)
    found = []
    for each in document.resources[:MOST]:
        unseen = each.id in held and held[each.id] not in people.names
        if each.kind != ResourceKind.WORK or not each.name or unseen:
            continue
        person, why, certainty = people.find(each)
        memory = remembered.get(key_of(each))
        if each.id in held:
            person, why, certainty = held[each.id], _("As the plan has it"), Certainty.SURE
        elif memory is not None and (memory.person_id is None or memory.person_id in people.names):
            person, why, certainty = memory.person_id, _chosen(memory), Certainty.SURE
        label = people.names[person] if person is not None else ""
        found.append(Proposal(each.id, each.name, each.email or each.group, person, label, why, certainty))
    return found


def _held(document: PlanDocument, plan: Plan | None) -> dict[int, int]:
    """Return the person of each resource whom the plan to be changed has already, by the number in the file."""
    if plan is None or plan._state.adding:
        return {}
    rows = PlanResource.objects.filter(plan=plan, person__isnull=False).values_list("name", "person_id")
    by_name = {words(name): person for name, person in rows}
    return {each.id: by_name[words(each.name)] for each in document.resources if words(each.name) in by_name}


def _remembered(document: PlanDocument, kind: str) -> dict[str, SourceMatch]:
    rows = SourceMatch.objects.filter(source=source_of(document), kind=kind).select_related("decided_by")
    return {each.key: each for each in rows}


def _chosen(match: SourceMatch) -> str:
    who = match.decided_by.name if match.decided_by is not None else _("someone")
    day = date_format(clock.local_date(match.decided_at), "j M Y")
    return _("Chosen by %(who)s on %(day)s for files from %(source)s") % {
        "who": who,
        "day": day,
        "source": match.source,
    }


def calendars_for(*, actor: Actor) -> QuerySet[WorkCalendar]:
    """Return the calendars of the organisation that the actor may put a plan on: those with a week."""
    rows = visible(WorkCalendar.objects.filter(shifts__isnull=False), actor)
    return rows.distinct().order_by("-is_default", "name")


def calendar_proposals(document: PlanDocument, *, actor: Actor) -> list[Proposal]:
    """Return which calendar of the organisation each of a file may be; one that is alike by name is only offered."""
    known = {each.pk: each.name for each in calendars_for(actor=actor)}
    by_name = {words(name): pk for pk, name in known.items()}
    remembered = _remembered(document, Kind.CALENDAR)
    owners = {each.calendar for each in document.resources}
    used = {each.calendar for each in document.tasks} | {document.calendar}
    found = []
    for each in document.calendars:
        if each.id in owners - used and each.parent is not None:
            # What one resource alone differs in stays with it.
            continue
        key, why, certainty = None, _("Kept as the plan’s own"), Certainty.NONE
        memory = remembered.get(words(each.name)[:300])
        if memory is not None and (memory.calendar_id is None or memory.calendar_id in known):
            key, why, certainty = memory.calendar_id, _chosen(memory), Certainty.SURE
        elif words(each.name) in by_name:
            why = _("Kept as the plan’s own; the organisation has one of this name")
        detail = _("the plan’s calendar") if each.id == document.calendar else ""
        found.append(Proposal(each.id, each.name, detail, key, known.get(key, "") if key else "", why, certainty))
    return found


def remember(
    document: PlanDocument, people: Mapping[int, int | None], calendars: Mapping[int, int | None], *, actor: Actor
) -> None:
    """Keep what was chosen for the next file from the same source; nobody where a proposal was emptied by hand.

    Who was chosen before stays where the actor may not see them.
    """
    source = source_of(document)
    kept = {each.id: key_of(each) for each in document.resources if each.name}
    named = {each.id: words(each.name)[:300] for each in document.calendars}
    rows: dict[tuple[str, str], SourceMatch] = {}
    for kind, keys, chosen, field in (
        (Kind.RESOURCE, kept, people, "person_id"),
        (Kind.CALENDAR, named, calendars, "calendar_id"),
    ):
        for number, value in chosen.items():
            key = keys.get(number)
            if key:
                made = SourceMatch(
                    source=source, kind=kind, key=key, decided_by=actor.user, decided_at=actor.now, **{field: value}
                )
                rows[kind, key] = made
    stored = SourceMatch.objects.filter(source=source, kind=Kind.RESOURCE, person__isnull=False)
    others = stored.exclude(person__in=visible(Person.objects.all(), actor))
    for key in others.filter(key__in=[key for _kind, key in rows]).values_list("key", flat=True):
        rows.pop((Kind.RESOURCE, key), None)
    SourceMatch.objects.bulk_create(
        list(rows.values()),
        update_conflicts=True,
        unique_fields=["source", "kind", "key"],
        update_fields=["person", "calendar", "decided_by", "decided_at"],
    )


def sure(found: Sequence[Proposal]) -> dict[int, int | None]:
    """Return what is taken without asking: what is certain."""
    return {each.number: each.key for each in found if each.certainty == Certainty.SURE}


def settled(choices: Choices, people: Sequence[Proposal], calendars: Sequence[Proposal]) -> Choices:
    """Return choices with what is certain where nothing is said: what is told before is what is then written."""
    return replace(
        choices,
        people={**sure(people), **choices.people},
        calendars={**sure(calendars), **choices.calendars},
    )


def completed(document: PlanDocument, plan: Plan | None, choices: Choices, *, actor: Actor) -> Choices:
    """Return choices with what is certain of a file's people and calendars, where nothing else is said."""
    people, calendars = proposals(document, plan, actor=actor), calendar_proposals(document, actor=actor)
    return settled(choices, people, calendars)


def person_name(key: int | None) -> str:
    """Return the name of a person who was chosen; empty for nobody."""
    return "" if key is None else Person.objects.filter(pk=key).values_list("name", flat=True).first() or ""
