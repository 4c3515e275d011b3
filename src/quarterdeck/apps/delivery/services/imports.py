"""The conversation that brings plan files in: uploaded, read apart from the request, shown, given a place, written."""

from __future__ import annotations

import dataclasses
import datetime as dt
import tempfile
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any, Final

import msgspec
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterdeck.apps.delivery.exchange.document import PlanDocument
from quarterdeck.apps.delivery.exchange.inspection import inspect
from quarterdeck.apps.delivery.exchange.reading import Unreadable, read_many
from quarterdeck.apps.delivery.models import PlanFile, PlanImport
from quarterdeck.apps.delivery.services.choosing import choices_of
from quarterdeck.apps.delivery.services.importing import Imported, plan_import
from quarterdeck.apps.delivery.services.matching import completed, remember
from quarterdeck.apps.delivery.services.previewing import target_of
from quarterdeck.apps.delivery.services.updating import Choices
from quarterdeck.apps.portfolio import services as portfolio
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.jobs.models import Job
from quarterdeck.kernel.jobs.progress import Progress
from quarterdeck.kernel.jobs.queue import enqueue
from quarterdeck.kernel.jobs.registry import job

State = PlanImport.State
#: Differences from what the file stores that are shown one by one.
SHOWN: Final = 50
#: Files of one upload, bytes of one, and bytes of all.
FILES, SIZE, WHOLE = 200, 100 * 1024 * 1024, 400 * 1024 * 1024
#: Days for which what was not written is kept.
KEPT: Final = 7


@transaction.atomic
def files_upload(*, files: Sequence[File[bytes]], actor: Actor, into: str = "") -> uuid.UUID:
    """Take plan files and queue their reading; return the upload. Raises ValidationError for too many, or too large.

    None is read before the sizes of all are known, and one at a time.
    """
    if not files:
        raise ValidationError(_("Choose a file first."))
    if len(files) > FILES:
        raise ValidationError(_("At most %(most)d files at once.") % {"most": FILES})
    for file in files:
        if file.size > SIZE:
            values = {"name": file.name, "most": SIZE // 1024**2}
            raise ValidationError(_("“%(name)s” is larger than %(most)d MB.") % values)
    if sum(file.size for file in files) > WHOLE:
        raise ValidationError(_("At most %(most)d MB at once.") % {"most": WHOLE // 1024**2})
    upload = uuid.uuid4()
    queued = enqueue(files_read, actor=actor, title=_("Read %(n)d plan files") % {"n": len(files)}, upload=str(upload))
    for file in files:
        run = PlanImport.objects.create(
            user=actor.user,
            upload=upload,
            file_name=PurePath(file.name or "plan").name[:200],
            batch=uuid.uuid4(),
            report={"into": into[:20]} if into else {},
            job=queued,
            created_at=actor.now,
        )
        PlanFile.objects.create(run=run, content=file.read())
    return upload


def local_name(file_name: str) -> str:
    """Return what an uploaded file is called while it is read: plans without a name of their own are called so."""
    given = PurePath(file_name.replace("\\", "/"))
    stem, ending = (given.stem, given.suffix) if given.suffix else ("", given.stem)
    if not ending.startswith("."):
        stem, ending = ending, ""
    # A name of a file has at most 255 bytes.
    stem = "".join(each for each in stem if each.isprintable()).encode(errors="ignore")[:180].decode(errors="ignore")
    return f"{stem.strip() or 'plan'}{ending.lower()[:10]}"


@job(title=gettext_lazy("Read plan files"), retries=1)
def files_read(progress: Progress, *, upload: str) -> dict[str, Any]:
    """Read the files of an upload that are not read yet; run again after a kill, it reads what is missing."""
    runs = list(PlanImport.objects.filter(upload=upload, state=State.READING).order_by("pk"))
    progress.start(len(runs), _("Reading plans"))
    with tempfile.TemporaryDirectory(prefix="quarterdeck-import-") as folder:
        paths = {}
        for run in runs:
            path = Path(folder) / str(run.pk) / local_name(run.file_name)
            path.parent.mkdir()
            # One after the other: together they may be larger than the memory.
            path.write_bytes(PlanFile.objects.values_list("content", flat=True).get(pk=run.pk))
            paths[path] = run
        for path, found in read_many(list(paths)):
            run = paths[path]
            progress.say(run.file_name)
            note_read(run=run, found=found, actor=progress.actor)
            progress.step()
    return {"url": f"/plan-imports/{upload}/"}


@job(title=gettext_lazy("Forget unfinished imports of plans"), schedule="daily@03:45")
def files_forgotten(progress: Progress) -> dict[str, int]:
    """Remove plan files that were not written within a week, with what was read of them."""
    before = clock.now() - dt.timedelta(days=KEPT)
    removed, _rows = PlanImport.objects.filter(created_at__lt=before).exclude(state=State.DONE).delete()
    return {"removed": removed}


def note_read(*, run: PlanImport, found: PlanDocument | Unreadable, actor: Actor) -> None:
    """Keep what was read of a file, or why it could not be."""
    into = {name: run.report[name] for name in ("into",) if name in run.report}
    if isinstance(found, Unreadable):
        run.state, run.report = State.REFUSED, into | {"problem": found.problem, "remedy": found.remedy}
        run.save(update_fields=["state", "report"])
        return
    report = report_of(found)
    if refused := report["compared"]["refused"]:
        culprits = bool(report["compared"].get("culprits"))
        if culprits:
            run.state = State.REFUSED
            run.report = into | {"problem": refused, "remedy": ""}
            run.save(update_fields=["state", "report"])
            return
    run.state, run.report = State.READ, into | report
    with transaction.atomic():
        run.save(update_fields=["state", "report"])
        PlanFile.objects.filter(pk=run.pk).update(document=msgspec.json.encode(found))


def report_of(document: PlanDocument) -> dict[str, Any]:
    """Return what is told of a plan before it is written: its figures, quality, and stored against recomputed."""
    found = inspect(document)
    told = found.as_dict()
    names = {each.id: each.name for each in document.tasks}
    told["critical_path"] = told["critical_path"][:SHOWN]
    told["problems"] = told["problems"][: SHOWN * 4]
    told["compared"]["culprits"] = [str(each) for each in found.comparison.culprits]
    told["differences"] = [
        {**dataclasses.asdict(each), "name": names.get(each.task, "")} for each in found.comparison.differences[:SHOWN]
    ]
    told["resources"] = [each.name for each in document.resources][:SHOWN]
    told["baselined"] = bool(document.baseline_names) or any(each.baselines for each in document.tasks)
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(told, enc_hook=str))
    return plain


@transaction.atomic
def plan_bring(
    *,
    document: PlanDocument,
    into: str,
    actor: Actor,
    note: str = "",
    beside: Collection[int] = (),
    plan: str = "",
    choices: Choices | None = None,
) -> Imported:
    """Write a plan into a node, see `target_of`; a project that is not there is added.

    `beside` are the ids of the plans that came of the other files of one upload: a second file of one name is refused,
    or it would quietly take the place of the first. What nothing is said of, is as it is certain.
    """
    actor = actor.by("import", actor.batch or uuid.uuid4())
    initiative, target = target_of(into, document=document, actor=actor, plan=plan)
    if target is not None and target.pk in beside:
        raise ValidationError(
            _("Another file of this upload holds a plan called “%(name)s” for %(project)s. Import it apart.")
            % {"name": document.name, "project": initiative.code}
        )
    choices = completed(document, target, choices or Choices(), actor=actor)
    if initiative._state.adding:
        portfolio.initiative_save(initiative, actor=actor, note=note)
    return plan_import(document=document, initiative=initiative, actor=actor, plan=target, note=note, choices=choices)


@transaction.atomic
def files_write(*, upload: uuid.UUID, into: Mapping[int, str], actor: Actor) -> Job | None:
    """Queue the writing of the read files of an upload into nodes, by the id of each import; None for nothing to do."""
    rows = PlanImport.objects.select_for_update().filter(upload=upload, user=actor.user, state=State.READ)
    runs = [run for run in rows if into.get(run.pk, "").strip()]
    if not runs:
        return None
    queued = enqueue(files_written, actor=actor, title=_("Import %(n)d plans") % {"n": len(runs)}, upload=str(upload))
    for run in runs:
        place = into[run.pk].strip().upper()
        if place != run.report.get("into", ""):
            run.report.pop("plan", None)
        run.report["into"] = place
        run.report.pop("refusal", None)
        run.state, run.job = State.WRITING, queued
        run.save(update_fields=["report", "state", "job"])
    return queued


@job(title=gettext_lazy("Import plans"), retries=1)
def files_written(progress: Progress, *, upload: str) -> dict[str, Any]:
    """Write the plans of an upload, each in a transaction of its own with its being done."""
    keys = list(
        PlanImport.objects.filter(upload=upload, state=State.WRITING).order_by("pk").values_list("pk", flat=True)
    )
    progress.start(len(keys), _("Writing plans"))
    for key in keys:
        file_write(key=key, actor=progress.actor, say=progress.say)
        progress.step()
    return {"url": f"/plan-imports/{upload}/"}


def file_write(*, key: int, actor: Actor, say: Callable[[str], object] = lambda _text: None) -> PlanImport | None:
    """Write one file that waits for it; a refusal is kept with it and nothing written."""
    try:
        with transaction.atomic():
            run = PlanImport.objects.select_for_update().filter(pk=key, state=State.WRITING).first()
            if run is None:
                return None
            say(run.file_name)
            kept = PlanFile.objects.filter(pk=key).values_list("document", flat=True).first()
            document = msgspec.json.decode(bytes(kept or b""), type=PlanDocument)
            others = PlanImport.objects.filter(upload=run.upload, state=State.DONE, plan__isnull=False)
            done = plan_bring(
                document=document,
                into=run.report["into"],
                actor=actor.by("import", run.batch),
                note=run.file_name,
                beside=set(others.values_list("plan", flat=True)),
                plan=run.report.get("plan", ""),
                choices=(chosen := choices_of(run.report)),
            )
            remember(document, chosen.people, chosen.calendars, actor=actor)
            run.state, run.finished_at = State.DONE, actor.now
            run.initiative_id, run.plan_id = done.plan.initiative_id, done.plan.pk
            run.report |= {"added": done.added, "changed": done.changed, "removed": done.removed}
            run.save()
            PlanFile.objects.filter(pk=key).delete()
            return run
    except (ValidationError, PermissionDenied) as error:
        text = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        run = PlanImport.objects.get(pk=key)
        run.state = State.READ
        run.report["refusal"] = text
        run.save(update_fields=["state", "report"])
        return run
