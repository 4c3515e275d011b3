/** Mentions in a text: what is being typed after an @, and the text once someone is chosen. Pure. */

export interface Asked {
  start: number;
  text: string;
}

/** The name begun before the caret, or null: an @ at a word's start, then up to three words without a line break. */
export function asked(text: string, caret: number): Asked | null {
  const before = text.slice(0, caret);
  const found = /(?:^|[\s(])@([\p{L}\p{N}.'-]*(?: [\p{L}\p{N}.'-]+){0,2})$/u.exec(before);
  return found ? { start: caret - (found[1] ?? "").length - 1, text: found[1] ?? "" } : null;
}

/** The text with the mention put in, and where the caret goes. */
export function insert(text: string, at: Asked, caret: number, name: string, key: string): { text: string; caret: number } {
  const mention = `@[${name.replace(/[[\]]/g, "")}](user:${key}) `;
  return { text: text.slice(0, at.start) + mention + text.slice(caret), caret: at.start + mention.length };
}
