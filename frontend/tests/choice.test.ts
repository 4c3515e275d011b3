import assert from "node:assert/strict";
import { test } from "node:test";
import { marked, move, range, shown, step, sum, ticked, withParam } from "../src/lib/choice";

test("arrows wrap, Home and End go to the ends, nothing to choose is -1", () => {
  assert.equal(step(-1, 3, "ArrowDown"), 0);
  assert.equal(step(2, 3, "ArrowDown"), 0);
  assert.equal(step(0, 3, "ArrowUp"), 2);
  assert.equal(step(-1, 3, "ArrowUp"), 2);
  assert.equal(step(2, 3, "Home"), 0);
  assert.equal(step(0, 3, "End"), 2);
  assert.equal(step(1, 3, "a"), 1);
  assert.equal(step(0, 0, "ArrowDown"), -1);
});

test("j and k stop at the ends", () => {
  assert.equal(move(-1, 4, 1), 0);
  assert.equal(move(-1, 4, -1), 3);
  assert.equal(move(3, 4, 1), 3);
  assert.equal(move(0, 4, -1), 0);
  assert.equal(move(1, 4, 1), 2);
  assert.equal(move(-1, 0, 1), -1);
});

test("a range runs both ways", () => {
  assert.deepEqual(range(4, 2), [2, 3, 4]);
  assert.deepEqual(range(1, 1), [1]);
});

test("the head box shows all, some or none", () => {
  assert.equal(ticked([true, true]), "all");
  assert.equal(ticked([true, false]), "some");
  assert.equal(ticked([false]), "none");
  assert.equal(ticked([]), "none");
});

test("sums are exact where floating point is not", () => {
  assert.equal(sum(["0.1", "0.2"]), "0.3");
  assert.equal(sum(["9007199254740993", "1"]), "9007199254740994");
  assert.equal(sum(["-1.50", "0.25"]), "-1.25");
  assert.equal(sum(["-0.5", "0.2"]), "-0.3");
  assert.equal(sum([]), "0");
});

test("figures carry separators and a true minus", () => {
  assert.equal(shown("-1234.50", "en"), "\u22121,234.50");
  assert.equal(shown("12", "en"), "12");
});

test("hits are marked whatever their case, and signs are not patterns", () => {
  assert.deepEqual(marked("Leeds South", "south le"), [
    { text: "Le", hit: true },
    { text: "eds ", hit: false },
    { text: "South", hit: true },
  ]);
  assert.deepEqual(marked("a+b", "+"), [
    { text: "a", hit: false },
    { text: "+", hit: true },
    { text: "b", hit: false },
  ]);
  assert.deepEqual(marked("abc", " "), [{ text: "abc", hit: false }]);
});

test("one parameter changes, the others stay", () => {
  assert.equal(withParam("?a=1&panel=3", "panel", "7"), "?a=1&panel=7");
  assert.equal(withParam("?panel=3", "panel", ""), "");
  assert.equal(withParam("", "scope", "12"), "?scope=12");
});
