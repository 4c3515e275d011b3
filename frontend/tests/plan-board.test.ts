import assert from "node:assert/strict";
import { test } from "node:test";
import { boardOf, isLate, laneBeside, laneOf, moveTo, peopleIn, peopleOf } from "../src/plan/model/board";
import { outlineOf } from "../src/plan/model/outline";
import { PlanStore } from "../src/plan/model/store";
import { addressOf, viewIn } from "../src/plan/model/views";
import { at, plan } from "./plan-fixture";

const ALL = { text: "", person: "", only: "all", status: at(2) } as const;

function board(by: Partial<Parameters<typeof boardOf>[2]> = {}, limits = { todo: null as number | null, doing: null as number | null }) {
  const data = plan();
  data.tasks.resources = ["", "Ann; Crane [50%]", "Bob", "", "", "Ann [200%]"];
  data.plan.limits = limits;
  const store = new PlanStore(data);
  const found = boardOf(store, outlineOf(store.tasks.id, store.tasks.parent), { ...ALL, ...by });
  const named = (lane: "todo" | "doing" | "done") => found[lane].rows.map((row) => store.tasks.name[row]);
  return { store, found, named };
}

test("tasks without parts stand in the column that their dates and percentage tell, summaries in none", () => {
  const { named } = board();
  assert.deepEqual(named("todo"), ["Pull", "Test", "Gate"]);
  assert.deepEqual(named("doing"), ["Dig"]);
  assert.deepEqual(named("done"), ["Alone"]);
});

test("a limit counts all tasks of its column, whatever is shown", () => {
  const { found, named } = board({ person: "Bob" }, { todo: 2, doing: 1 });
  assert.deepEqual(named("todo"), ["Pull"]);
  assert.deepEqual([found.todo.count, found.todo.limit, found.todo.over], [3, 2, 1]);
  assert.deepEqual([found.doing.count, found.doing.over, found.done.limit], [1, 0, null]);
});

test("people are found by their own name, without units", () => {
  assert.deepEqual(peopleIn("Ann; Crane [50%]; "), ["Ann", "Crane"]);
  const { store } = board();
  assert.deepEqual(peopleOf(store), ["Ann", "Bob", "Crane"]);
  assert.deepEqual(board({ person: "Ann" }).named("doing"), ["Dig"]);
  assert.deepEqual(board({ person: "An" }).named("doing"), []);
  assert.deepEqual(board({ text: "crane" }).named("doing"), ["Dig"]);
});

test("late is what ends after its baseline or deadline, or ought to have ended", () => {
  const { store } = board();
  assert.equal(isLate(store, 1, at(2)), true); // after its baseline
  assert.equal(isLate(store, 2, at(2)), false);
  assert.equal(isLate(store, 2, at(30)), true); // not done by then
  assert.deepEqual(board({ only: "late" }).named("doing"), ["Dig"]);
  store.put(20, "actual_finish", null);
  assert.equal(laneOf(store, 5), "done");
  assert.equal(isLate(store, 5, at(30)), false, "all done, though nobody has said when: it does not come late after that");
  store.put(20, "baseline_finish", at(0, 8));
  assert.equal(isLate(store, 5, at(2)), true, "it ended after its baseline");
});

test("a move reports what it says and nothing else", () => {
  const { store } = board();
  const says = (row: number, to: "todo" | "doing" | "done") => moveTo(store, row, to, "2026-03-04", at(2, 8))?.commands.map((one) => (one.do === "set" ? `${one.field}=${String(one.value)}` : one.do));
  assert.deepEqual(says(2, "doing"), ["actual_start=2026-03-04"]);
  assert.deepEqual(says(2, "done"), ["actual_finish=2026-03-04"]);
  assert.deepEqual(says(1, "todo"), ["actual_start="]);
  assert.deepEqual(says(5, "doing"), ["actual_finish="]);
  assert.equal(says(2, "todo"), undefined);
  for (const to of ["todo", "doing", "done"] as const) {
    for (const row of [1, 2, 5]) {
      const move = moveTo(store, row, to, "2026-03-04", at(2, 8));
      if (!move) continue;
      const { store: after } = board();
      for (const [id, column, value] of move.shown) after.put(id, column, value as never);
      assert.equal(laneOf(after, row), to, `${row} to ${to}`);
    }
  }
});

test("a milestone is reached or not: it skips the column between", () => {
  const { store } = board();
  assert.equal(laneBeside(store, 4, 1), "done");
  assert.equal(moveTo(store, 4, "doing", "2026-03-04", at(2, 8)), null);
  assert.equal(laneBeside(store, 2, 1), "doing");
  assert.equal(laneBeside(store, 5, 1), null);
});

test("an address names its view and keeps the rest", () => {
  assert.equal(viewIn("?as_of=2026-01-02&view=board"), "board");
  assert.equal(viewIn("?view=list"), null);
  assert.equal(addressOf("?as_of=2026-01-02&view=chart", "board"), "?as_of=2026-01-02&view=board");
});
