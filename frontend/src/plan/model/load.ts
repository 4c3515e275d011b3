/** What is asked of one resource over the time of a plan: bars below the chart, spells in which too much is asked. Pure. */
import { instantOf, type Scale, xOf } from "./scale";
import { DAY, type Id, type Instant } from "./types";

/** What the server says of everyone, and of the chosen one cell by cell. */
export interface Load {
  resources: { id: Id; name: string; units: number; short: number }[];
  left_out: number;
  resource: Id | null;
  /** What the chosen one has. */
  units: number;
  /** Days that a cell spans. */
  days: number;
  first: Instant | null;
  /** Minutes of work asked and had in each cell. */
  asked: number[];
  had: number[];
  /** The most units asked at once in each cell, and how many of them there are not. */
  peak: number[];
  short: number[];
}

export interface LoadBar {
  /** Pixels from the left edge of what is seen. */
  x: number;
  width: number;
  peak: number;
  short: number;
  from: Instant;
  to: Instant;
}

export interface Spell {
  from: Instant;
  to: Instant;
  least: number;
  most: number;
}

/** No bar is drawn narrower: neighbours go together, and the highest of them counts. */
const NARROWEST = 4;

function startOf(load: Load, cell: number): Instant {
  return (load.first ?? 0) + cell * load.days * DAY;
}

/** The bars of what is seen of a time axis. */
export function loadBars(load: Load, scale: Scale, left: number, width: number): LoadBar[] {
  if (load.first === null) return [];
  const span = load.days * DAY;
  const together = Math.max(1, Math.ceil((NARROWEST * scale.perPixel) / span));
  const found: LoadBar[] = [];
  const seen = Math.floor((instantOf(scale, left) - load.first) / span / together) * together;
  for (let cell = Math.max(0, seen); cell < load.peak.length; cell += together) {
    const from = startOf(load, cell);
    const x = xOf(scale, from) - left;
    if (x > width) break;
    const last = Math.min(cell + together, load.peak.length);
    const peak = Math.max(...load.peak.slice(cell, last));
    if (peak <= 0) continue;
    const to = startOf(load, last);
    found.push({ x, width: (to - from) / scale.perPixel, peak, short: Math.max(...load.short.slice(cell, last)), from, to });
  }
  return found;
}

/** Stretches of time in which more is asked than there is. */
export function spells(load: Load): Spell[] {
  const found: Spell[] = [];
  load.short.forEach((short, cell) => {
    if (short <= 0) return;
    const from = startOf(load, cell);
    const last = found.at(-1);
    if (last && last.to === from) {
      last.to = startOf(load, cell + 1);
      last.least = Math.min(last.least, short);
      last.most = Math.max(last.most, short);
    } else found.push({ from, to: startOf(load, cell + 1), least: short, most: short });
  });
  return found;
}

/** The spell that comes next after an instant, or before it; null where there is none. */
export function spellBeside(found: readonly Spell[], at: Instant, by: -1 | 1): Spell | null {
  if (by > 0) return found.find((one) => one.from > at) ?? null;
  return [...found].reverse().find((one) => one.from < at) ?? null;
}

/** The top of the axis: a round figure above all that is asked and had. */
export function ceilingOf(load: Load): number {
  const most = Math.max(load.units, 0.5, ...load.peak) * 1.15;
  const step = 10 ** Math.floor(Math.log10(most));
  for (const times of [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]) if (step * times >= most) return step * times;
  return step * 10;
}

/** The cell at an instant, or null outside of the plan. */
export function cellAt(load: Load, at: Instant): number | null {
  if (load.first === null) return null;
  const cell = Math.floor((at - load.first) / (load.days * DAY));
  return cell >= 0 && cell < load.peak.length ? cell : null;
}
