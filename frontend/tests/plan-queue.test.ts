import assert from "node:assert/strict";
import { test } from "node:test";
import { type Edit, EditQueue, Refused, SignedOut, type State, type Transport } from "../src/plan/model/queue";
import { afterRemoval, at, chosen, extendTo, moved, NOTHING, range, spanOfColumns, toggle } from "../src/plan/model/select";
import { outlineOf, shownRows } from "../src/plan/model/outline";
import { PlanStore } from "../src/plan/model/store";
import type { Answer, Command, Refusal } from "../src/plan/model/types";
import { plan } from "./plan-fixture";

interface Sent {
  path: string;
  body: { revision?: number; commands?: Command[]; batch?: string };
  answer(answer: Answer): Promise<void>;
  fail(fault: unknown): Promise<void>;
}

function bench() {
  const sent: Sent[] = [];
  const told: { answers: string[]; refused: [number, string | undefined][]; clashes: string[]; states: State[] } = { answers: [], refused: [], clashes: [], states: [] };
  const timers: { pause: number; act: () => void }[] = [];
  let revision = 1;
  const settle = async () => {
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  const transport: Transport = {
    send: (path, body) => new Promise((resolve, reject) => {
      sent.push({
        path, body: body as Sent["body"],
        answer: (answer) => { resolve(answer); return settle(); },
        fail: (fault) => { reject(fault as Error); return settle(); },
      });
    }),
  };
  const queue = new EditQueue(transport, {
    revision: () => revision,
    answered: (answer, edit) => { revision = answer.revision; told.answers.push(edit?.label ?? "turn"); },
    refused: (refusal: Refusal, edit) => told.refused.push([refusal.status, edit?.label]),
    conflict: (_refusal, edit) => told.clashes.push(edit.label),
    state: (state) => told.states.push(state),
  }, { after: (pause, act) => timers.push({ pause, act }), cancel: () => timers.pop() });
  return { sent, told, timers, queue };
}

const edit = (label: string, commands: Command[] = [{ do: "set", task: 1, field: "name", value: label }]): Edit => ({ commands, label, guess: [], before: [], request: label });

test("edits go one after the other, each on the revision of the answer before", async () => {
  const { sent, told, queue } = bench();
  queue.push(edit("a"));
  queue.push(edit("b"));
  assert.equal(sent.length, 1);
  assert.equal(queue.waiting, 2);
  await sent[0]!.answer({ revision: 5, batch: "A" });
  assert.deepEqual(told.answers, ["a"]);
  assert.equal(sent[1]!.body.revision, 5);
  await sent[1]!.answer({ revision: 6, batch: "B" });
  assert.equal(queue.idle, true);
  assert.equal(told.states.at(-1), "saved");
});

test("undo waits for the edit that it takes back, and redo brings it again", async () => {
  const { sent, queue } = bench();
  queue.push(edit("rename"));
  assert.equal(queue.undoable, "rename");
  assert.equal(queue.turn("undo"), true);
  assert.equal(queue.undoable, null);
  assert.equal(queue.redoable, "rename");
  assert.equal(queue.turn("undo"), false);
  await sent[0]!.answer({ revision: 2, batch: "A" });
  assert.deepEqual([sent[1]!.path, sent[1]!.body.batch], ["undo", "A"]);
  await sent[1]!.answer({ revision: 3, batch: "U" });
  queue.turn("redo");
  assert.deepEqual([sent[2]!.path, sent[2]!.body.batch], ["redo", "U"]);
  await sent[2]!.answer({ revision: 4, batch: "A2" });
  assert.equal(queue.undoable, "rename");
  queue.turn("undo");
  assert.equal(sent[3]!.body.batch, "A2");
});

test("a new edit forgets what could be brought again", async () => {
  const { sent, queue } = bench();
  queue.push(edit("a"));
  await sent[0]!.answer({ revision: 2, batch: "A" });
  queue.turn("undo");
  await sent[1]!.answer({ revision: 3, batch: "U" });
  queue.push(edit("b"));
  assert.equal(queue.redoable, null);
});

test("without connection the queue waits longer each time and sends the same again", async () => {
  const { sent, told, timers, queue } = bench();
  queue.push(edit("a"));
  await sent[0]!.fail(new TypeError("network"));
  assert.equal(told.states.at(-1), "waiting");
  assert.equal(queue.waiting, 1);
  timers[0]!.act();
  await sent[1]!.fail(new TypeError("network"));
  assert.deepEqual(timers.map((one) => one.pause), [1000, 2000]);
  queue.push(edit("b"));
  assert.equal(sent.length, 2, "nothing overtakes what waits");
  queue.retry();
  assert.equal(sent[2]!.body.commands?.[0] && "value" in sent[2]!.body.commands[0] && sent[2]!.body.commands[0].value, "a");
  await sent[2]!.answer({ revision: 2, batch: "A" });
  assert.equal(sent.length, 4);
});

test("a refusal hands the edit back and lets the next ones go on", async () => {
  const { sent, told, queue } = bench();
  queue.push(edit("bad"));
  queue.push(edit("good"));
  await sent[0]!.fail(new Refused({ status: 422, message: "A loop." }));
  assert.deepEqual(told.refused, [[422, "bad"]]);
  assert.equal(sent.length, 2);
  assert.equal(queue.undoable, "good");
});

test("a clash with somebody else's edit is handed over for a choice", async () => {
  const { sent, told, queue } = bench();
  queue.push(edit("mine"));
  await sent[0]!.fail(new Refused({ status: 409, message: "Changed meanwhile." }));
  assert.deepEqual(told.clashes, ["mine"]);
  assert.deepEqual(told.refused, []);
  assert.equal(queue.idle, true);
});

test("a session that is over keeps everything until one tries again", async () => {
  const { sent, told, timers, queue } = bench();
  queue.push(edit("a"));
  await sent[0]!.fail(new SignedOut());
  assert.equal(told.states.at(-1), "signed-out");
  queue.push(edit("b"));
  assert.deepEqual([sent.length, timers.length, queue.waiting], [1, 0, 2]);
  queue.retry();
  assert.equal(sent.length, 2);
});

test("a turn goes with the edit that it was meant for", async () => {
  const { sent, queue } = bench();
  queue.push(edit("old"));
  await sent[0]!.answer({ revision: 2, batch: "A" });
  queue.push(edit("bad"));
  queue.turn("undo");
  await sent[1]!.fail(new Refused({ status: 422, message: "No." }));
  assert.deepEqual([sent.length, queue.idle, queue.undoable], [2, true, "old"], "the older edit stands");
  queue.push(edit("nothing new"));
  queue.turn("undo");
  queue.turn("redo");
  await sent[2]!.answer({ revision: 3, batch: null });
  assert.deepEqual([sent.length, queue.idle, queue.undoable, queue.redoable], [3, true, "old", null]);
});

test("edits of a new row wait for its id; where it was refused they go with it", async () => {
  const { sent, queue } = bench();
  queue.push(edit("add", [{ do: "add", after: null, parent: null, name: "N", key: "new-4" }]));
  queue.push(edit("name", [{ do: "set", task: -4, field: "name", value: "X" }]));
  await sent[0]!.answer({ revision: 2, batch: "A", keys: { "new-4": 44 } });
  assert.deepEqual(sent[1]!.body.commands, [{ do: "set", task: 44, field: "name", value: "X" }]);
  await sent[1]!.answer({ revision: 3, batch: "B" });
  queue.push(edit("add", [{ do: "add", after: null, parent: null, name: "N", key: "new-5" }]));
  queue.push(edit("name", [{ do: "set", task: -5, field: "name", value: "X" }]));
  await sent[2]!.fail(new Refused({ status: 422, message: "No." }));
  assert.equal(queue.idle, true);
});

const store = new PlanStore(plan());
const ids = store.tasks.id;
const shown = shownRows(ids, outlineOf(ids, store.tasks.parent), { folded: new Set() });
const rowOf = (id: number) => store.row(id);
const columns = ["row", "name", "duration", "start"];

test("arrows lead to the next cell and stay within what is shown", () => {
  const go = (direction: Parameters<typeof moved>[1], id = 11, column = "name") => moved({ id, column }, direction, shown, ids, columns, rowOf, 3);
  assert.deepEqual([go("down"), go("up", 10), go("right"), go("left", 11, "row")], [{ id: 12, column: "name" }, { id: 10, column: "name" }, { id: 11, column: "duration" }, { id: 11, column: "row" }]);
  assert.deepEqual([go("page-down"), go("last"), go("row-first"), go("first")], [{ id: 14, column: "name" }, { id: 20, column: "start" }, { id: 11, column: "row" }, { id: 10, column: "row" }]);
  assert.deepEqual(moved(null, "down", shown, ids, columns, rowOf, 3), { id: 10, column: "name" });
});

test("a range has rows and columns; single rows join it and leave it", () => {
  const ranged = extendTo(at({ id: 13, column: "start" }), { id: 11, column: "name" });
  assert.deepEqual(range(ranged, shown, rowOf), [1, 3]);
  assert.deepEqual(chosen(ranged, shown, ids, rowOf), [11, 12, 13]);
  assert.deepEqual(spanOfColumns(ranged, columns), ["name", "duration", "start"]);
  const more = toggle(ranged, { id: 20, column: "name" }, shown, ids, rowOf);
  assert.deepEqual(chosen(more, shown, ids, rowOf), [11, 12, 13, 20]);
  assert.deepEqual(chosen(toggle(more, { id: 12, column: "name" }, shown, ids, rowOf), shown, ids, rowOf), [11, 13, 20]);
  assert.deepEqual(chosen(NOTHING, shown, ids, rowOf), []);
});

test("after a removal one stands on the row that took the place", () => {
  assert.deepEqual(afterRemoval(5, shown, ids, "name").cursor, { id: 20, column: "name" });
  assert.deepEqual(afterRemoval(99, shown, ids, "name").cursor, { id: 20, column: "name" });
});
