/** The plan in the browser: columns by row, found by id, brought up to date by what the server answers. Pure. */
import { type Answer, type Baseline, BLANK, COLUMN_NAMES, type ColumnName, type Id, type LinkColumns, type PlanCalendar, type PlanData, type PlanFacts, type Problem, type Resource, type TaskColumns } from "./types";

const NO_LINK: { readonly [K in keyof LinkColumns]: LinkColumns[K][number] } = {
  id: 0, predecessor: 0, successor: 0, kind: "FS", lag: 0, unit: "", driving: false, lag_text: "",
};

/** Every column present and as long as the ids: what the server left out is blank. */
function whole<T extends object>(blank: T, given: { id: Id[] }): { [K in keyof T]: T[K][] } {
  const made: Record<string, unknown[]> = {};
  const source = given as unknown as Record<string, unknown[] | undefined>;
  for (const [name, empty] of Object.entries(blank)) made[name] = source[name]?.slice() ?? new Array<unknown>(given.id.length).fill(empty);
  return made as { [K in keyof T]: T[K][] };
}

/** What an answer touched, so that views repaint no more than they must. */
export interface Applied {
  changed: Id[];
  structure: boolean;
  links: boolean;
}

export class PlanStore {
  revision: number;
  plan: PlanFacts;
  calendars: PlanCalendar[];
  tasks: TaskColumns;
  links: LinkColumns;
  resources: Resource[];
  baselines: Baseline[];
  problems: Problem[];
  private rows = new Map<Id, number>();

  constructor(data: PlanData) {
    this.revision = data.revision;
    this.plan = data.plan;
    this.calendars = data.calendars;
    this.tasks = whole(BLANK, data.tasks) as TaskColumns;
    this.links = whole(NO_LINK, data.links) as LinkColumns;
    this.resources = data.resources;
    this.baselines = data.baselines;
    this.problems = data.problems;
    this.index();
  }

  get count(): number {
    return this.tasks.id.length;
  }

  /** The row of a task, or -1 when it is gone. */
  row(id: Id | null | undefined): number {
    return id === null || id === undefined ? -1 : (this.rows.get(id) ?? -1);
  }

  value<K extends ColumnName>(id: Id, column: K): TaskColumns[K][number] | undefined {
    return this.tasks[column][this.row(id)] as TaskColumns[K][number] | undefined;
  }

  calendar(id: Id | null): PlanCalendar | undefined {
    return this.calendars.find((one) => one.id === (id ?? this.plan.calendar)) ?? this.calendars[0];
  }

  private index(): void {
    this.rows = new Map(this.tasks.id.map((id, row) => [id, row]));
  }

  /** Bring in what an edit, an undo or another editor changed. */
  apply(answer: Answer): Applied {
    for (const [key, id] of Object.entries(answer.keys ?? {})) this.rename(keyId(key), id);
    const applied: Applied = { changed: [], structure: false, links: false };
    if (answer.removed?.length) applied.structure = this.remove(answer.removed) || applied.structure;
    if (answer.changed) this.merge(answer.changed, applied);
    if (answer.order) {
      this.reorder(answer.order);
      applied.structure = true;
    }
    if (answer.links) {
      this.links = whole(NO_LINK, answer.links) as LinkColumns;
      applied.links = true;
    }
    if (answer.plan) this.plan = { ...this.plan, ...answer.plan };
    if (answer.problems) this.problems = answer.problems;
    if (answer.baselines) this.baselines = answer.baselines;
    this.revision = answer.revision;
    return applied;
  }

  private merge(changed: Partial<TaskColumns> & { id: Id[] }, applied: Applied): void {
    const names = COLUMN_NAMES.filter((name) => changed[name] !== undefined);
    changed.id.forEach((id, at) => {
      let row = this.row(id);
      if (row < 0) {
        row = this.append(id);
        applied.structure = true;
      }
      for (const name of names) {
        const value = (changed[name] as unknown[])[at];
        const column = this.tasks[name] as unknown[];
        if (name === "parent" && column[row] !== value) applied.structure = true;
        column[row] = value;
      }
      applied.changed.push(id);
    });
  }

  private append(id: Id): number {
    const row = this.count;
    for (const name of COLUMN_NAMES) (this.tasks[name] as unknown[]).push(BLANK[name]);
    this.tasks.id[row] = id;
    this.rows.set(id, row);
    return row;
  }

  /** Drop tasks; whether any of them was there. */
  remove(ids: readonly Id[]): boolean {
    const gone = new Set(ids);
    const kept = this.tasks.id.map((id, row) => (gone.has(id) ? -1 : row)).filter((row) => row >= 0);
    if (kept.length === this.count) return false;
    this.take(kept);
    return true;
  }

  /** Put the tasks into the order of `ids`; what is not named stays behind the task that it stands behind. */
  reorder(ids: readonly Id[]): void {
    const named = new Set(ids);
    const rows = ids.map((id) => this.row(id)).filter((row) => row >= 0);
    this.tasks.id.forEach((id, row) => {
      if (!named.has(id)) rows.splice(rows.indexOf(row - 1) + 1, 0, row);
    });
    this.take(rows);
  }

  private take(rows: readonly number[]): void {
    for (const name of COLUMN_NAMES) {
      const column = this.tasks[name] as unknown[];
      (this.tasks as unknown as Record<string, unknown[]>)[name] = rows.map((row) => column[row]);
    }
    this.index();
  }

  /** Give a task that the browser added the id that the server gave it. */
  rename(from: Id, to: Id): void {
    const row = this.row(from);
    if (row < 0 || this.row(to) >= 0) return;
    this.tasks.id[row] = to;
    this.tasks.parent = this.tasks.parent.map((parent) => (parent === from ? to : parent));
    this.rows.delete(from);
    this.rows.set(to, row);
  }

  /** Put a new row in before the server knows it. `at` is the row that it becomes. */
  insert(at: number, id: Id, values: Partial<{ [K in ColumnName]: TaskColumns[K][number] }>): void {
    for (const name of COLUMN_NAMES) {
      const value = name === "id" ? id : (values[name] ?? BLANK[name]);
      (this.tasks[name] as unknown[]).splice(at, 0, value);
    }
    this.index();
  }

  /** Show a value before the server has answered. */
  put<K extends ColumnName>(id: Id, column: K, value: TaskColumns[K][number]): void {
    const row = this.row(id);
    if (row >= 0) (this.tasks[column] as unknown[])[row] = value;
  }
}

/** The id that a task has in the browser while only the browser knows it: below nought, from its key "new-7". */
export function keyId(key: string): Id {
  return -Number(key.slice(key.lastIndexOf("-") + 1));
}

export function idKey(id: Id): string {
  return `new-${-id}`;
}
