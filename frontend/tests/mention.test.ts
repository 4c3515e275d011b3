import assert from "node:assert/strict";
import { test } from "node:test";
import { asked, insert } from "../src/lib/mention";

test("a name begins at an @ at a word's start", () => {
  assert.deepEqual(asked("Ask @Pri", 8), { start: 4, text: "Pri" });
  assert.deepEqual(asked("@Priya Na", 9), { start: 0, text: "Priya Na" });
  assert.deepEqual(asked("(@", 2), { start: 1, text: "" });
  assert.equal(asked("mail a@b", 8), null);
  assert.equal(asked("@one\n two", 9), null);
  assert.equal(asked("nothing", 7), null);
});

test("the chosen one takes the place of what was typed", () => {
  const text = "Ask @Pri today";
  assert.deepEqual(insert(text, { start: 4, text: "Pri" }, 8, "Priya [N] Nair", "12"), {
    text: "Ask @[Priya N Nair](user:12)  today",
    caret: 29,
  });
});
