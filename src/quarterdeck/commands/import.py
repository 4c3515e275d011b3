"""Bring plan files into the database: quarterdeck import plan.mpp ... --into PRJ-0042

Into a project, a file changes the plan that came of the same name, or becomes a new one. Into a programme or portfolio,
each file goes to the project of its name below it, which is added where there is none. Each file is written whole or
not at all; then what they concern is assessed. What was done to a plan here since its file came last stays, see the
flags. With --dry-run nothing is written, and what would change is told, task by task with --json. Exit status 1 when a
file was refused.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from quarterdeck.commands import Refusal
from quarterdeck.commands.common import plan_files, start

#: Projects assessed at once.
TOGETHER = 25


def arguments(parser: argparse.ArgumentParser) -> None:
    """Files, where they go, and how to tell of it."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a plan file, or a folder of such files")
    parser.add_argument("--into", required=True, metavar="CODE", help="code of a project, programme or portfolio")
    parser.add_argument("--dry-run", action="store_true", help="write nothing; tell what would change")
    parser.add_argument("--json", action="store_true", help="tell it as one JSON object for each line")
    parser.add_argument(
        "--prefer-ours", action="store_true", help="where file and plan both changed the same, keep what the plan has"
    )
    parser.add_argument(
        "--drop-added", action="store_true", help="remove tasks, links and assignments that were added here"
    )
    parser.add_argument("--as", dest="email", metavar="E-MAIL", help="act as this user, with their rights")


def acting(email: str | None) -> Any:
    """Who acts: a user, or whoever runs the command."""
    from quarterdeck.kernel import clock
    from quarterdeck.kernel.access.actor import Actor
    from quarterdeck.kernel.access.models import User

    if email is None:
        return Actor.system(now=clock.now(), label="quarterdeck import", via="import")
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise Refusal(f"There is no user {email}.")
    return Actor(user=user, now=clock.now(), via="import")


def brought(document: Any, options: argparse.Namespace, actor: Any, made: set[int]) -> dict[str, Any]:
    """What became, or would become, of one plan; a refusal tells its reason. `made` are the plans brought before."""
    from django.core.exceptions import PermissionDenied, ValidationError

    from quarterdeck.apps.delivery.services import Choices, plan_bring, plan_preview

    choices = Choices(keep_added=not options.drop_added, prefer_ours=options.prefer_ours)
    try:
        if options.dry_run:
            told = plan_preview(document=document, into=options.into, actor=actor, choices=choices)
            return {"state": "would be imported", **told}
        done = plan_bring(document=document, into=options.into, actor=actor, beside=made, choices=choices)
    except ValidationError as error:
        return {"state": "refused", "why": " ".join(error.messages)}
    except PermissionDenied as error:
        return {"state": "refused", "why": str(error)}
    plan = done.plan
    made.add(plan.pk)
    return {
        "state": "imported",
        "project": plan.initiative.code,
        "plan": plan.pk,
        "added": done.added,
        "changed": done.changed,
        "removed": done.removed,
        "start": plan.starts_on.isoformat() if plan.starts_on else None,
        "finish": plan.finishes_on.isoformat() if plan.finishes_on else None,
        "tasks": plan.task_count,
        "critical": plan.critical_count,
    }


def line(told: dict[str, Any]) -> str:
    """One line for people."""
    if told["state"] == "refused":
        return f"{told['file']}: refused. {told['why']}"
    where = told.get("project") or "a new project"
    counts = f"{told['added']} added, {told['changed']} changed, {told['removed']} removed"
    lines = [f"{told['file']}: {told['state']} into {where}, {counts}"]
    if told.get("groups"):
        lines.append("  " + ", ".join(f"{name} {count}" for name, count in told["groups"].items()))
        lines.append(f"  finish {told['finish_before']} > {told['finish_after']}, work {told['work_hours']:+} h")
    for word in ("kept", "overruled"):
        lines += [f"  {word}: {each['count']} {each['what']}" for each in told.get(word, ())]
    return "\n".join(lines)


def say(text: str) -> None:
    """How far it is, on one line of a terminal."""
    if sys.stderr.isatty():
        print(f"\r{text:<40}", end="", file=sys.stderr, flush=True)


def assessed(concerned: set[int], actor: Any) -> int:
    """Assess what was imported, some projects at a time; how many snapshots were written."""
    from quarterdeck.apps.reporting import services

    ids, count = sorted(concerned), 0
    for first in range(0, len(ids), TOGETHER):
        say(f"assessed {first} of {len(ids)}")
        count += services.assess_with_ancestors(ids[first : first + TOGETHER], actor=actor)
    return count


def run(options: argparse.Namespace) -> int:
    """Read every file, write each, tell of each."""
    start()
    from quarterdeck.apps.delivery.exchange.reading import Unreadable, read_many
    from quarterdeck.apps.reporting.services import held
    from quarterdeck.kernel import clock
    from quarterdeck.kernel.access.actor import Actor

    files, actor = plan_files(options.files), acting(options.email)
    refused, made = 0, set[int]()
    with held() as concerned:
        for number, (path, document) in enumerate(read_many(files), start=1):
            if isinstance(document, Unreadable):
                told: dict[str, Any] = {"state": "refused", "why": str(document)}
            else:
                told = brought(document, options, actor, made)
            told = {"file": str(path), **told}
            refused += told["state"] == "refused"
            print(json.dumps(told, ensure_ascii=False) if options.json else line(told), flush=True)
            say(f"{number} of {len(files)}")
    if concerned:
        assessed(concerned, Actor.system(now=clock.now(), label="quarterdeck import", via="job"))
        say("")
    return 1 if refused else 0
