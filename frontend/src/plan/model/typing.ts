/** What is typed or pasted: the commands for the server, and what is shown of them meanwhile. */
import { type Column, columnFor, guess, mayEdit, type Reading, typedValue } from "./columns";
import { parseDuration } from "./format";
import { addition } from "./moves";
import type { Shown } from "./queue";
import type { Command, Id, Instant } from "./types";

export interface TypedCell {
  id: Id;
  column: string;
  text: string;
}

/** Texts for cells that take them. Pure. */
export function typedInto(reading: Reading, cells: readonly TypedCell[], today: Instant): { commands: Command[]; shown: Shown[] } {
  const commands: Command[] = [];
  const shown: Shown[] = [];
  for (const { id, column: key, text } of cells) {
    const column: Column | undefined = columnFor(key);
    if (!column?.field) continue;
    const value = typedValue(reading, column, text, today);
    commands.push({ do: "set", task: id, field: column.field, value });
    for (const [name, shownValue] of guess(reading, id, column, value)) shown.push([id, name, shownValue]);
  }
  return { commands, shown };
}

/** Pasted lines as new rows after one another, put into the plan at once; `number` is that of the last new row before. */
export function pastedRows(reading: Reading, lines: readonly Readonly<Record<string, string>>[], from: { after: Id | null; number: number; unnamed: string; today: Instant }): { commands: Command[]; ids: Id[] } {
  const commands: Command[] = [];
  const ids: Id[] = [];
  for (const { name, duration, ...others } of lines) {
    const added = addition(reading.store, ids.at(-1) ?? from.after, name || from.unnamed, from.number + ids.length + 1);
    commands.push({ ...added.command, ...(duration ? { duration } : {}) });
    const cells = Object.entries(others).flatMap(([column, text]) => (text.trim() ? [{ id: added.id, column, text }] : []));
    commands.push(...typedInto(reading, cells, from.today).commands);
    ids.push(added.id);
  }
  return { commands, ids };
}

/** The text of a duration that is longer, or shorter, by working days of the plan; null where it cannot be. Pure. */
export function lengthened(reading: Reading, id: Id, by: number): string | null {
  const { store, lengths } = reading;
  if (!mayEdit(reading, store.row(id), columnFor("duration")!)) return null;
  const minutes = Math.max(0, (store.value(id, "duration") ?? 0) + by * lengths.minutes_per_day);
  const text = `${Number((minutes / lengths.minutes_per_day).toFixed(2))}d`;
  return parseDuration(text, lengths) ? text : null;
}
