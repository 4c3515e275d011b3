/** Where bars, floats, baselines and links lie on the chart, in pixels from its top left corner. Pure. */
import { hasParts, type Outline } from "./outline";
import { type Scale, xOf } from "./scale";
import type { PlanStore } from "./store";
import type { Id, Instant } from "./types";

export const ROW = 20;
export const BAR_TOP = 5;
export const BAR_HEIGHT = 9;

export type Tone = "critical" | "near" | "done" | "plain" | "off";

export interface Bar {
  kind: "summary" | "milestone" | "task";
  tone: Tone;
  from: number;
  to: number;
  /** Pieces of a split task, or the whole bar once. */
  parts: [number, number][];
  /** The pixel up to which it is done. */
  done: number;
  /** The end of its total float, where it has any. */
  float: number | null;
  baseline: [number, number] | null;
  deadline: number | null;
  /** A date that its constraint holds, and whether the plan breaks it. */
  constraint: { x: number; broken: boolean } | null;
  late: boolean;
}

export function isMilestone(kind: string, start: Instant | null, finish: Instant | null): boolean {
  return kind === "MILESTONE" || kind === "START_MILESTONE" || (start !== null && start === finish);
}

export function toneOf(store: PlanStore, row: number): Tone {
  const tasks = store.tasks;
  if (tasks.active[row] === false) return "off";
  if (tasks.actual_finish[row] !== null || tasks.percent[row] === 100) return "done";
  if (tasks.critical[row]) return "critical";
  return tasks.near_critical[row] ? "near" : "plain";
}

function broken(name: string, at: Instant, start: Instant, finish: Instant): boolean {
  if (name === "START_NO_LATER_THAN" || name === "MUST_START_ON") return start > at;
  if (name === "FINISH_NO_LATER_THAN" || name === "MUST_FINISH_ON") return finish > at;
  return false;
}

/** How far along its working span a task is, as a pixel; pieces of a split task count without the gaps. */
export function doneTo(parts: readonly [number, number][], percent: number): number {
  const total = parts.reduce((sum, [from, to]) => sum + to - from, 0);
  let left = (total * Math.min(100, Math.max(0, percent))) / 100;
  for (const [from, to] of parts) {
    if (left <= to - from) return from + left;
    left -= to - from;
  }
  return parts.at(-1)?.[1] ?? 0;
}

export function barOf(store: PlanStore, outline: Outline, scale: Scale, row: number): Bar | null {
  const tasks = store.tasks;
  const start = tasks.start[row] ?? null;
  const finish = tasks.finish[row] ?? start;
  if (start === null || finish === null) return null;
  const from = xOf(scale, start);
  const to = xOf(scale, finish);
  const split = tasks.parts[row];
  const parts: [number, number][] = split && split.length > 1 ? split.map(([a, b]) => [xOf(scale, a), xOf(scale, b)]) : [[from, to]];
  const kind = hasParts(outline, row) ? "summary" : isMilestone(tasks.kind[row] ?? "", start, finish) ? "milestone" : "task";
  const tone = toneOf(store, row);
  const late = tasks.late_finish[row] ?? null;
  const baselineStart = tasks.baseline_start[row] ?? null;
  const baselineFinish = tasks.baseline_finish[row] ?? null;
  const deadline = tasks.deadline[row] ?? null;
  const limit = tasks.constraint_at[row] ?? null;
  const name = tasks.constraint[row] ?? "";
  return {
    kind, tone, from, to, parts,
    done: doneTo(parts, tasks.percent[row] ?? 0),
    float: kind !== "summary" && tone !== "done" && late !== null && late > finish && (tasks.total_float[row] ?? 1) > 0 ? xOf(scale, late) : null,
    baseline: baselineStart === null || baselineFinish === null ? null : [xOf(scale, baselineStart), xOf(scale, baselineFinish)],
    deadline: deadline === null ? null : xOf(scale, deadline),
    constraint: limit === null || name === "" || name === "AS_SOON_AS_POSSIBLE" || name === "AS_LATE_AS_POSSIBLE" ? null : { x: xOf(scale, limit), broken: broken(name, limit, start, finish) },
    late: deadline !== null && finish > deadline,
  };
}

/** Where the progress line passes a row: at the status date when it is on plan, at its progress where it is behind or ahead. */
export function progressAt(store: PlanStore, outline: Outline, scale: Scale, row: number, status: Instant): number {
  const tasks = store.tasks;
  const straight = xOf(scale, status);
  const start = tasks.start[row] ?? null;
  const finish = tasks.finish[row] ?? null;
  if (start === null || finish === null || hasParts(outline, row) || tasks.active[row] === false) return straight;
  const percent = tasks.percent[row] ?? 0;
  if (percent >= 100 || tasks.actual_finish[row] !== null) return straight;
  if (percent <= 0) return start >= status ? straight : xOf(scale, start);
  const split = tasks.parts[row];
  const parts: [number, number][] = split && split.length > 1 ? split.map(([a, b]) => [xOf(scale, a), xOf(scale, b)]) : [[xOf(scale, start), xOf(scale, finish)]];
  return doneTo(parts, percent);
}

export interface End {
  x: number;
  /** The middle of the row. */
  y: number;
  /** 1: at the right end of a bar, -1: at its left end. */
  side: 1 | -1;
}

export interface Route {
  points: number[];
  /** Which way the arrowhead points. */
  head: "right" | "left" | "down" | "up";
}

const STUB = 6;

/** A link in horizontal and vertical pieces from the end of one bar to the end of another. */
export function route(from: End, to: End): Route {
  const head = to.side < 0 ? "right" : "left";
  if (from.side === to.side) {
    const x = from.side > 0 ? Math.max(from.x, to.x) + STUB : Math.min(from.x, to.x) - STUB;
    return { points: [from.x, from.y, x, from.y, x, to.y, to.x, to.y], head };
  }
  const ahead = (to.x - from.x) * from.side;
  const down = to.y >= from.y;
  if (ahead >= 7) {
    const x = from.x + from.side * Math.min(STUB, ahead / 2 - 0.5);
    return { points: [from.x, from.y, x, from.y, x, to.y, to.x, to.y], head };
  }
  if (ahead >= -3) {
    const x = Math.round(to.x + from.side * Math.max(3, 4 - ahead));
    const edge = to.y + (down ? -1 : 1) * (BAR_HEIGHT / 2 + 0.5);
    return { points: [from.x, from.y, x, from.y, x, edge], head: down ? "down" : "up" };
  }
  const between = from.y + (down ? 1 : -1) * (ROW / 2);
  const out = from.x + from.side * STUB;
  const into = to.x + to.side * STUB;
  return { points: [from.x, from.y, out, from.y, out, between, into, between, into, to.y, to.x, to.y], head };
}

/** Which ends of the bars a kind of link ties; long names and short ones alike. */
export function endsOf(kind: string): { from: 1 | -1; to: 1 | -1 } {
  const from = kind.startsWith("S") ? -1 : 1;
  const to = kind === "FF" || kind === "SF" || kind.endsWith("_FINISH") ? 1 : -1;
  return { from, to };
}

/** The chain of links that sets the dates of a task, back to where nothing drives any more. */
export function drivingPath(store: PlanStore, id: Id): { tasks: Set<Id>; links: Set<number> } {
  const into = new Map<Id, number[]>();
  store.links.successor.forEach((task, at) => {
    if (!store.links.driving[at]) return;
    const found = into.get(task);
    if (found) found.push(at);
    else into.set(task, [at]);
  });
  const tasks = new Set<Id>([id]);
  const links = new Set<number>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const at of into.get(next) ?? []) {
      links.add(at);
      const before = store.links.predecessor[at]!;
      if (!tasks.has(before)) {
        tasks.add(before);
        open.push(before);
      }
    }
  }
  return { tasks, links };
}

export type Grip = "move" | "finish" | "link";

/** What the pointer holds at a place of a bar: its right edge, the dot behind it, or the bar. */
export function gripAt(bar: Bar, x: number): Grip | null {
  if (bar.kind === "summary") return null;
  const reach = bar.kind === "milestone" ? 8 : 0;
  if (x > bar.to + reach + 1 && x <= bar.to + reach + 13) return "link";
  if (bar.kind === "task" && x >= Math.max(bar.to - 5, bar.from + (bar.to - bar.from) / 2) && x <= bar.to + 1) return "finish";
  return x >= bar.from - reach - 1 && x <= bar.to + reach + 1 ? "move" : null;
}
