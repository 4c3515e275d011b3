import assert from "node:assert/strict";
import { test } from "node:test";
import { rowsOf } from "../src/lib/cells";

test("a block of a spreadsheet becomes rows of texts", () => {
  assert.deepEqual(rowsOf("90%\t100%\t 130%\r\n3d\t4d\t1w\r\n"), [["90%", "100%", "130%"], ["3d", "4d", "1w"]]);
});

test("one text is one cell, and an empty line between is an empty row", () => {
  assert.deepEqual(rowsOf("5d"), [["5d"]]);
  assert.deepEqual(rowsOf("1\n\n2"), [["1"], [""], ["2"]]);
});
