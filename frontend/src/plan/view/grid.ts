/** The treegrid: real cells for the rows in view only, reused while one scrolls. Focus stays on the grid itself, which names
 * the current cell as its active descendant: so a row that leaves the view takes no focus with it. */
import { cellText, type Chosen, COLUMNS, lateness, NARROWEST, WIDEST } from "../model/columns";
import { toneOf, ROW } from "../model/geometry";
import { hasParts } from "../model/outline";
import { range, spanOfColumns } from "../model/select";
import { cellKey, type Session } from "../session";
import { h, setAttribute, setText } from "./build";

interface RowParts {
  row: HTMLElement;
  cells: HTMLElement[];
  place: number;
  stamp: number;
}

const RIGHT = new Set(["number", "date", "duration", "percent"]);

export class Grid {
  readonly element: HTMLElement;
  readonly rows: HTMLElement;
  private readonly head: HTMLElement;
  private pool: RowParts[] = [];
  private stamp = 0;
  private columns: Chosen[] = [];
  private height = 0;
  private seen = -1;

  constructor(
    private readonly session: Session,
    private readonly onWidth: (columns: Chosen[]) => void,
  ) {
    this.head = h("div", "plan-head", { role: "row", "aria-rowindex": 1 });
    this.rows = h("div", "plan-rows", { role: "rowgroup" });
    this.element = h("div", "plan-grid", { role: "treegrid", tabindex: 0, "aria-label": session.say("grid_label"), "aria-multiselectable": "true", "aria-readonly": String(!session.reporting) });
    this.element.append(h("div", "plan-headgroup", { role: "rowgroup" }, this.head), h("div", "plan-clip", { role: "presentation" }, this.rows));
    this.build();
  }

  /** Everything may look different: fill all rows again at the next frame. */
  invalidate(): void {
    this.stamp += 1;
  }

  private build(): void {
    const { session } = this;
    this.columns = session.columns;
    this.pool = [];
    this.rows.replaceChildren();
    this.head.replaceChildren();
    setAttribute(this.element, "aria-colcount", String(this.columns.length));
    this.columns.forEach((chosen, at) => {
      const column = COLUMNS.find((one) => one.key === chosen.key)!;
      const label = session.say(`column_${chosen.key}`);
      const cell = h("div", `plan-th${RIGHT.has(column.sort) ? " is-right" : ""}`, { role: "columnheader", "aria-colindex": at + 1, title: session.say(`column_${chosen.key}_long`) }, h("span", "", {}, label));
      cell.dataset["column"] = chosen.key;
      cell.append(this.grip(at));
      this.head.append(cell);
    });
    this.widths();
  }

  private grip(at: number): HTMLElement {
    const grip = h("span", "plan-grip", { "aria-hidden": "true" });
    grip.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      event.stopPropagation();
      grip.setPointerCapture(event.pointerId);
      const from = event.clientX;
      const width = this.columns[at]!.width;
      const move = (to: PointerEvent) => {
        const next = Math.min(WIDEST, Math.max(NARROWEST, width + to.clientX - from));
        this.columns = this.columns.map((one, index) => (index === at ? { ...one, width: next } : one));
        this.session.columns = this.columns;
        this.widths();
      };
      grip.addEventListener("pointermove", move);
      grip.addEventListener("lostpointercapture", () => {
        grip.removeEventListener("pointermove", move);
        this.onWidth(this.columns);
      }, { once: true });
    });
    return grip;
  }

  private widths(): void {
    this.element.style.setProperty("--columns", this.columns.map((one) => `${one.width}px`).join(" "));
    this.element.style.setProperty("--wide", `${this.columns.reduce((sum, one) => sum + one.width, 0)}px`);
  }

  private make(at: number): RowParts {
    const row = h("div", "plan-row", { role: "row" });
    const cells = this.columns.map((chosen, column) => {
      const kind = COLUMNS.find((one) => one.key === chosen.key)!.sort;
      const cell = h("div", `plan-td is-${chosen.key}${RIGHT.has(kind) ? " is-right" : ""}`, { role: chosen.key === "row" ? "rowheader" : "gridcell", "aria-colindex": column + 1, id: `plan-cell-${at}-${column}` });
      cell.dataset["column"] = chosen.key;
      if (chosen.key === "name") cell.append(h("span", "plan-fold", { "aria-hidden": "true" }), h("span", "plan-code"), h("span", "plan-name"));
      else cell.append(h("span"), h("b"));
      return cell;
    });
    row.append(...cells);
    this.rows.append(row);
    return { row, cells, place: -1, stamp: -1 };
  }

  /** Draw the rows of a view `height` high that is scrolled to `top`. */
  paint(top: number, height: number): void {
    const { session } = this;
    if (this.columns !== session.columns) this.build();
    const count = session.shown.rows.length;
    setAttribute(this.element, "aria-rowcount", String(count + 1));
    const wanted = Math.ceil(height / ROW) + 2;
    if (wanted > this.pool.length) {
      for (let at = this.pool.length; at < wanted; at += 1) this.pool.push(this.make(at));
      for (const parts of this.pool) parts.stamp = -1;
    }
    this.height = height;
    const first = Math.max(0, Math.floor(top / ROW));
    const size = this.pool.length;
    if (this.seen !== this.stamp) this.stampSelection();
    this.seen = this.stamp;
    for (let place = first; place < first + size; place += 1) {
      const parts = this.pool[place % size]!;
      if (parts.place === place && parts.stamp === this.stamp) continue;
      parts.place = place;
      parts.stamp = this.stamp;
      if (place < count) this.fill(parts, place, this.chosenIds);
      parts.row.hidden = place >= count;
    }
    this.rows.style.setProperty("--shift", `${-top}px`);
    const place = this.cursorPlace();
    const column = session.columnKeys.indexOf(session.selection.cursor?.column ?? "");
    const seen = place >= first && place < first + size && column >= 0;
    setAttribute(this.element, "aria-activedescendant", seen ? `plan-cell-${place % size}-${column}` : null);
  }

  private chosenIds: ReadonlySet<number> = new Set();
  /** While tasks are looked for, folding counts for nothing. */
  private unfolded = false;
  private block: { from: number; to: number; columns: ReadonlySet<string> } | null = null;

  private stampSelection(): void {
    const { session } = this;
    this.chosenIds = new Set(session.chosen());
    this.unfolded = session.filtered;
    const span = range(session.selection, session.shown, session.rowOf);
    const columns = spanOfColumns(session.selection, session.columnKeys);
    this.block = span && (span[0] !== span[1] || columns.length > 1) ? { from: span[0], to: span[1], columns: new Set(columns) } : null;
  }

  cursorPlace(): number {
    const cursor = this.session.selection.cursor;
    return cursor ? (this.session.shown.place[this.session.rowOf(cursor.id)] ?? -1) : -1;
  }

  private fill(parts: RowParts, place: number, chosen: ReadonlySet<number>): void {
    const { session } = this;
    const { store, outline, shown } = session;
    const row = shown.rows[place]!;
    const id = store.tasks.id[row]!;
    const parent = hasParts(outline, row);
    const cursor = session.selection.cursor;
    const current = cursor?.id === id;
    const element = parts.row;
    element.style.setProperty("--at", String(place));
    const css = `plan-row${parent ? " is-group" : ""}${chosen.has(id) ? " is-chosen" : ""}${current ? " is-current" : ""}${store.tasks.active[row] === false ? " is-off" : ""}${id < 0 ? " is-new" : ""}`;
    if (element.className !== css) element.className = css;
    setAttribute(element, "aria-rowindex", String(place + 2));
    setAttribute(element, "aria-level", String(outline.depth[row]! + 1));
    setAttribute(element, "aria-expanded", parent ? String(this.unfolded || !session.folded.has(id)) : null);
    setAttribute(element, "aria-selected", String(chosen.has(id)));
    this.columns.forEach(({ key }, at) => this.fillCell(parts.cells[at]!, { key, row, id, place, active: current && cursor.column === key }));
  }

  private fillCell(cell: HTMLElement, on: { key: string; row: number; id: number; place: number; active: boolean }): void {
    const { session } = this;
    const { key, row, id } = on;
    const fault = session.faults.get(cellKey(id, key));
    const text = fault ? fault.text : cellText(session.reading, row, key);
    if (key === "name") {
      cell.style.setProperty("--depth", String(session.outline.depth[row]));
      setText(cell.children[1]!, session.columnKeys.includes("wbs") ? "" : (session.store.tasks.wbs[row] ?? ""));
      setText(cell.children[2]!, text);
    } else {
      setText(cell.firstChild!, text);
      const mark = key === "total_float" ? this.mark(row) : "";
      const badge = cell.lastElementChild!;
      setText(badge, mark);
      const tone = mark ? `plan-mark is-${toneOf(session.store, row)}` : "";
      if (badge.className !== tone) badge.className = tone;
    }
    const late = key === "late" && (lateness(session.reading, row) ?? 0) > 0;
    const inBlock = this.block !== null && on.place >= this.block.from && on.place <= this.block.to && this.block.columns.has(key);
    cell.classList.toggle("is-active", on.active);
    cell.classList.toggle("is-block", inBlock);
    cell.classList.toggle("is-late", late);
    cell.classList.toggle("is-fault", fault !== undefined);
    setAttribute(cell, "aria-invalid", fault ? "true" : null);
    setAttribute(cell, "title", fault ? fault.message : key === "name" ? text : null);
  }

  /** The letter that says what the colour says. */
  private mark(row: number): string {
    const { store, outline, say } = this.session;
    if (hasParts(outline, row)) return "";
    const tone = toneOf(store, row);
    return tone === "critical" ? say("letter_critical") : tone === "near" ? say("letter_near") : "";
  }

  /** The element of a cell when its row is in view. */
  cellAt(place: number, column: string): HTMLElement | null {
    const at = this.session.columnKeys.indexOf(column);
    const parts = this.pool.find((one) => one.place === place && !one.row.hidden);
    return parts?.cells[at] ?? null;
  }

  /** Id and column under a pointer. */
  hit(target: EventTarget | null): { id: number; column: string; fold: boolean } | null {
    if (!(target instanceof Element)) return null;
    const row = target.closest(".plan-row");
    const parts = this.pool.find((one) => one.row === row);
    if (!parts) return null;
    const id = this.session.ids[this.session.shown.rows[parts.place]!];
    const column = target.closest<HTMLElement>(".plan-td")?.dataset["column"] ?? "name";
    return id === undefined ? null : { id, column, fold: target.closest(".plan-fold") !== null };
  }

  /** Rows that fit into the view. */
  get page(): number {
    return Math.max(1, Math.floor(this.height / ROW) - 1);
  }
}
