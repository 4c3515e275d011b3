/** What is typed and not answered yet, on top of what the server has said. Pure. */
import type { Edit, Shown } from "./queue";
import type { PlanStore } from "./store";
import type { Value } from "./types";

export function show(store: PlanStore, values: readonly Shown[]): void {
  for (const [id, column, value] of values) store.put(id, column, value as never);
}

/** Show what an edit says, and keep in mind what stood there. */
export function put(store: PlanStore, edit: Edit): void {
  edit.before = edit.guess.map(([id, name]): Shown => [id, name, store.value(id, name) as Value]);
  show(store, edit.guess);
}

/** Take edits from the screen, the latest first: what the server said last stands there. */
export function hide(store: PlanStore, edits: readonly Edit[]): void {
  for (const edit of [...edits].reverse()) show(store, edit.before);
}
