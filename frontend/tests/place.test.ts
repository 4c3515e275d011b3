import assert from "node:assert/strict";
import { test } from "node:test";
import { place } from "../src/lib/place";

const screen = { width: 1000, height: 800 };

test("below the anchor, left-aligned", () => {
  assert.deepEqual(place({ left: 100, top: 10, width: 50, height: 30 }, { width: 300, height: 200 }, screen), { left: 100, top: 46 });
});

test("right-aligned where the window ends", () => {
  assert.deepEqual(place({ left: 950, top: 10, width: 30, height: 30 }, { width: 300, height: 200 }, screen), { left: 680, top: 46 });
});

test("above where there is no room below", () => {
  assert.deepEqual(place({ left: 100, top: 700, width: 50, height: 30 }, { width: 300, height: 200 }, screen), { left: 100, top: 494 });
});

test("inside the window when it fits nowhere", () => {
  assert.deepEqual(place({ left: 5, top: 300, width: 50, height: 30 }, { width: 980, height: 600 }, screen), { left: 8, top: 192 });
});
