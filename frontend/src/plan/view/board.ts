/** The plan as a board: columns by state, cards that are dragged, moved by keys, or moved by their own buttons. */
import { icon } from "../../lib/dom";
import { lateness } from "../model/columns";
import { figure, iso, signed } from "../model/format";
import { toneOf } from "../model/geometry";
import { type Asked, boardOf, type Lane, laneBeside, LANES, type LaneOf, laneOf, lanesFor, moveTo, peopleIn } from "../model/board";
import type { Id } from "../model/types";
import { Asking } from "./asking";
import { h, newId } from "./build";
import type { Room, View } from "./room";

/** Cards of a column that are drawn before one asks for more. */
const MOST = 60;

export class Board implements View {
  readonly element = h("div", "kanban");
  readonly tools: HTMLElement[];
  private readonly asking: Asking;
  private readonly lanes: HTMLElement;
  private readonly pick = h("div", "segments kanban-pick", { role: "group" });
  private readonly shownMost: Record<Lane, number> = { todo: MOST, doing: MOST, done: MOST };
  private readonly asked: Asked;
  private lane: Lane = "doing";
  private dragged: Id | null = null;
  private found: Readonly<Record<Lane, LaneOf>>;
  private focused: Id | null = null;

  constructor(private readonly room: Room) {
    const { session } = room;
    const { say } = session;
    this.asking = new Asking(session, () => {
      for (const lane of LANES) this.shownMost[lane] = MOST;
      room.schedule();
    });
    this.asked = this.asking.asked;
    this.found = boardOf(session.store, session.outline, this.asked);
    this.tools = this.asking.tools;
    this.lanes = h("div", "kanban-lanes");
    this.pick.setAttribute("aria-label", say("board_column"));
    this.element.append(this.pick, this.lanes);
    if (session.reporting) this.element.append(h("p", "kanban-hint only-wide", {}, say("board_hint")));
    this.element.addEventListener("keydown", (event) => this.key(event));
    const first = LANES.flatMap((lane) => this.found[lane].rows.slice(0, 1))[0];
    const running = this.found.doing.rows[0] ?? first;
    if (running !== undefined) room.choose(session.ids[running]!);
  }

  busy(): boolean {
    return this.dragged !== null || (this.element.contains(document.activeElement) && document.activeElement?.matches("input") === true);
  }

  focus(): void {
    this.cardOf(this.room.current)?.focus();
  }

  private cardOf(id: Id | null): HTMLElement | null {
    return id === null ? null : this.lanes.querySelector<HTMLElement>(`[data-card="${id}"]`);
  }

  paint(): void {
    const { session } = this.room;
    this.asking.refresh();
    this.found = boardOf(session.store, session.outline, this.asked);
    const held = document.activeElement instanceof HTMLElement && this.lanes.contains(document.activeElement) ? document.activeElement.dataset : null;
    const tops = new Map([...this.lanes.querySelectorAll<HTMLElement>(".kanban-cards")].map((list) => [list.dataset["lane"], list.scrollTop]));
    const known = this.room.current;
    const there = LANES.flatMap((lane) => this.found[lane].rows.slice(0, this.shownMost[lane])).map((row) => session.ids[row]!);
    this.focused = known !== null && there.includes(known) ? known : (there[0] ?? null);
    this.lanes.replaceChildren(...LANES.map((lane) => this.column(lane)));
    this.lanes.dataset["lane"] = this.lane;
    for (const list of this.lanes.querySelectorAll<HTMLElement>(".kanban-cards")) list.scrollTop = tops.get(list.dataset["lane"]) ?? 0;
    this.paintPick();
    if (held?.["card"]) this.cardOf(this.focused)?.focus({ preventScroll: false });
    else if (held?.["focus"]) (this.lanes.querySelector<HTMLElement>(`[data-focus="${held["focus"]}"]`) ?? this.cardOf(this.focused))?.focus();
  }

  /** On a phone one column is seen at a time. */
  private paintPick(): void {
    const { say } = this.room.session;
    this.pick.replaceChildren(...LANES.map((lane) => {
      const made = h("button", "", { type: "button", "aria-pressed": String(lane === this.lane) }, `${say(`board_${lane}`)} ${this.found[lane].count}`);
      if (this.found[lane].over) made.append(" ", icon("triangle-alert"));
      made.addEventListener("click", () => {
        this.lane = lane;
        this.room.schedule();
      });
      return made;
    }));
  }

  private column(lane: Lane): HTMLElement {
    const { session } = this.room;
    const { say } = session;
    const { rows, count, limit, over } = this.found[lane];
    const name = newId("kanban-lane");
    const counted = rows.length === count ? String(count) : say("board_shown", { shown: rows.length, n: count });
    const head = h("header", "kanban-head", {}, h("h2", "", { id: name }, say(`board_${lane}`)), h("span", "kanban-count", {}, counted));
    if (lane !== "done") head.append(...this.limitOf(lane, limit));
    const section = h("section", `kanban-lane is-${lane}${over ? " is-over" : ""}`, { "aria-labelledby": name }, head);
    if (over) section.append(h("p", "kanban-over", {}, icon("triangle-alert"), say("board_over", { n: over, limit: limit! })));
    const list = h("ul", "kanban-cards", {}, ...rows.slice(0, this.shownMost[lane]).map((row) => this.card(row, lane)));
    list.dataset["lane"] = lane;
    section.append(list);
    if (rows.length === 0) section.append(h("p", "kanban-none", {}, say(count ? "board_none_shown" : `board_none_${lane}`)));
    const left = rows.length - this.shownMost[lane];
    if (left > 0) {
      const more = h("button", "button button-small kanban-more", { type: "button" }, say("board_more", { n: left }));
      more.dataset["focus"] = `more-${lane}`;
      more.addEventListener("click", () => {
        this.shownMost[lane] += MOST * 4;
        this.room.schedule();
      });
      section.append(more);
    }
    this.takeDrops(section, lane);
    return section;
  }

  /** The limit of a column: a field for whoever plans, a figure for the others. */
  private limitOf(lane: "todo" | "doing", limit: number | null): HTMLElement[] {
    const { session } = this.room;
    const { say } = session;
    if (!session.editable) return limit === null ? [] : [h("span", "kanban-limit", {}, say("board_limit_is", { n: limit }))];
    const field = h("input", "input kanban-limit-field", { type: "number", min: 1, max: 999, placeholder: "–", "aria-label": say("board_limit_of", { column: say(`board_${lane}`) }) });
    field.value = limit === null ? "" : String(limit);
    field.dataset["focus"] = `limit-${lane}`;
    const put = () => {
      const said = field.value.trim();
      if (said === (limit === null ? "" : String(limit))) return;
      if (!field.reportValidity()) return;
      session.send([{ do: "plan", field: `${lane}_limit`, value: said }], say("undo_limit"));
    };
    field.addEventListener("change", put);
    field.addEventListener("blur", () => this.room.schedule());
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      field.blur();
    });
    return [h("label", "kanban-limit", {}, h("span", "", { "aria-hidden": "true" }, say("board_limit")), field)];
  }

  private takeDrops(section: HTMLElement, lane: Lane): void {
    const may = () => {
      const row = this.dragged === null ? -1 : this.room.session.rowOf(this.dragged);
      return row >= 0 && lanesFor(this.room.session.store, row).includes(lane);
    };
    section.addEventListener("dragover", (event) => {
      if (!may()) return;
      event.preventDefault();
      section.classList.add("is-target");
    });
    section.addEventListener("dragleave", (event) => {
      if (!(event.relatedTarget instanceof Node) || !section.contains(event.relatedTarget)) section.classList.remove("is-target");
    });
    section.addEventListener("drop", (event) => {
      event.preventDefault();
      section.classList.remove("is-target");
      const id = this.dragged;
      this.dragged = null;
      if (id !== null) this.move(id, lane);
    });
  }

  private card(row: number, lane: Lane): HTMLElement {
    const { session } = this.room;
    const { store } = session;
    const id = store.tasks.id[row]!;
    const moves = session.reporting;
    const item = h("li", `kanban-card is-${toneOf(store, row)}${id === this.room.current ? " is-current" : ""}`, { draggable: moves ? "true" : undefined });
    const open = h("button", "kanban-open", { type: "button", tabindex: id === this.focused ? 0 : -1, "aria-keyshortcuts": moves ? "Shift+ArrowLeft Shift+ArrowRight" : undefined }, this.mark(row), h("span", "kanban-name", {}, store.tasks.name[row]!), ...this.lines(row, lane));
    open.dataset["card"] = String(id);
    open.addEventListener("click", () => this.room.detail(id));
    open.addEventListener("focus", () => {
      this.focused = id;
      this.room.choose(id);
    });
    item.append(open);
    if (moves) item.append(this.actions(row, lane, id));
    item.addEventListener("dragstart", (event) => {
      this.dragged = id;
      event.dataTransfer?.setData("text/plain", store.tasks.name[row]!);
      item.classList.add("is-dragged");
    });
    item.addEventListener("dragend", () => {
      this.dragged = null;
      this.room.schedule();
    });
    return item;
  }

  private mark(row: number): HTMLElement {
    const { say, store } = this.room.session;
    const tone = toneOf(store, row);
    const letter = tone === "critical" ? say("letter_critical") : tone === "near" ? say("letter_near") : "";
    return h("span", `plan-card-mark is-${tone}`, letter ? { title: say(`tone_${tone}`) } : { "aria-hidden": "true" }, tone === "done" ? icon("check") : letter);
  }

  /** What a card says below its name: what it is part of, when, how far, how late, by whom. */
  private lines(row: number, lane: Lane): HTMLElement[] {
    const { session } = this.room;
    const { store, say, dates, reading } = session;
    const { tasks } = store;
    const { status } = this.asked;
    const parent = tasks.parent[row];
    const late = lateness(reading, row);
    const days = late === null ? 0 : late / reading.lengths.minutes_per_day;
    const when = lane === "done"
      ? say("phone_finished", { day: dates.day(tasks.actual_finish[row] ?? tasks.finish[row]) })
      : lane === "doing" ? `${figure(tasks.percent[row] ?? 0, 0)} %, ${say("board_until", { day: dates.day(tasks.finish[row]) })}`
      : (tasks.start[row] ?? Infinity) < status ? say("board_overdue", { day: dates.day(tasks.start[row]) }) : say("phone_starts", { day: dates.day(tasks.start[row]) });
    const facts = h("span", "kanban-facts", {}, h("span", lane === "todo" && (tasks.start[row] ?? Infinity) < status ? "is-late" : "", {}, when));
    if (Math.abs(days) >= 0.05) facts.append(h("span", days > 0 ? "is-late" : "", {}, say("board_late", { days: signed(days, 1) })));
    const found = [facts];
    if (parent !== null && parent !== undefined) found.unshift(h("span", "kanban-part", {}, session.name(parent)));
    const people = peopleIn(tasks.resources[row] ?? "");
    if (people.length) found.push(h("span", "kanban-people", {}, icon("user"), people.join(", ")));
    return found;
  }

  private actions(row: number, lane: Lane, id: Id): HTMLElement {
    const { session } = this.room;
    const { say, store } = session;
    const made = h("span", "kanban-moves");
    for (const to of lanesFor(store, row)) {
      if (to === lane) continue;
      const label = say(lane === "done" && to === "doing" ? "board_reopen" : `board_to_${to}`);
      const move = h("button", "kanban-move", { type: "button", tabindex: id === this.focused ? 0 : -1, "aria-label": `${label}: ${session.name(id)}` }, label);
      move.dataset["focus"] = `move-${id}-${to}`;
      move.addEventListener("click", () => this.move(id, to));
      made.append(move);
    }
    return made;
  }

  /** Report by moving: begun today, finished today, or not after all. */
  private move(id: Id, to: Lane): void {
    const { session } = this.room;
    const { say, store } = session;
    const row = session.rowOf(id);
    const { today } = session.settings;
    if (row < 0 || !session.reporting) return this.room.schedule();
    const move = moveTo(store, row, to, iso(today), today + 480);
    this.room.choose(id);
    if (!move) return this.room.schedule();
    const column = say(`board_${to}`);
    const { count, limit } = this.found[to];
    const beyond = limit !== null && count + 1 > limit ? ` ${say("board_now_over", { column, limit })}` : "";
    session.send(move.commands, say("undo_progress"), move.shown, undefined, false, { told: say("board_moved", { name: session.name(id), column }) + beyond });
  }

  private key(event: KeyboardEvent): void {
    const card = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[data-card]") : null;
    if (!card || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const id = Number(card.dataset["card"]);
    const { session } = this.room;
    const row = session.rowOf(id);
    const by = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (by && event.shiftKey) {
      event.preventDefault();
      const to = laneBeside(session.store, row, by);
      if (!session.reporting) this.room.notice.announce(session.bounds);
      else if (to) this.move(id, to);
      else this.room.notice.announce(session.say("board_edge"));
      return;
    }
    const to = this.beside(row, event.key);
    if (to === null) return;
    event.preventDefault();
    this.room.choose(session.ids[to]!);
    this.focused = session.ids[to]!;
    this.lane = laneOf(session.store, to);
    this.room.paint();
    this.focus();
  }

  /** The row to which a key leads from another; null where it leads nowhere. */
  private beside(row: number, key: string): number | null {
    const lane = laneOf(this.room.session.store, row);
    const shown = (one: Lane) => this.found[one].rows.slice(0, this.shownMost[one]);
    const rows = shown(lane);
    const place = rows.indexOf(row);
    if (key === "ArrowDown") return rows[place + 1] ?? null;
    if (key === "ArrowUp") return rows[place - 1] ?? null;
    if (key === "Home") return rows[0] ?? null;
    if (key === "End") return rows.at(-1) ?? null;
    const by = key === "ArrowLeft" ? -1 : key === "ArrowRight" ? 1 : 0;
    for (let at = LANES.indexOf(lane) + by; by && LANES[at]; at += by) {
      const other = shown(LANES[at]!);
      if (other.length) return other[Math.min(place, other.length - 1)]!;
    }
    return null;
  }
}
