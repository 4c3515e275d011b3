/** What a gesture on the outline does: the command for the server, and the same thing shown at once. Pure. */
import { nextWork } from "./calendar";
import { hasParts, indented, movedBy, type Outline, orderAfter, outdented, outlineOf, tops } from "./outline";
import { idKey, keyId, type PlanStore } from "./store";
import { type Command, DAY, type Id, type Instant, type PlanCalendar } from "./types";

function rowsOf(store: PlanStore, ids: readonly Id[]): number[] {
  return ids.map((id) => store.row(id)).filter((row) => row >= 0);
}

function outline(store: PlanStore) {
  return outlineOf(store.tasks.id, store.tasks.parent);
}

/** One level in or out; none where nothing can go there. */
export function level(store: PlanStore, ids: readonly Id[], by: "indent" | "outdent"): Command | null {
  const tree = outline(store);
  const rows = rowsOf(store, ids);
  const moved = (by === "indent" ? indented : outdented)(store.tasks.id, tree, rows);
  const going = tops(tree, rows).map((row) => store.tasks.id[row]!).filter((id) => moved.has(id));
  if (going.length === 0) return null;
  for (const [id, parent] of moved) store.put(id, "parent", parent);
  return { do: by, tasks: going };
}

/** One place up or down among its neighbours. */
export function step(store: PlanStore, ids: readonly Id[], by: -1 | 1): Command | null {
  const tree = outline(store);
  const rows = rowsOf(store, ids);
  const move = movedBy(store.tasks.id, tree, rows, by);
  if (!move) return null;
  store.reorder(orderAfter(store.tasks.id, tree, rows, store.row(move.after), store.row(move.parent)));
  return { do: "move", tasks: move.tasks, after: move.after, parent: move.parent };
}

/** Take tasks out with all that stands below them; `rows` is how many lines go. */
export function removal(store: PlanStore, ids: readonly Id[]): { command: Command; rows: number } | null {
  const tree = outline(store);
  const going = tops(tree, rowsOf(store, ids));
  if (going.length === 0) return null;
  const tasks = going.map((row) => store.tasks.id[row]!);
  const all = going.flatMap((row) => store.tasks.id.slice(row, tree.end[row]));
  store.remove(all);
  return { command: { do: "remove", tasks }, rows: all.length };
}

/** Do once more what was not answered yet where the server's word has undone it: rows stay out, new ones stay in. */
export function replay(store: PlanStore, command: Command): void {
  if (command.do === "remove") removal(store, command.tasks);
  if (command.do !== "add" || store.row(keyId(command.key)) >= 0) return;
  const tree = outline(store);
  const row = store.row(command.after);
  const above = store.row(command.parent);
  const into = row >= 0 ? tree.end[row]! : above >= 0 ? above + 1 : store.count;
  store.insert(into, keyId(command.key), { parent: command.parent, name: command.name, duration: store.plan.minutes_per_day, estimated: true });
}

export interface Added {
  command: Command & { do: "add" };
  id: Id;
}

/** A new row after the branch of `after` on the same level (none: at the end of the plan). */
export function addition(store: PlanStore, after: Id | null, name: string, number: number): Added {
  const tree = outline(store);
  const row = store.row(after);
  const id = -number;
  const parent = row < 0 ? null : (store.tasks.parent[row] ?? null);
  const anchor = row < 0 ? lastTop(store) : after;
  store.insert(row < 0 ? store.count : tree.end[row]!, id, { parent, name, duration: store.plan.minutes_per_day, estimated: true, start: row < 0 ? store.plan.start : (store.tasks.start[row] ?? null) });
  return { id, command: { do: "add", after: anchor, parent, name, key: idKey(id) } };
}

function lastTop(store: PlanStore): Id | null {
  for (let row = store.count - 1; row >= 0; row -= 1) if (store.tasks.parent[row] === null) return store.tasks.id[row]!;
  return null;
}

/** Ties the chosen tasks one after the other, from the top. Summaries are passed over. */
export function chain(store: PlanStore, ids: readonly Id[]): Command[] {
  const tree = outline(store);
  const leaves = ids.filter((id) => {
    const row = store.row(id);
    return row >= 0 && !hasParts(tree, row);
  });
  const there = new Set(store.links.predecessor.map((id, at) => `${id}>${store.links.successor[at]}`));
  return leaves.slice(1).flatMap((successor, at): Command[] => {
    const predecessor = leaves[at]!;
    return there.has(`${predecessor}>${successor}`) ? [] : [{ do: "link", predecessor, successor, kind: "FS", lag: "" }];
  });
}

/** The links among the chosen tasks; of a single one, all that end or begin at it. */
export function unchain(store: PlanStore, ids: readonly Id[]): Command[] {
  const set = new Set(ids);
  const found: Command[] = [];
  store.links.id.forEach((link, at) => {
    const before = set.has(store.links.predecessor[at]!);
    const after = set.has(store.links.successor[at]!);
    if (ids.length === 1 ? before || after : before && after) found.push({ do: "unlink", link });
  });
  return found;
}

/** Where a task is interrupted: at the status date where that lies within it, else in its middle; null where it cannot be. */
export function splitPoint(store: PlanStore, tree: Outline, calendar: PlanCalendar | undefined, id: Id): Instant | null {
  const start = store.value(id, "start") ?? null;
  const finish = store.value(id, "finish") ?? null;
  if (start === null || finish === null || !calendar || hasParts(tree, store.row(id))) return null;
  const status = store.plan.status ?? 0;
  const point = nextWork(calendar, Math.floor((status > start && status < finish ? status : (start + finish) / 2) / DAY) * DAY);
  return point > start && point < finish ? point : null;
}
