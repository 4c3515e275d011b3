/** A block of cells copied from a spreadsheet, as rows of trimmed texts; a last empty line is none. */
export function rowsOf(text: string): string[][] {
  const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
  return lines.map((line) => line.split("\t").map((cell) => cell.trim()));
}
