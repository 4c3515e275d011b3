"""What accompanies a record on a bespoke page, as on the page that its register makes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import may, may_at
from quarterdeck.kernel.comments.selectors import comments_as_of, comments_of
from quarterdeck.kernel.comments.services import may_write
from quarterdeck.kernel.fields.definitions import fields_for_each
from quarterdeck.kernel.files.selectors import files_of
from quarterdeck.kernel.links.selectors import links_of
from quarterdeck.kernel.notifications.following import follows
from quarterdeck.kernel.records import Record
from quarterdeck.kernel.registers import for_model
from quarterdeck.kernel.registers.columns import columns_for
from quarterdeck.kernel.registers.pages.record import children_of, facts_of
from quarterdeck.kernel.registers.timeline import story
from quarterdeck.kernel.tags.selectors import tags_of
from quarterdeck.kernel.ui.frame import Frame


def beside(request: HttpRequest, actor: Actor, frame: Frame, record: Record) -> dict[str, Any]:
    """Return what accompanies any record: facts, verbs, children, files, links, timeline."""
    register = for_model(type(record))
    assert register is not None
    inner = [child for inline in register.inlines if (child := for_model(inline.model)) is not None]
    own = fields_for_each([register.record_type, *(child.record_type for child in inner)], actor)
    columns = {each.record_type: columns_for(each, actor, own[each.record_type]) for each in (register, *inner)}
    context = facts_of(request, register, actor, record, columns=columns[register.record_type])
    moment = frame.moment
    said = comments_of(record) if moment is None else comments_as_of(record, moment)
    now_seen = moment is None or may(actor, "view", record)
    links = [(one, for_model(type(one.record))) for one in (links_of(record, actor) if now_seen else ())]
    findings = [finding for finding, _remedy in context["found"]]
    verbs = [*context["actions"], *context["more_actions"]]
    return {
        **context,
        # The one button that stands out is the page's own; what changes the record's state is in the menu.
        "actions": [verb for verb in verbs if verb.primary],
        "more_actions": [verb for verb in verbs if not verb.primary],
        "children": children_of(request, register, actor, record, columns),
        "story": story(context["timeline"], said, findings, part=request.GET.get("story", "")),
        "may_comment": not frame.read_only and may_write(actor, record),
        "may_record": not frame.read_only and may_at(actor, "add", record),
        "follow": None if frame.read_only or actor.read_only else follows(actor, record),
        "files": files_of(record) if now_seen else (),
        "links": [{"linked": one, "url": known.url(one.record) if known else ""} for one, known in links],
        "tags": tags_of([record]).get(record.pk, []) if now_seen else (),
    }
