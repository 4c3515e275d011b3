import assert from "node:assert/strict";
import { test } from "node:test";
import { barOf, doneTo, drivingPath, endsOf, gripAt, progressAt, route } from "../src/plan/model/geometry";
import { outlineOf } from "../src/plan/model/outline";
import { PlanStore } from "../src/plan/model/store";
import { at, DAY, MON, plan } from "./plan-fixture";

const scale = { origin: MON, end: at(40), perPixel: DAY / 24 }; // an hour a pixel
const open = () => {
  const store = new PlanStore(plan());
  return { store, outline: outlineOf(store.tasks.id, store.tasks.parent) };
};

test("bars know their kind, tone, extent and what is done", () => {
  const { store, outline } = open();
  const bar = (row: number) => barOf(store, outline, scale, row)!;
  assert.equal(bar(0).kind, "summary");
  assert.equal(bar(4).kind, "milestone");
  const dig = bar(1);
  assert.deepEqual([dig.kind, dig.tone, dig.from, dig.to], ["task", "critical", 8, 113]);
  assert.equal(dig.done, 8 + 0.4 * 105);
  assert.deepEqual(dig.baseline, [8, 65]);
  assert.deepEqual([dig.deadline, dig.late], [89, true]);
  assert.equal(dig.float, null);
  assert.equal(bar(5).tone, "done");
  assert.equal(bar(5).float, null, "what is finished has no float to show");
  store.put(20, "actual_finish", null);
  store.put(20, "percent", 0);
  assert.deepEqual([bar(5).tone, bar(5).float], ["plain", 9 * 24 + 17]);
  store.put(20, "near_critical", true);
  assert.equal(bar(5).tone, "near");
  store.put(20, "active", false);
  assert.equal(bar(5).tone, "off");
  store.put(20, "start", null);
  assert.equal(barOf(store, outline, scale, 5), null);
});

test("a constraint that the plan breaks says so", () => {
  const { store, outline } = open();
  store.put(12, "constraint", "FINISH_NO_LATER_THAN");
  store.put(12, "constraint_at", at(7, 17));
  assert.deepEqual(barOf(store, outline, scale, 2)!.constraint, { x: 7 * 24 + 17, broken: true });
  store.put(12, "constraint", "START_NO_EARLIER_THAN");
  assert.equal(barOf(store, outline, scale, 2)!.constraint!.broken, false);
});

test("progress of a split task leaves the gaps out", () => {
  assert.equal(doneTo([[0, 10], [30, 60]], 50), 40);
  assert.equal(doneTo([[0, 10], [30, 60]], 25), 10);
  assert.equal(doneTo([[0, 10], [30, 60]], 100), 60);
});

test("the progress line bends to what is behind or ahead, and passes the rest straight", () => {
  const { store, outline } = open();
  const x = (row: number, status: number) => progressAt(store, outline, scale, row, status);
  assert.equal(x(0, at(2)), 48, "summaries");
  assert.equal(x(1, at(2)), 8 + 0.4 * 105, "begun");
  assert.equal(x(2, at(2)), 48, "not due yet");
  assert.equal(x(2, at(7)), 5 * 24 + 8, "late to begin");
  assert.equal(x(5, at(2)), 48, "finished");
});

test("links run in right angles from end to end", () => {
  assert.deepEqual(route({ x: 10, y: 10, side: 1 }, { x: 50, y: 50, side: -1 }), { points: [10, 10, 16, 10, 16, 50, 50, 50], head: "right" });
  assert.deepEqual(route({ x: 10, y: 10, side: 1 }, { x: 10, y: 50, side: -1 }), { points: [10, 10, 14, 10, 14, 45], head: "down" }, "straight below: into the top of the bar");
  assert.deepEqual(route({ x: 100, y: 10, side: 1 }, { x: 50, y: 50, side: -1 }), { points: [100, 10, 106, 10, 106, 20, 44, 20, 44, 50, 50, 50], head: "right" }, "back to the left: between the rows");
  assert.deepEqual(route({ x: 10, y: 10, side: -1 }, { x: 30, y: 50, side: -1 }), { points: [10, 10, 4, 10, 4, 50, 30, 50], head: "right" });
  assert.deepEqual(route({ x: 10, y: 50, side: 1 }, { x: 30, y: 10, side: 1 }), { points: [10, 50, 36, 50, 36, 10, 30, 10], head: "left" });
});

test("short and long names of links tie the same ends", () => {
  assert.deepEqual(["FS", "SS", "FF", "SF"].map((kind) => endsOf(kind)), [{ from: 1, to: -1 }, { from: -1, to: -1 }, { from: 1, to: 1 }, { from: -1, to: 1 }]);
  assert.deepEqual(endsOf("FINISH_FINISH"), endsOf("FF"));
  assert.deepEqual(endsOf("START_START"), endsOf("SS"));
});

test("the driving path goes back along the links that set the date, and no other", () => {
  const { store } = open();
  assert.deepEqual([...drivingPath(store, 14).tasks].sort(), [13, 14]);
  assert.deepEqual([...drivingPath(store, 12).links], [0]);
});

test("a bar is held in its middle, at its right edge, or by the dot behind it", () => {
  const { store, outline } = open();
  const dig = barOf(store, outline, scale, 1)!;
  assert.deepEqual([50, 112, 120, 140, 0].map((x) => gripAt(dig, x)), ["move", "finish", "link", null, null]);
  assert.equal(gripAt(barOf(store, outline, scale, 0)!, 50), null, "a summary follows its parts");
  const gate = barOf(store, outline, scale, 4)!;
  assert.equal(gripAt(gate, gate.to + 4), "move");
});
