/** Progress on a phone: cards of the tasks that are due, drafts that stay on the phone until they are sent. */
import { icon } from "../../lib/dom";
import { chosenColumns, lateness, planLateness } from "../model/columns";
import { duration, figure, iso } from "../model/format";
import { toneOf } from "../model/geometry";
import { commandsOf, divided, type Draft, dueRows, isGate, notesBefore, notesIn, plannedPercent, says, withPercent, withRemaining } from "../model/progress";
import { hasParts } from "../model/outline";
import type { Edit } from "../model/queue";
import type { Id, Value } from "../model/types";
import { addressOf, type ViewName } from "../model/views";
import { Session } from "../session";
import type { Start } from "./app";
import { h, newId } from "./build";
import { Notice } from "./notice";
import { Photos } from "./photos";

const MOST = 200;

export class Phone {
  private readonly session: Session;
  private readonly notice = new Notice();
  private readonly list = h("div", "plan-cards");
  private readonly count = h("div", "plan-phone-count");
  private readonly foot = h("div", "plan-phone-foot form-thumb");
  private drafts: Record<string, Draft>;
  private readonly sent = new Set<Id>();
  /** Notes of tasks as they will be: read, or said since. */
  private notes = new Map<Id, string>();
  private readonly pictures = new Map<Id, { url: string; name: string }[]>();
  private readonly photos: Photos;
  private openId: Id | null = null;
  private all = false;
  private text = "";
  private waiting = false;
  private submitting = false;
  /** Why a report came back, by task. */
  private readonly refusals = new Map<Id, string>();

  constructor(private readonly start: Start) {
    const { keep, data, say } = start;
    this.drafts = (keep.read("progress") as Record<string, Draft> | null) ?? {};
    this.session = new Session(data, {
      say, language: start.language, today: start.today, transport: start.network, constraints: start.constraints, columns: chosenColumns(null), folded: [],
    }, {
      repaint: () => this.schedule(),
      reload: () => void start.network.data().then((fresh) => this.session.replace(fresh), () => undefined),
      announce: (text) => this.notice.announce(text),
      tell: (text) => this.notice.toast(text),
      gaveBack: (report, message) => this.takeBack(report, message),
      kept: (name, value) => {
        keep.write(name, value);
        // What was noted is with the server or refused by now: it is asked for before the next one goes below it.
        if (name === "queue" && this.session?.queue.idle) this.notes = new Map();
      },
    });
    const { network } = start;
    this.photos = new Photos(keep.name, start.say, network.photo.bind(network, data.plan.id), this.photographed.bind(this), (task, message) => {
      this.refusals.set(task, message);
      this.openId ??= task;
      this.notice.announce(message);
      this.paint();
    });
    this.build();
    void this.photos.load();
    addEventListener("online", () => this.session.queue.retry());
    this.session.restore(keep.read("queue"));
    for (const edit of this.session.queue.edits) if (edit.report) this.sent.add(edit.report.task);
    this.notes = notesIn(this.session.queue.edits);
    const first = this.rows()[0];
    this.openId = first === undefined ? null : this.session.ids[first]!;
  }

  /** A refused report is a draft again, below what was said since, with the reason on its card. */
  private takeBack({ task, draft }: NonNullable<Edit["report"]>, message: string): void {
    this.sent.delete(task);
    this.notes.delete(task);
    this.refusals.set(task, message);
    this.openId = task;
    this.put(task, { ...(draft as Draft), ...this.draft(task) });
    this.notice.announce(message);
    this.paint();
  }

  /** Photos of a task were added, removed or sent. */
  private photographed(task: Id, count: number): void {
    const { photos: _before, ...rest } = this.draft(task);
    this.pictures.delete(task);
    this.put(task, count ? { ...rest, photos: count } : rest);
    this.paint();
  }

  private get status(): number {
    return this.session.store.plan.status ?? this.start.today;
  }

  private rows(): number[] {
    const { store, outline } = this.session;
    if (!this.all) {
      const due = dueRows(store, outline, this.status);
      const there = new Set(due);
      return [...due, ...[...this.sent].map((id) => store.row(id)).filter((row) => row >= 0 && !there.has(row))];
    }
    const text = this.text.trim().toLowerCase();
    return store.tasks.id.flatMap((_, row) => (!hasParts(outline, row) && (!text || store.tasks.name[row]!.toLowerCase().includes(text)) ? [row] : [])).slice(0, MOST);
  }

  private build(): void {
    const { say } = this.session;
    const choice = (label: string, all: boolean) => {
      const made = h("button", "", { type: "button", "aria-pressed": String(all === this.all) }, label);
      made.addEventListener("click", () => {
        this.all = all;
        for (const other of segments.children) other.setAttribute("aria-pressed", String(other === made));
        search.hidden = !all;
        this.paint();
      });
      return made;
    };
    const search = h("input", "input", { type: "search", placeholder: say("find"), "aria-label": say("find"), hidden: true });
    const segments = h("div", "segments", { role: "group", "aria-label": say("show") });
    segments.append(choice(say("phone_due"), false), choice(say("phone_all"), true));
    search.addEventListener("input", () => {
      this.text = search.value;
      this.paint();
    });
    const other = (view: ViewName, name: string, text: string) => h("a", "button button-ghost plan-phone-chart", { href: addressOf(location.search, view) }, icon(name), text);
    const others = h("span", "row", {}, other("board", "square-kanban", say("view_board")), other("chart", "chart-no-axes-gantt", say("phone_chart")));
    const { host } = this.start;
    host.classList.add("plan", "plan-phone");
    host.replaceChildren(h("div", "plan-phone-head", {}, segments, others), search, this.count, this.notice.bar, this.list, this.foot, this.notice.live);
    this.paint();
  }

  private schedule(): void {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      // While one types or drags in a card it is left as it is; the rest follows when one is done.
      if (this.list.contains(document.activeElement) && document.activeElement?.matches("input, textarea")) this.paintFoot();
      else this.paint();
    });
  }

  paint(): void {
    const { session } = this;
    const rows = this.rows();
    const done = rows.filter((row) => this.sent.has(session.ids[row]!) || says(this.drafts[session.ids[row]!])).length;
    this.count.replaceChildren(h("span", "", {}, this.all ? session.say("foot_tasks", { n: rows.length }) : session.say("phone_due_count", { n: rows.length })), this.all ? "" : h("span", "", {}, session.say("phone_done_count", { done, n: rows.length })), h("span", "plan-phone-until", {}, session.say("phone_until", { day: session.dates.long(this.status) })));
    const held = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["focus"] : undefined;
    this.list.replaceChildren(...rows.map((row) => this.card(row)));
    if (rows.length === 0) this.list.replaceChildren(h("p", "plan-phone-empty", {}, session.say("phone_none")));
    if (held) this.list.querySelector<HTMLElement>(`[data-focus="${held}"]`)?.focus();
    this.paintFoot();
  }

  private draft(id: Id): Draft {
    return this.drafts[id] ?? {};
  }

  private put(id: Id, draft: Draft): void {
    this.drafts = { ...this.drafts, [id]: draft };
    if (!says(draft)) delete this.drafts[id];
    this.start.keep.write("progress", this.drafts);
    this.paintFoot();
  }

  private mark(row: number): HTMLElement {
    const tone = toneOf(this.session.store, row);
    const letter = tone === "critical" ? this.session.say("letter_critical") : tone === "near" ? this.session.say("letter_near") : "";
    return h("span", `plan-card-mark is-${tone}`, letter ? {} : { "aria-hidden": "true" }, tone === "done" ? icon("check") : letter);
  }

  private card(row: number): HTMLElement {
    const { store } = this.session;
    const id = store.tasks.id[row]!;
    const open = this.openId === id && this.session.reporting;
    const head = h("button", "plan-card-head", { type: "button", "aria-expanded": String(open) }, this.mark(row), h("span", "plan-card-name", {}, store.tasks.name[row]!), h("span", "plan-card-end", {}, ...this.brief(row, open)));
    head.dataset["focus"] = `head-${id}`;
    head.addEventListener("click", () => {
      this.openId = open ? null : id;
      this.paint();
    });
    return h("section", `plan-card${open ? " is-open" : ""}`, { "aria-label": store.tasks.name[row]! }, head, ...(open ? [this.form(row, id)] : []));
  }

  /** What the head of a card says at its end. */
  private brief(row: number, open: boolean): (Node | string)[] {
    const { store, dates, say } = this.session;
    const id = store.tasks.id[row]!;
    const now = store.tasks.percent[row] ?? 0;
    const draft = this.draft(id);
    const said = draft.finish ? 100 : draft.percent;
    if (open) return [h("b", "plan-card-percent", { "data-percent": true }, `${figure(said ?? now, 0)} %`)];
    if (said !== undefined && said !== now) return [`${figure(now, 0)} %`, icon("arrow-right"), h("b", "", {}, `${said} %`)];
    if (store.tasks.actual_finish[row] !== null) return [say("phone_finished", { day: dates.day(store.tasks.actual_finish[row]) })];
    if (now > 0) return [`${figure(now, 0)} %`];
    return [say("phone_starts", { day: dates.day(store.tasks.start[row]) })];
  }

  private form(row: number, id: Id): HTMLElement {
    const { session } = this;
    const { store, say } = session;
    void this.load(id);
    const parts: HTMLElement[] = [];
    const gate = isGate(store, row);
    if (!gate) parts.push(...this.sliders(row, id));
    const begun = store.tasks.actual_start[row] ?? null;
    const start = begun === null ? this.dateField(id, "start", say("column_actual_start_long")) : null;
    const finish = this.dateField(id, "finish", say("column_actual_finish_long"), this.expected(row));
    parts.push(h("div", "plan-card-two", {}, ...(start ? [start] : []), finish));
    const name = newId("plan-note");
    const note = h("textarea", "textarea", { id: name, rows: 2, placeholder: say("phone_note_hint") });
    note.value = this.draft(id).note ?? "";
    note.dataset["focus"] = `note-${id}`;
    note.addEventListener("input", () => this.put(id, { ...this.draft(id), note: note.value }));
    parts.push(h("div", "field", {}, h("label", "", { for: name }, say("phone_note")), note));
    parts.push(this.photos.field(id, this.pictures.get(id) ?? []));
    const refusal = this.refusals.get(id);
    if (refusal) parts.push(h("p", "field-error", { role: "alert" }, refusal));
    return h("div", "plan-card-form", {}, ...parts);
  }

  private sliders(row: number, id: Id): HTMLElement[] {
    const { store, say, reading } = this.session;
    const tasks = store.tasks;
    const whole = tasks.duration[row] ?? 0;
    const left = tasks.remaining[row] ?? whole;
    const now = tasks.percent[row] ?? 0;
    const draft = this.draft(id);
    const label = newId("plan-percent");
    const slider = h("input", "plan-slider", { type: "range", min: 0, max: 100, step: 1, id: label, "aria-label": say("column_percent_long") });
    slider.value = String(draft.percent ?? now);
    slider.dataset["focus"] = `slider-${id}`;
    const amount = h("output", "", {}, duration(draft.remaining ?? left, tasks.unit[row] ?? "d", reading.lengths));
    const show = () => {
      const said = this.draft(id);
      slider.value = String(said.percent ?? now);
      slider.style.setProperty("--share", `${slider.value}%`);
      amount.textContent = duration(said.remaining ?? left, tasks.unit[row] ?? "d", reading.lengths);
      const head = this.list.querySelector<HTMLElement>(".plan-card.is-open [data-percent]");
      if (head) head.textContent = `${slider.value} %`;
    };
    slider.addEventListener("input", () => {
      this.put(id, withPercent(this.draft(id), Number(slider.value), whole));
      show();
    });
    const step = (by: number, text: string, name: string) => {
      const made = h("button", "plan-step", { type: "button", "aria-label": `${text}, ${say("column_remaining_long")}` }, icon(name));
      made.addEventListener("click", () => {
        this.put(id, withRemaining(this.draft(id), (this.draft(id).remaining ?? left) + by * reading.lengths.minutes_per_day, Math.max(0, whole - left)));
        show();
      });
      return made;
    };
    slider.style.setProperty("--share", `${slider.value}%`);
    const planned = plannedPercent(store, row, this.status, reading.calendar);
    return [
      h("div", "plan-slide", {}, slider, h("div", "plan-slide-notes", {}, h("span", "", {}, say("phone_now", { n: figure(now, 0) })), planned === null ? "" : h("span", "", {}, say("phone_plan", { n: planned })))),
      h("div", "field", {}, h("span", "label", {}, say("column_remaining_long")), h("div", "plan-stepper", {}, step(-1, say("phone_less"), "minus"), amount, step(1, say("phone_more"), "plus"))),
    ];
  }

  /** When a task is expected to end, and how that stands to its baseline. */
  private expected(row: number): string {
    const { session } = this;
    const finish = session.store.tasks.finish[row] ?? null;
    if (finish === null) return "";
    const day = session.dates.day(finish);
    const late = lateness(session.reading, row);
    if (late === null) return session.say("phone_expected", { day });
    const days = figure(Math.abs(late) / session.reading.lengths.minutes_per_day);
    if (days === "0") return session.say("phone_expected_even", { day });
    const after = late > 0;
    return session.say(after ? "phone_expected_after" : "phone_expected_before", { day, days });
  }

  /** A day on which something happened: today at the latest. */
  private dateField(id: Id, name: "start" | "finish", label: string, help = ""): HTMLElement {
    const field = newId("plan-date");
    const input = h("input", "input", { type: "date", id: field, max: iso(this.start.today) });
    input.value = this.draft(id)[name] ?? "";
    input.dataset["focus"] = `${name}-${id}`;
    input.addEventListener("change", () => this.put(id, { ...this.draft(id), [name]: input.value }));
    return h("div", "field", {}, h("label", "", { for: field }, label), input, help ? h("span", "field-help", {}, help) : "");
  }

  private async load(id: Id): Promise<void> {
    if ((this.notes.has(id) && this.pictures.has(id)) || id < 0) return;
    // What was said while the server was asked goes before its answer; what it said of an earlier time counts no more.
    const known = this.notes;
    try {
      const { notes, photos } = await this.start.network.why(id);
      if (notes !== undefined && !known.has(id)) known.set(id, notes);
      this.pictures.set(id, photos ?? []);
      if (photos?.length) this.schedule();
    } catch {
      // Without connection the note stays in the draft until it can be put below the others.
    }
  }

  private async submit(): Promise<void> {
    if (this.submitting) return;
    this.submitting = true;
    try {
      await this.sendAll();
    } finally {
      this.submitting = false;
    }
    this.openId = null;
    this.paint();
  }

  private async sendAll(): Promise<void> {
    const { session } = this;
    const today = session.dates.long(this.start.today);
    let sent = 0;
    const pictured: Id[] = [];
    for (const key of Object.keys(this.drafts)) {
      const id = Number(key);
      if (this.draft(id).note?.trim()) await this.load(id);
      const draft = this.draft(id);
      if (session.rowOf(id) < 0 || !says(draft)) continue;
      const notes = notesBefore(session.store, session.rowOf(id), this.notes.get(id));
      const commands = commandsOf(session.store, id, draft, today, notes);
      const { said, rest } = divided(draft, notes !== undefined);
      if (draft.photos) {
        pictured.push(id);
        this.refusals.delete(id);
      }
      if (commands.length === 0) {
        if (draft.photos) this.put(id, rest);
        continue;
      }
      const noted = commands.find((command) => command.do === "set" && command.field === "notes");
      if (noted?.do === "set") this.notes.set(id, String(noted.value));
      this.refusals.delete(id);
      this.sent.add(id);
      this.put(id, rest);
      const shown: [Id, "percent", Value][] = draft.by === "percent" && draft.percent !== undefined ? [[id, "percent", draft.percent]] : [];
      session.send(commands, session.say("undo_progress"), shown, undefined, false, { report: { task: id, draft: said } });
      sent += 1;
    }
    if (sent || pictured.length) this.notice.announce(session.say("phone_sent"));
    if (pictured.length) void this.photos.submit(pictured);
  }

  /** How the plan's finish stands to the baseline. */
  private late(): string {
    const late = planLateness(this.session.reading);
    if (late === null) return "";
    const days = figure(Math.abs(late));
    const after = late > 0;
    return days === "0" ? this.session.say("phone_even") : this.session.say(after ? "phone_after" : "phone_before", { days });
  }

  private paintFoot(): void {
    const { session } = this;
    const { say, store, dates } = session;
    const ready = Object.entries(this.drafts).filter(([id, draft]) => session.rowOf(Number(id)) >= 0 && says(draft)).length;
    const offline = session.state === "waiting" || !navigator.onLine;
    const late = this.photos.late;
    const state = late > 0 && offline ? say("phone_photo_waits", { n: late }) : session.waiting > 0 && offline ? say("phone_queued", { n: session.waiting }) : ready ? say("phone_reported", { n: ready }) : this.sent.size && session.state === "saved" ? say("phone_sent") : say("phone_nothing");
    const later = h("button", "button", { type: "button", disabled: ready === 0 }, say("phone_later"));
    const send = h("button", "button button-primary", { type: "button", disabled: ready === 0 }, say("phone_send"));
    later.addEventListener("click", () => this.notice.toast(say("phone_kept")));
    send.addEventListener("click", () => void this.submit());
    const verdict = h("div", `plan-phone-verdict${offline ? " is-offline" : ""}`, {}, icon(offline ? "hourglass" : "flag"), h("span", "", {}, h("b", "", {}, say("phone_finish", { day: dates.day(store.plan.finish) }), this.late()), h("small", "", {}, state)));
    this.foot.replaceChildren(verdict, ...(session.reporting ? [h("div", "plan-phone-buttons", {}, later, send)] : []));
    this.notice.refresh(session, false);
  }
}
