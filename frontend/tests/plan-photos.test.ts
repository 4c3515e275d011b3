import assert from "node:assert/strict";
import { test } from "node:test";
import { fitted, type Waiting } from "../src/plan/model/photos";
import { says } from "../src/plan/model/progress";

// What the module asks of a browser while it is read.
if (!("navigator" in globalThis)) Object.assign(globalThis, { navigator: { platform: "" } });
Object.assign(globalThis, { addEventListener: () => undefined });
const { Photos } = await import("../src/plan/view/photos");

test("a photo is made small and never larger", () => {
  assert.deepEqual(fitted(4032, 3024), [2048, 1536]);
  assert.deepEqual(fitted(3024, 4032), [1536, 2048]);
  assert.deepEqual(fitted(800, 600), [800, 600]);
  assert.deepEqual(fitted(100_000, 1), [2048, 1]);
});

test("a photo alone is something to report", () => {
  assert.equal(says({ photos: 1 }), true);
  assert.equal(says({}), false);
});

/** Photos over a store of the test's own and a server that answers as told; "lost" is no connection. */
function outbox(kept: Waiting[], answers: ("taken" | "lost" | string)[]) {
  const store = new Map(kept.map((one) => [one.id, one]));
  const seen: { posted: string[]; refused: [number, string][]; counts: [number, number][] } = { posted: [], refused: [], counts: [] };
  const photos = new Photos(
    "7-3",
    (key) => key,
    async (_task, request) => {
      const answer = answers.shift();
      seen.posted.push(request);
      if (answer === undefined || answer === "lost") throw new Error("offline");
      return answer === "taken" ? { url: "/f/1", name: "1.jpg" } : { message: answer };
    },
    (task, count) => seen.counts.push([task, count]),
    (task, message) => seen.refused.push([task, message]),
    {
      all: async (plan) => [...store.values()].filter((one) => one.plan === plan),
      put: async (one) => void store.set(one.id, structuredClone(one)),
      remove: async (id) => void store.delete(id),
    },
    () => undefined,
  );
  return { photos, store, seen };
}

const photo = (id: string, task: number, more: Partial<Waiting> = {}): Waiting => ({ id, plan: "7-3", task, photo: new Blob(["x"]), sent: false, ...more });

test("only what the server has taken goes; what it refuses is a draft again, with its words", async () => {
  const { photos, store, seen } = outbox([photo("a", 11), photo("b", 12), photo("c", 12)], ["too large", "taken", "taken"]);
  await photos.load();
  assert.deepEqual(seen.posted, [], "a draft waits for its report");
  await photos.submit([11, 12]);
  assert.deepEqual(seen.posted, ["a", "b", "c"], "one refused holds nobody back");
  assert.deepEqual(seen.refused, [[11, "too large"]]);
  assert.deepEqual([...store.values()].map((one) => [one.id, one.sent]), [["a", false]]);
  assert.deepEqual(seen.counts.filter(([task]) => task === 11).at(-1), [11, 1]);
  assert.deepEqual(seen.counts.filter(([task]) => task === 12).at(-1), [12, 0]);
  assert.equal(photos.late, 0);
});

test("a refused photo goes again with the next report", async () => {
  const { photos, store, seen } = outbox([photo("a", 11)], ["no", "taken"]);
  await photos.load();
  await photos.submit([11]);
  assert.equal(store.size, 1);
  await photos.submit([11]);
  assert.deepEqual(seen.posted, ["a", "a"], "under the same name, so that it is kept once");
  assert.equal(store.size, 0);
});

test("without connection all that was submitted waits, in order", async () => {
  const { photos, store } = outbox([photo("a", 11), photo("b", 11)], ["lost"]);
  await photos.load();
  await photos.submit([11]);
  assert.equal(photos.late, 2);
  assert.deepEqual([...store.values()].map((one) => one.sent), [true, true]);
});

test("of a phone that others use too, one sends one's own photos of this plan alone", async () => {
  const { photos, store, seen } = outbox([photo("mine", 11, { sent: true }), photo("hers", 11, { plan: "8-3", sent: true })], ["taken"]);
  await photos.load();
  assert.deepEqual(seen.posted, ["mine"]);
  assert.deepEqual([...store.keys()], ["hers"]);
});
