/** The pane below the chart: what is asked of one resource over the same time, against what there is. */
import { ceilingOf, cellAt, type Load, loadBars, spellBeside, spells } from "../model/load";
import { figure } from "../model/format";
import { instantOf, type Scale, xOf } from "../model/scale";
import { Refused, SignedOut } from "../model/queue";
import { DAY, type Id, type Instant } from "../model/types";
import type { Session } from "../session";
import { icon } from "../../lib/dom";
import { button, h, setText } from "./build";
import type { Network } from "./net";
import { onTheme, readTheme, type Theme } from "./theme";

/** What the chart shows of time. */
export interface Window {
  scale: Scale;
  left: number;
  width: number;
}

const HIGH = 132;
const TOP = 20;
const BOTTOM = 8;
/** After how long what failed is asked again. */
const AGAIN = 10_000;

export class UsePane {
  readonly element = h("section", "plan-use");
  private readonly canvas: HTMLCanvasElement;
  private readonly picked: HTMLSelectElement;
  private readonly verdict = h("p", "plan-use-verdict");
  private readonly line = h("p", "plan-use-line");
  private readonly table: HTMLAnchorElement;
  private readonly before: HTMLButtonElement;
  private readonly after: HTMLButtonElement;
  private readonly steps = h("span", "plan-group");
  private load: Load | null = null;
  private asked = "";
  private pause: ReturnType<typeof setTimeout> | undefined;
  private theme = {} as Theme;
  private size = { width: 0, ratio: 0 };
  private seen: Window | null = null;
  private resource: Id | null = null;
  private at: Instant;

  constructor(
    private readonly session: Session,
    private readonly network: Network,
    private readonly deeds: { show(at: Instant): void; closed(): void; announce(text: string): void; base: string },
  ) {
    const { say } = session;
    this.at = session.store.plan.status ?? session.settings.today;
    this.element.hidden = true;
    this.element.setAttribute("aria-label", say("use_title"));
    this.canvas = h("canvas", "plan-use-canvas", { role: "img" });
    this.picked = h("select", "select select-small plan-select", { "aria-label": say("use_resource") });
    this.picked.addEventListener("change", () => {
      this.resource = Number(this.picked.value);
      this.ask();
    });
    this.table = h("a", "", { href: "use/" }, say("use_table"));
    this.before = button(say("use_before"), () => this.step(-1), { icon: "chevron-left", only: "icon" });
    this.after = button(say("use_after"), () => this.step(1), { icon: "chevron-right", only: "icon" });
    this.steps.append(this.before, this.after);
    const close = h("button", "icon-button", { type: "button", "aria-label": say("use_close") }, icon("x"));
    close.addEventListener("click", () => this.close());
    const pick = h("label", "plan-pick", {}, h("span", "", { "aria-hidden": "true" }, say("use_resource")), this.picked);
    this.line.setAttribute("aria-live", "polite");
    const left = h("div", "plan-use-left", {}, h("div", "plan-use-head", {}, pick, this.steps, close), this.verdict, this.line, h("p", "", {}, this.table));
    this.element.append(left, h("div", "plan-use-chart", {}, this.canvas));
    onTheme(() => {
      this.theme = readTheme(this.element);
      this.draw();
    });
    this.canvas.addEventListener("pointermove", (event) => this.point(event));
    this.canvas.addEventListener("pointerleave", () => setText(this.line, ""));
  }

  get open(): boolean {
    return !this.element.hidden;
  }

  show(): void {
    this.element.hidden = false;
    this.asked = "";
    this.ask();
  }

  close(): void {
    this.element.hidden = true;
    this.deeds.closed();
  }

  /** Draw for what the chart shows; look whether the plan is another by now. */
  paint(seen: Window): void {
    if (!this.open) return;
    this.seen = seen;
    this.ask();
    this.draw();
  }

  private get byDay(): boolean {
    return (this.seen?.scale.perPixel ?? Infinity) < DAY / 12;
  }

  /** Ask the server where plan, resource or fineness are others than it was asked for last. */
  private ask(): void {
    const { session, byDay } = this;
    const { revision } = session.store;
    const key = `${revision}:${this.resource}:${byDay}`;
    if (key === this.asked || !session.idle) return;
    this.askIn(this.asked === "" ? 0 : 250, revision, byDay, key);
  }

  private askIn(pause: number, revision: number, byDay: boolean, key: string): void {
    this.asked = key;
    clearTimeout(this.pause);
    this.pause = setTimeout(() => void this.fetch(revision, byDay, key), pause);
  }

  /** What comes after something else was asked for counts no more, and neither does its failure. What failed is asked again. */
  private async fetch(revision: number, byDay: boolean, key: string): Promise<void> {
    if (!this.open) return;
    try {
      const load = await this.network.load(this.resource, byDay);
      if (key !== this.asked) return;
      this.load = load;
      this.resource = load.resource;
      this.asked = `${revision}:${load.resource}:${byDay}`;
      this.tell(load);
    } catch (fault) {
      if (key !== this.asked) return;
      this.load = null;
      this.verdict.replaceChildren(fault instanceof Refused ? fault.message : this.session.say("use_failed"));
      if (!(fault instanceof Refused || fault instanceof SignedOut)) this.askIn(AGAIN, revision, byDay, key);
    }
    this.draw();
  }

  private tell(load: Load): void {
    const { say, dates } = this.session;
    const options = load.resources.map((one) => h("option", "", { value: one.id }, one.short ? say("use_short", { name: one.name, units: figure(one.short) }) : one.name));
    if (document.activeElement !== this.picked || this.picked.options.length !== options.length) this.picked.replaceChildren(...options);
    this.picked.value = String(load.resource ?? "");
    this.picked.disabled = options.length === 0;
    this.table.href = `${this.deeds.base}use/${load.resource === null ? "" : `?resource=${load.resource}`}`;
    const found = spells(load);
    this.steps.hidden = found.length === 0;
    const first = found.find((one) => one.to > this.at) ?? found[0];
    if (load.resource === null) this.verdict.replaceChildren(say("use_nobody"));
    else if (!first) this.verdict.replaceChildren(icon("check"), say("use_enough", { units: figure(load.units) }));
    else {
      const units = first.least === first.most ? figure(first.most) : say("use_range", { least: figure(first.least), most: figure(first.most) });
      const more = found.length > 1 ? ` ${say("use_more", { n: found.length - 1 })}` : "";
      this.verdict.replaceChildren(icon("triangle-alert"), `${say("use_over", { n: first.most === 1 ? 1 : 2, units, from: dates.day(first.from), to: dates.day(first.to - DAY) })}${more}`);
    }
    this.verdict.classList.toggle("is-over", first !== undefined);
    this.canvas.setAttribute("aria-label", `${say("use_title")}. ${this.verdict.textContent ?? ""}`);
  }

  /** Go to the next spell in which too much is asked. */
  private step(by: -1 | 1): void {
    const { say, dates } = this.session;
    const spell = this.load && spellBeside(spells(this.load), this.at, by);
    if (!spell) return this.deeds.announce(say("use_no_more"));
    this.at = spell.from;
    this.deeds.show(spell.from);
    setText(this.line, say("use_spell", { n: spell.most === 1 ? 1 : 2, units: figure(spell.most), from: dates.day(spell.from), to: dates.day(spell.to - DAY) }));
  }

  private point(event: PointerEvent): void {
    const { load, seen, session } = this;
    const cell = load && seen && cellAt(load, instantOf(seen.scale, event.offsetX + seen.left));
    if (!load || cell === null || cell === undefined) return setText(this.line, "");
    const day = session.dates.day((load.first ?? 0) + cell * load.days * DAY);
    const told = { day, peak: figure(load.peak[cell] ?? 0, 2), units: figure(load.units, 2), hours: figure((load.asked[cell] ?? 0) / 60) };
    const daily = load.days === 1;
    setText(this.line, session.say(daily ? "use_day" : "use_week", told));
  }

  private draw(): void {
    const { load, seen, canvas } = this;
    const ctx = canvas.getContext("2d");
    if (!ctx || !seen || !this.open) return;
    if (!this.theme.font) this.theme = readTheme(this.element);
    const ratio = devicePixelRatio || 1;
    if (this.size.width !== seen.width || this.size.ratio !== ratio) {
      this.size = { width: seen.width, ratio };
      canvas.width = Math.round(seen.width * ratio);
      canvas.height = HIGH * ratio;
      canvas.style.setProperty("--w", `${seen.width}px`);
    }
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, seen.width, HIGH);
    if (load?.resource) this.drawLoad(ctx, load, seen);
  }

  private drawLoad(ctx: CanvasRenderingContext2D, load: Load, seen: Window): void {
    const { theme, session } = this;
    const top = ceilingOf(load);
    const y = (units: number) => HIGH - BOTTOM - ((HIGH - TOP - BOTTOM) * units) / top;
    const status = session.store.plan.status ?? session.settings.today;
    ctx.font = `500 11px ${theme.font}`;
    ctx.fillStyle = theme.line;
    for (const units of [0, top / 2, top]) ctx.fillRect(0, Math.round(y(units)), seen.width, 1);
    for (const bar of loadBars(load, seen.scale, seen.left, seen.width)) {
      const wide = Math.max(1, bar.width - (bar.width > 6 ? 1.5 : 0));
      const within = Math.min(bar.peak, load.units);
      ctx.fillStyle = bar.to <= status ? theme["plan-done"] : theme["series-1"];
      ctx.fillRect(bar.x, y(within), wide, y(0) - y(within));
      if (bar.short > 0) this.drawOver(ctx, bar.x, wide, y(load.units + bar.short), y(load.units), figure(bar.peak, 1));
    }
    const line = Math.round(y(load.units)) + 0.5;
    ctx.strokeStyle = theme.ink;
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    ctx.moveTo(0, line);
    ctx.lineTo(seen.width, line);
    ctx.stroke();
    const x = xOf(seen.scale, status) - seen.left;
    ctx.fillStyle = theme.accent;
    ctx.fillRect(Math.round(x) - 1, 0, 2, HIGH);
    this.label(ctx, session.say("use_there", { units: figure(load.units, 2) }), seen.width - 6, line - 4, "right", theme.ink);
    for (const units of [top / 2, top]) if (Math.abs(y(units) - line) > 14) this.label(ctx, figure(units, 2), 4, y(units) + 11, "left", theme.ink3);
  }

  /** What is beyond: red, hatched and, where there is room, with its figure; told by shape as well as by colour. */
  private drawOver(ctx: CanvasRenderingContext2D, x: number, wide: number, from: number, to: number, text: string): void {
    const { theme } = this;
    const high = Math.max(3, to - from);
    ctx.save();
    ctx.beginPath();
    ctx.rect(x, to - high, wide, high);
    ctx.fillStyle = theme.red;
    ctx.fill();
    ctx.clip();
    ctx.strokeStyle = theme.surface;
    ctx.lineWidth = 1;
    ctx.beginPath();
    for (let step = -high; step < wide; step += 4) {
      ctx.moveTo(x + step, to);
      ctx.lineTo(x + step + high, to - high);
    }
    ctx.stroke();
    ctx.restore();
    if (wide >= ctx.measureText(text).width) this.label(ctx, text, x + wide / 2, to - high - 3, "center", theme["red-text"]);
  }

  private label(ctx: CanvasRenderingContext2D, text: string, x: number, y: number, align: CanvasTextAlign, colour: string): void {
    const wide = ctx.measureText(text).width;
    const from = align === "left" ? x : align === "right" ? x - wide : x - wide / 2;
    ctx.fillStyle = this.theme.surface;
    ctx.fillRect(from - 2, y - 10, wide + 4, 13);
    ctx.fillStyle = colour;
    ctx.textAlign = align;
    ctx.fillText(text, x, y);
    ctx.textAlign = "left";
  }
}
