/** Ranges as spreadsheets exchange them: lines of cells parted by tabs, quoted where a cell holds either. Pure. */

export function toTsv(cells: readonly (readonly string[])[]): string {
  const cell = (text: string) => (/[\t\n\r"]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
  return cells.map((line) => line.map((text) => cell(text.replace(/\u00A0/g, " "))).join("\t")).join("\r\n");
}

export function fromTsv(text: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at]!;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (sign === '"' && cell === "") quoted = true;
    else if (sign === "\t") {
      line.push(cell);
      cell = "";
    } else if (sign === "\n" || sign === "\r") {
      if (sign === "\r" && text[at + 1] === "\n") at += 1;
      lines.push([...line, cell]);
      line = [];
      cell = "";
    } else cell += sign;
  }
  if (cell !== "" || line.length) lines.push([...line, cell]);
  return lines;
}

/** Where pasted cells go: from a place and a column on; one value fills the whole chosen range. */
export interface Pasted {
  /** Places on the screen, counted from the first one. */
  place: number;
  column: string;
  text: string;
}

export function spread(cells: readonly (readonly string[])[], columns: readonly string[], from: string, chosenRows: number, chosenColumns: readonly string[]): Pasted[] {
  const start = Math.max(0, columns.indexOf(from));
  const found: Pasted[] = [];
  const single = cells.length === 1 && cells[0]!.length === 1;
  if (single) {
    for (let place = 0; place < Math.max(1, chosenRows); place += 1) for (const column of chosenColumns) found.push({ place, column, text: cells[0]![0]! });
    return found;
  }
  cells.forEach((line, place) =>
    line.forEach((text, at) => {
      const column = columns[start + at];
      if (column !== undefined) found.push({ place, column, text });
    }),
  );
  return found;
}
