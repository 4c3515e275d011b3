import assert from "node:assert/strict";
import { test } from "node:test";
import { fitting } from "../src/lib/fit";

test("all stand in the row when they fit to the point", () => {
  assert.deepEqual(fitting([40, 30, 30], 100, 20), [true, true, true]);
});

test("what does not fit goes, with room for the button that holds it", () => {
  assert.deepEqual(fitting([40, 30, 30, 10], 100, 20), [true, true, false, false]);
});

test("nothing after the first that does not fit is shown, however small", () => {
  assert.deepEqual(fitting([40, 60, 5], 90, 20), [true, false, false]);
});

test("the current one shows in place of others", () => {
  assert.deepEqual(fitting([40, 30, 30, 50], 130, 20, 3), [true, false, false, true]);
});

test("an empty row is no trouble", () => {
  assert.deepEqual(fitting([], 10, 20), []);
});
