/** The tree of rows: depth, ends of branches, what is folded away or filtered out, and moves within it. Pure. */
import type { Id } from "./types";

export interface Outline {
  /** Levels below the top, 0 for a task without parent. */
  depth: Int16Array;
  /** The row after the last one of each branch. */
  end: Int32Array;
  /** The row of the parent, or -1. */
  parent: Int32Array;
}

/** Rows stand in outline order: a parent before its parts. A parent that is not there counts as none. */
export function outlineOf(ids: readonly Id[], parents: readonly (Id | null)[]): Outline {
  const count = ids.length;
  const rows = new Map<Id, number>();
  const outline: Outline = { depth: new Int16Array(count), end: new Int32Array(count), parent: new Int32Array(count) };
  for (let row = 0; row < count; row += 1) {
    rows.set(ids[row]!, row);
    const above = parents[row];
    const parent = above === null || above === undefined ? -1 : (rows.get(above) ?? -1);
    outline.parent[row] = parent;
    outline.depth[row] = parent < 0 ? 0 : outline.depth[parent]! + 1;
    outline.end[row] = row + 1;
  }
  for (let row = count - 1; row >= 0; row -= 1) {
    const parent = outline.parent[row]!;
    if (parent >= 0 && outline.end[parent]! < outline.end[row]!) outline.end[parent] = outline.end[row]!;
  }
  return outline;
}

export function hasParts(outline: Outline, row: number): boolean {
  return outline.end[row]! > row + 1;
}

export interface Shown {
  /** Rows in the order in which they stand on the screen. */
  rows: Int32Array;
  /** The place on the screen of each row, or -1. */
  place: Int32Array;
}

export interface Filter {
  folded: ReadonlySet<Id>;
  /** Which rows are wanted; none: all. A wanted row brings the rows above it in the tree. */
  wanted?: ((row: number) => boolean) | undefined;
}

export function shownRows(ids: readonly Id[], outline: Outline, filter: Filter): Shown {
  const count = ids.length;
  const kept = filter.wanted ? wantedRows(outline, count, filter.wanted) : null;
  const rows = new Int32Array(count);
  const place = new Int32Array(count).fill(-1);
  let shown = 0;
  for (let row = 0; row < count; ) {
    if (kept && !kept[row]) {
      row = outline.end[row]!;
      continue;
    }
    place[row] = shown;
    rows[shown] = row;
    shown += 1;
    const closed = kept === null && filter.folded.has(ids[row]!);
    row = closed ? outline.end[row]! : row + 1;
  }
  return { rows: rows.subarray(0, shown), place };
}

/** What is folded when this many levels are shown. */
export function foldedAt(ids: readonly Id[], outline: Outline, levels: number): Set<Id> {
  return new Set(ids.filter((_, row) => hasParts(outline, row) && outline.depth[row]! + 1 >= levels));
}

function wantedRows(outline: Outline, count: number, wanted: (row: number) => boolean): Uint8Array {
  const kept = new Uint8Array(count);
  for (let row = 0; row < count; row += 1) {
    if (!wanted(row)) continue;
    for (let above = row; above >= 0 && !kept[above]; above = outline.parent[above]!) kept[above] = 1;
  }
  return kept;
}

/** The rows without those that stand within another one of them: what a move or a removal takes along. */
export function tops(outline: Outline, rows: readonly number[]): number[] {
  const sorted = [...new Set(rows)].sort((a, b) => a - b);
  const found: number[] = [];
  let end = -1;
  for (const row of sorted) {
    if (row < end) continue;
    found.push(row);
    end = outline.end[row]!;
  }
  return found;
}

/** The row before it of the same parent, or -1. */
function siblingBefore(outline: Outline, row: number): number {
  for (let before = row - 1; before >= 0 && before > outline.parent[row]!; before -= 1) {
    if (outline.parent[before] === outline.parent[row]) return before;
  }
  return -1;
}

/** The row after its branch of the same parent, or -1. */
function siblingAfter(outline: Outline, row: number): number {
  const after = outline.end[row]!;
  return after < outline.parent.length && outline.parent[after] === outline.parent[row] ? after : -1;
}

/** New parents when rows go one level in: below the row before them. Rows that have none before them stay. */
export function indented(ids: readonly Id[], outline: Outline, rows: readonly number[]): Map<Id, Id | null> {
  const moved = new Map<Id, Id | null>();
  const going = new Set(tops(outline, rows));
  for (const row of going) {
    let before = siblingBefore(outline, row);
    while (before >= 0 && going.has(before)) before = siblingBefore(outline, before);
    if (before >= 0) moved.set(ids[row]!, ids[before]!);
  }
  return moved;
}

/** New parents when rows go one level out: the rows that follow in the same branch become their parts. */
export function outdented(ids: readonly Id[], outline: Outline, rows: readonly number[]): Map<Id, Id | null> {
  const moved = new Map<Id, Id | null>();
  const going = tops(outline, rows).filter((row) => outline.parent[row]! >= 0);
  const set = new Set(going);
  for (const row of going) {
    const parent = outline.parent[row]!;
    const above = outline.parent[parent]!;
    moved.set(ids[row]!, above < 0 ? null : ids[above]!);
    for (let after = siblingAfter(outline, row); after >= 0 && !set.has(after); after = siblingAfter(outline, after)) moved.set(ids[after]!, ids[row]!);
  }
  return moved;
}

/** Where a move by one place among the neighbours leads: what it stands after then, or null where there is no way. */
export function movedBy(ids: readonly Id[], outline: Outline, rows: readonly number[], by: -1 | 1): { after: Id | null; parent: Id | null; tasks: Id[] } | null {
  const going = tops(outline, rows);
  const first = going[0];
  const last = going[going.length - 1];
  if (first === undefined || last === undefined || going.some((row) => outline.parent[row] !== outline.parent[first])) return null;
  const above = outline.parent[first]!;
  const parent = above < 0 ? null : ids[above]!;
  const tasks = going.map((row) => ids[row]!);
  if (by > 0) {
    const next = siblingAfter(outline, last);
    return next < 0 ? null : { after: ids[next]!, parent, tasks };
  }
  const before = siblingBefore(outline, first);
  if (before < 0) return null;
  const beyond = siblingBefore(outline, before);
  return { after: beyond < 0 ? null : ids[beyond]!, parent, tasks };
}

/** The whole order of ids once branches stand after another one of the same parent (none: first below the parent). */
export function orderAfter(ids: readonly Id[], outline: Outline, rows: readonly number[], after: number, parent: number): Id[] {
  const taken: Id[] = [];
  const gone = new Set<number>();
  for (const row of tops(outline, rows)) {
    for (let part = row; part < outline.end[row]!; part += 1) {
      taken.push(ids[part]!);
      gone.add(part);
    }
  }
  const at = after >= 0 ? outline.end[after]! : parent + 1;
  const order: Id[] = [];
  for (let row = 0; row <= ids.length; row += 1) {
    if (row === at) order.push(...taken);
    if (row < ids.length && !gone.has(row)) order.push(ids[row]!);
  }
  return order;
}
