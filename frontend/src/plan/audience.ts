/** What a session and those who show it have to do with each other. */
import type { Chosen } from "./model/columns";
import type { Edit, Transport } from "./model/queue";
import type { Id, Instant } from "./model/types";
import type { Say } from "./words";

export interface Fault {
  text: string;
  message: string;
}

export interface Clash {
  edit: Edit;
  message: string;
  /** Task, column, what was typed, what stands there now. */
  cells: { id: Id; column: string; mine: string; theirs: string }[];
}

/** What the session tells whoever shows it. */
export interface Audience {
  /** Something to paint differently. */
  repaint(): void;
  /** The plan must be fetched afresh. */
  reload(): void;
  announce(text: string): void;
  /** A toast, with a way back where `undo` is set. */
  tell(text: string, undo?: boolean): void;
  /** Something else was done: a way back that is still offered would take back that. */
  wayBackEnds?(): void;
  /** A report was refused: what was said comes back to whoever wrote it. */
  gaveBack?(report: NonNullable<Edit["report"]>, message: string): void;
  kept(name: string, value: unknown): void;
}

export interface Settings {
  say: Say;
  language: string;
  today: Instant;
  transport: Transport;
  constraints: Readonly<Record<string, string>>;
  columns: Chosen[];
  folded: Iterable<Id>;
}
