/** The tasks of a plan as a board: which column holds which, what a move says, and how full a column is. Pure. */
import { hasParts, type Outline } from "./outline";
import { isGate } from "./progress";
import type { PlanStore } from "./store";
import type { ColumnName, Command, Id, Instant, PlanFacts, Value } from "./types";

export type Lane = "todo" | "doing" | "done";
export const LANES: readonly Lane[] = ["todo", "doing", "done"];

export interface Asked {
  text: string;
  /** The name of a person or machine; empty: all. */
  person: string;
  only: "all" | "critical" | "late" | "due";
  /** Up to when progress is told. */
  status: Instant;
}

export interface LaneOf {
  /** Rows that are shown, in the order in which they are to be looked at. */
  rows: number[];
  /** All tasks of the column, shown or not: what a limit counts. */
  count: number;
  limit: number | null;
  /** How many tasks there are beyond the limit. */
  over: number;
}

/** Where a task stands: told by its actual dates and its percentage alone. */
export function laneOf({ tasks }: PlanStore, row: number): Lane {
  const percent = tasks.percent[row] ?? 0;
  if (tasks.actual_finish[row] !== null || percent >= 100) return "done";
  return tasks.actual_start[row] !== null || percent > 0 ? "doing" : "todo";
}

/** The names in a cell of resources, without their units: `Ann; Bob [50%]`. */
export function peopleIn(text: string): string[] {
  return text.split(";").map((one) => one.replace(/\[[^\]]*\]\s*$/, "").trim()).filter(Boolean);
}

/** Everybody who is asked for something, by name. */
export function peopleOf(store: PlanStore): string[] {
  const found = new Set<string>();
  for (const text of store.tasks.resources) for (const name of peopleIn(text ?? "")) found.add(name);
  return [...found].sort((a, b) => a.localeCompare(b));
}

/** Whether a task is one that is asked for. */
export function fits(store: PlanStore, row: number, asked: Asked): boolean {
  const { tasks } = store;
  const text = asked.text.trim().toLowerCase();
  const said = tasks.resources[row] ?? "";
  if (text && !tasks.name[row]!.toLowerCase().includes(text) && !said.toLowerCase().includes(text)) return false;
  if (asked.person && !peopleIn(said).includes(asked.person)) return false;
  if (asked.only === "critical") return tasks.critical[row] === true;
  if (asked.only === "late") return isLate(store, row, asked.status);
  if (asked.only === "due") return laneOf(store, row) !== "done" && (tasks.start[row] ?? Infinity) <= asked.status + 7 * 1440;
  return true;
}

/** Whether a task is behind: it ends after its baseline or deadline, or ought to have begun or ended by the status date. */
export function isLate(store: PlanStore, row: number, status: Instant): boolean {
  const { tasks } = store;
  if (laneOf(store, row) === "done") return (tasks.actual_finish[row] ?? tasks.finish[row] ?? 0) > (tasks.baseline_finish[row] ?? Infinity);
  const finish = tasks.finish[row] ?? -Infinity;
  return finish > Math.min(tasks.baseline_finish[row] ?? Infinity, tasks.deadline[row] ?? Infinity) || finish < status;
}

/** The columns of a board: work in use that has no parts. */
export function boardOf(store: PlanStore, outline: Outline, asked: Asked): Readonly<Record<Lane, LaneOf>> {
  const { tasks } = store;
  const limits: PlanFacts["limits"] = store.plan.limits ?? { todo: null, doing: null };
  const found: Record<Lane, LaneOf> = {
    todo: { rows: [], count: 0, limit: limits.todo, over: 0 },
    doing: { rows: [], count: 0, limit: limits.doing, over: 0 },
    done: { rows: [], count: 0, limit: null, over: 0 },
  };
  for (let row = 0; row < store.count; row += 1) {
    if (hasParts(outline, row) || tasks.active[row] === false) continue;
    const lane = found[laneOf(store, row)];
    lane.count += 1;
    if (fits(store, row, asked)) lane.rows.push(row);
  }
  for (const lane of LANES) found[lane].over = found[lane].limit === null ? 0 : Math.max(0, found[lane].count - found[lane].limit!);
  const weight = (row: number) => (tasks.critical[row] ? 0 : tasks.near_critical[row] ? 1 : 2);
  found.todo.rows.sort((a, b) => (tasks.start[a] ?? Infinity) - (tasks.start[b] ?? Infinity) || weight(a) - weight(b) || a - b);
  found.doing.rows.sort((a, b) => weight(a) - weight(b) || (tasks.finish[a] ?? Infinity) - (tasks.finish[b] ?? Infinity) || a - b);
  found.done.rows.sort((a, b) => (tasks.finish[b] ?? 0) - (tasks.finish[a] ?? 0) || a - b);
  return found;
}

/** The columns to which a task may go: a milestone is reached or not, nothing between. */
export function lanesFor(store: PlanStore, row: number): Lane[] {
  return isGate(store, row) ? ["todo", "done"] : [...LANES];
}

/** The next column for a task in a direction, or null at the edge of the board. */
export function laneBeside(store: PlanStore, row: number, by: -1 | 1): Lane | null {
  const lanes = lanesFor(store, row);
  return lanes[lanes.indexOf(laneOf(store, row)) + by] ?? null;
}

export interface Move {
  commands: Command[];
  /** What the board shows until the server has answered. */
  shown: [Id, ColumnName, Value][];
}

/** What a move to a column reports as of a day; null where the task stands there or may not go. `day` is that day as ISO, `at` as an instant. */
export function moveTo(store: PlanStore, row: number, to: Lane, day: string, at: Instant): Move | null {
  const from = laneOf(store, row);
  const id = store.tasks.id[row]!;
  if (from === to || !lanesFor(store, row).includes(to)) return null;
  const set = (field: string, value: string): Command => ({ do: "set", task: id, field, value });
  if (to === "done") return { commands: [set("actual_finish", day)], shown: [[id, "actual_finish", at], [id, "percent", 100]] };
  if (to === "todo") return { commands: [set("actual_start", "")], shown: [[id, "actual_start", null], [id, "actual_finish", null], [id, "percent", 0]] };
  if (from === "todo") return { commands: [set("actual_start", day)], shown: [[id, "actual_start", at]] };
  // Begun where it stands, where nobody has said when.
  return { commands: [set("actual_finish", "")], shown: [[id, "actual_start", store.tasks.actual_start[row] ?? store.tasks.start[row] ?? at], [id, "actual_finish", null], [id, "percent", 0]] };
}
