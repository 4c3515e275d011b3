/** The columns of the grid: what each shows of a row, what is edited in it, and the kept choice of them. Pure. */
import { workBetween } from "./calendar";
import { type Dates, days, duration, figure, instant, type Lengths, lengthsOf, parseDate, parseDuration, signed } from "./format";
import { hasParts, type Outline } from "./outline";
import type { PlanStore } from "./store";
import type { ColumnName, Id, Instant, PlanCalendar, Value } from "./types";

export type Sort = "text" | "number" | "date" | "duration" | "percent" | "choice";

export interface Column {
  key: string;
  /** The field that an edit of it sets; none: it cannot be edited. */
  field?: ColumnName;
  sort: Sort;
  width: number;
  /** Shown unless chosen otherwise. */
  initial: boolean;
}

export const COLUMNS: readonly Column[] = [
  { key: "row", sort: "number", width: 34, initial: true },
  { key: "wbs", sort: "text", width: 64, initial: false },
  { key: "name", field: "name", sort: "text", width: 200, initial: true },
  { key: "duration", field: "duration", sort: "duration", width: 62, initial: true },
  { key: "start", field: "start", sort: "date", width: 76, initial: true },
  { key: "finish", field: "finish", sort: "date", width: 76, initial: true },
  { key: "late", sort: "number", width: 46, initial: true },
  { key: "total_float", sort: "number", width: 58, initial: true },
  { key: "percent", field: "percent", sort: "percent", width: 38, initial: true },
  { key: "predecessors", field: "predecessors", sort: "text", width: 84, initial: true },
  { key: "resources", field: "resources", sort: "text", width: 130, initial: false },
  { key: "remaining", field: "remaining", sort: "duration", width: 70, initial: false },
  { key: "actual_start", field: "actual_start", sort: "date", width: 84, initial: false },
  { key: "actual_finish", field: "actual_finish", sort: "date", width: 84, initial: false },
  { key: "free_float", sort: "number", width: 58, initial: false },
  { key: "deadline", field: "deadline", sort: "date", width: 84, initial: false },
  { key: "service", field: "service", sort: "text", width: 112, initial: false },
  { key: "service_due", sort: "date", width: 84, initial: false },
  { key: "service_state", sort: "text", width: 76, initial: false },
  { key: "constraint", field: "constraint", sort: "choice", width: 150, initial: false },
  { key: "constraint_at", field: "constraint_at", sort: "date", width: 84, initial: false },
  { key: "baseline_start", sort: "date", width: 84, initial: false },
  { key: "baseline_finish", sort: "date", width: 84, initial: false },
  { key: "priority", field: "priority", sort: "number", width: 60, initial: false },
  { key: "work", field: "work", sort: "duration", width: 64, initial: false },
  { key: "cost", sort: "number", width: 84, initial: false },
];

const byKey = new Map(COLUMNS.map((column) => [column.key, column]));

export function columnFor(key: string): Column | undefined {
  return byKey.get(key);
}

export const NARROWEST = 32;
export const WIDEST = 640;

export interface Chosen {
  key: string;
  width: number;
}

/** The columns to show: those kept by the reader where they are known, else the usual ones. The name is always there. */
export function chosenColumns(kept: unknown): Chosen[] {
  const usual = COLUMNS.filter((column) => column.initial).map(({ key, width }) => ({ key, width }));
  if (!Array.isArray(kept)) return usual;
  const found: Chosen[] = [];
  for (const item of kept as unknown[]) {
    if (typeof item !== "object" || item === null) continue;
    const { key, width } = item as Partial<Chosen>;
    const column = key === undefined ? undefined : byKey.get(key);
    if (!column || found.some((one) => one.key === key)) continue;
    found.push({ key: column.key, width: typeof width === "number" ? Math.min(WIDEST, Math.max(NARROWEST, width)) : column.width });
  }
  return found.some((one) => one.key === "name") ? found : usual;
}

/** Put a column in or take it out, in the order in which all of them stand. */
export function toggled(chosen: readonly Chosen[], key: string): Chosen[] {
  if (key === "name") return [...chosen];
  if (chosen.some((one) => one.key === key)) return chosen.filter((one) => one.key !== key);
  const order = COLUMNS.map((column) => column.key);
  const width = COLUMNS.find((column) => column.key === key)?.width ?? 80;
  const at = chosen.findIndex((one) => order.indexOf(one.key) > order.indexOf(key));
  const next = [...chosen];
  next.splice(at < 0 ? next.length : at, 0, { key, width });
  return next;
}

export interface Reading {
  store: PlanStore;
  outline: Outline;
  dates: Dates;
  lengths: Lengths;
  calendar: PlanCalendar | undefined;
  constraints: Readonly<Record<string, string>>;
}

export function readingOf(store: PlanStore, outline: Outline, dates: Dates, constraints: Readonly<Record<string, string>>): Reading {
  return { store, outline, dates, lengths: lengthsOf(store.plan), calendar: store.calendar(null), constraints };
}

/** How many working minutes a task finishes after its baseline; null without one. */
export function lateness({ store, calendar }: Reading, row: number): number | null {
  const planned = store.tasks.baseline_finish[row];
  const finish = store.tasks.finish[row];
  if (planned === null || planned === undefined || finish === null || finish === undefined || !calendar) return null;
  return workBetween(calendar, planned, finish);
}

/** How many working days the plan finishes after its baseline; null without one. */
export function planLateness({ store, calendar, lengths }: Reading): number | null {
  const { finish } = store.plan;
  const planned = lastOf(store.tasks.baseline_finish);
  return finish === null || planned === null || !calendar ? null : workBetween(calendar, planned, finish) / lengths.minutes_per_day;
}

/** The latest of instants, or null where there is none. */
export function lastOf(values: readonly (Instant | null)[]): Instant | null {
  let found: Instant | null = null;
  for (const value of values) if (value !== null && (found === null || value > found)) found = value;
  return found;
}

/** What a cell says. */
export function cellText(reading: Reading, row: number, key: string): string {
  const { store, dates, lengths } = reading;
  const tasks = store.tasks;
  switch (key) {
    case "row": return String(row + 1);
    case "duration": return duration(tasks.duration[row], tasks.unit[row] ?? "d", lengths, tasks.estimated[row] && !isStructural(reading, row));
    case "remaining": return duration(tasks.remaining[row], tasks.unit[row] ?? "d", lengths);
    case "work": return duration(tasks.work[row], "h", lengths);
    case "start": case "finish": case "actual_start": case "actual_finish": case "deadline": case "constraint_at": case "baseline_start": case "baseline_finish": case "service_due":
      return dates.day(tasks[key][row]);
    case "late": {
      const late = lateness(reading, row);
      return late === null || isStructural(reading, row) ? "" : signed(late / lengths.minutes_per_day, 1);
    }
    case "total_float": case "free_float":
      return isStructural(reading, row) || tasks.actual_finish[row] !== null ? "" : days(tasks[key][row], lengths);
    case "percent": return tasks.percent[row] === null ? "" : figure(tasks.percent[row] ?? 0, 0);
    case "constraint": {
      const name = tasks.constraint[row];
      return !name || name === "AS_SOON_AS_POSSIBLE" ? "" : (reading.constraints[name] ?? name);
    }
    case "priority": return tasks.priority[row] === null ? "" : String(tasks.priority[row]);
    case "cost": return tasks.cost[row] === null ? "" : String(tasks.cost[row]);
    case "name": case "wbs": case "predecessors": case "resources": case "service": case "service_state": return tasks[key][row] ?? "";
    default: return "";
  }
}

function isStructural({ outline }: Reading, row: number): boolean {
  return hasParts(outline, row);
}

/** What whoever reports, and does not plan, may say of a task. */
const REPORTED: ReadonlySet<string> = new Set(["percent", "remaining", "actual_start", "actual_finish"]);
/** What follows from the parts of a summary, or holds for tasks alone. */
const OF_TASKS: ReadonlySet<string> = new Set(["duration", "start", "finish", "percent", "remaining", "actual_start", "actual_finish", "work", "constraint", "constraint_at", "service"]);

/** Whether a cell of a row takes typed text: a summary's dates follow from its parts, and whoever reports says no more than how far a task is. */
export function mayEdit(reading: Reading, row: number, column: Column): boolean {
  const { editable, reports } = reading.store.plan;
  if (!column.field || !(editable || (reports === true && REPORTED.has(column.key)))) return false;
  return !hasParts(reading.outline, row) || !OF_TASKS.has(column.key);
}

/** The text with which the editor of a cell begins: the whole date, the duration as typed. */
export function editText(reading: Reading, row: number, column: Column): string {
  const { store, dates } = reading;
  if (column.sort === "date" && column.field) return dates.long(store.tasks[column.field][row] as Instant | null);
  if (column.sort === "choice") return store.tasks.constraint[row] ?? "";
  return cellText(reading, row, column.key).replace(/\u00A0/g, "").replace(/\u2212/g, "-");
}

/** What goes to the server for typed text: dates in ISO form where they can be read, all else as typed. */
export function typedValue(reading: Reading, column: Column, text: string, today: Instant): Value {
  const typed = text.trim();
  if (column.sort === "date") return typed === "" ? "" : (parseDate(typed, today, reading.dates) ?? typed);
  if (column.sort === "percent") return typed.replace(/%$/, "").trim();
  return typed;
}

/** What the browser shows until the server answers; nothing where only the server can know. */
export function guess(reading: Reading, id: Id, column: Column, value: Value): [ColumnName, Value][] {
  const { store, lengths } = reading;
  const text = String(value ?? "");
  if (column.sort === "duration") {
    const read = parseDuration(text, lengths, column.key === "work" ? "h" : "d");
    if (!read) return [];
    const found: [ColumnName, Value][] = [[column.key as ColumnName, read.minutes]];
    if (column.key === "duration") found.push(["unit", read.unit], ["estimated", read.estimated]);
    return found;
  }
  if (column.sort === "date" && column.field) {
    if (text === "") return ["start", "finish"].includes(column.field) ? [] : [[column.field, null]];
    const old = store.value(id, column.field) as Instant | null | undefined;
    const at = instant(text, old === null || old === undefined ? 480 : ((old % 1440) + 1440) % 1440);
    return at === null ? [] : [[column.field, at]];
  }
  if (column.sort === "percent") {
    const share = Number(text.replace(",", "."));
    return Number.isFinite(share) && text !== "" ? [["percent", Math.min(100, Math.max(0, share))]] : [];
  }
  if (column.sort === "number") return Number.isFinite(Number(text)) && column.field ? [[column.field, Number(text)]] : [];
  return column.field ? [[column.field, text]] : [];
}
