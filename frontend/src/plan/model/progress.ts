/** Reports of progress: which tasks are due, what a draft says, and the edits that it becomes. Pure. */
import { workBetween } from "./calendar";
import { isMilestone } from "./geometry";
import { hasParts, type Outline } from "./outline";
import type { PlanStore } from "./store";
import { type Command, DAY, type Id, type Instant, type PlanCalendar } from "./types";

/** What is said of one task and not sent yet. Percent and remaining follow from each other: `by` is what was said last. */
export interface Draft {
  percent?: number;
  remaining?: number;
  by?: "percent" | "remaining";
  /** ISO dates; empty: none. */
  start?: string;
  finish?: string;
  note?: string;
  /** How many photos wait on the phone to go with it. */
  photos?: number;
}

/** Rows that are open and begin by a week after the status date: what is critical first, then the earliest. */
export function dueRows(store: PlanStore, outline: Outline, status: Instant): number[] {
  const tasks = store.tasks;
  const rows: number[] = [];
  for (let row = 0; row < store.count; row += 1) {
    if (hasParts(outline, row) || tasks.active[row] === false || tasks.actual_finish[row] !== null || (tasks.percent[row] ?? 0) >= 100) continue;
    if ((tasks.start[row] ?? Infinity) <= status + 7 * DAY) rows.push(row);
  }
  const weight = (row: number) => (tasks.critical[row] ? 0 : tasks.near_critical[row] ? 1 : 2);
  return rows.sort((a, b) => weight(a) - weight(b) || (tasks.start[a] ?? 0) - (tasks.start[b] ?? 0) || a - b);
}

/** The share that ought to be done by a date: by the baseline where there is one, else by the plan. */
export function plannedPercent(store: PlanStore, row: number, status: Instant, calendar: PlanCalendar | undefined): number | null {
  const tasks = store.tasks;
  const start = tasks.baseline_start[row] ?? tasks.start[row];
  const finish = tasks.baseline_finish[row] ?? tasks.finish[row];
  if (start === null || start === undefined || finish === null || finish === undefined) return null;
  if (status >= finish) return 100;
  if (status <= start) return 0;
  const whole = calendar ? workBetween(calendar, start, finish) : finish - start;
  const done = calendar ? workBetween(calendar, start, status) : status - start;
  return whole > 0 ? Math.round((100 * done) / whole) : 0;
}

/** A draft with a new share done: what remains follows. */
export function withPercent(draft: Draft, percent: number, duration: number): Draft {
  const share = Math.min(100, Math.max(0, Math.round(percent)));
  return { ...draft, percent: share, remaining: Math.round((duration * (100 - share)) / 100), by: "percent" };
}

/** A draft with a new remaining duration: what was worked stays, so the share follows. */
export function withRemaining(draft: Draft, remaining: number, worked: number): Draft {
  const left = Math.max(0, remaining);
  const whole = worked + left;
  return { ...draft, remaining: left, percent: whole > 0 ? Math.round((100 * worked) / whole) : 100, by: "remaining" };
}

export function says(draft: Draft | undefined): boolean {
  return draft !== undefined && Object.entries(draft).some(([name, value]) => name !== "by" && value !== undefined && value !== "");
}

/** The commands of a report. A note goes below those that are there, dated; `notes` unknown: it is not sent. */
export function commandsOf(store: PlanStore, id: Id, draft: Draft, today: string, notes: string | undefined): Command[] {
  const row = store.row(id);
  const set = (field: string, value: string | number): Command => ({ do: "set", task: id, field, value });
  const commands: Command[] = [];
  if (draft.start) commands.push(set("actual_start", draft.start));
  if (draft.finish) commands.push(set("actual_finish", draft.finish));
  else if (draft.by === "percent" && draft.percent !== undefined) commands.push(set("percent", String(draft.percent)));
  else if (draft.by === "remaining" && draft.remaining !== undefined) commands.push(set("remaining", draft.remaining));
  if (draft.note?.trim() && notes !== undefined && row >= 0) commands.push(set("notes", [notes.trim(), `${today}: ${draft.note.trim()}`].filter(Boolean).join("\n")));
  return commands;
}

/** The notes below which a new one goes, as far as is known: those read, or none where the plan says that there are none. */
export function notesBefore(store: PlanStore, row: number, read: string | undefined): string | undefined {
  return read ?? (store.tasks.notes[row] === false ? "" : undefined);
}

/** The notes of tasks in edits that still wait, the last of each. */
export function notesIn(edits: readonly { commands: readonly Command[] }[]): Map<Id, string> {
  const commands = edits.flatMap((edit) => edit.commands);
  return new Map(commands.flatMap((command) => (command.do === "set" && command.field === "notes" ? [[command.task, String(command.value ?? "")] as [Id, string]] : [])));
}

/** A draft in two: what is sent now and comes back when refused, and what stays. Photos go by themselves; a note waits until those before it are known. */
export function divided(draft: Draft, noted: boolean): { said: Draft; rest: Draft } {
  const { photos: _photos, ...said } = draft;
  const { note, ...others } = said;
  return note?.trim() && !noted ? { said: others, rest: { note } } : { said, rest: {} };
}

export function isGate(store: PlanStore, row: number): boolean {
  return isMilestone(store.tasks.kind[row] ?? "", store.tasks.start[row] ?? null, store.tasks.finish[row] ?? null);
}
