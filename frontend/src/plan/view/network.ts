/** The critical path, or what drives one task, as a precedence diagram: boxes in layers, links between them, or all of it as a table. */
import { days, duration, figure } from "../model/format";
import { isMilestone, toneOf } from "../model/geometry";
import { acrossOf, type Box, boxBeside, type Edge, endsOf, HIGH, MOST, type Net, netOf, WIDE } from "../model/precedence";
import type { Id } from "../model/types";
import { icon } from "../../lib/dom";
import { narrow } from "../../lib/screen";
import { button, h } from "./build";
import type { Room, View } from "./room";

/** As many ends of paths are offered. */
const MOST_ENDS = 60;
const SVG = "http://www.w3.org/2000/svg";

function shape(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

export class NetworkView implements View {
  readonly element = h("div", "net");
  readonly tools: HTMLElement[];
  private readonly path: HTMLSelectElement;
  private readonly head = h("p", "net-head");
  private readonly pane = h("div", "net-scroll");
  private readonly asTable: HTMLButtonElement;
  private net: Net;
  private of: Id | null = null;
  /** Whether a path was chosen since it was painted last. */
  private chosen = false;
  private zoom = 1;
  private table = narrow.matches;

  constructor(private readonly room: Room) {
    const { say, store, outline } = room.session;
    this.net = netOf(store, outline, null);
    this.path = h("select", "select select-small plan-select", { "aria-label": say("net_path") });
    this.path.addEventListener("change", () => {
      this.of = this.path.value === "" ? null : this.path.value === "current" ? room.current : Number(this.path.value);
      this.chosen = true;
      room.schedule();
    });
    this.asTable = button(say("net_table"), () => {
      this.table = !this.table;
      room.schedule();
    }, { icon: "table" });
    const zoom = (by: number) => {
      this.zoom = Math.min(1.5, Math.max(0.3, this.zoom * by));
      room.schedule();
    };
    const fit = button(say("net_whole"), () => {
      this.zoom = 1;
      room.schedule();
    });
    const zooms = h("span", "plan-group", { role: "group" }, button(say("zoom_out"), () => zoom(0.8), { icon: "minus", only: "icon" }), button(say("zoom_in"), () => zoom(1.25), { icon: "plus", only: "icon" }), fit);
    this.tools = [h("label", "plan-pick", {}, h("span", "", { "aria-hidden": "true" }, say("net_path")), this.path), this.asTable, zooms];
    this.element.append(this.head, this.pane);
    this.element.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => room.schedule()).observe(this.pane);
    const first = this.net.boxes[0];
    if (first) room.choose(first.id);
  }

  focus(): void {
    this.boxOf(this.room.current)?.focus();
  }

  private boxOf(id: Id | null): HTMLElement | null {
    return id === null ? null : this.pane.querySelector<HTMLElement>(`[data-box="${id}"]`);
  }

  paint(): void {
    const { session } = this.room;
    const { say, store, outline } = session;
    if (this.of !== null && store.row(this.of) < 0) this.of = null;
    this.net = netOf(store, outline, this.of, acrossOf((this.pane.clientWidth || 1200) / this.zoom - 20));
    this.refreshPaths();
    this.asTable.setAttribute("aria-pressed", String(this.table));
    const { net } = this;
    const title = this.of === null ? say("net_critical_title", { n: net.boxes.length }) : say("net_driving_title", { name: session.name(this.of), n: net.boxes.length });
    this.head.replaceChildren(title, ...(net.left ? [` ${say("net_left", { n: net.left, most: MOST })}`] : []));
    const held = this.pane.contains(document.activeElement);
    const { scrollLeft, scrollTop } = this.pane;
    const whole = this.of === null;
    if (net.boxes.length === 0) this.pane.replaceChildren(h("p", "kanban-none", {}, say(whole ? "net_none" : "net_none_driving")));
    else this.pane.replaceChildren(this.table ? this.rows() : this.drawing());
    this.pane.scrollLeft = scrollLeft;
    this.pane.scrollTop = scrollTop;
    if (held) this.focus();
  }

  /** The paths to choose from: the critical one, to the current task, to each milestone, and the one that is shown. While one chooses they stay. */
  private refreshPaths(): void {
    const { store, say, outline } = this.room.session;
    const options: [string, string][] = [["", say("net_critical")], ["current", say("net_current")]];
    for (const { id, name } of endsOf(store, outline, this.of, MOST_ENDS)) options.push([String(id), say("net_to", { name })]);
    const known = [...this.path.options].map((one) => [one.value, one.text]);
    if (JSON.stringify(known) !== JSON.stringify(options) && (this.chosen || document.activeElement !== this.path)) this.path.replaceChildren(...options.map(([key, text]) => h("option", "", { value: key }, text)));
    this.chosen = false;
    this.path.value = this.of === null ? "" : String(this.of);
  }

  private drawing(): HTMLElement {
    const { net } = this;
    const lines = shape("svg", { width: net.width, height: net.height, "aria-hidden": "true", class: "net-lines" });
    for (const edge of net.edges) lines.append(...this.line(edge));
    const known = net.boxes.some((box) => box.id === this.room.current) ? this.room.current : net.boxes[0]!.id;
    const inner = h("div", "net-inner", { role: "group", "aria-label": this.head.textContent ?? "" }, ...net.boxes.map((box) => this.box(box, known)));
    inner.prepend(lines);
    inner.style.setProperty("--wide", `${net.width}px`);
    inner.style.setProperty("--tall", `${net.height}px`);
    const outer = h("div", "net-outer", {}, inner);
    outer.style.setProperty("--wide", `${net.width * this.zoom}px`);
    outer.style.setProperty("--tall", `${net.height * this.zoom}px`);
    inner.style.setProperty("--scale", String(this.zoom));
    return outer;
  }

  private line(edge: Edge): SVGElement[] {
    const css = `net-line${edge.critical ? " is-critical" : ""}${edge.driving ? "" : " is-loose"}`;
    const [x, y] = edge.points.at(-1)!;
    const path = shape("polyline", { points: edge.points.map((one) => one.join(",")).join(" "), class: css });
    const head = shape("polygon", { points: `${x},${y} ${x - 7},${y - 4} ${x - 7},${y + 4}`, class: `net-tip${edge.critical ? " is-critical" : ""}` });
    const said = edge.kind === "FS" && !edge.lag ? "" : `${edge.kind}${edge.lag}`;
    if (!said) return [path, head];
    const text = shape("text", { x: edge.points[0]![0] + 4, y: edge.points[0]![1] - 5, class: "net-text" });
    text.textContent = said;
    return [path, head, text];
  }

  private facts(row: number): { dates: string; length: string; float: string; tone: string } {
    const { store, dates, say, reading } = this.room.session;
    const { tasks } = store;
    const gate = isMilestone(tasks.kind[row] ?? "", tasks.start[row] ?? null, tasks.finish[row] ?? null);
    const float = days(tasks.total_float[row], reading.lengths);
    return {
      dates: gate ? dates.day(tasks.finish[row]) : `${dates.day(tasks.start[row])} – ${dates.day(tasks.finish[row])}`,
      length: gate ? say("net_gate") : duration(tasks.duration[row], tasks.unit[row] || "d", reading.lengths),
      float: float === "" ? "" : say("net_float", { days: float }),
      tone: toneOf(store, row),
    };
  }

  private box(box: Box, known: Id | null): HTMLElement {
    const { session } = this.room;
    const { store, say } = session;
    const { dates, length, float, tone } = this.facts(box.row);
    const letter = tone === "critical" ? say("letter_critical") : tone === "near" ? say("letter_near") : "";
    const percent = figure(store.tasks.percent[box.row] ?? 0, 0);
    const made = h("button", `net-box is-${tone}${box.id === this.room.current ? " is-current" : ""}`, { type: "button", tabindex: box.id === known ? 0 : -1 },
      h("span", "net-name", {}, store.tasks.name[box.row]!),
      h("span", "net-facts", {}, h("span", "", {}, dates), h("span", `plan-card-mark is-${tone}`, letter ? { title: say(`tone_${tone}`) } : { "aria-hidden": "true" }, tone === "done" ? icon("check") : letter)),
      h("span", "net-facts", {}, h("span", "", {}, [length, float].filter(Boolean).join(", ")), h("span", "", {}, `${percent} %`)));
    made.dataset["box"] = String(box.id);
    made.style.setProperty("--x", `${box.x}px`);
    made.style.setProperty("--y", `${box.y}px`);
    made.style.setProperty("--w", `${WIDE}px`);
    made.style.setProperty("--h", `${HIGH}px`);
    made.addEventListener("click", () => this.room.detail(box.id));
    made.addEventListener("focus", () => this.room.choose(box.id));
    return made;
  }

  private rows(): HTMLElement {
    const { session } = this.room;
    const { store, say } = session;
    const head = ["name", "start", "duration", "total_float", "percent", "predecessors"].map((key) => h("th", ["duration", "percent"].includes(key) ? "num" : "", { scope: "col" }, key === "start" ? say("net_when") : say(`column_${key}_long`)));
    const before = new Map<Id, string[]>();
    for (const edge of this.net.edges) before.set(edge.to, [...(before.get(edge.to) ?? []), `${session.name(edge.from)}${edge.kind === "FS" && !edge.lag ? "" : ` (${edge.kind}${edge.lag})`}`]);
    const lines = this.net.boxes.map((box) => {
      const { dates, length, float } = this.facts(box.row);
      const open = h("button", "button-link", { type: "button" }, store.tasks.name[box.row]!);
      open.dataset["box"] = String(box.id);
      open.addEventListener("click", () => this.room.detail(box.id));
      return h("tr", "", {}, h("td", "", { "data-phone": "title" }, open), h("td", "", { "data-phone": "meta" }, dates), h("td", "num", { "data-phone": "end" }, length), h("td", "", { "data-phone": "meta" }, float), h("td", "num", { "data-phone": "hide" }, figure(store.tasks.percent[box.row] ?? 0, 0)), h("td", "", { "data-phone": "hide" }, (before.get(box.id) ?? []).join("; ")));
    });
    return h("table", "list list-compact list-stack net-table", { "aria-label": this.head.textContent ?? "" }, h("thead", "", {}, h("tr", "", {}, ...head)), h("tbody", "", {}, ...lines));
  }

  private key(event: KeyboardEvent): void {
    const from = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>(".net-box") : null;
    if (!from || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const to = boxBeside(this.net, Number(from.dataset["box"]), event.key);
    if (to === null) return;
    event.preventDefault();
    this.room.choose(to);
    this.room.paint();
    this.focus();
  }
}
