/** The plan as a calendar: a month of tasks and milestones, week by week; on a phone as a list of each week. */
import { fits } from "../model/board";
import { isWorkday } from "../model/calendar";
import { toneOf } from "../model/geometry";
import { LINES, monthBeside, monthOf, type Stretch, type Week } from "../model/month";
import { floorTo } from "../model/scale";
import { DAY, type Id, type Instant } from "../model/types";
import { narrow } from "../../lib/screen";
import { Asking } from "./asking";
import { button, h, setText } from "./build";
import type { Room, View } from "./room";

export class CalendarView implements View {
  readonly element = h("div", "month");
  readonly tools: HTMLElement[];
  private readonly asking: Asking;
  private readonly title = h("h2", "month-title", { "aria-live": "polite" });
  private readonly weeks = h("ol", "month-weeks");
  private month: Instant;
  private all = false;
  private shown: Week[] = [];

  constructor(private readonly room: Room) {
    const { session } = room;
    const { say } = session;
    this.asking = new Asking(session, () => room.schedule());
    const { start, finish } = session.store.plan;
    const { today } = session.settings;
    this.month = floorTo(Math.min(Math.max(today, start ?? today), finish ?? today), "month");
    const turn = (by: -1 | 1) => this.turn(monthBeside(this.month, by));
    const months = h("span", "plan-group", { role: "group" }, button(say("month_before"), () => turn(-1), { icon: "chevron-left", only: "icon", key: "Page Up" }), button(say("month_after"), () => turn(1), { icon: "chevron-right", only: "icon", key: "Page Down" }), button(say("month_today"), () => this.turn(floorTo(today, "month"))));
    this.tools = [months, ...this.asking.tools];
    const monday = floorTo(today, "week");
    const names = h("div", "month-names", { "aria-hidden": "true" }, ...[0, 1, 2, 3, 4, 5, 6].map((day) => h("span", "", {}, session.dates.weekday(monday + day * DAY))));
    this.element.append(this.title, names, this.weeks);
    this.element.addEventListener("keydown", (event) => this.key(event));
  }

  private turn(to: Instant): void {
    this.month = to;
    this.all = false;
    this.room.paint();
  }

  focus(): void {
    (this.taskOf(this.room.current) ?? this.weeks.querySelector<HTMLElement>("[data-task][tabindex='0']"))?.focus();
  }

  private taskOf(id: Id | null): HTMLElement | null {
    return id === null ? null : this.weeks.querySelector<HTMLElement>(`[data-task="${id}"]`);
  }

  paint(): void {
    const { session } = this.room;
    const { store, outline, dates, say } = session;
    this.asking.refresh();
    const held = this.weeks.contains(document.activeElement) ? document.activeElement : null;
    const place = held instanceof HTMLElement ? held.dataset["place"] : undefined;
    this.shown = monthOf(store, outline, this.month, (row) => fits(store, row, this.asking.asked), this.all || narrow.matches ? 500 : LINES);
    setText(this.title, `${dates.month(this.month)} ${dates.year(this.month)}`);
    const ids = this.shown.flatMap((week) => week.stretches.map((one) => store.tasks.id[one.row]!));
    const known = this.room.current !== null && ids.includes(this.room.current) ? this.room.current : (ids[0] ?? null);
    let first = true;
    const roving = (id: Id) => {
      const mine = id === known && first;
      if (mine) first = false;
      return mine;
    };
    this.weeks.replaceChildren(...this.shown.map((week, at) => this.week(week, at, roving)));
    if (ids.length === 0) this.weeks.append(h("li", "kanban-none", {}, say("month_none")));
    if (held) (place ? this.weeks.querySelector<HTMLElement>(`[data-place="${place}"]`) : null)?.focus();
    if (held && !this.weeks.contains(document.activeElement)) this.focus();
  }

  private week(week: Week, at: number, roving: (id: Id) => boolean): HTMLElement {
    const { session } = this.room;
    const { say, dates, settings, reading } = session;
    const made = h("li", "month-week", { "aria-label": say("month_week", { day: dates.day(week.first) }) });
    const next = monthBeside(this.month, 1);
    for (let day = 0; day < 7; day += 1) {
      const on = week.first + day * DAY;
      const off = reading.calendar && !isWorkday(reading.calendar, on / DAY) ? " is-off" : "";
      const outside = on < this.month || on >= next ? " is-outside" : "";
      const today = on === settings.today;
      const number = h("span", `month-number${today ? " is-today" : ""}`, {}, String(new Date(on * 60_000).getUTCDate()));
      const cell = h("div", `month-day${off}${outside}`, { "aria-hidden": "true" }, number);
      cell.style.setProperty("--day", String(day + 1));
      made.append(cell);
      if (week.hidden[day]) made.append(this.more(day, week.hidden[day]!));
    }
    week.stretches.forEach((one, place) => made.append(this.stretch(one, `${at}-${place}`, roving)));
    made.style.setProperty("--lines", String(Math.max(2, ...week.stretches.map((one) => one.line + 1)) + (week.hidden.some(Boolean) ? 1 : 0)));
    return made;
  }

  private more(day: number, count: number): HTMLElement {
    const { say } = this.room.session;
    const made = h("button", "month-more", { type: "button", "aria-label": say("board_more", { n: count }) }, `+${count}`);
    made.style.setProperty("--day", String(day + 1));
    made.addEventListener("click", () => {
      this.all = true;
      this.room.paint();
      this.focus();
    });
    return made;
  }

  private stretch(one: Stretch, place: string, roving: (id: Id) => boolean): HTMLElement {
    const { session } = this.room;
    const { store, say, dates } = session;
    const id = store.tasks.id[one.row]!;
    const tone = toneOf(store, one.row);
    const letter = tone === "critical" ? say("letter_critical") : tone === "near" ? say("letter_near") : "";
    const start = dates.day(store.tasks.start[one.row]);
    const finish = dates.day(store.tasks.finish[one.row]);
    const when = one.milestone || start === finish ? finish : say("month_span", { start, finish });
    const name = store.tasks.name[one.row]!;
    const css = `month-task is-${tone}${one.milestone ? " is-milestone" : ""}${one.before ? " is-before" : ""}${one.after ? " is-after" : ""}${id === this.room.current ? " is-current" : ""}`;
    const made = h("button", css, { type: "button", tabindex: roving(id) ? 0 : -1, title: `${name}, ${when}` },
      one.milestone ? h("span", "month-diamond", { "aria-hidden": "true" }) : "", letter ? h("b", "", { title: say(`tone_${tone}`) }, letter) : "", h("span", "month-name", {}, name), h("span", "month-when", {}, when));
    made.dataset["task"] = String(id);
    made.dataset["place"] = place;
    made.style.setProperty("--from", String(one.from + 1));
    made.style.setProperty("--to", String(one.to + 2));
    made.style.setProperty("--line", String(one.line + 2));
    made.addEventListener("click", () => this.room.detail(id));
    made.addEventListener("focus", () => this.room.choose(id));
    return made;
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "PageUp" || event.key === "PageDown") {
      event.preventDefault();
      this.turn(monthBeside(this.month, event.key === "PageUp" ? -1 : 1));
      return this.focus();
    }
    const held = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[data-task]") : null;
    const all = [...this.weeks.querySelectorAll<HTMLElement>("[data-task]")];
    const place = held ? all.indexOf(held) : -1;
    if (place < 0) return;
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const to = event.key === "Home" ? all[0] : event.key === "End" ? all.at(-1) : by ? all[place + by] : undefined;
    if (!to) return;
    event.preventDefault();
    to.focus();
  }
}
