/** The plan on a desk: grid and chart in one frame, painted once a frame of the screen, whatever happened meanwhile. */
import { type Chosen, chosenColumns } from "../model/columns";
import { ROW } from "../model/geometry";
import { isTyping } from "../../lib/dom";
import { narrow } from "../../lib/screen";
import { fitZoom, ZOOMS } from "../model/scale";
import type { Id, Instant, PlanData } from "../model/types";
import { Session } from "../session";
import type { Say } from "../words";
import { button, h } from "./build";
import { Chart } from "./chart";
import { Editor } from "./editor";
import { Grid } from "./grid";
import { openHelp } from "./help";
import { go, listenKeys, listenPointer, perform, type Reach } from "./keyboard";
import type { Keep } from "./keep";
import type { Network } from "./net";
import { Notice } from "./notice";
import { HEAD } from "./paint";
import { follow } from "./poll";
import { printing } from "./print";
import { Side } from "./side";
import { splitter } from "./splitter";
import { legend, toolbar, type Tools } from "./toolbar";
import { UsePane } from "./use";

export interface Start {
  host: HTMLElement;
  data: PlanData;
  say: Say;
  language: string;
  today: Instant;
  constraints: Readonly<Record<string, string>>;
  network: Network;
  keep: Keep;
}

/** On a phone the names fill the table; all else is a step to the side. */
function onPhone(host: HTMLElement): Chosen[] {
  const width = Math.round((host.clientWidth || innerWidth) * 0.48);
  return chosenColumns(null).filter((one) => one.key !== "row").map((one) => (one.key === "name" ? { ...one, width } : one));
}

export class PlanApp {
  readonly session: Session;
  private readonly notice = new Notice(() => this.grid.element.focus({ preventScroll: true }));
  private readonly grid: Grid;
  private readonly chart: Chart;
  private readonly editor: Editor;
  private readonly side: Side;
  private readonly use: UsePane;
  private readonly tools: Tools;
  private readonly scroll: HTMLElement;
  private readonly tall: HTMLElement;
  private readonly view: HTMLElement;
  private empty!: HTMLElement;
  /** Makes room for a column that came in, or gives back that of one that went. */
  private widen: (by: number) => void = () => undefined;
  private frame = 0;
  private whole = true;
  private placed = false;

  constructor(private readonly start: Start) {
    const { say, keep, data } = start;
    this.session = new Session(data, {
      say, language: start.language, today: start.today, transport: start.network, constraints: start.constraints,
      columns: narrow.matches ? onPhone(start.host) : chosenColumns(keep.read("columns")), folded: (keep.read("folded") as Id[] | null) ?? [],
    }, {
      repaint: () => this.schedule(true),
      reload: () => void this.reload(),
      announce: (text) => this.notice.announce(text),
      tell: (text, undo) => this.notice.toast(text, say("undo"), undo ? () => this.session.undo() : null),
      wayBackEnds: () => this.notice.endWayBack(),
      kept: (name, value) => keep.write(name, value),
    });
    const { session } = this;
    this.grid = new Grid(session, (columns) => this.keepColumns(columns));
    const span = (data.plan.finish ?? 0) - (data.plan.start ?? 0);
    this.chart = new Chart(session, () => this.schedule(false), (by) => (this.scroll.scrollTop += by), () => this.grid.element.focus({ preventScroll: true }), (keep.read("zoom") as number | null) ?? Math.min(ZOOMS[2]!.perPixel * 1.6, fitZoom(0, Math.max(span, 1440), 740)));
    const reach: Reach = {
      session, grid: this.grid, chart: this.chart, editor: undefined as unknown as Editor,
      reveal: () => this.reveal(), detail: () => this.detail(), use: () => this.toggleUse(), find: () => this.tools.find(), help: () => openHelp(say), announce: (text) => this.notice.announce(text),
    };
    this.editor = reach.editor = new Editor(session, this.grid, (to) => {
      if (to) go(reach, to, false);
    });
    this.side = new Side(session, start.network, () => this.grid.element.focus());
    this.use = new UsePane(session, start.network, {
      show: (at) => this.chart.showInstant(at), closed: () => this.keepUse(), announce: (text) => this.notice.announce(text), base: start.network.base,
    });
    this.view = h("div", "plan-view", {}, this.grid.element);
    this.tall = h("div", "plan-tall", {}, this.view);
    this.scroll = h("div", "plan-scroll", {}, this.tall);
    this.tools = toolbar(session, this.chart, {
      detail: () => this.detail(), use: () => this.toggleUse(), print: () => window.print(), columns: () => this.keepColumns(session.columns), baseline: (number) => this.chooseBaseline(number), grid: () => this.grid.element.focus({ preventScroll: true }), reveal: () => this.reveal(), widen: (by) => this.widen(by), add: () => perform(reach, { act: "add" }), help: () => reach.help(),
    });
    this.lay(reach);
    listenKeys(reach);
    listenPointer(reach);
    this.listen();
  }

  private lay(reach: Reach): void {
    const { host, keep, say } = this.start;
    const add = button(say("add"), () => perform(reach, { act: "add" }), { icon: "plus", css: "button-primary" });
    this.empty = h("div", "plan-nothing", { hidden: true }, h("b", "", {}, say("empty")), h("p", "", {}, say(this.session.editable ? "empty_how" : "empty_read")), ...(this.session.editable ? [add] : []));
    this.view.append(this.empty);
    const split = splitter(host, say("splitter"), (keep.read("split") as number | null) ?? null, this.session.columns.reduce((sum, one) => sum + one.width, 2), (width) => keep.write("split", width), () => this.schedule(false));
    this.widen = split.widen;
    this.view.append(split.element, this.chart.element);
    this.notice.foot.insertBefore(legend(this.session), this.notice.foot.lastChild);
    host.classList.add("plan");
    host.replaceChildren(this.tools.element, this.notice.bar, h("div", "plan-main", {}, h("div", "plan-stack", {}, this.scroll, this.use.element), this.side.element), this.notice.foot, this.notice.live);
  }

  /** Keep the choice of columns and widths; that of a phone is its own. */
  private keepColumns(columns: readonly Chosen[]): void {
    if (!narrow.matches) this.start.keep.write("columns", columns);
  }

  private toggleUse(): void {
    if (this.use.open) this.use.close();
    else this.use.show();
    this.keepUse();
  }

  private keepUse(): void {
    this.start.keep.write("use", this.use.open);
    this.tools.pressUse(this.use.open);
    this.schedule(true);
  }

  private listen(): void {
    const { host, keep } = this.start;
    this.scroll.addEventListener("scroll", () => this.schedule(false), { passive: true });
    new ResizeObserver(() => this.schedule(true)).observe(this.scroll);
    new ResizeObserver(() => this.schedule(false)).observe(this.chart.element);
    host.addEventListener("plan-detail", () => this.detail());
    host.addEventListener("plan-show", () => {
      this.reveal();
      this.showBar();
    });
    for (const opener of document.querySelectorAll("[data-plan-print]")) opener.addEventListener("click", () => window.print());
    document.addEventListener("keydown", (event) => {
      const asked = event.key === "F1" || (event.key === "?" && !isTyping(event.target));
      if (!asked || event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      event.stopPropagation();
      openHelp(this.start.say);
    }, { capture: true });
    addEventListener("online", () => this.session.queue.retry());
    addEventListener("pagehide", () => keep.write("zoom", this.chart.perPixel));
    addEventListener("beforeunload", (event) => {
      this.editor.finish(true, null, false);
      if (!this.session.idle) event.preventDefault();
    });
    follow(this.start.network, this.session, () => this.editor.open, (text) => {
      this.notice.others(text);
      this.notice.announce(text);
      this.schedule(true);
    }, this.start.say);
    printing(host, this.session, this.chart);
    this.grid.element.addEventListener("focus", () => this.schedule(false));
    this.session.restore(keep.read("queue"));
    if (keep.read("use") === true && !narrow.matches) this.toggleUse();
  }

  /** Begin in the grid, unless the reader is elsewhere already. */
  begin(): void {
    this.paint();
    const { activeElement } = document;
    if (activeElement === null || activeElement === document.body) this.grid.element.focus({ preventScroll: true });
  }

  /** Ask for one painting at the next frame; `whole` where more than the place of things changed. */
  private schedule(whole: boolean): void {
    this.whole ||= whole;
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
    });
  }

  paint(): void {
    const { session, whole } = this;
    this.whole = false;
    const high = this.scroll.clientHeight;
    const top = this.scroll.scrollTop;
    this.chart.measure();
    this.view.style.setProperty("--high", `${high}px`);
    this.tall.style.setProperty("--tall", `${session.shown.rows.length * ROW + HEAD + 40}px`);
    if (whole) {
      this.grid.invalidate();
      this.chart.invalidate();
    }
    this.chart.resize();
    this.chart.follow();
    if (!this.placed) this.placed = this.chart.showNow();
    this.grid.paint(top, high - HEAD);
    this.chart.paint(top);
    this.use.paint(this.chart.window);
    this.tools.refresh();
    if (!whole) return;
    this.empty.hidden = session.store.count > 0;
    this.notice.refresh(session);
    this.side.refresh();
  }

  /** Bring the current row, its cell and nothing else into view. */
  private reveal(): void {
    const place = this.grid.cursorPlace();
    if (place < 0) return;
    const high = this.scroll.clientHeight - HEAD - 16;
    const top = place * ROW;
    if (top < this.scroll.scrollTop) this.scroll.scrollTop = top;
    else if (top + ROW > this.scroll.scrollTop + high) this.scroll.scrollTop = top + ROW - high;
    this.paint();
    const column = this.session.selection.cursor?.column ?? "";
    const cell = this.grid.cellAt(place, column);
    if (!cell) return;
    const box = this.grid.element;
    if (cell.offsetLeft < box.scrollLeft) box.scrollLeft = cell.offsetLeft;
    else if (cell.offsetLeft + cell.offsetWidth > box.scrollLeft + box.clientWidth) box.scrollLeft = cell.offsetLeft + cell.offsetWidth - box.clientWidth;
  }

  private detail(): void {
    if (this.side.open) this.side.close();
    else {
      this.side.show();
      this.showBar();
    }
    this.schedule(true);
  }

  /** Bring the bar of the current task into view once the page has made room for the panel. */
  private showBar(): void {
    const id = this.session.selection.cursor?.id;
    if (id !== undefined) requestAnimationFrame(() => this.chart.showBar(id));
  }

  private async reload(): Promise<void> {
    try {
      this.session.replace(await this.start.network.data());
    } catch {
      this.notice.toast(this.start.say("reload_failed"));
    }
  }

  private chooseBaseline(number: string): void {
    this.chart.options.baseline = number !== "";
    this.start.network.baseline = number;
    if (number !== "") this.session.reload();
    this.schedule(true);
  }
}
