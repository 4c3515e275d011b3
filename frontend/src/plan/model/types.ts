/** What the server says of a plan and what it is asked to do. Instants are minutes since 1970 in local time, durations minutes. */

export type Id = number;
export type Instant = number;

/** Tasks as columns in the order of the outline; null where a task has no such thing. */
export interface TaskColumns {
  id: Id[];
  parent: (Id | null)[];
  name: string[];
  wbs: string[];
  kind: string[];
  duration: (number | null)[];
  unit: string[];
  estimated: boolean[];
  start: (Instant | null)[];
  finish: (Instant | null)[];
  late_finish: (Instant | null)[];
  total_float: (number | null)[];
  free_float: (number | null)[];
  critical: boolean[];
  near_critical: boolean[];
  percent: (number | null)[];
  actual_start: (Instant | null)[];
  actual_finish: (Instant | null)[];
  remaining: (number | null)[];
  constraint: (string | null)[];
  constraint_at: (Instant | null)[];
  deadline: (Instant | null)[];
  manual: boolean[];
  active: boolean[];
  calendar: (Id | null)[];
  resources: string[];
  predecessors: string[];
  baseline_start: (Instant | null)[];
  baseline_finish: (Instant | null)[];
  parts: ([Instant, Instant][] | null)[];
  priority: (number | null)[];
  notes: boolean[];
  work: (number | null)[];
  cost: (number | string | null)[];
  service: string[];
  service_due: (Instant | null)[];
  service_state: string[];
  service_urgent: boolean[];
}

export type ColumnName = keyof TaskColumns;

/** A value of each column for a row that says nothing yet. */
export const BLANK: { readonly [K in ColumnName]: TaskColumns[K][number] } = {
  id: 0, parent: null, name: "", wbs: "", kind: "TASK", duration: null, unit: "d", estimated: false, start: null, finish: null,
  late_finish: null, total_float: null, free_float: null, critical: false, near_critical: false, percent: 0, actual_start: null,
  actual_finish: null, remaining: null, constraint: null, constraint_at: null, deadline: null, manual: false, active: true,
  calendar: null, resources: "", predecessors: "", baseline_start: null, baseline_finish: null, parts: null, priority: null,
  notes: false, work: null, cost: null, service: "", service_due: null, service_state: "", service_urgent: false,
};

export const COLUMN_NAMES = Object.keys(BLANK) as ColumnName[];

export interface LinkColumns {
  id: Id[];
  predecessor: Id[];
  successor: Id[];
  kind: string[];
  lag: number[];
  unit: string[];
  driving: boolean[];
  lag_text: string[];
}

export interface PlanFacts {
  id: Id;
  name: string;
  start: Instant | null;
  finish: Instant | null;
  status: Instant | null;
  from_finish: boolean;
  minutes_per_day: number;
  minutes_per_week: number;
  days_per_month: number;
  currency: string;
  editable: boolean;
  /** Whether the reader may say how far tasks are; whoever may plan may do that too. */
  reports?: boolean;
  /** How many tasks a column of the board holds at most; null: as many as one likes. */
  limits?: { todo: number | null; doing: number | null };
  calendar: Id | null;
}

/** Shifts of each weekday (Monday first) as minutes of the day, and spans of days since 1970 without work. */
export interface PlanCalendar {
  id: Id;
  name: string;
  week: [number, number][][];
  off: [number, number][];
}

export interface Resource {
  id: Id;
  name: string;
  kind: string;
}

export interface Baseline {
  number: number;
  name: string;
  taken_at: string | null;
}

export interface Problem {
  severity: string;
  text: string;
  task: Id | null;
  remedy: string;
}

export interface PlanData {
  revision: number;
  plan: PlanFacts;
  calendars: PlanCalendar[];
  tasks: Partial<TaskColumns> & { id: Id[] };
  links: Partial<LinkColumns> & { id: Id[] };
  resources: Resource[];
  baselines: Baseline[];
  problems: Problem[];
}

/** What an edit, an undo or a look for news brings: only what differs. */
export interface Answer {
  revision: number;
  batch?: string | null;
  changed?: (Partial<TaskColumns> & { id: Id[] }) | null;
  removed?: Id[] | null;
  order?: Id[] | null;
  links?: (Partial<LinkColumns> & { id: Id[] }) | null;
  plan?: Partial<PlanFacts> | null;
  keys?: Record<string, Id> | null;
  problems?: Problem[] | null;
  baselines?: Baseline[] | null;
  message?: string | null;
}

/** Why the server did not do it. */
export interface Refusal {
  status: number;
  message: string;
  field?: string | null;
  task?: Id | null;
  revision?: number;
}

export type Value = string | number | boolean | null;

export type Command =
  | { do: "set"; task: Id; field: string; value: Value }
  | { do: "add"; after: Id | null; parent: Id | null; name: string; duration?: string; kind?: string; key: string }
  | { do: "remove" | "indent" | "outdent"; tasks: Id[] }
  | { do: "move"; tasks: Id[]; after: Id | null; parent: Id | null }
  | { do: "link"; predecessor: Id; successor: Id; kind: string; lag: string }
  | { do: "unlink"; link: Id }
  | { do: "shift"; task: Id; start: Instant }
  | { do: "split"; task: Id; at: Instant; gap: number }
  | { do: "plan"; field: string; value: Value };

export const DAY = 1440;
