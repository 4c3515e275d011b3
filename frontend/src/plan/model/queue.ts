/** Edits on their way to the server, one after the other, while typing goes on. Pure: the network and the clock are given.
 *
 * What was typed is never lost: without connection the queue waits and tries again; a refusal names the cell and gives
 * the text back; where somebody else changed the same task, both versions are handed over for a choice.
 */
import { keyId } from "./store";
import type { Answer, ColumnName, Command, Id, Refusal, Value } from "./types";

/** One value shown before the server has answered: task, column, value. */
export type Shown = [Id, ColumnName, Value];

export interface Edit {
  commands: Command[];
  /** What it is called in "Undo rename". */
  label: string;
  /** Shown now, and what stood there before. */
  guess: Shown[];
  before: Shown[];
  /** The column in which it was typed, so that a refusal finds its cell. */
  column?: string | undefined;
  /** Names the request, so that the server does it once even when the answer was lost. */
  request: string;
  /** Rows were put in, taken out or moved on the screen: a refusal needs the plan afresh. */
  structure?: boolean | undefined;
  /** What is told, with a way back, once the server has done it. */
  told?: string | undefined;
  /** What a report was written from, to be given back when it is refused. */
  report?: { task: Id; draft: unknown } | undefined;
}

/** A turn names the edit that it takes back or brings again: where that one never came about, the turn goes too. */
type Entry = { kind: "edit"; edit: Edit } | { kind: "undo" | "redo"; of: string };

/** All that waits, as it is kept over a reload of the page. */
export interface Kept {
  entries: Entry[];
  done: Done[];
  undone: Done[];
}

export type State = "saved" | "sending" | "waiting" | "signed-out";

/** The server's "no", with its reason. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

/** The session is over: nothing more is sent until the reader has signed in again. */
export class SignedOut extends Error {}

export interface Transport {
  send(path: "edit" | "undo" | "redo", body: unknown): Promise<Answer>;
}

export interface Hooks {
  revision(): number;
  /** An edit was carried out, or a turn of one. */
  answered(answer: Answer, edit: Edit | null, turn: "undo" | "redo" | null): void;
  /** Refused by rule (422, 403, 404): the typed text is in the edit. */
  refused(refusal: Refusal, edit: Edit | null): void;
  /** Somebody else changed the same task (409). */
  conflict(refusal: Refusal, edit: Edit): void;
  state(state: State, waiting: number): void;
}

export interface Clock {
  after(milliseconds: number, act: () => void): unknown;
  cancel(timer: unknown): void;
}

interface Done {
  batch: string;
  label: string;
  /** The edit's own name. */
  of: string;
}

/** As many turns back are kept over a reload. */
const KEPT_TURNS = 50;

const PAUSES = [1000, 2000, 4000, 8000, 15_000, 30_000];

export class EditQueue {
  private entries: Entry[] = [];
  private busy = false;
  private tries = 0;
  private timer: unknown = null;
  private held = false;
  private done: Done[] = [];
  private undone: Done[] = [];

  constructor(
    private readonly transport: Transport,
    private readonly hooks: Hooks,
    private readonly clock: Clock,
  ) {}

  get waiting(): number {
    return this.entries.length;
  }

  get idle(): boolean {
    return this.entries.length === 0;
  }

  /** Edits that the server has not answered yet, oldest first. */
  get edits(): Edit[] {
    return this.entries.flatMap((entry) => (entry.kind === "edit" ? [entry.edit] : []));
  }

  /** The label of what an undo would take back, counting what is still on its way; null where there is nothing. */
  get undoable(): string | null {
    return this.story().done.at(-1)?.label ?? null;
  }

  get redoable(): string | null {
    return this.story().undone.at(-1)?.label ?? null;
  }

  /** The name of the edit that an undo would take back now. */
  get last(): string | null {
    return this.story().done.at(-1)?.of ?? null;
  }

  /** What is to be kept over a reload, or null where nothing waits. */
  get kept(): Kept | null {
    return this.idle ? null : { entries: this.entries, done: this.done.slice(-KEPT_TURNS), undone: this.undone.slice(-KEPT_TURNS) };
  }

  /** Go on with what an earlier visit left waiting. */
  restore(kept: unknown): void {
    const { entries, done, undone } = (kept ?? {}) as Partial<Kept>;
    if (!Array.isArray(entries)) return;
    this.done = [...(done ?? []), ...this.done];
    this.undone = [...(undone ?? []), ...this.undone];
    this.entries.push(...entries);
    this.go();
  }

  private story(): { done: Omit<Done, "batch">[]; undone: Omit<Done, "batch">[] } {
    const done: Omit<Done, "batch">[] = [...this.done];
    let undone: Omit<Done, "batch">[] = [...this.undone];
    for (const entry of this.entries) {
      if (entry.kind === "edit") {
        done.push({ label: entry.edit.label, of: entry.edit.request });
        undone = [];
      } else {
        const moved = (entry.kind === "undo" ? done : undone).pop();
        if (moved !== undefined) (entry.kind === "undo" ? undone : done).push(moved);
      }
    }
    return { done, undone };
  }

  push(edit: Edit): void {
    this.entries.push({ kind: "edit", edit });
    this.go();
  }

  /** Take the last edit back, or bring it again; whether there was one. */
  turn(kind: "undo" | "redo"): boolean {
    const { done, undone } = this.story();
    const meant = (kind === "undo" ? done : undone).at(-1);
    if (!meant) return false;
    this.entries.push({ kind, of: meant.of });
    this.go();
    return true;
  }

  /** Try at once: the connection is back, or the reader asks. */
  retry(): void {
    this.held = false;
    if (this.timer !== null) this.clock.cancel(this.timer);
    this.timer = null;
    this.go();
  }

  private tell(state: State): void {
    this.hooks.state(state, this.entries.length);
  }

  private go(): void {
    if (this.busy || this.timer !== null || this.held) {
      this.tell(this.held ? "signed-out" : this.timer !== null ? "waiting" : "sending");
      return;
    }
    const entry = this.entries[0];
    if (!entry) {
      this.tell("saved");
      return;
    }
    const request = this.requestOf(entry);
    if (!request) {
      this.entries.shift();
      this.go();
      return;
    }
    this.busy = true;
    this.tell("sending");
    this.transport.send(request.path, request.body).then(
      (answer) => this.answered(entry, answer),
      (fault: unknown) => this.failed(entry, fault),
    );
  }

  private requestOf(entry: Entry): { path: "edit" | "undo" | "redo"; body: unknown } | null {
    if (entry.kind === "edit") {
      const { commands, request } = entry.edit;
      return { path: "edit", body: { revision: this.hooks.revision(), commands, request } };
    }
    const last = (entry.kind === "undo" ? this.done : this.undone).at(-1);
    return last?.of === entry.of ? { path: entry.kind, body: { revision: this.hooks.revision(), batch: last.batch } } : null;
  }

  private answered(entry: Entry, answer: Answer): void {
    this.entries.shift();
    this.busy = false;
    this.tries = 0;
    if (entry.kind === "edit") {
      if (answer.batch) {
        this.done.push({ batch: answer.batch, label: entry.edit.label, of: entry.edit.request });
        this.undone = [];
      }
    } else {
      const moved = (entry.kind === "undo" ? this.done : this.undone).pop();
      if (moved) (entry.kind === "undo" ? this.undone : this.done).push({ ...moved, batch: answer.batch ?? moved.batch });
    }
    this.rename(answer.keys ?? {});
    if (entry.kind === "edit") this.hooks.answered(answer, entry.edit, null);
    else this.hooks.answered(answer, null, entry.kind);
    this.go();
  }

  private failed(entry: Entry, fault: unknown): void {
    this.busy = false;
    if (fault instanceof SignedOut) {
      this.held = true;
      this.tell("signed-out");
    } else if (fault instanceof Refused) {
      this.tries = 0;
      this.entries.shift();
      if (entry.kind === "undo") this.done.pop();
      if (entry.kind === "redo") this.undone.pop();
      const edit = entry.kind === "edit" ? entry.edit : null;
      if (edit) this.dropDependents(edit);
      if (edit && fault.refusal.status === 409) this.hooks.conflict(fault.refusal, edit);
      else this.hooks.refused(fault.refusal, edit);
      this.go();
    } else {
      const pause = PAUSES[Math.min(this.tries, PAUSES.length - 1)]!;
      this.tries += 1;
      this.timer = this.clock.after(pause, () => {
        this.timer = null;
        this.go();
      });
      this.tell("waiting");
    }
  }

  /** Edits of a row that was never made have nothing to work on. */
  private dropDependents(edit: Edit): void {
    const lost = new Set(edit.commands.flatMap((command) => (command.do === "add" ? [keyId(command.key)] : [])));
    if (lost.size === 0) return;
    this.entries = this.entries.filter((entry) => entry.kind !== "edit" || !entry.edit.commands.some((command) => idsOf(command).some((id) => lost.has(id))));
  }

  private rename(keys: Readonly<Record<string, Id>>): void {
    const known = new Map(Object.entries(keys).map(([key, id]) => [keyId(key), id]));
    if (known.size === 0) return;
    const now = (id: Id) => known.get(id) ?? id;
    for (const edit of this.edits) {
      edit.commands = edit.commands.map((command) => renamed(command, now));
      edit.guess = edit.guess.map(([id, column, value]) => [now(id), column, value]);
      edit.before = edit.before.map(([id, column, value]) => [now(id), column, value]);
    }
  }
}

/** Every task that a command names. */
function idsOf(command: Command): Id[] {
  if (command.do === "set" || command.do === "shift" || command.do === "split") return [command.task];
  if (command.do === "remove" || command.do === "indent" || command.do === "outdent") return command.tasks;
  if (command.do === "link") return [command.predecessor, command.successor];
  if (command.do === "move") return [...command.tasks, ...[command.after, command.parent].filter((id) => id !== null)];
  if (command.do === "add") return [command.after, command.parent].filter((id) => id !== null);
  return [];
}

/** The same command with ids in place of those that only the browser knew. */
export function renamed(command: Command, now: (id: Id) => Id): Command {
  const maybe = (id: Id | null) => (id === null ? null : now(id));
  if (command.do === "set" || command.do === "shift" || command.do === "split") return { ...command, task: now(command.task) };
  if (command.do === "remove" || command.do === "indent" || command.do === "outdent") return { ...command, tasks: command.tasks.map(now) };
  if (command.do === "link") return { ...command, predecessor: now(command.predecessor), successor: now(command.successor) };
  if (command.do === "move") return { ...command, tasks: command.tasks.map(now), after: maybe(command.after), parent: maybe(command.parent) };
  if (command.do === "add") return { ...command, after: maybe(command.after), parent: maybe(command.parent) };
  return command;
}
