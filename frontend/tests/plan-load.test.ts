import assert from "node:assert/strict";
import { test } from "node:test";
import { ceilingOf, cellAt, type Load, loadBars, spellBeside, spells } from "../src/plan/model/load";
import { at, DAY } from "./plan-fixture";

const WEEK = 7 * DAY;

function load(by: Partial<Load> = {}): Load {
  const peak = by.peak ?? [0, 4, 6, 6.5, 2, 0, 6];
  const units = by.units ?? 5;
  return { resources: [], left_out: 0, resource: 1, units, days: 7, first: at(0), asked: peak.map((one) => one * 2400), had: peak.map(() => 12000), peak, short: peak.map((one) => Math.max(0, one - units)), ...by };
}

test("bars stand at their weeks on the axis of the chart, and follow its scroll", () => {
  const scale = { origin: at(-7), end: at(70), perPixel: WEEK / 20 };
  assert.deepEqual(loadBars(load(), scale, 0, 400).map((bar) => [bar.x, bar.width, bar.peak, bar.short]), [[40, 20, 4, 0], [60, 20, 6, 1], [80, 20, 6.5, 1.5], [100, 20, 2, 0], [140, 20, 6, 1]]);
  assert.deepEqual(loadBars(load(), scale, 70, 40).map((bar) => bar.x), [-10, 10, 30]);
  assert.deepEqual(loadBars(load({ first: null, peak: [] }), scale, 0, 400), []);
});

test("far out, weeks go together and the highest counts", () => {
  const scale = { origin: at(0), end: at(700), perPixel: WEEK / 2 };
  assert.deepEqual(loadBars(load(), scale, 0, 400).map((bar) => [bar.x, bar.width, bar.peak, bar.short]), [[0, 4, 4, 0], [4, 4, 6.5, 1.5], [8, 4, 2, 0], [12, 2, 6, 1]]);
});

test("weeks beyond what there is make spells, with the least and the most that is short", () => {
  const found = spells(load());
  assert.deepEqual(found, [{ from: at(14), to: at(28), least: 1, most: 1.5 }, { from: at(42), to: at(49), least: 1, most: 1 }]);
  assert.equal(spellBeside(found, at(14), 1), found[1]);
  assert.equal(spellBeside(found, at(42), -1), found[0]);
  assert.equal(spellBeside(found, at(42), 1), null);
  assert.deepEqual(spells(load({ units: 7 })), []);
});

test("the axis ends at a round figure above everything", () => {
  assert.equal(ceilingOf(load()), 8);
  assert.equal(ceilingOf(load({ units: 1, peak: [0.5] })), 1.5);
  assert.equal(ceilingOf(load({ units: 0, peak: [] })).toFixed(2), "0.60");
  assert.equal(ceilingOf(load({ units: 20, peak: [90] })), 150);
});

test("an instant finds its cell, days as weeks", () => {
  assert.equal(cellAt(load(), at(13)), 1);
  assert.equal(cellAt(load({ days: 1 }), at(2, 12)), 2);
  assert.equal(cellAt(load(), at(-1)), null);
  assert.equal(cellAt(load(), at(49)), null);
});
