/** Which cell has the focus and which rows are chosen; by id, so that it outlives edits of others. Pure. */
import type { Shown } from "./outline";
import type { Id } from "./types";

export interface Cell {
  id: Id;
  column: string;
}

export interface Selection {
  cursor: Cell | null;
  /** Where a range began; the cursor is its other end. */
  anchor: Cell | null;
  /** Rows chosen one by one beside the range. */
  extra: ReadonlySet<Id>;
}

export const NOTHING: Selection = { cursor: null, anchor: null, extra: new Set() };

export type RowOf = (id: Id) => number;

export function at(cell: Cell): Selection {
  return { cursor: cell, anchor: cell, extra: new Set() };
}

export function extendTo(selection: Selection, cell: Cell): Selection {
  return { ...selection, cursor: cell, anchor: selection.anchor ?? cell };
}

/** Put a row to the chosen ones or take it out, and go there. The range so far stays chosen. */
export function toggle(selection: Selection, cell: Cell, shown: Shown, ids: readonly Id[], rowOf: RowOf): Selection {
  const extra = new Set(chosen(selection, shown, ids, rowOf));
  if (extra.has(cell.id) && extra.size > 1) extra.delete(cell.id);
  else extra.add(cell.id);
  return { cursor: cell, anchor: extra.has(cell.id) ? cell : null, extra };
}

function placeOf(shown: Shown, rowOf: RowOf, cell: Cell | null): number {
  if (!cell) return -1;
  const row = rowOf(cell.id);
  return row < 0 ? -1 : (shown.place[row] ?? -1);
}

/** First and last place on the screen of the range, or null. */
export function range(selection: Selection, shown: Shown, rowOf: RowOf): [number, number] | null {
  const here = placeOf(shown, rowOf, selection.cursor);
  if (here < 0 || selection.anchor === null) return null;
  const from = placeOf(shown, rowOf, selection.anchor);
  return from < 0 ? [here, here] : [Math.min(from, here), Math.max(from, here)];
}

/** Ids of the chosen rows, from the top. */
export function chosen(selection: Selection, shown: Shown, ids: readonly Id[], rowOf: RowOf): Id[] {
  const places = new Set<number>();
  const span = range(selection, shown, rowOf);
  if (span) for (let place = span[0]; place <= span[1]; place += 1) places.add(place);
  for (const id of selection.extra) {
    const place = placeOf(shown, rowOf, { id, column: "" });
    if (place >= 0) places.add(place);
  }
  return [...places].sort((a, b) => a - b).map((place) => ids[shown.rows[place]!]!);
}

/** The columns of the range, in the order of the grid. */
export function spanOfColumns(selection: Selection, columns: readonly string[]): string[] {
  const here = columns.indexOf(selection.cursor?.column ?? "");
  const from = columns.indexOf(selection.anchor?.column ?? "");
  if (here < 0) return [];
  if (from < 0) return [columns[here]!];
  return columns.slice(Math.min(here, from), Math.max(here, from) + 1);
}

export type Direction = "up" | "down" | "left" | "right" | "page-up" | "page-down" | "row-first" | "row-last" | "first" | "last";

/** The cell that a key leads to; it stays within what is shown. */
export function moved(cursor: Cell | null, direction: Direction, shown: Shown, ids: readonly Id[], columns: readonly string[], rowOf: RowOf, page: number): Cell | null {
  const last = shown.rows.length - 1;
  if (last < 0) return null;
  let place = placeOf(shown, rowOf, cursor);
  let column = Math.max(0, columns.indexOf(cursor?.column ?? "name"));
  if (place < 0) return { id: ids[shown.rows[0]!]!, column: columns[column] ?? "name" };
  if (direction === "up") place -= 1;
  if (direction === "down") place += 1;
  if (direction === "page-up") place -= page;
  if (direction === "page-down") place += page;
  if (direction === "first") place = 0;
  if (direction === "last") place = last;
  if (direction === "left") column -= 1;
  if (direction === "right") column += 1;
  if (direction === "row-first" || direction === "first") column = 0;
  if (direction === "row-last" || direction === "last") column = columns.length - 1;
  place = Math.min(last, Math.max(0, place));
  column = Math.min(columns.length - 1, Math.max(0, column));
  return { id: ids[shown.rows[place]!]!, column: columns[column]! };
}

/** After rows went: the row that took the place of the first of them. */
export function afterRemoval(place: number, shown: Shown, ids: readonly Id[], column: string): Selection {
  const row = shown.rows[Math.min(place, shown.rows.length - 1)];
  return row === undefined ? NOTHING : at({ id: ids[row]!, column });
}
