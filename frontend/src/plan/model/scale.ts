/** Time to pixels and back, and what the two lines of the head say, from hours to quarters. Pure. */
import { DAY, type Instant } from "./types";

export type Unit = "hour" | "day" | "week" | "month" | "quarter" | "year";

export interface Scale {
  /** The instant at the left edge of the whole chart. */
  origin: Instant;
  /** The instant at its right edge. */
  end: Instant;
  /** Minutes that one pixel stands for. */
  perPixel: number;
}

export interface Zoom {
  name: "hours" | "days" | "weeks" | "months" | "quarters";
  perPixel: number;
}

/** What the menu offers, nearest first. */
export const ZOOMS: readonly Zoom[] = [
  { name: "hours", perPixel: 60 / 28 },
  { name: "days", perPixel: DAY / 26 },
  { name: "weeks", perPixel: (7 * DAY) / 26 },
  { name: "months", perPixel: (30 * DAY) / 44 },
  { name: "quarters", perPixel: (91 * DAY) / 52 },
];

const NEAREST = 60 / 60;
const FARTHEST = (91 * DAY) / 12;

export function xOf(scale: Scale, at: Instant): number {
  return (at - scale.origin) / scale.perPixel;
}

export function instantOf(scale: Scale, x: number): Instant {
  return scale.origin + x * scale.perPixel;
}

export function widthOf(scale: Scale): number {
  return Math.ceil((scale.end - scale.origin) / scale.perPixel);
}

export function clampZoom(perPixel: number): number {
  return Math.min(FARTHEST, Math.max(NEAREST, perPixel));
}

/** The name of the zoom that a scale comes nearest to. */
export function zoomName(perPixel: number): Zoom["name"] {
  let best = ZOOMS[0]!;
  for (const zoom of ZOOMS) {
    if (Math.abs(Math.log(zoom.perPixel / perPixel)) < Math.abs(Math.log(best.perPixel / perPixel))) best = zoom;
  }
  return best.name;
}

/** The scale that holds a span of time with some room before and behind it, at least as wide as the screen. */
export function scaleFor(first: Instant, last: Instant, perPixel: number, width: number): Scale {
  const room = Math.max(perPixel * 60, 7 * DAY);
  const origin = floorTo(first - room / 2, perPixel > DAY / 4 ? "week" : "day");
  const end = Math.max(last + room * 2, origin + width * perPixel);
  return { origin, end, perPixel };
}

/** The zoom at which the whole span fits into a width. */
export function fitZoom(first: Instant, last: Instant, width: number): number {
  return clampZoom((Math.max(last - first, DAY) * 1.06) / Math.max(width - 90, 80));
}

/** Keep what stands under the pointer where it is while the zoom changes: the new scroll position. */
export function scrollFor(before: Scale, after: Scale, scrollLeft: number, pointer: number): number {
  return Math.max(0, xOf(after, instantOf(before, scrollLeft + pointer)) - pointer);
}

function dateOf(at: Instant): Date {
  return new Date(at * 60_000);
}

/** The beginning of the unit that holds an instant; weeks begin on Monday. */
export function floorTo(at: Instant, unit: Unit): Instant {
  if (unit === "hour") return Math.floor(at / 60) * 60;
  const day = Math.floor(at / DAY);
  if (unit === "day") return day * DAY;
  if (unit === "week") return (day - ((((day + 3) % 7) + 7) % 7)) * DAY;
  const date = dateOf(at);
  const month = unit === "year" ? 0 : unit === "quarter" ? Math.floor(date.getUTCMonth() / 3) * 3 : date.getUTCMonth();
  return Date.UTC(date.getUTCFullYear(), month, 1) / 60_000;
}

/** The beginning of the next unit, `count` units on. */
export function addUnits(at: Instant, unit: Unit, count: number): Instant {
  if (unit === "hour") return at + 60 * count;
  if (unit === "day") return at + DAY * count;
  if (unit === "week") return at + 7 * DAY * count;
  const date = dateOf(at);
  const months = { month: 1, quarter: 3, year: 12 }[unit] * count;
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1) / 60_000;
}

export const MINUTES: Readonly<Record<Unit, number>> = { hour: 60, day: DAY, week: 7 * DAY, month: 30.44 * DAY, quarter: 91.3 * DAY, year: 365.25 * DAY };

export interface Tier {
  unit: Unit;
  /** How many units one label spans. */
  step: number;
}

const LOWER: readonly Tier[] = [
  { unit: "hour", step: 1 }, { unit: "hour", step: 3 }, { unit: "hour", step: 6 }, { unit: "day", step: 1 },
  { unit: "week", step: 1 }, { unit: "week", step: 2 }, { unit: "month", step: 1 }, { unit: "quarter", step: 1 }, { unit: "year", step: 1 },
];
const ABOVE: Readonly<Record<Unit, Unit>> = { hour: "day", day: "month", week: "month", month: "year", quarter: "year", year: "year" };
/** Pixels that a label of the lower line needs. */
const ROOM: Readonly<Record<Unit, number>> = { hour: 38, day: 20, week: 24, month: 28, quarter: 26, year: 30 };

/** The two lines of the head for a zoom. */
export function tiers(perPixel: number): { upper: Unit; lower: Tier } {
  const lower = LOWER.find((tier) => (MINUTES[tier.unit] * tier.step) / perPixel >= ROOM[tier.unit]) ?? LOWER[LOWER.length - 1]!;
  return { upper: ABOVE[lower.unit], lower };
}

/** Beginnings of units from before `from` to beyond `to`. */
export function ticks(from: Instant, to: Instant, tier: Tier): Instant[] {
  const found: Instant[] = [];
  let at = floorTo(from, tier.unit === "hour" ? "day" : tier.unit);
  if (tier.unit === "week" && tier.step > 1) {
    const week = Math.floor((at / DAY + 3) / 7);
    at -= (((week % tier.step) + tier.step) % tier.step) * 7 * DAY;
  }
  for (let guard = 0; at <= to && guard < 5000; guard += 1) {
    const next = addUnits(at, tier.unit, tier.step);
    if (next > from) found.push(at);
    at = next;
  }
  return found;
}

/** An instant drawn by hand, on the grid that suits the zoom: a quarter of an hour, an hour, or a day. */
export function snap(at: Instant, perPixel: number): Instant {
  const grid = perPixel < 3 ? 15 : perPixel < 20 ? 60 : DAY;
  return Math.round(at / grid) * grid;
}
