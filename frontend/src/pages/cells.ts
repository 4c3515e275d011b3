/** A table of inputs that is filled as a spreadsheet is: paste a block, go up and down with arrows and Enter. */
import { rowsOf } from "../lib/cells";

type Cell = HTMLInputElement;

function grid(table: HTMLElement): Cell[][] {
  const rows = [...table.querySelectorAll<HTMLTableRowElement>("tbody tr")];
  return rows.map((row) => [...row.querySelectorAll<Cell>("input")]).filter((cells) => cells.length > 0);
}

function place(cells: Cell[][], cell: EventTarget | null): [number, number] | null {
  for (const [row, line] of cells.entries()) {
    const column = line.indexOf(cell as Cell);
    if (column >= 0) return [row, column];
  }
  return null;
}

function paste(event: ClipboardEvent, table: HTMLElement): void {
  const cells = grid(table);
  const at = place(cells, event.target);
  const told = rowsOf(event.clipboardData?.getData("text/plain") ?? "");
  if (!at || (told.length === 1 && told[0]?.length === 1)) return;
  event.preventDefault();
  for (const [down, line] of told.entries()) {
    for (const [right, text] of line.entries()) {
      const cell = cells[at[0] + down]?.[at[1] + right];
      if (!cell) continue;
      cell.value = text;
      cell.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}

function step(event: KeyboardEvent, table: HTMLElement): void {
  const by = { ArrowUp: -1, ArrowDown: 1, Enter: event.shiftKey ? -1 : 1 }[event.key];
  const cells = grid(table);
  const at = place(cells, event.target);
  if (!by || !at || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const next = cells[at[0] + by]?.[at[1]];
  next?.focus();
  next?.select();
}

for (const table of document.querySelectorAll<HTMLElement>("[data-cells]")) {
  table.addEventListener("paste", (event) => paste(event, table));
  table.addEventListener("keydown", (event) => step(event, table));
}
