/** Keys and the clipboard on the grid: from a key to what the session does. */
import { spread, fromTsv, toTsv } from "../model/clipboard";
import { cellText } from "../model/columns";
import { hasParts } from "../model/outline";
import { sameClock } from "../model/calendar";
import { type Action, gridKey } from "../model/keys";
import { at, type Direction, extendTo, moved, spanOfColumns, toggle } from "../model/select";
import type { Session } from "../session";
import type { Chart } from "./chart";
import type { Editor } from "./editor";
import type { Grid } from "./grid";

export interface Reach {
  session: Session;
  grid: Grid;
  chart: Chart;
  editor: Editor;
  /** Bring the current row into view. */
  reveal(): void;
  detail(): void;
  /** Open or close the histogram of resources. */
  use(): void;
  find(): void;
  help(): void;
  announce(text: string): void;
}

export function go(reach: Reach, to: Direction, extend: boolean): void {
  const { session } = reach;
  const cell = moved(session.selection.cursor, to, session.shown, session.ids, session.columnKeys, session.rowOf, reach.grid.page);
  if (!cell) return;
  session.select(extend ? extendTo(session.selection, cell) : at(cell));
  reach.reveal();
}

/** Begin to edit the current cell; where it takes nothing, say why. */
export function edit(reach: Reach, typed: string | null): void {
  if (!reach.session.selection.cursor) {
    reach.session.add();
    reach.reveal();
  }
  const cell = reach.session.selection.cursor;
  if (!cell) return;
  reach.reveal();
  if (!reach.editor.start(cell, typed)) reach.announce(reach.session.editable ? reach.session.say("said_fixed") : reach.session.bounds);
}

function foldKey(reach: Reach, closed: boolean | null): void {
  const { session } = reach;
  const id = session.selection.cursor?.id;
  if (id === undefined) return;
  const row = session.rowOf(id);
  const parent = session.outline.parent[row] ?? -1;
  if (hasParts(session.outline, row)) session.fold(id, closed ?? !session.folded.has(id));
  else if (closed && parent >= 0) session.select(at({ id: session.ids[parent]!, column: session.selection.cursor!.column }));
}

/** A day earlier or later, as dragging the bar would do. */
function nudge(reach: Reach, by: -1 | 1): void {
  const { session } = reach;
  const id = session.selection.cursor?.id;
  const start = id === undefined ? null : session.store.value(id, "start");
  if (id === undefined || start === null || start === undefined || hasParts(session.outline, session.rowOf(id))) return;
  if (!session.free()) return;
  const to = sameClock(session.reading.calendar, start, by);
  session.shift(id, to);
  reach.announce(session.say("drag_start", { day: session.dates.full(to) }));
}

export function perform(reach: Reach, action: Action): void {
  const { session } = reach;
  const cursor = session.selection.cursor;
  switch (action.act) {
    case "go": return go(reach, action.to, action.extend);
    case "type": return edit(reach, action.text);
    case "edit": return edit(reach, null);
    case "add":
      session.add();
      return session.editable ? edit(reach, null) : undefined;
    case "remove": return session.remove();
    case "undo": return session.undo();
    case "redo": return session.redo();
    case "indent": case "outdent": return session.level(action.act);
    case "move-up": session.step(-1); return reach.reveal();
    case "move-down": session.step(1); return reach.reveal();
    case "earlier": return nudge(reach, -1);
    case "later": return nudge(reach, 1);
    case "longer": case "shorter":
      if (cursor) session.lengthen(cursor.id, action.act === "longer" ? 1 : -1);
      return;
    case "split":
      if (cursor) session.split(cursor.id);
      return;
    case "link": return session.link();
    case "unlink": return session.unlink();
    case "fill": return session.fill(spanOfColumns(session.selection, session.columnKeys));
    case "select-all": return selectAll(session);
    case "toggle":
      if (cursor) session.select(toggle(session.selection, cursor, session.shown, session.ids, session.rowOf));
      return;
    case "fold": return foldKey(reach, null);
    case "unfold": return foldKey(reach, false);
    case "detail": return reach.detail();
    case "use": return reach.use();
    case "clear":
      if (cursor) session.clear(cursor);
      return;
    case "escape": return escape(reach);
    case "zoom-in": return reach.chart.zoom(reach.chart.perPixel / 1.5);
    case "zoom-out": return reach.chart.zoom(reach.chart.perPixel * 1.5);
    case "show-bar":
      if (cursor) reach.chart.showBar(cursor.id);
      return;
    case "find": return reach.find();
    case "help": return reach.help();
    default: return;
  }
}

function escape(reach: Reach): void {
  const { session } = reach;
  const cursor = session.selection.cursor;
  if (reach.chart.cancel() || !cursor) return;
  if (!session.dropFault(cursor)) session.select(at(cursor));
}

function selectAll(session: Session): void {
  const { rows } = session.shown;
  const columns = session.columnKeys;
  if (rows.length === 0) return;
  session.select({ anchor: { id: session.ids[rows[0]!]!, column: columns[0]! }, cursor: { id: session.ids[rows[rows.length - 1]!]!, column: columns[columns.length - 1]! }, extra: new Set() });
}

function copied(session: Session): string {
  const span = spanOfColumns(session.selection, session.columnKeys);
  return toTsv(session.chosen().map((id) => span.map((column) => cellText(session.reading, session.rowOf(id), column))));
}

/** Cells from a spreadsheet: over the rows that are there, and beyond the last one as new rows. */
function pasted(reach: Reach, text: string): void {
  const { session } = reach;
  const cursor = session.selection.cursor;
  const cells = fromTsv(text);
  const chosen = session.chosen();
  const first = chosen[0];
  const columns = session.columnKeys;
  if (session.editable && session.store.count === 0 && cells.length) {
    const from = columns.indexOf("name");
    session.addMany(cells.map((line) => Object.fromEntries(line.map((text, index) => [columns[from + index] ?? "", text]))));
    return reach.announce(session.say("said_pasted", { n: cells.length }));
  }
  if (!cursor || first === undefined || cells.length === 0 || !session.reporting) return;
  const span = spanOfColumns(session.selection, columns);
  const start = session.shown.place[session.rowOf(first)]!;
  const set: { id: number; column: string; text: string }[] = [];
  const added = new Map<number, Record<string, string>>();
  for (const cell of spread(cells, columns, span[0] ?? cursor.column, chosen.length, span)) {
    const row = session.shown.rows[start + cell.place];
    if (row !== undefined) set.push({ id: session.ids[row]!, column: cell.column, text: cell.text });
    else if (session.editable) added.set(cell.place, { ...added.get(cell.place), [cell.column]: cell.text });
  }
  const changed = session.setCells(set, session.say("undo_paste"));
  if (added.size) {
    const last = session.shown.rows[session.shown.rows.length - 1];
    if (last !== undefined) session.select(at({ id: session.ids[last]!, column: cursor.column }));
    session.addMany([...added.values()]);
  }
  reach.announce(session.say("said_pasted", { n: changed + added.size }));
}

export function listenKeys(reach: Reach): void {
  const { grid, session } = reach;
  grid.element.addEventListener("keydown", (event) => {
    if (event.target !== grid.element || event.isComposing) return;
    const action = gridKey(event);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    perform(reach, action);
  });
  const here = () => document.activeElement === grid.element;
  document.addEventListener("copy", (event) => {
    if (!here() || !event.clipboardData) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", copied(session));
    reach.announce(session.say("said_copied", { n: session.chosen().length }));
  });
  document.addEventListener("paste", (event) => {
    if (!here() || !event.clipboardData) return;
    event.preventDefault();
    pasted(reach, event.clipboardData.getData("text/plain"));
  });
}

export function listenPointer(reach: Reach): void {
  const { grid, session, editor } = reach;
  grid.rows.addEventListener("pointerdown", (event) => {
    const hit = event.button === 0 ? grid.hit(event.target) : null;
    if (!hit) return;
    event.preventDefault();
    editor.finish(true, null, false);
    grid.element.focus({ preventScroll: true });
    if (hit.fold) return session.fold(hit.id, !session.folded.has(hit.id));
    const again = session.selection.cursor?.id === hit.id && session.selection.cursor.column === hit.column && !event.shiftKey && !event.ctrlKey && !event.metaKey;
    if (event.shiftKey) session.select(extendTo(session.selection, hit));
    else if (event.ctrlKey || event.metaKey) session.select(toggle(session.selection, hit, session.shown, session.ids, session.rowOf));
    else session.select(at({ id: hit.id, column: hit.column }));
    if (!again) dragRange(reach);
  });
  grid.rows.addEventListener("dblclick", (event) => {
    if (grid.hit(event.target)?.fold === false) edit(reach, null);
  });
}

/** Choose a range while the button is held. */
function dragRange({ grid, session }: Reach): void {
  const move = (event: PointerEvent) => {
    const hit = grid.hit(event.target);
    if (hit && (hit.id !== session.selection.cursor?.id || hit.column !== session.selection.cursor.column)) session.select(extendTo(session.selection, hit));
  };
  grid.rows.addEventListener("pointermove", move);
  addEventListener("pointerup", () => grid.rows.removeEventListener("pointermove", move), { once: true });
}
