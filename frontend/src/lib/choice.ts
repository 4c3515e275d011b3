/** Moving through a list of choices, and picking rows: pure, so that it can be proved. */

/** The place after a key in a list of `count`; -1 is none. Arrows wrap; Home and End go to the ends. */
export function step(current: number, count: number, key: string): number {
  if (count === 0) return -1;
  switch (key) {
    case "ArrowDown":
      return (current + 1) % count;
    case "ArrowUp":
      return current <= 0 ? count - 1 : current - 1;
    case "Home":
    case "PageUp":
      return 0;
    case "End":
    case "PageDown":
      return count - 1;
    default:
      return current;
  }
}

/** The place after moving by `by`, held inside the list; from none, down begins at the first and up at the last. */
export function move(current: number, count: number, by: number): number {
  if (count === 0) return -1;
  if (current < 0) return by > 0 ? 0 : count - 1;
  return Math.min(count - 1, Math.max(0, current + by));
}

/** The places between an anchor and a place, both included. */
export function range(anchor: number, place: number): number[] {
  const from = Math.min(anchor, place);
  const to = Math.max(anchor, place);
  return Array.from({ length: to - from + 1 }, (_unused, index) => from + index);
}

export type Ticked = "all" | "some" | "none";

/** How the box above a column of boxes stands. */
export function ticked(boxes: readonly boolean[]): Ticked {
  const count = boxes.filter(Boolean).length;
  return count === 0 ? "none" : count === boxes.length ? "all" : "some";
}

/** Sum of what the picked rows carry, kept exact to the places that were given. */
export function sum(values: readonly string[]): string {
  const places = Math.max(0, ...values.map((value) => value.split(".")[1]?.length ?? 0));
  const total = values.reduce((so, value) => so + BigInt(scaled(value, places)), 0n);
  if (places === 0) return total.toString();
  const sign = total < 0n ? "-" : "";
  const digits = (total < 0n ? -total : total).toString().padStart(places + 1, "0");
  return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

function scaled(value: string, places: number): string {
  const [whole = "0", part = ""] = value.trim().split(".");
  return (whole || "0") + part.padEnd(places, "0");
}

/** A number as the reader writes it, with a true minus. */
export function shown(value: string, locale: string): string {
  const places = value.split(".")[1]?.length ?? 0;
  return new Intl.NumberFormat(locale, { minimumFractionDigits: places, maximumFractionDigits: places })
    .format(Number(value))
    .replace("-", "\u2212");
}

/** `text` cut into pieces, those that match one of the words of `asked` marked. Case does not count. */
export function marked(text: string, asked: string): { text: string; hit: boolean }[] {
  const words = asked.trim().split(/\s+/).filter(Boolean).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (words.length === 0) return [{ text, hit: false }];
  return text
    .split(new RegExp(`(${words.join("|")})`, "giu"))
    .map((piece, index) => ({ text: piece, hit: index % 2 === 1 }))
    .filter((piece) => piece.text !== "");
}

/** A query string with one parameter changed; empty takes it out. */
export function withParam(search: string, name: string, value: string): string {
  const query = new URLSearchParams(search);
  if (value) query.set(name, value);
  else query.delete(name);
  const text = query.toString();
  return text ? `?${text}` : "";
}
