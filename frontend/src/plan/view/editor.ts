/** The field in which a cell is typed: it lies over the cell and scrolls with it. */
import { columnFor } from "../model/columns";
import { editorKey } from "../model/keys";
import type { Cell, Direction } from "../model/select";
import { cellKey, type Session } from "../session";
import { h, newId } from "./build";
import type { Grid } from "./grid";

export class Editor {
  private field: HTMLInputElement | HTMLSelectElement | null = null;
  private note: HTMLElement | null = null;
  private cell: Cell | null = null;
  private began = "";

  constructor(
    private readonly session: Session,
    private readonly grid: Grid,
    private readonly after: (go: Direction | null) => void,
  ) {}

  get open(): boolean {
    return this.field !== null;
  }

  /** Begin to edit a cell: with what stands there, or with the first letter that was typed. */
  start(cell: Cell, typed: string | null): boolean {
    const { session, grid } = this;
    const place = grid.cursorPlace();
    const column = columnFor(cell.column);
    if (!column || !session.mayEdit(cell) || place < 0) return false;
    const left = session.columns.slice(0, session.columnKeys.indexOf(cell.column)).reduce((sum, one) => sum + one.width, 0);
    const width = session.columns.find((one) => one.key === cell.column)!.width;
    this.began = session.startText(cell);
    const field = column.sort === "choice" ? this.choice() : h("input", "", { type: "text", autocomplete: "off", spellcheck: column.key === "name" ? "true" : "false" });
    field.classList.add("plan-editor");
    field.setAttribute("aria-label", `${session.say(`column_${cell.column}`)}, ${session.name(cell.id)}`);
    field.value = typed ?? this.began;
    field.style.setProperty("--at", String(place));
    field.style.setProperty("--left", `${left}px`);
    field.style.setProperty("--width", `${Math.max(width, cell.column === "name" ? 160 : column.sort === "text" ? 140 : 92)}px`);
    this.cell = cell;
    this.field = field;
    if (typed !== null && column.sort === "choice") field.value = this.began;
    this.explain(place, left);
    grid.rows.append(field);
    field.focus({ preventScroll: true });
    if (field instanceof HTMLInputElement && typed === null) field.select();
    field.addEventListener("keydown", (event) => this.key(event as KeyboardEvent));
    field.addEventListener("blur", () => {
      // Another window in front: one goes on typing when one comes back.
      if (document.hasFocus()) this.finish(true, null, false);
    });
    return true;
  }

  private explain(place: number, left: number): void {
    const fault = this.cell && this.session.faults.get(cellKey(this.cell.id, this.cell.column));
    if (!fault || !this.field) return;
    const note = h("div", "plan-cellnote", { id: newId("plan-note") }, fault.message);
    note.style.setProperty("--at", String(place));
    note.style.setProperty("--left", `${left}px`);
    this.field.setAttribute("aria-invalid", "true");
    this.field.setAttribute("aria-describedby", note.id);
    this.note = note;
    this.grid.rows.append(note);
  }

  private choice(): HTMLSelectElement {
    const options = Object.entries(this.session.settings.constraints).map(([value, label]) => h("option", "", { value }, label));
    return h("select", "", {}, ...options);
  }

  private key(event: KeyboardEvent): void {
    event.stopPropagation();
    const action = editorKey(event, event.isComposing);
    if (!action) return;
    event.preventDefault();
    if (action.act === "drop") this.finish(false, null, true);
    else this.finish(true, action.go, true);
  }

  /** Close the field; what was typed is kept or dropped, and the focus goes back to the grid. */
  finish(keep: boolean, go: Direction | null, refocus = true): void {
    const { field, cell } = this;
    if (!field || !cell) return;
    this.field = null;
    this.cell = null;
    const text = field.value;
    const hadFocus = document.activeElement === field;
    field.remove();
    this.note?.remove();
    this.note = null;
    if (refocus && hadFocus) this.grid.element.focus({ preventScroll: true });
    if (keep && (text !== this.began || this.session.faults.has(cellKey(cell.id, cell.column)))) this.session.setCells([{ id: cell.id, column: cell.column, text }]);
    else if (!keep) this.session.dropFault(cell);
    this.session.sendNew();
    this.after(go);
  }
}
