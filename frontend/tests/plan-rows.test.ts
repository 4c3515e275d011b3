import assert from "node:assert/strict";
import { test } from "node:test";
import { addition, chain, level, removal, step, unchain } from "../src/plan/model/moves";
import { foldedAt, outlineOf, shownRows, tops } from "../src/plan/model/outline";
import { PlanStore } from "../src/plan/model/store";
import { plan } from "./plan-fixture";

const tree = (store: PlanStore) => outlineOf(store.tasks.id, store.tasks.parent);

test("missing columns of the answer are blank, and rows are found by id", () => {
  const store = new PlanStore(plan());
  assert.equal(store.count, 6);
  assert.equal(store.row(13), 3);
  assert.equal(store.row(99), -1);
  assert.deepEqual(store.tasks.resources, ["", "", "", "", "", ""]);
  assert.deepEqual(store.tasks.active, [true, true, true, true, true, true]);
});

test("an outline knows depth, the end of each branch and the parent", () => {
  const outline = tree(new PlanStore(plan()));
  assert.deepEqual([...outline.depth], [0, 1, 1, 1, 1, 0]);
  assert.deepEqual([...outline.end], [5, 2, 3, 4, 5, 6]);
  assert.deepEqual([...outline.parent], [-1, 0, 0, 0, 0, -1]);
});

test("folding hides a branch; a filter brings the rows above, folded or not", () => {
  const store = new PlanStore(plan());
  const outline = tree(store);
  assert.deepEqual([...shownRows(store.tasks.id, outline, { folded: new Set([10]) }).rows], [0, 5]);
  const found = shownRows(store.tasks.id, outline, { folded: new Set([10]), wanted: (row) => store.tasks.name[row] === "Test" });
  assert.deepEqual([...found.rows], [0, 3]);
  assert.deepEqual([...found.place], [0, -1, -1, 1, -1, -1]);
  assert.deepEqual([...foldedAt(store.tasks.id, outline, 1)], [10]);
  assert.deepEqual([...foldedAt(store.tasks.id, outline, 2)], []);
});

test("a move takes a branch once, however many of its rows are chosen", () => {
  assert.deepEqual(tops(tree(new PlanStore(plan())), [3, 0, 5]), [0, 5]);
});

test("an answer changes rows, takes some out, brings new ones and the order", () => {
  const store = new PlanStore(plan());
  const applied = store.apply({ revision: 8, changed: { id: [12, 30], name: ["Pull it", "New"], parent: [10, 10] }, removed: [20], order: [10, 11, 30, 12, 13, 14], plan: { finish: 5 } });
  assert.deepEqual(store.tasks.id, [10, 11, 30, 12, 13, 14]);
  assert.deepEqual(store.tasks.name, ["Phase", "Dig", "New", "Pull it", "Test", "Gate"]);
  assert.equal(store.tasks.duration[3], 480, "what an answer leaves out stays");
  assert.equal(store.tasks.active[2], true, "what is new has the usual values");
  assert.deepEqual(applied, { changed: [12, 30], structure: true, links: false });
  assert.equal(store.revision, 8);
  assert.equal(store.plan.finish, 5);
  assert.equal(store.plan.name, "P");
});

test("a row that only the browser knew gets the server's id, and so do its parts", () => {
  const store = new PlanStore(plan());
  const added = addition(store, 12, "New", 3);
  assert.deepEqual(added.command, { do: "add", after: 12, parent: 10, name: "New", key: "new-3" });
  assert.deepEqual(store.tasks.id, [10, 11, 12, -3, 13, 14, 20]);
  store.put(13, "parent", -3);
  store.apply({ revision: 8, keys: { "new-3": 77 }, changed: { id: [77], name: ["New"] } });
  assert.deepEqual(store.tasks.id, [10, 11, 12, 77, 13, 14, 20]);
  assert.equal(store.tasks.parent[4], 77);
});

test("a new row without a place goes to the end of the plan", () => {
  const store = new PlanStore(plan());
  assert.deepEqual(addition(store, null, "Last", 1).command, { do: "add", after: 20, parent: null, name: "Last", key: "new-1" });
  assert.equal(store.tasks.id[6], -1);
});

test("indent goes below the row before; the first of a branch stays", () => {
  const store = new PlanStore(plan());
  assert.equal(level(store, [11], "indent"), null);
  assert.deepEqual(level(store, [12, 13], "indent"), { do: "indent", tasks: [12, 13] });
  assert.deepEqual(store.tasks.parent, [null, 10, 11, 11, 10, null]);
});

test("outdent takes the rows that follow as parts", () => {
  const store = new PlanStore(plan());
  assert.deepEqual(level(store, [13], "outdent"), { do: "outdent", tasks: [13] });
  assert.deepEqual(store.tasks.parent, [null, 10, 10, null, 13, null]);
  assert.equal(level(store, [10], "outdent"), null);
});

test("a move by one place says after what it stands then", () => {
  const store = new PlanStore(plan());
  assert.deepEqual(step(store, [12], -1), { do: "move", tasks: [12], after: null, parent: 10 });
  assert.deepEqual(store.tasks.id, [10, 12, 11, 13, 14, 20]);
  assert.deepEqual(step(store, [12, 11], 1), { do: "move", tasks: [12, 11], after: 13, parent: 10 });
  assert.deepEqual(store.tasks.id, [10, 13, 12, 11, 14, 20]);
  assert.equal(step(store, [20], 1), null);
  assert.deepEqual(step(store, [10], 1), { do: "move", tasks: [10], after: 20, parent: null });
  assert.deepEqual(store.tasks.id, [20, 10, 13, 12, 11, 14]);
});

test("removal names the branch and takes all its lines", () => {
  const store = new PlanStore(plan());
  assert.deepEqual(removal(store, [10, 12]), { command: { do: "remove", tasks: [10] }, rows: 5 });
  assert.deepEqual(store.tasks.id, [20]);
});

test("linking chains the chosen tasks, passes over summaries and what is linked already", () => {
  const store = new PlanStore(plan());
  assert.deepEqual(chain(store, [10, 11, 12, 20]), [{ do: "link", predecessor: 12, successor: 20, kind: "FS", lag: "" }]);
  assert.deepEqual(unchain(store, [11, 12, 20]), [{ do: "unlink", link: 1 }]);
  assert.deepEqual(unchain(store, [13]), [{ do: "unlink", link: 2 }, { do: "unlink", link: 3 }]);
});
