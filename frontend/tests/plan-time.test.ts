import assert from "node:assert/strict";
import { test } from "node:test";
import { isWorkday, nextWork, nonWorking, workBetween } from "../src/plan/model/calendar";
import { addUnits, clampZoom, fitZoom, floorTo, instantOf, scaleFor, scrollFor, snap, ticks, tiers, widthOf, xOf, zoomName, ZOOMS } from "../src/plan/model/scale";
import { at, DAY, MON, plan } from "./plan-fixture";

const calendar = plan().calendars[0]!;
const day = (year: number, month: number, date: number) => Date.UTC(year, month - 1, date) / 60_000;

test("units begin where they do: weeks on Monday, quarters with their first month", () => {
  assert.equal(floorTo(at(3, 13) + 5, "hour"), at(3, 13));
  assert.equal(floorTo(at(6, 23), "week"), MON);
  assert.equal(floorTo(at(-1, 1), "week"), MON - 7 * DAY);
  assert.equal(floorTo(day(2026, 5, 20), "quarter"), day(2026, 4, 1));
  assert.equal(addUnits(day(2026, 11, 1), "quarter", 1), day(2027, 2, 1));
  assert.equal(addUnits(day(2024, 2, 29), "day", 1), day(2024, 3, 1));
});

test("pixels and instants turn into each other", () => {
  const scale = { origin: MON, end: at(100), perPixel: DAY / 20 };
  assert.equal(xOf(scale, at(3)), 60);
  assert.equal(instantOf(scale, 60), at(3));
  assert.equal(widthOf(scale), 2000);
});

test("a scale holds the span with room about it and fills the screen", () => {
  const scale = scaleFor(at(0), at(30), DAY / 10, 900);
  assert.ok(scale.origin < at(0) && scale.end > at(30));
  assert.ok(widthOf(scale) >= 900);
  assert.equal(floorTo(scale.origin, "day"), scale.origin);
  const far = scaleFor(at(0), at(30), DAY / 3, 900);
  assert.equal(floorTo(far.origin, "week"), far.origin);
});

test("zooming keeps what is under the pointer", () => {
  const before = { origin: MON, end: at(100), perPixel: 144 };
  const after = { ...before, perPixel: 72 };
  const scroll = scrollFor(before, after, 100, 200);
  assert.equal(instantOf(after, scroll + 200), instantOf(before, 300));
});

test("the heads go from hours to years with the zoom", () => {
  assert.deepEqual(ZOOMS.map((zoom) => tiers(zoom.perPixel).lower.unit), ["hour", "day", "week", "month", "quarter"]);
  assert.deepEqual(ZOOMS.map((zoom) => tiers(zoom.perPixel).upper), ["day", "month", "month", "year", "year"]);
  assert.deepEqual(ZOOMS.map((zoom) => zoomName(zoom.perPixel * 1.1)), ["hours", "days", "weeks", "months", "quarters"]);
  assert.equal(clampZoom(1e9), (91 * DAY) / 12);
});

test("fit shows the whole span", () => {
  const perPixel = fitZoom(at(0), at(100), 1090);
  assert.ok((100 * DAY) / perPixel <= 1000 && (100 * DAY) / perPixel > 900);
});

test("ticks stand at every unit from the one in view; fortnights keep step", () => {
  assert.deepEqual(ticks(at(1), at(9), { unit: "week", step: 1 }), [MON, at(7)]);
  const every = ticks(at(0), at(60), { unit: "week", step: 2 });
  const later = ticks(at(20), at(60), { unit: "week", step: 2 });
  assert.deepEqual(every.filter((each) => each >= later[0]!), later);
  assert.deepEqual(ticks(day(2026, 1, 15), day(2026, 3, 2), { unit: "month", step: 1 }), [day(2026, 1, 1), day(2026, 2, 1), day(2026, 3, 1)]);
});

test("what is drawn by hand snaps to quarters of an hour, hours or days", () => {
  assert.equal(snap(MON + 8, 1), MON + 15);
  assert.equal(snap(MON + 40, 10), MON + 60);
  assert.equal(snap(at(1, 13), 100), at(2));
});

test("non-working time joins weekends and days off; by hours also nights and lunch", () => {
  assert.deepEqual(nonWorking(calendar, MON, at(14), false), [[at(5), at(8)], [at(12), at(14)]]);
  assert.deepEqual(nonWorking(calendar, MON, at(1), true), [[MON, at(0, 8)], [at(0, 12), at(0, 13)], [at(0, 17), at(1)]]);
  assert.equal(isWorkday(calendar, MON / DAY + 7), false);
});

test("work between instants counts shifts without days off, and backwards below nought", () => {
  assert.equal(workBetween(calendar, at(0, 8), at(0, 17)), 480);
  assert.equal(workBetween(calendar, at(0, 10), at(1, 9)), 360 + 60);
  assert.equal(workBetween(calendar, at(0, 8), at(9, 17)), 7 * 480, "ten days less a weekend and the Monday off");
  assert.equal(workBetween(calendar, at(9, 17), at(0, 8)), -7 * 480);
  assert.equal(workBetween(calendar, at(0), at(364)), 52 * 2400 - 480);
});

test("the next working minute passes nights, weekends and days off", () => {
  assert.equal(nextWork(calendar, at(0, 9)), at(0, 9));
  assert.equal(nextWork(calendar, at(0, 12)), at(0, 13));
  assert.equal(nextWork(calendar, at(4, 17)), at(8, 8));
});
