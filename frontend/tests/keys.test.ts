import assert from "node:assert/strict";
import { test } from "node:test";
import { command, type Pressed } from "../src/lib/keys";

const key = (name: string, held: Partial<Pressed> = {}): Pressed => ({ key: name, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

test("Ctrl-K and Cmd-K open the palette, even while typing", () => {
  assert.equal(command(key("k", { ctrlKey: true }), true, false), "palette");
  assert.equal(command(key("K", { metaKey: true }), false, false), "palette");
});

test("letters are commands only outside of fields", () => {
  assert.equal(command(key("j"), false, false), "next");
  assert.equal(command(key("j"), true, false), null);
  assert.equal(command(key("X", { shiftKey: true }), false, false), "range");
  assert.equal(command(key("?", { shiftKey: true }), false, false), "help");
  assert.equal(command(key("/"), false, true), "search");
  assert.equal(command(key("q"), false, false), null);
});

test("other chords belong to the browser", () => {
  assert.equal(command(key("n", { ctrlKey: true }), false, false), null);
  assert.equal(command(key("e", { altKey: true }), false, false), null);
});

test("Enter opens the row beside the list, with Shift its page, and on a control it is the control's own", () => {
  assert.equal(command(key("Enter"), false, false), "panel");
  assert.equal(command(key("Enter", { shiftKey: true }), false, false), "page");
  assert.equal(command(key("Enter"), false, true), null);
});

test("Escape works everywhere", () => {
  assert.equal(command(key("Escape"), true, false), "escape");
  assert.equal(command(key("Escape"), false, true), "escape");
});
