"""Files that are read, and files that are refused with a reason: small ones of our own, then all real ones."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.apps.delivery.exchange.document import PlanDocument
from quarterdeck.apps.delivery.exchange.errors import Unreadable
from quarterdeck.apps.delivery.exchange.java import process
from quarterdeck.apps.delivery.exchange.limits import Limits
from quarterdeck.apps.delivery.exchange.reading import read, read_many
from tests.apps.delivery.exchange.plans import BOMB, OUTSIDE, mspdi, task

Files = dict[str, str | bytes]
HOSTILE = "The XML declares a document type, which plans never need and attacks use."
NO_PLAN = "This is no plan of a kind that is read, or it was cut off."


def written(folder: Path, files: Files) -> list[Path]:
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return [folder / name for name in files]


def told(paths: Sequence[Path], limits: Limits | None = None) -> dict[str, str]:
    """What each file holds, or the problem with it."""
    found = read_many(paths, limits) if limits else read_many(paths)
    return {path.name: each.problem if isinstance(each, Unreadable) else each.name for path, each in found}


def archive(*files: tuple[str, str | bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, each in files:
            made.writestr(name, each)
    return content.getvalue()


def test_a_plan_is_read_with_its_calendar_tasks_and_links(tmp_path: Path) -> None:
    (path,) = written(tmp_path, {"bridge.xml": mspdi()})
    found = read(path)
    assert (found.name, found.kind, found.start) == ("Bridge", "MSPDI", 29_540_640)  # 2026-03-02 08:00
    assert [(each.id, each.name, each.duration, each.kind) for each in found.tasks] == [
        (1, "Dig", 960, "TASK"),
        (2, "Pour", 480, "TASK"),
    ]
    (link,) = found.links
    assert (link.predecessor, link.successor, link.kind, link.lag, link.lag_unit) == (1, 2, "FINISH_START", 480, "d")
    assert found.calendars[0].week.days == (((480, 960),),) * 5 + ((), ())


def test_a_plan_without_a_title_is_called_as_its_file(tmp_path: Path) -> None:
    files: Files = {"north bank.xml": mspdi().replace("<Title>Bridge</Title>", "")}
    assert told(written(tmp_path, files)) == {"north bank.xml": "north bank"}


def test_hostile_xml_is_refused_before_anything_parses_it(tmp_path: Path) -> None:
    utf16 = '<?xml version="1.0" encoding="UTF-16"?>'
    files: Files = {
        "bomb.xml": mspdi(head=BOMB),
        "outside.xml": mspdi(head=OUTSIDE),
        "marked.xml": mspdi(head=BOMB, declared=utf16).encode("utf-16"),
        "unmarked.xml": mspdi(head=BOMB, declared=utf16).encode("utf-16-le"),
        "turned.xml": mspdi(head=BOMB, declared=utf16).encode("utf-16-be"),
        "packed.zip": archive(("plan.xml", mspdi(head=BOMB))),
    }
    assert told(written(tmp_path, files)) == dict.fromkeys(files, HOSTILE)


def test_hostile_xml_that_gets_through_is_refused_by_the_reader_itself(tmp_path: Path) -> None:
    paths = written(tmp_path, {"bomb.xml": mspdi(head=BOMB), "outside.xml": mspdi(head=OUTSIDE), "good.xml": mspdi()})
    found = {path.name: each for path, each in process.read(paths)}
    assert [getattr(found[name], "problem", "") for name in ("bomb.xml", "outside.xml")] == [HOSTILE, HOSTILE]
    assert isinstance(found["good.xml"], PlanDocument)


def test_what_hides_behind_an_encoding_or_a_long_beginning_is_refused(tmp_path: Path) -> None:
    declared = '<?xml version="1.0" encoding="UTF-7"?>'
    files: Files = {
        "seven.xml": mspdi(declared=declared),
        "long.xml": mspdi(head=f"<!--{'x' * 70_000}-->{BOMB}"),
        "only.xml": '<?xml version="1.0"?>',
    }
    assert told(written(tmp_path, files)) == {
        "seven.xml": "The XML says that its encoding is UTF-7, which is not read.",
        "long.xml": "The XML begins with more than a plan ever has before its first element.",
        "only.xml": "The XML has no content.",
    }


def test_a_document_type_in_a_comment_or_a_note_is_harmless(tmp_path: Path) -> None:
    noted = task(1, "Dig", "2026-03-02T08:00:00", "2026-03-02T16:00:00", 8, "<Notes>&lt;!DOCTYPE html&gt;</Notes>")
    files: Files = {"comment.xml": mspdi(head="<!-- <!DOCTYPE x> -->"), "note.xml": mspdi(noted)}
    assert told(written(tmp_path, files)) == {"comment.xml": "Bridge", "note.xml": "Bridge"}


def test_what_is_no_plan_says_so(tmp_path: Path) -> None:
    plan = mspdi()
    files: Files = {
        "empty.mpp": b"",
        "zeros.mpp": bytes(3000),
        "text.mpp": "Dear all",
        "page.xml": "<html><body>Hello</body></html>",
        "cut.xml": plan[: len(plan) // 2],
        "broken.xml": plan.replace("<Name>Dig</Name>", "<Name>Dig & pour</Name>"),
        "header.mpp": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
        "none.xml": mspdi("<Task><UID>0</UID><ID>0</ID><Name>Bridge</Name></Task>"),
        "bytes.csv": bytes(range(256)),
        "numbers.csv": "a,b\n1,2\n",
    }
    assert told(written(tmp_path, files)) == {
        "empty.mpp": "The file is empty.",
        "zeros.mpp": "The file is empty.",
        "text.mpp": NO_PLAN,
        "page.xml": NO_PLAN,
        "cut.xml": "The file was cut off: its end is missing.",
        "broken.xml": "The file is damaged or was cut off. The reader said: line 6: The entity name must immediately "
        "follow the '&' in the entity reference.",
        "header.mpp": NO_PLAN,
        "none.xml": "The file holds no tasks, only 1 calendar.",
        "bytes.csv": "This is no text: the file holds zero bytes.",
        "numbers.csv": "No row names the columns of a task list.",
    }
    with pytest.raises(Unreadable, match=r"cannot be opened: No such file or directory\. Check its name"):
        read(tmp_path / "nowhere.mpp")


def test_every_refusal_says_what_to_do() -> None:
    assert all(len(remedy) > 10 and remedy.endswith(".") for _, remedy in process.REASONS.values())


def test_archives(tmp_path: Path) -> None:
    plan = mspdi()
    many = archive(*((f"{number}.xml", bytes(1 << 20)) for number in range(40)))
    files: Files = {
        "one.zip": archive(("plans/bridge.xml", plan), ("readme.md", "Hello")),
        "outside.zip": archive(("../../bridge.xml", plan)),
        "two.zip": archive(("a.xml", plan), ("b.xml", plan)),
        "none.zip": archive(("a.png", "x")),
        "bomb.zip": many,
        "bomb.xlsx": many,
        "cut.zip": many[:5000],
    }
    too_much = "The archive would unpack to more than is read."
    assert told(written(tmp_path, files), Limits(unpacked=32 << 20)) == {
        "one.zip": "Bridge",
        "outside.zip": "Bridge",
        "two.zip": "The archive holds 2 plans.",
        "none.zip": "The archive holds no plan.",
        "bomb.zip": too_much,
        "bomb.xlsx": too_much,
        "cut.zip": "The archive is broken or cut off.",
    }
    assert not (tmp_path.parent.parent / "bridge.xml").exists()


@pytest.mark.slow
def test_one_file_that_takes_too_much_does_not_end_the_others(tmp_path: Path) -> None:
    day = ("2026-03-02T08:00:00", "2026-03-02T16:00:00")
    large = mspdi("".join(task(number, f"Task {number}", *day, 8) for number in range(1, 30_001)))
    paths = written(tmp_path, {"large.xml": large, "good.xml": mspdi()})
    assert told(paths, Limits(heap=32)) == {
        "large.xml": "The plan takes more memory than may be used for one file.",
        "good.xml": "Bridge",
    }
    assert told(paths, Limits(seconds=3)) == {
        "large.xml": "Reading the plan took longer than it may.",
        "good.xml": "Bridge",
    }
    assert told(paths[:1], Limits(size=1 << 20)) == {
        "large.xml": f"The file has {len(large) >> 20} MiB, more than the 1 MiB that are read."
    }


def test_where_no_java_machine_starts_only_other_programs_files_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "CHILD", "quarterdeck.apps.delivery.exchange.java.absent")
    files: Files = {"bridge.xml": mspdi(), "list.csv": "Name,Duration\nDig,2d\n"}
    assert told(written(tmp_path, files)) == {
        "bridge.xml": "Plans of other programs cannot be read here: the Java machine does not start.",
        "list.csv": "list",
    }


def test_damage_at_any_place_is_refused_or_read(tmp_path: Path) -> None:
    """Whatever byte is hit, the answer is a plan or a reason, and the next file is read."""
    whole = mspdi().encode()
    for number in range(12):
        place = len(whole) * number // 12
        (tmp_path / f"{number}.xml").write_bytes(whole[:place] + b"\xff\x00\xfe" + whole[place + 3 :])
    (tmp_path / "good.xml").write_bytes(whole)
    found = dict(read_many(sorted(tmp_path.iterdir())))
    assert len(found) == 13
    assert isinstance(found[tmp_path / "good.xml"], PlanDocument)
    reasons = [each for each in found.values() if isinstance(each, Unreadable)]
    assert all(each.problem and each.remedy for each in reasons)
    died = process.REASONS["died"][0]
    assert died not in [each.problem for each in reasons]


def test_names_of_files_are_only_names(tmp_path: Path) -> None:
    files: Files = {"two\nlines\tand a tab.xml": mspdi(), "-rf.xml": mspdi(), "ünïcode ☃.xml": mspdi()}
    assert told(written(tmp_path, files)) == dict.fromkeys(files, "Bridge")


def test_the_java_machine_runs_in_no_process_but_its_own(tmp_path: Path) -> None:
    assert told(written(tmp_path, {"bridge.xml": mspdi()})) == {"bridge.xml": "Bridge"}
    assert "jpype" not in sys.modules


def test_nothing_of_the_environment_is_handed_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_SECRET_KEY", "hidden")
    given: list[dict[str, str]] = []
    start = subprocess.Popen

    def watched(command: list[str], **options: Any) -> Any:
        given.append(options["env"])
        return start(command, **options)

    monkeypatch.setattr(subprocess, "Popen", watched)
    assert told(written(tmp_path, {"bridge.xml": mspdi()})) == {"bridge.xml": "Bridge"}
    assert set(given[0]) <= {"PATH", "LANG", "SYSTEMROOT", "TMPDIR"}
    assert "hidden" not in os.pathsep.join(given[0].values())


# -- real files


def test_all_real_files_are_read_or_refused_for_the_right_reason(shared_data: Path) -> None:
    """155 files of MPXJ's tests: 114 plans, 40 pools of resources and calendars, one with a password."""
    from tests.engine.files.documents import read as kept
    from tests.engine.files.documents import schedule_files

    found = kept(schedule_files(shared_data / "schedules"))
    assert len(found) == 155
    refused = {path.name: each.refused for path, each in found.items() if each.document is None}
    assert list(refused) == ["readpassword9.mpp"]
    assert refused["readpassword9.mpp"].startswith("The file is protected with a password.")
    plans = [each.document for each in found.values() if each.document is not None]
    assert sum(any(line.row != 0 for line in each.tasks) for each in plans) == 114
    assert sum(len(each.tasks) for each in plans) == 2_205
