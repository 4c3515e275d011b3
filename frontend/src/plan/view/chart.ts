/** The canvas beside the grid: paints what is in view, and turns what the pointer does on it into edits. */
import { endsOf, drivingPath, gripAt, isMilestone, type Bar, BAR_HEIGHT, BAR_TOP, barOf, type Grip, route, ROW } from "../model/geometry";
import { nextWork, sameClock, workBetween } from "../model/calendar";
import { hasParts } from "../model/outline";
import { at } from "../model/select";
import { clampZoom, fitZoom, instantOf, type Scale, scaleFor, scrollFor, snap, widthOf, xOf } from "../model/scale";
import type { Id, Instant } from "../model/types";
import type { Session } from "../session";
import { h } from "./build";
import { arrow, HEAD, labelOf, line, paint, paintBar, penOf, type Scene } from "./paint";
import { paintHead } from "./paint-head";
import { onTheme, readTheme, type Theme } from "./theme";
import { Tip } from "./tip";

interface Drag {
  grip: Grip | "pan";
  id: Id;
  fromX: number;
  fromScroll: number;
  dx: number;
  x: number;
  y: number;
  moved: boolean;
  bar: Bar | null;
  target: { id: Id; kind: string } | null;
}

export class Chart {
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  private readonly wide: HTMLElement;
  private readonly ctx: CanvasRenderingContext2D;
  private theme: Theme;
  private scale: Scale;
  private size = { width: 0, height: 0, ratio: 0 };
  private seen = { width: 0, height: 0, left: 0 };
  private drag: Drag | null = null;
  private top = 0;
  private readonly tip: Tip;
  private readonly head = document.createElement("canvas");
  private headKey = "";
  private known: { chosen: ReadonlySet<Id>; deadline: Instant | null } = { chosen: new Set(), deadline: null };
  private path = { tasks: new Set<Id>(), links: new Set<number>() };
  private pathOf = "";
  options = { baseline: true, float: true, links: true, progress: true };

  constructor(
    private readonly session: Session,
    private readonly repaint: () => void,
    private readonly scrollRows: (by: number) => void,
    private readonly onPress: () => void,
    perPixel: number,
  ) {
    const say = session.say;
    this.canvas = h("canvas", "plan-canvas", { role: "img", "aria-label": say("chart_label") });
    this.wide = h("div", "plan-wide", {}, this.canvas);
    this.element = h("div", "plan-chart", {}, this.wide);
    this.tip = new Tip(session, this.element);
    this.ctx = this.canvas.getContext("2d")!;
    this.invalidate();
    this.scale = this.scaleAt(perPixel);
    this.theme = {} as Theme;
    onTheme(() => {
      this.theme = readTheme(this.element);
      this.repaint();
    });
    this.element.addEventListener("scroll", () => this.repaint(), { passive: true });
    this.listen();
  }

  get perPixel(): number {
    return this.scale.perPixel;
  }

  /** What is seen of time. */
  get window(): { scale: Scale; left: number; width: number } {
    return { scale: this.scale, left: this.seen.left, width: this.size.width };
  }

  private span(): [Instant, Instant] {
    const { start, finish } = this.session.store.plan;
    const first = start ?? this.session.settings.today;
    return [first, Math.max(finish ?? first + 30 * 1440, first + 5 * 1440, this.known.deadline ?? 0)];
  }

  private scaleAt(perPixel: number): Scale {
    const [first, last] = this.span();
    return scaleFor(first, last, perPixel, this.size.width || 800);
  }

  /** Look where things are before anything is written: looking after would lay the page out twice a frame. */
  measure(): void {
    this.seen = { width: this.element.clientWidth, height: this.element.clientHeight, left: this.element.scrollLeft };
  }

  /** Take up the room that the page gives; sizes are whole pixels of the screen. */
  resize(): void {
    const { width, height } = this.seen;
    const ratio = devicePixelRatio || 1;
    if (width === this.size.width && height === this.size.height && ratio === this.size.ratio) return;
    this.size = { width, height, ratio };
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.canvas.style.setProperty("--w", `${width}px`);
    this.canvas.style.setProperty("--h", `${height}px`);
    if (!this.theme.font) this.theme = readTheme(this.element);
    this.scale = this.scaleAt(this.scale.perPixel);
    this.wide.style.setProperty("--span", `${widthOf(this.scale)}px`);
  }

  /** The plan grew or shrank: the chart holds it all, and what one looks at stays. */
  follow(): void {
    const before = this.scale;
    this.scale = this.scaleAt(before.perPixel);
    if (before.origin === this.scale.origin && before.end === this.scale.end) return;
    this.wide.style.setProperty("--span", `${widthOf(this.scale)}px`);
    this.element.scrollLeft = this.seen.left = scrollFor(before, this.scale, this.seen.left, 0);
  }

  zoom(perPixel: number, pointer = this.size.width / 2): void {
    const before = this.scale;
    this.scale = this.scaleAt(clampZoom(perPixel));
    this.wide.style.setProperty("--span", `${widthOf(this.scale)}px`);
    this.element.scrollLeft = scrollFor(before, this.scale, this.element.scrollLeft, pointer);
    this.repaint();
  }

  /** Show the whole plan, with room for the names of the last milestones. */
  fit(): void {
    const [first, last] = this.span();
    this.zoom(this.zoomFor(first, last, this.size.width, 24), 0);
    this.showInstant(first, 24);
  }

  /** The zoom at which a span and the names behind its milestones fit into a width of which `before` pixels come before it. */
  zoomFor(first: Instant, last: Instant, width: number, before: number): number {
    let perPixel = fitZoom(first, last, width);
    for (const { start, room } of this.labels()) perPixel = Math.max(perPixel, (start - first) / Math.max(80, width - before - room));
    return perPixel;
  }

  /** Where names stand behind milestones, and how many pixels they take. */
  private *labels(): Generator<{ start: Instant; room: number }> {
    const { session, ctx } = this;
    const { tasks } = session.store;
    ctx.font = `500 11px ${this.theme.font}`;
    for (const row of session.shown.rows) {
      const start = tasks.start[row];
      if (start === null || start === undefined || hasParts(session.outline, row) || !isMilestone(tasks.kind[row] ?? "", start, tasks.finish[row] ?? null)) continue;
      yield { start, room: ctx.measureText(`${labelOf(tasks.name[row] ?? "")}${session.dates.day(start)}`).width + 20 };
    }
  }

  /** Bring the status date, or today, to a third of the view; whether there is a view by now. */
  showNow(): boolean {
    const { width } = this.size;
    if (!width) return false;
    const { start, finish, status } = this.session.store.plan;
    const now = status ?? this.session.settings.today;
    this.element.scrollLeft = this.seen.left = Math.max(0, Math.round(xOf(this.scale, Math.min(Math.max(now, start ?? now), finish ?? now)) - width / 3));
    return true;
  }

  /** Bring an instant into view, `room` pixels from the left edge. */
  showInstant(at: Instant, room = 120): void {
    this.element.scrollLeft = Math.max(0, xOf(this.scale, at) - room);
    this.repaint();
  }

  /** Bring the bar of a task into view; where its start is seen already, nothing moves. */
  showBar(id: Id): void {
    const start = this.session.store.value(id, "start");
    if (start === null || start === undefined) return;
    const x = xOf(this.scale, start) - this.element.scrollLeft;
    if (x < 0 || x > this.element.clientWidth - 60) this.showInstant(start);
  }

  /** The plan or the choice changed: what follows from them is to be worked out again. */
  invalidate(): void {
    const { session } = this;
    let deadline: Instant | null = null;
    for (const at of session.store.tasks.deadline) if (at !== null && (deadline === null || at > deadline)) deadline = at;
    this.known = { chosen: new Set(session.chosen()), deadline };
  }

  scene(top: number): Scene {
    const { session } = this;
    return {
      store: session.store, outline: session.outline, shown: session.shown, scale: this.scale, calendar: session.reading.calendar, theme: this.theme,
      left: this.seen.left, top, width: this.size.width, height: this.size.height, today: session.settings.today,
      ...this.known, path: this.driving(), day: (at) => session.dates.day(at),
      options: this.options, letters: { critical: session.say("letter_critical"), near: session.say("letter_near") },
    };
  }

  private driving(): { tasks: Set<Id>; links: Set<number> } {
    const { session } = this;
    const id = session.selection.cursor?.id;
    const key = `${id}:${session.store.revision}:${session.store.links.id.length}`;
    if (key !== this.pathOf) {
      this.pathOf = key;
      this.path = id === undefined ? { tasks: new Set(), links: new Set() } : drivingPath(session.store, id);
    }
    return this.path;
  }

  get headWords() {
    const { dates, say } = this.session;
    return { month: (at: Instant) => dates.month(at), year: (at: Instant) => dates.year(at), weekday: (at: Instant) => dates.weekday(at), deadline: say("deadline"), quarter: say("quarter_letter") };
  }

  paint(top: number): void {
    this.top = top;
    if (!this.size.width || !this.size.height) return;
    const { ctx } = this;
    const scene = this.scene(top);
    ctx.setTransform(this.size.ratio, 0, 0, this.size.ratio, 0, 0);
    paint(ctx, scene);
    this.paintHead(scene);
    if (this.drag?.moved && this.drag.grip !== "pan") this.paintDrag(scene, this.drag);
  }

  /** The head changes only sideways and with the plan: while one scrolls down, its picture is used again. */
  private paintHead(scene: Scene): void {
    const { width, ratio } = this.size;
    const key = [scene.left, scene.scale.origin, scene.scale.perPixel, width, ratio, this.theme.ink, scene.deadline, scene.store.plan.status].join();
    if (key !== this.headKey) {
      this.headKey = key;
      this.head.width = Math.round(width * ratio);
      this.head.height = Math.round(HEAD * ratio);
      const ctx = this.head.getContext("2d")!;
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      paintHead(ctx, scene, this.headWords);
    }
    this.ctx.drawImage(this.head, 0, 0, width, HEAD);
  }

  private paintDrag(scene: Scene, drag: Drag): void {
    const { ctx } = this;
    const pen = penOf(ctx, scene);
    const place = scene.shown.place[this.session.rowOf(drag.id)] ?? -1;
    if (place < 0 || !drag.bar) return;
    ctx.save();
    ctx.translate(-scene.left, HEAD - scene.top);
    if (drag.grip === "link") {
      const middle = place * ROW + BAR_TOP + BAR_HEIGHT / 2;
      const ends = endsOf(drag.target?.kind ?? "FS");
      const path = route({ x: drag.bar.to, y: middle, side: 1 }, { x: drag.x, y: drag.y, side: ends.to });
      ctx.strokeStyle = ctx.fillStyle = scene.theme.accent;
      ctx.lineWidth = 2;
      line(ctx, path.points);
      arrow(ctx, path.points, path.head, 5);
    } else {
      ctx.globalAlpha = 0.75;
      const shift = (x: number) => x + drag.dx;
      const bar = drag.grip === "move"
        ? { ...drag.bar, from: shift(drag.bar.from), to: shift(drag.bar.to), done: shift(drag.bar.done), parts: drag.bar.parts.map(([a, b]): [number, number] => [shift(a), shift(b)]) }
        : { ...drag.bar, to: Math.max(drag.bar.from + 2, shift(drag.bar.to)), parts: [[drag.bar.from, Math.max(drag.bar.from + 2, shift(drag.bar.to))] as [number, number]] };
      paintBar({ ...pen, options: { ...pen.options, baseline: false, float: false } }, place, { ...bar, float: null, baseline: null, deadline: null, constraint: null });
    }
    ctx.restore();
  }

  private hit(event: PointerEvent | WheelEvent | MouseEvent): { x: number; y: number; place: number; id: Id | null; bar: Bar | null } {
    const box = this.canvas.getBoundingClientRect();
    const x = event.clientX - box.left + this.element.scrollLeft;
    const y = event.clientY - box.top - HEAD + this.top;
    const place = event.clientY - box.top < HEAD ? -1 : Math.floor(y / ROW);
    const row = place < 0 ? undefined : this.session.shown.rows[place];
    const id = row === undefined ? null : this.session.ids[row]!;
    return { x, y, place, id, bar: row === undefined ? null : barOf(this.session.store, this.session.outline, this.scale, row) };
  }

  private listen(): void {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointermove", (event) => (this.drag ? this.pull(event) : this.hover(event)));
    canvas.addEventListener("pointerup", () => this.drop());
    canvas.addEventListener("pointercancel", () => this.cancel());
    canvas.addEventListener("pointerleave", () => this.tip.hide());
    canvas.addEventListener("dblclick", (event) => {
      const hit = this.hit(event);
      if (hit.id !== null) this.element.dispatchEvent(new CustomEvent("plan-detail", { bubbles: true, detail: hit.id }));
    });
    canvas.addEventListener("wheel", (event) => {
      if (event.ctrlKey) {
        event.preventDefault();
        this.zoom(this.scale.perPixel * Math.exp(event.deltaY / 240), event.clientX - canvas.getBoundingClientRect().left);
      } else if (event.shiftKey && event.deltaX === 0) {
        event.preventDefault();
        this.element.scrollLeft += event.deltaY;
      }
    }, { passive: false });
  }

  private press(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.preventDefault();
    this.onPress();
    const hit = this.hit(event);
    const grip = hit.bar && this.session.editable ? gripAt(hit.bar, hit.x) : null;
    this.tip.hide();
    this.canvas.setPointerCapture(event.pointerId);
    this.drag = { grip: grip ?? "pan", id: hit.id ?? 0, fromX: event.clientX, fromScroll: this.element.scrollLeft, dx: 0, x: hit.x, y: hit.y, moved: false, bar: hit.bar, target: null };
    if (hit.id !== null) this.session.select(at({ id: hit.id, column: this.session.selection.cursor?.column ?? "name" }));
  }

  private pull(event: PointerEvent): void {
    const drag = this.drag!;
    drag.dx = event.clientX - drag.fromX;
    if (!drag.moved && Math.abs(drag.dx) < 3 && (drag.grip !== "link" || Math.abs(event.movementY) < 2)) return;
    drag.moved = true;
    if (drag.grip === "pan") this.element.scrollLeft = drag.fromScroll - drag.dx;
    else {
      const hit = this.hit(event);
      drag.x = hit.x;
      drag.y = hit.y;
      drag.target = drag.grip === "link" && hit.id !== null && hit.id !== drag.id && hit.bar ? { id: hit.id, kind: hit.x > (hit.bar.from + hit.bar.to) / 2 + 6 && hit.bar.kind === "task" ? "FF" : "FS" } : null;
      const box = this.canvas.getBoundingClientRect();
      if (event.clientY > box.bottom - 16) this.scrollRows(ROW);
      if (event.clientY < box.top + HEAD) this.scrollRows(-ROW);
      this.tip.say(event, this.dragText(drag));
    }
    this.repaint();
  }

  /** What a drop would do, in words. */
  private dragText(drag: Drag): string {
    const { session } = this;
    if (drag.grip === "link") return drag.target ? session.say("drag_link", { from: session.name(drag.id), to: session.name(drag.target.id), kind: drag.target.kind }) : session.say("drag_link_where");
    const plan = this.planned(drag);
    return plan.grip === "move" ? session.say("drag_start", { day: session.dates.full(plan.at) }) : session.say("drag_duration", { text: plan.text });
  }

  private planned(drag: Drag): { grip: "move"; at: Instant } | { grip: "finish"; text: string } {
    const { session } = this;
    const { store, reading } = session;
    const start = store.value(session.real(drag.id), "start") ?? 0;
    const calendar = reading.calendar;
    const { perPixel } = this.scale;
    if (drag.grip === "move") {
      if (perPixel >= 20) return { grip: "move", at: sameClock(calendar, start, Math.round((drag.dx * perPixel) / 1440)) };
      const at = snap(start + drag.dx * perPixel, perPixel);
      return { grip: "move", at: calendar && drag.bar?.kind !== "milestone" ? nextWork(calendar, at) : at };
    }
    const end = instantOf(this.scale, (drag.bar?.to ?? 0) + drag.dx);
    const perDay = reading.lengths.minutes_per_day;
    const step = perPixel >= 20 ? perDay : 60;
    const steps = calendar ? Math.round(workBetween(calendar, start, end) / step) : 1;
    const amount = Math.max(1, steps) * step;
    return { grip: "finish", text: step === perDay ? `${amount / perDay}d` : `${amount / 60}h` };
  }

  private drop(): void {
    const drag = this.drag;
    this.drag = null;
    this.tip.hide();
    if (!drag?.moved || drag.grip === "pan") return this.repaint();
    const { session } = this;
    if (drag.grip === "link") {
      if (drag.target) session.send([{ do: "link", predecessor: drag.id, successor: drag.target.id, kind: drag.target.kind, lag: "" }], session.say("undo_link"));
    } else {
      const plan = this.planned(drag);
      if (plan.grip === "move") session.shift(drag.id, plan.at);
      else session.setCells([{ id: drag.id, column: "duration", text: plan.text }]);
    }
    this.repaint();
  }

  /** Give a drag up; whether there was one. */
  cancel(): boolean {
    const had = this.drag !== null;
    this.drag = null;
    this.tip.hide();
    if (had) this.repaint();
    return had;
  }

  private hover(event: PointerEvent): void {
    const hit = this.hit(event);
    const grip = hit.bar ? gripAt(hit.bar, hit.x) : null;
    const over = grip !== null || (hit.bar !== null && hit.x >= hit.bar.from - 2 && hit.x <= (hit.bar.float ?? hit.bar.to) + 2);
    this.canvas.dataset["grip"] = this.session.editable ? (grip ?? "") : "";
    if (over && hit.id !== null) this.tip.task(event, hit.id, grip);
    else this.tip.hide();
  }
}
