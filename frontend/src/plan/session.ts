/** The plan that one reader has open: what is shown of it, what is chosen, and every edit. No element of the page is known here. */
import type { Audience, Clash, Fault, Settings } from "./audience";
import { cellText, type Chosen, columnFor, COLUMNS, editText, mayEdit, type Reading, readingOf } from "./model/columns";
import { Dates } from "./model/format";
import { addition, chain, level, removal, replay, splitPoint, step, unchain } from "./model/moves";
import { foldedAt, type Outline, outlineOf, shownRows, type Shown } from "./model/outline";
import { type Edit, EditQueue, renamed, type Shown as Guess, type State } from "./model/queue";
import { hide, put, show } from "./model/overlay";
import { afterRemoval, at, type Cell, chosen, NOTHING, type Selection } from "./model/select";
import { keyId, PlanStore } from "./model/store";
import type { Answer, ColumnName, Command, Id, Instant, PlanData, Refusal, Value } from "./model/types";
import { lengthened, pastedRows, type TypedCell, typedInto } from "./model/typing";
import { type Only, wantedRows } from "./model/wanted";
import type { Say } from "./words";

export const cellKey = (id: Id, column: string) => `${id}:${column}`;
const keyOfField = new Map<string, string>(COLUMNS.flatMap((column) => (column.field ? [[column.field, column.key]] : [])));

export class Session {
  store: PlanStore;
  outline!: Outline;
  shown!: Shown;
  reading!: Reading;
  selection: Selection = NOTHING;
  columns: Chosen[];
  folded: Set<Id>;
  only: Only = "all";
  text = "";
  state: State = "saved";
  waiting = 0;
  readonly faults = new Map<string, Fault>();
  clashes: Clash[] = [];
  readonly dates: Dates;
  readonly queue: EditQueue;
  /** The ids that the server gave to new rows. */
  private readonly named = new Map<Id, Id>();
  /** Numbers of rows that only the browser knows; they differ from those of an earlier visit that still wait. */
  private newest = Date.now() % 1_000_000_000;
  /** Rows made while a filter is on: they are shown until it is changed. */
  private readonly made = new Set<Id>();
  /** A new row whose first name is being typed; it goes to the server together with it. */
  private unsent: { id: Id; edit: Edit } | null = null;
  private reloadDue = false;

  constructor(
    data: PlanData,
    readonly settings: Settings,
    private readonly audience: Audience,
  ) {
    this.store = new PlanStore(data);
    this.dates = new Dates(settings.language, settings.today);
    this.columns = settings.columns;
    this.folded = new Set(settings.folded);
    const clock = { after: (pause: number, act: () => void) => setTimeout(act, pause), cancel: (timer: unknown) => clearTimeout(timer as ReturnType<typeof setTimeout>) };
    this.queue = new EditQueue(settings.transport, {
      revision: () => this.store.revision,
      answered: (answer, edit, turn) => this.answered(answer, edit, turn),
      refused: (refusal, edit) => this.refused(refusal, edit),
      conflict: (refusal, edit) => this.conflict(refusal, edit),
      state: (state, waiting) => {
        this.state = state;
        this.waiting = waiting;
        this.audience.kept("queue", this.queue?.kept ?? []);
        this.audience.repaint();
        if (state === "saved" && this.reloadDue) this.reload();
      },
    }, clock);
    this.restructure();
    const first = this.store.tasks.id[0];
    if (first !== undefined) this.selection = at({ id: first, column: "name" });
  }

  get say(): Say {
    return this.settings.say;
  }

  get ids(): readonly Id[] {
    return this.store.tasks.id;
  }

  get columnKeys(): string[] {
    return this.columns.map((one) => one.key);
  }

  readonly rowOf = (id: Id) => this.store.row(id);

  /** The whole plan came afresh. An older state than the one shown is dropped; while edits wait it is asked for again after them. */
  replace(data: PlanData): void {
    if (!this.idle) this.reloadDue = true;
    else if (data.revision >= this.store.revision) {
      this.store = new PlanStore(data);
      this.restructure();
    }
  }

  /** Go on with what an earlier visit left waiting. */
  restore(kept: unknown): void {
    this.queue.restore(kept);
    this.reshow();
  }

  /** Ask for the whole plan as soon as nothing waits. */
  reload(): void {
    this.reloadDue = !this.idle;
    if (this.idle) this.audience.reload();
  }

  /** Whether everything that was typed is with the server. */
  get idle(): boolean {
    return this.queue.idle && this.unsent === null;
  }

  /** Rows came, went or moved. */
  restructure(): void {
    this.outline = outlineOf(this.store.tasks.id, this.store.tasks.parent);
    this.reading = readingOf(this.store, this.outline, this.dates, this.settings.constraints);
    this.filter();
  }

  filter(): void {
    this.shown = shownRows(this.store.tasks.id, this.outline, { folded: this.folded, wanted: this.wanted() });
    const cursor = this.selection.cursor;
    if (cursor && (this.shown.place[this.rowOf(cursor.id)] ?? -1) < 0) {
      let row = this.rowOf(cursor.id);
      while (row >= 0 && this.shown.place[row]! < 0) row = this.outline.parent[row]!;
      const first = row >= 0 ? row : this.shown.rows[0];
      this.selection = first === undefined ? NOTHING : at({ id: this.ids[first]!, column: cursor.column });
    }
    this.audience.repaint();
  }

  private wanted(): ((row: number) => boolean) | undefined {
    const { store, outline, only, text, made } = this;
    const test = wantedRows(store, outline, { only, text, status: store.plan.status ?? this.settings.today });
    return test && ((row) => made.has(store.tasks.id[row]!) || test(row));
  }

  /** Go to the first row that is wanted itself, not for what stands below it. */
  toMatch(): void {
    const wanted = this.wanted();
    const row = wanted ? this.shown.rows.find(wanted) : undefined;
    if (row !== undefined) this.select(at({ id: this.ids[row]!, column: this.selection.cursor?.column ?? "name" }));
  }

  /** Whether tasks are looked for: then all that is found is shown, folded or not. */
  get filtered(): boolean {
    return this.wanted() !== undefined;
  }

  /** Show other tasks: of a sort, or those in which a text stands. */
  showOnly(by: { only?: Only; text?: string }): void {
    this.only = by.only ?? this.only;
    this.text = by.text ?? this.text;
    this.made.clear();
    this.filter();
  }

  fold(id: Id, closed: boolean): void {
    if (closed) this.folded.add(id);
    else this.folded.delete(id);
    this.audience.kept("folded", [...this.folded]);
    this.filter();
  }

  showLevels(levels: number): void {
    this.folded = foldedAt(this.ids, this.outline, levels);
    this.audience.kept("folded", [...this.folded]);
    this.filter();
  }

  select(selection: Selection): void {
    this.selection = selection;
    this.audience.repaint();
  }

  chosen(): Id[] {
    return chosen(this.selection, this.shown, this.ids, this.rowOf);
  }

  name(id: Id): string {
    return this.store.value(id, "name") ?? "";
  }

  /** What an editor of a cell begins with: a refused text comes back, else what stands there. */
  startText(cell: Cell): string {
    const column = columnFor(cell.column);
    const fault = this.faults.get(cellKey(cell.id, cell.column));
    return fault?.text ?? (column ? editText(this.reading, this.rowOf(cell.id), column) : "");
  }

  mayEdit(cell: Cell): boolean {
    const column = columnFor(cell.column);
    const row = this.rowOf(cell.id);
    return row >= 0 && column !== undefined && mayEdit(this.reading, row, column);
  }

  /** Text for cells as typed or pasted: one edit, one step of undo. Cells that say so already and those that take none are passed over. */
  setCells(cells: readonly TypedCell[], label = ""): number {
    if (this.unsent && cells.length === 1 && cells[0]!.column === "name" && cells[0]!.id === this.unsent.id) return this.nameNew(cells[0]!.text);
    this.sendNew();
    const taking = cells.map((cell) => ({ ...cell, id: this.real(cell.id) })).filter((cell) => this.takes(cell));
    const { commands, shown } = typedInto(this.reading, taking, this.settings.today);
    for (const { id, column } of taking) this.faults.delete(cellKey(id, column));
    if (commands.length) this.send(commands, label || this.say("undo_edit", { what: this.say(`column_${cells[0]!.column}`) }), shown, cells.length === 1 ? cells[0]!.column : undefined);
    return commands.length;
  }

  /** Whether a text changes its cell: one that was refused is tried again as it stands. */
  private takes(cell: TypedCell): boolean {
    const column = columnFor(cell.column);
    if (!column || !this.mayEdit(cell)) return false;
    return this.faults.has(cellKey(cell.id, cell.column)) || cell.text.trim() !== editText(this.reading, this.rowOf(cell.id), column).trim();
  }

  /** The id that a task has by now: a new row may have got one from the server while it was typed in or dragged. */
  real(id: Id): Id {
    return this.named.get(id) ?? id;
  }

  /** Set a field that is not a cell, as the panel does. */
  setField(id: Id, field: string, value: Value, label: string): void {
    this.faults.delete(cellKey(id, field));
    this.send([{ do: "set", task: id, field, value }], label, field in this.store.tasks && field !== "notes" ? [[id, field as ColumnName, value]] : [], field);
  }

  send(commands: Command[], label: string, shown: Guess[] = [], column?: string, structure = false, more: Pick<Edit, "told" | "report"> = {}): void {
    this.sendNew();
    this.push(this.editOf(commands, label, shown, column, structure, more));
    if (structure) this.restructure();
    else this.audience.repaint();
  }

  private editOf(said: Command[], label: string, shown: Guess[], column?: string, structure = false, more: Pick<Edit, "told" | "report"> = {}): Edit {
    const now = (id: Id) => this.real(id);
    const commands = said.map((command) => renamed(command, now));
    const guess = shown.map(([id, name, value]): Guess => [now(id), name, value]);
    const request = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    return { commands, label, guess, before: [], column, request, structure, ...more };
  }

  private push(edit: Edit): void {
    this.audience.wayBackEnds?.();
    put(this.store, edit);
    this.queue.push(edit);
  }

  /** What is not answered yet goes on top of what the server says. */
  private reshow(): void {
    for (const edit of this.queue.edits) {
      for (const command of edit.commands) replay(this.store, command);
      put(this.store, edit);
    }
    if (this.unsent) for (const command of this.unsent.edit.commands) replay(this.store, command);
    this.restructure();
  }

  private answered(answer: Answer, edit: Edit | null, turn: "undo" | "redo" | null): void {
    this.bring(answer, edit);
    if (edit?.told) this.audience.tell(edit.told, this.queue.last === edit.request);
    else if (answer.message) this.audience.announce(answer.message);
    else if (edit) this.audience.announce(this.say("said_saved", { what: edit.label, n: answer.changed?.id.length ?? 0 }));
    else {
      const again = turn === "redo";
      this.audience.announce(this.say(again ? "said_redone" : "said_undone"));
    }
  }

  /** Bring in what the server says, from an answer of ours or from somebody else's edit. */
  bring(answer: Answer, edit: Edit | null = null): Id[] {
    const { cursor, anchor } = this.selection;
    for (const [key, id] of Object.entries(answer.keys ?? {})) this.rename(keyId(key), id);
    hide(this.store, this.queue.edits);
    if (edit) show(this.store, edit.before.map(([id, name, value]): Guess => [this.real(id), name, value]));
    const applied = this.store.apply(answer);
    if (cursor && this.named.has(cursor.id)) this.selection = { ...this.selection, cursor: { ...cursor, id: this.real(cursor.id) }, anchor: anchor && { ...anchor, id: this.real(anchor.id) } };
    this.reshow();
    return applied.changed;
  }

  /** A new row has got its id. */
  private rename(from: Id, to: Id): void {
    this.named.set(from, to);
    this.store.rename(from, to);
    if (this.made.delete(from)) this.made.add(to);
  }

  private takeBack(edit: Edit): void {
    hide(this.store, this.queue.edits);
    show(this.store, edit.before);
    this.reshow();
    if (edit.structure) this.reload();
  }

  private refused(refusal: Refusal, edit: Edit | null): void {
    if (!edit) {
      this.audience.tell(refusal.message);
      this.reload();
      return;
    }
    if (edit.report) this.audience.gaveBack?.(edit.report, refusal.message);
    else if (!edit.structure && this.keepTexts(edit, refusal.message)) this.audience.announce(`${refusal.message} ${this.say("said_kept")}`);
    else this.audience.tell(refusal.message);
    this.takeBack(edit);
  }

  /** What was typed stays in its cells, each with the reason; whether there were any. */
  private keepTexts(edit: Edit, message: string): boolean {
    const typed = edit.commands.flatMap((command) => (command.do === "set" ? [command] : []));
    for (const { task, field, value } of typed) this.faults.set(cellKey(task, keyOfField.get(field) ?? field), { text: String(value ?? ""), message });
    return typed.length > 0;
  }

  private conflict(refusal: Refusal, edit: Edit): void {
    this.takeBack(edit);
    const cells = edit.commands.flatMap((command) => (command.do === "set" ? [{ id: command.task, column: command.field, mine: String(command.value ?? ""), theirs: "" }] : []));
    this.clashes = [...this.clashes, { edit, message: refusal.message, cells }];
    this.audience.announce(refusal.message);
    this.reload();
  }

  /** Settle a clash: send what was typed once more, or leave what the other wrote. */
  settle(clash: Clash, mine: boolean): void {
    this.clashes = this.clashes.filter((one) => one !== clash);
    if (mine) this.send(clash.edit.commands, clash.edit.label, clash.edit.guess, clash.edit.column, clash.edit.structure, { report: clash.edit.report });
    this.audience.repaint();
  }

  theirs(id: Id, column: string): string {
    const row = this.rowOf(id);
    return row < 0 ? this.say("gone") : cellText(this.reading, row, column);
  }

  dropFault(cell: Cell): boolean {
    const dropped = this.faults.delete(cellKey(cell.id, cell.column));
    if (dropped) this.audience.repaint();
    return dropped;
  }

  undo(): void {
    this.sendNew();
    this.audience.wayBackEnds?.();
    const what = this.queue.undoable;
    if (!this.queue.turn("undo")) this.audience.announce(this.say("said_nothing_undo"));
    else this.audience.announce(this.say("said_undoing", { what: what ?? "" }));
  }

  redo(): void {
    this.sendNew();
    this.audience.wayBackEnds?.();
    const what = this.queue.redoable;
    if (!this.queue.turn("redo")) this.audience.announce(this.say("said_nothing_redo"));
    else this.audience.announce(this.say("said_redoing", { what: what ?? "" }));
  }

  get editable(): boolean {
    return this.store.plan.editable;
  }

  /** Whether the reader may say how far tasks are, if nothing else. */
  get reporting(): boolean {
    return this.editable || this.store.plan.reports === true;
  }

  /** What keeps the reader from planning. */
  get bounds(): string {
    return this.say(this.reporting ? "said_report_only" : "said_read_only");
  }

  /** Whether the plan may be changed; where not, it is said. */
  free(): boolean {
    if (!this.editable) this.audience.announce(this.bounds);
    return this.editable;
  }

  /** A new row below the chosen one. It goes to the server with the name that is typed into it, as one step. */
  add(): void {
    if (!this.free()) return;
    this.sendNew();
    this.newest += 1;
    const added = addition(this.store, this.selection.cursor?.id ?? null, this.say("new_task"), this.newest);
    this.selection = at({ id: added.id, column: "name" });
    this.made.add(added.id);
    this.unsent = { id: added.id, edit: this.editOf([added.command], this.say("undo_add"), [], undefined, true) };
    this.restructure();
  }

  private nameNew(text: string): number {
    const { id, edit } = this.unsent!;
    const name = text.trim();
    if (name) {
      edit.commands = edit.commands.map((command) => (command.do === "add" ? { ...command, name } : command));
      this.store.put(id, "name", name);
    }
    this.sendNew();
    return 1;
  }

  /** Send the new row that still waits for its name. */
  sendNew(): void {
    if (!this.unsent) return;
    const { edit } = this.unsent;
    this.unsent = null;
    this.push(edit);
    this.restructure();
  }

  /** New rows at the end of the chosen one with names and other cells, as pasted. */
  addMany(lines: readonly Readonly<Record<string, string>>[]): void {
    this.sendNew();
    const from = { after: this.selection.cursor?.id ?? null, number: this.newest, unnamed: this.say("new_task"), today: this.settings.today };
    const { commands, ids } = pastedRows(this.reading, lines, from);
    this.newest += ids.length;
    for (const id of ids) this.made.add(id);
    this.send(commands, this.say("undo_paste"), [], undefined, true);
  }

  remove(): void {
    const ids = this.chosen();
    if (!this.free() || ids.length === 0) return;
    this.sendNew();
    const place = Math.max(0, this.shown.place[this.rowOf(ids[0]!)] ?? 0);
    const column = this.selection.cursor?.column ?? "name";
    const name = this.name(ids[0]!);
    const gone = removal(this.store, ids);
    if (!gone) return;
    const told = gone.rows === 1 ? this.say("removed_one", { name }) : this.say("removed", { n: gone.rows });
    this.send([gone.command], this.say("undo_remove"), [], undefined, true, { told });
    this.selection = afterRemoval(place, this.shown, this.ids, column);
  }

  level(by: "indent" | "outdent"): void {
    if (!this.free()) return;
    this.sendNew();
    const command = level(this.store, this.chosen(), by);
    if (command) this.send([command], this.say(`undo_${by}`), [], undefined, true);
    else this.audience.announce(this.say("said_cannot"));
  }

  step(by: -1 | 1): void {
    if (!this.free()) return;
    this.sendNew();
    const command = step(this.store, this.chosen(), by);
    if (command) this.send([command], this.say("undo_move"), [], undefined, true);
    else this.audience.announce(this.say("said_cannot"));
  }

  link(): void {
    if (!this.free()) return;
    const commands = chain(this.store, this.chosen());
    if (commands.length) this.send(commands, this.say("undo_link"));
    else this.audience.announce(this.say("said_choose_two"));
  }

  unlink(): void {
    if (!this.free()) return;
    const commands = unchain(this.store, this.chosen());
    if (commands.length) this.send(commands, this.say("undo_unlink"));
    else this.audience.announce(this.say("said_no_links"));
  }

  /** Copy the first cell of the range downwards. */
  fill(columns: readonly string[]): void {
    const [first, ...rest] = this.chosen();
    if (first === undefined || rest.length === 0) return;
    this.setCells(rest.flatMap((id) => columns.map((column) => ({ id, column, text: this.startText({ id: first, column }) }))), this.say("undo_fill"));
  }

  clear(cell: Cell): void {
    if (["name", "duration", "start", "finish"].includes(cell.column)) return;
    this.setCells(this.chosen().map((id) => ({ id, column: cell.column, text: cell.column === "percent" ? "0" : "" })));
  }

  /** Move a task to an instant, as dragging its bar does. */
  shift(said: Id, start: Instant): void {
    const id = this.real(said);
    const row = this.rowOf(id);
    const was = this.store.tasks.start[row];
    const finish = this.store.tasks.finish[row];
    if (!this.free() || row < 0 || was === null || was === undefined) return;
    this.send([{ do: "shift", task: id, start }], this.say("undo_shift"), [[id, "start", start], [id, "finish", (finish ?? was) + start - was]]);
  }

  /** Make a task longer or shorter by working days of the plan. */
  lengthen(said: Id, by: number): void {
    const id = this.real(said);
    if (!this.free()) return;
    const text = lengthened(this.reading, id, by);
    if (text) this.setCells([{ id, column: "duration", text }]);
  }

  /** Interrupt a task for a day: at the status date where that lies within it, else in its middle. */
  split(said: Id): void {
    const id = this.real(said);
    if (!this.free()) return;
    const point = splitPoint(this.store, this.outline, this.reading.calendar, id);
    if (point === null) return this.audience.announce(this.say("said_cannot"));
    this.send([{ do: "split", task: id, at: point, gap: this.reading.lengths.minutes_per_day }], this.say("undo_split"));
  }
}
