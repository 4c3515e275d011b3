import assert from "node:assert/strict";
import { test } from "node:test";
import { monthBeside, monthOf, weeksOf } from "../src/plan/model/month";
import { outlineOf } from "../src/plan/model/outline";
import { acrossOf, boxBeside, endsOf, layersOf, netOf, ordered, pathRows, WIDE } from "../src/plan/model/precedence";
import { PlanStore } from "../src/plan/model/store";
import { at, plan } from "./plan-fixture";

function shed() {
  const store = new PlanStore(plan());
  return { store, outline: outlineOf(store.tasks.id, store.tasks.parent) };
}

test("the network holds what is critical and not finished, or what drives one task", () => {
  const { store, outline } = shed();
  const names = (of: number | null) => pathRows(store, outline, of).map((row) => store.tasks.name[row]);
  assert.deepEqual(names(null), ["Dig", "Pull", "Test", "Gate"]);
  assert.deepEqual(names(12), ["Dig", "Pull"]); // 12 waits for 11, which drives it
  assert.deepEqual(names(13), ["Test"]); // its link does not drive it
  store.tasks.actual_finish[1] = at(4, 17);
  assert.deepEqual(names(null), ["Pull", "Test", "Gate"]);
});

test("a path is offered to each milestone, and the one shown by its own name", () => {
  const { store, outline } = shed();
  const names = (of: number | null, most = 60) => endsOf(store, outline, of, most).map((one) => one.name);
  assert.deepEqual(names(null), ["Gate"]);
  assert.deepEqual(names(14), ["Gate"]);
  assert.deepEqual(names(12), ["Gate", "Pull"]);
  assert.deepEqual(names(14, 0), ["Gate"]);
  store.put(14, "name", "Handover");
  assert.deepEqual(names(99), ["Handover"]);
});

test("each box stands a layer after all that it waits for", () => {
  const layers = layersOf([1, 2, 3, 4], [{ from: 1, to: 2 }, { from: 2, to: 4 }, { from: 1, to: 4 }, { from: 3, to: 4 }]);
  assert.deepEqual([...layers], [[1, 0], [2, 1], [3, 0], [4, 2]]);
  assert.deepEqual([...layersOf([1, 2], [{ from: 1, to: 2 }, { from: 2, to: 1 }])], [[1, 0], [2, 0]]);
});

test("layers are put in order so that links cross less", () => {
  assert.deepEqual(ordered([[1, 2], [3, 4]], [{ from: 1, to: 4 }, { from: 2, to: 3 }]), [[1, 2], [4, 3]]);
});

test("boxes do not lie on each other, and links run from right edges to left edges", () => {
  const { store, outline } = shed();
  const net = netOf(store, outline, null);
  assert.deepEqual(net.boxes.map((box) => box.layer), [0, 1, 2, 3]);
  assert.equal(new Set(net.boxes.map((box) => `${box.x}:${box.y}`)).size, 4);
  for (const edge of net.edges) {
    const from = net.boxes.find((box) => box.id === edge.from)!;
    const to = net.boxes.find((box) => box.id === edge.to)!;
    assert.deepEqual([edge.points[0]![0], edge.points.at(-1)![0]], [from.x + WIDE, to.x]);
    assert.ok(edge.points.every(([x, y]) => x >= 0 && y >= 0 && x <= net.width && y <= net.height));
  }
  assert.deepEqual(net.edges.map((edge) => edge.critical), [true, false, true]);
});

test("layers that do not fit go on in a band below", () => {
  const { store, outline } = shed();
  const net = netOf(store, outline, null, 2);
  assert.deepEqual(net.boxes.map((box) => [box.layer, box.band]), [[0, 0], [1, 0], [2, 1], [3, 1]]);
  const [, , third] = net.boxes;
  assert.equal(third!.x, net.boxes[0]!.x);
  assert.ok(third!.y > net.boxes[0]!.y);
  const over = net.edges[1]!.points;
  assert.deepEqual(over.at(-1), [third!.x, third!.y + 44]);
  assert.ok(net.edges.every((edge) => edge.points.every(([x, y]) => x >= 0 && y >= 0 && x <= net.width && y <= net.height)));
  assert.deepEqual([acrossOf(100), acrossOf(1300)], [2, 5]);
});

test("arrow keys walk along links, and within a layer", () => {
  const { store, outline } = shed();
  const net = netOf(store, outline, null);
  assert.equal(boxBeside(net, 11, "ArrowRight"), 12);
  assert.equal(boxBeside(net, 12, "ArrowLeft"), 11);
  assert.equal(boxBeside(net, 11, "ArrowLeft"), null);
  assert.equal(boxBeside(net, 11, "ArrowDown"), null);
  assert.equal(boxBeside(net, 13, "Home"), 11);
  assert.equal(boxBeside(net, 11, "End"), 14);
});

test("a month has the weeks from the Monday before its first to its last day", () => {
  const march = at(-1);
  assert.deepEqual(weeksOf(march).map((week) => (week - at(0)) / 1440), [-7, 0, 7, 14, 21, 28]);
  assert.equal(monthBeside(march, 1), at(30));
  assert.equal(monthBeside(march, -1), at(-29));
});

test("tasks lie in lines of their weeks, milestones first, cut at the ends of the week", () => {
  const { store, outline } = shed();
  const weeks = monthOf(store, outline, at(0), () => true);
  const named = (at: number) => weeks[at]!.stretches.map((one) => [store.tasks.name[one.row], one.from, one.to, one.line, one.before, one.after]);
  assert.deepEqual(named(1), [["Dig", 0, 4, 0, false, false], ["Alone", 0, 0, 1, false, false], ["Pull", 5, 6, 0, false, true]]);
  assert.deepEqual(named(2), [["Gate", 2, 2, 0, false, false], ["Pull", 0, 1, 0, true, false], ["Test", 1, 2, 1, false, false]]);
  assert.deepEqual(named(3), []);
});

test("what does not fit into the lines of a week is counted by day", () => {
  const { store, outline } = shed();
  const [, week] = monthOf(store, outline, at(0), (row) => row !== 2, 1);
  assert.deepEqual(week!.hidden, [1, 0, 0, 0, 0, 0, 0]);
  assert.equal(week!.stretches.length, 1);
});
