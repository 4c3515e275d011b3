import assert from "node:assert/strict";
import { test } from "node:test";
import { outlineOf } from "../src/plan/model/outline";
import { commandsOf, divided, dueRows, notesBefore, notesIn, plannedPercent, says, withPercent, withRemaining } from "../src/plan/model/progress";
import { PlanStore } from "../src/plan/model/store";
import { at, plan } from "./plan-fixture";

const open = () => {
  const store = new PlanStore(plan());
  return { store, outline: outlineOf(store.tasks.id, store.tasks.parent) };
};

test("due is what is open and begins within a week, critical tasks first", () => {
  const { store, outline } = open();
  assert.deepEqual(dueRows(store, outline, at(2)), [1, 2, 3]);
  store.put(11, "critical", false);
  assert.deepEqual(dueRows(store, outline, at(2)), [2, 3, 1]);
  store.put(12, "active", false);
  assert.deepEqual(dueRows(store, outline, at(-9)), []);
});

test("what ought to be done follows the baseline, in working time", () => {
  const { store } = open();
  const calendar = store.calendar(null);
  assert.equal(plannedPercent(store, 1, at(1, 17), calendar), 67, "two days of three");
  assert.equal(plannedPercent(store, 1, at(9), calendar), 100);
  assert.equal(plannedPercent(store, 3, at(2), calendar), 0, "without baseline by the plan");
});

test("percent and remaining follow from each other", () => {
  assert.deepEqual(withPercent({}, 40, 2400), { percent: 40, remaining: 1440, by: "percent" });
  assert.deepEqual(withRemaining({ note: "x" }, 1440, 960), { note: "x", remaining: 1440, percent: 40, by: "remaining" });
  assert.deepEqual(withRemaining({}, -5, 0), { remaining: 0, percent: 100, by: "remaining" });
  assert.deepEqual([says(undefined), says({}), says({ by: "percent" }), says({ note: "" }), says({ percent: 0 })], [false, false, false, false, true]);
});

test("a report says once what was said last, and puts the note below the others", () => {
  const { store } = open();
  const set = (field: string, value: unknown) => ({ do: "set", task: 11, field, value });
  assert.deepEqual(commandsOf(store, 11, { percent: 45, remaining: 1320, by: "percent", note: " Rod test " }, "2 Mar 2026", "Old."), [set("percent", "45"), set("notes", "Old.\n2 Mar 2026: Rod test")]);
  assert.deepEqual(commandsOf(store, 11, { percent: 45, remaining: 1320, by: "remaining" }, "", ""), [set("remaining", 1320)]);
  assert.deepEqual(commandsOf(store, 11, { start: "2026-03-02", finish: "2026-03-04", percent: 30, by: "percent" }, "", ""), [set("actual_start", "2026-03-02"), set("actual_finish", "2026-03-04")]);
  assert.deepEqual(commandsOf(store, 11, { note: "x" }, "", undefined), [], "a note waits until those before it are known");
});

test("a note without connection: below those known, and first where the plan says that there are none", () => {
  const { store } = open();
  const row = store.row(11);
  assert.equal(notesBefore(store, row, undefined), "", "the first of a task");
  store.put(11, "notes", true);
  assert.equal(notesBefore(store, row, undefined), undefined, "there are some that nobody here has read");
  assert.equal(notesBefore(store, row, "Old."), "Old.");
});

test("notes that wait are known, the last of each task", () => {
  const set = (task: number, field: string, value: string) => ({ do: "set" as const, task, field, value });
  const edits = [{ commands: [set(11, "notes", "One."), set(12, "percent", "40")] }, { commands: [set(11, "notes", "One.\nTwo.")] }];
  assert.deepEqual([...notesIn(edits)], [[11, "One.\nTwo."]]);
});

test("of a report that goes, photos are sent by themselves, and a note may stay", () => {
  assert.deepEqual(divided({ percent: 40, by: "percent", note: "x", photos: 2 }, true), { said: { percent: 40, by: "percent", note: "x" }, rest: {} });
  assert.deepEqual(divided({ percent: 40, by: "percent", note: "x", photos: 2 }, false), { said: { percent: 40, by: "percent" }, rest: { note: "x" } });
  assert.deepEqual(divided({ photos: 1, note: " " }, false), { said: { note: " " }, rest: {} });
});
