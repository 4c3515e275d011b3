"""Board packs: asked for, made apart from the request, kept for some days for whoever asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting.models import BoardPack
from quarterdeck.apps.reporting.packs.content import Pack, content
from quarterdeck.apps.reporting.packs.paper import pack_pdf
from quarterdeck.apps.reporting.packs.slides import pack_pptx
from quarterdeck.apps.reporting.packs.workbook import pack_xlsx
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.jobs.progress import JobError, Progress
from quarterdeck.kernel.jobs.queue import enqueue
from quarterdeck.kernel.jobs.registry import job

#: Days for which a pack is kept: it says for ever the same, and is made anew in seconds.
KEPT: Final = 7
MAKERS: Final[Mapping[str, Callable[[Pack], bytes]]] = {"pdf": pack_pdf, "pptx": pack_pptx, "xlsx": pack_xlsx}


@transaction.atomic
def pack_request(*, initiative: Initiative, on: dt.date, form: str, actor: Actor) -> BoardPack:
    """Ask for a pack of a node as of a day in a form; it is made with the rights of the actor.

    Raises ValidationError for a day to come or a form that is not made.
    """
    if on > actor.today:
        raise ValidationError({"on": _("Choose today or a past day.")})
    if form not in MAKERS:
        raise ValidationError({"form": _("Choose one of the forms.")})
    made = BoardPack.objects.create(
        user=actor.user,
        initiative=initiative,
        on=on,
        form=form,
        created_at=actor.now,
        file_name=_name(initiative, on, form),
    )
    title = _("Board pack of %(name)s") % {"name": initiative.name}
    made.job = enqueue(pack_made, actor=actor, title=title, pack_id=made.pk)
    made.save(update_fields=["job"])
    return made


def _name(initiative: Initiative, on: dt.date, form: str) -> str:
    return f"{slugify(f'{initiative.code} {initiative.name}')[:120] or 'pack'}-{on.isoformat()}.{form}"


@job(title=gettext_lazy("Make a board pack"))
def pack_made(progress: Progress, *, pack_id: int) -> dict[str, Any] | None:
    """Make a pack that was asked for; run again after a kill, it makes it once more."""
    found = BoardPack.objects.select_related("initiative").filter(pk=pack_id).first()
    if found is None:
        return None
    progress.start(3, _("Reading assessments"))
    told = content(found.initiative.code, on=found.on, actor=progress.actor)
    if told is None:
        raise JobError(_("It did not exist on that day, or you may not see it any more."))
    progress.step()
    progress.say(_("Setting the pack"))
    made = MAKERS[found.form](told)
    progress.step()
    BoardPack.objects.filter(pk=pack_id).update(content=made, size=len(made))
    progress.step()
    return {"url": f"{found.initiative.url}pack/"}


@job(title=gettext_lazy("Forget old board packs"), schedule="daily@03:50")
def packs_forgotten(progress: Progress) -> dict[str, int]:
    """Remove packs after some days."""
    removed, _rows = BoardPack.objects.filter(created_at__lt=clock.now() - dt.timedelta(days=KEPT)).delete()
    return {"removed": removed}
