/** Which rows a reader looks for: of a sort, with a text in them, or all. Pure. */
import { hasParts, type Outline } from "./outline";
import type { PlanStore } from "./store";
import { DAY, type Instant } from "./types";

export type Only = "all" | "critical" | "late" | "current" | "milestones" | "service";

export interface Asked {
  only: Only;
  text: string;
  /** Up to when progress is told: what begins within a week of it is due. */
  status: Instant;
}

/** The test of a row, or undefined where all are wanted. A text is looked for in names and resources; a WBS code is given whole. */
export function wantedRows({ tasks }: PlanStore, outline: Outline, { only, text, status }: Asked): ((row: number) => boolean) | undefined {
  const looked = text.trim().toLowerCase();
  const tests: ((row: number) => boolean)[] = [];
  if (looked) tests.push((row) => tasks.name[row]!.toLowerCase().includes(looked) || tasks.wbs[row] === looked || (tasks.resources[row] ?? "").toLowerCase().includes(looked));
  if (only !== "all") tests.push((row) => !hasParts(outline, row));
  if (only === "critical") tests.push((row) => tasks.critical[row]!);
  if (only === "milestones") tests.push((row) => (tasks.kind[row] ?? "").endsWith("MILESTONE"));
  if (only === "service") tests.push((row) => tasks.service_urgent[row]!);
  if (only === "late") tests.push((row) => (tasks.baseline_finish[row] ?? Infinity) < (tasks.finish[row] ?? -Infinity));
  if (only === "current") tests.push((row) => tasks.actual_finish[row] === null && (tasks.percent[row] ?? 0) < 100 && (tasks.start[row] ?? Infinity) <= status + 7 * DAY);
  return tests.length ? (row) => tests.every((test) => test(row)) : undefined;
}
