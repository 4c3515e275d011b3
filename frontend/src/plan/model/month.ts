/** A month of the plan as weeks: which tasks run on which days, milestones on theirs. Pure. */
import { isMilestone } from "./geometry";
import { hasParts, type Outline } from "./outline";
import { floorTo } from "./scale";
import type { PlanStore } from "./store";
import { DAY, type Instant } from "./types";

export interface Stretch {
  row: number;
  /** Days of the week from 0, Monday, first and last. */
  from: number;
  to: number;
  /** The line of the week in which it lies. */
  line: number;
  /** Whether it goes on before or after the week. */
  before: boolean;
  after: boolean;
  milestone: boolean;
}

export interface Week {
  /** Monday, midnight. */
  first: Instant;
  stretches: Stretch[];
  /** How many do not fit, by day. */
  hidden: number[];
}

/** Lines that a week shows of tasks. */
export const LINES = 5;

/** The first days of the month before and after the one that holds an instant. */
export function monthBeside(at: Instant, by: -1 | 1): Instant {
  const date = new Date(floorTo(at, "month") * 60_000);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + by, 1) / 60_000;
}

/** The weeks that hold a month. */
export function weeksOf(month: Instant): Instant[] {
  const found: Instant[] = [];
  const next = monthBeside(month, 1);
  for (let at = floorTo(floorTo(month, "month"), "week"); at < next; at += 7 * DAY) found.push(at);
  return found;
}

/** The first and the last day of a task; one that ends at midnight ends the day before. */
function daysOf(store: PlanStore, row: number): [number, number] | null {
  const start = store.tasks.start[row] ?? null;
  const finish = store.tasks.finish[row] ?? start;
  if (start === null || finish === null) return null;
  const first = Math.floor(start / DAY);
  return [first, Math.max(first, Math.ceil(finish / DAY) - 1)];
}

/** The month that holds an instant, with the tasks that `wanted` takes; milestones first, then the longest. */
export function monthOf(store: PlanStore, outline: Outline, at: Instant, wanted: (row: number) => boolean, lines = LINES): Week[] {
  const rows: { row: number; first: number; last: number; milestone: boolean }[] = [];
  for (let row = 0; row < store.count; row += 1) {
    const days = hasParts(outline, row) || store.tasks.active[row] === false ? null : daysOf(store, row);
    if (days && wanted(row)) rows.push({ row, first: days[0], last: days[1], milestone: isMilestone(store.tasks.kind[row] ?? "", store.tasks.start[row] ?? null, store.tasks.finish[row] ?? null) });
  }
  return weeksOf(at).map((first) => {
    const monday = first / DAY;
    const here = rows.filter((one) => one.first <= monday + 6 && one.last >= monday);
    here.sort((a, b) => Number(b.milestone) - Number(a.milestone) || a.first - b.first || b.last - a.last || a.row - b.row);
    const taken: number[][] = [];
    const hidden = [0, 0, 0, 0, 0, 0, 0];
    const stretches: Stretch[] = [];
    for (const one of here) {
      const from = Math.max(0, one.first - monday);
      const to = Math.min(6, one.last - monday);
      let line = 0;
      while (taken[line]?.slice(from, to + 1).some(Boolean)) line += 1;
      if (line >= lines) {
        for (let day = from; day <= to; day += 1) hidden[day]! += 1;
        continue;
      }
      taken[line] ??= [0, 0, 0, 0, 0, 0, 0];
      taken[line]!.fill(1, from, to + 1);
      stretches.push({ row: one.row, from, to, line, before: one.first < monday, after: one.last > monday + 6, milestone: one.milestone });
    }
    return { first, stretches, hidden };
  });
}
