import assert from "node:assert/strict";
import { test } from "node:test";
import { fitted } from "../src/plan/model/photos";
import { says } from "../src/plan/model/progress";

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
