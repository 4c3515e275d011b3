/** On paper: a table and a chart side by side on every sheet, drawn anew at the resolution of print. */
import { COLUMNS, cellText } from "../model/columns";
import { ROW, toneOf } from "../model/geometry";
import { scaleFor } from "../model/scale";
import { hasParts } from "../model/outline";
import type { Session } from "../session";
import { h } from "./build";
import type { Chart } from "./chart";
import { verdictOf } from "./notice";
import { HEAD, paint } from "./paint";
import { paintHead } from "./paint-head";
import { readTheme } from "./theme";
import { legend } from "./toolbar";

const PER_SHEET = 42;
const WIDTH = 850;
/** Pixels that the scale leaves before the first task, at most. */
const BEFORE = 60;
const RATIO = 3;
/** More rows than these go on paper as the server's PDF, not from the browser. */
const MOST = 2000;
const ON_PAPER = ["row", "name", "duration", "start", "finish", "late", "total_float", "percent", "predecessors"];
const BY_LETTERS = new Set(["name", "predecessors"]);

/** The letter beside the float says what the colour says. */
function letter(session: Session, row: number): string {
  if (hasParts(session.outline, row)) return "";
  const tone = toneOf(session.store, row);
  return tone === "critical" ? session.say("letter_critical") : tone === "near" ? session.say("letter_near") : "";
}

function table(session: Session, first: number, last: number): HTMLElement {
  const columns = COLUMNS.filter((one) => ON_PAPER.includes(one.key));
  const head = h("tr", "", {}, ...columns.map((one) => h("th", BY_LETTERS.has(one.key) ? "" : "num", { scope: "col" }, session.say(`column_${one.key}`))));
  const lines: HTMLElement[] = [];
  for (let place = first; place <= last; place += 1) {
    const row = session.shown.rows[place]!;
    const line = h("tr", hasParts(session.outline, row) ? "is-group" : "");
    for (const one of columns) {
      const mark = one.key === "total_float" ? letter(session, row) : "";
      const css = one.key === "name" ? "plan-print-name" : one.key === "predecessors" ? "plan-print-links" : "num";
      const cell = h("td", css, {}, cellText(session.reading, row, one.key), ...(mark ? [h("b", "", {}, mark)] : []));
      if (one.key === "name") cell.style.setProperty("--depth", String(session.outline.depth[row]));
      line.append(cell);
    }
    lines.push(line);
  }
  return h("table", "plan-print-table", {}, h("thead", "", {}, head), h("tbody", "", {}, ...lines));
}

/** Above the first sheet: when the plan finishes, how much of it is here, and the key to the colours. */
function summary(session: Session, count: number): HTMLElement {
  const { say, store, shown } = session;
  const all = shown.rows.length === store.count ? say("foot_tasks", { n: store.count }) : say("foot_shown", { n: store.count, shown: shown.rows.length });
  const cut = count < shown.rows.length ? say("print_cut", { n: count, all: shown.rows.length }) : "";
  return h("div", "plan-print-head", {}, h("p", "", {}, [verdictOf(session), all, say("foot_units")].filter(Boolean).join("   ·   ")), legend(session), ...(cut ? [h("p", "plan-print-cut", {}, cut)] : []));
}

/** Make the sheets before the browser prints, and take them away after. */
export function printing(host: HTMLElement, session: Session, chart: Chart): void {
  const sheets = h("div", "plan-print", { "aria-hidden": "true" });
  addEventListener("beforeprint", () => {
    host.append(sheets);
    const { start, finish } = session.store.plan;
    const from = start ?? session.settings.today;
    const to = Math.max(finish ?? from, from + 1440);
    const theme = readTheme(sheets);
    const scale = scaleFor(from, to, chart.zoomFor(from, to, WIDTH, BEFORE), WIDTH);
    const count = Math.min(session.shown.rows.length, MOST);
    for (let first = 0; first < count; first += PER_SHEET) {
      const last = Math.min(first + PER_SHEET, count) - 1;
      const height = HEAD + (last - first + 1) * ROW;
      const canvas = h("canvas", "", { width: WIDTH * RATIO, height: height * RATIO });
      const ctx = canvas.getContext("2d")!;
      const scene = { ...chart.scene(0), theme, scale, left: 0, top: first * ROW, width: WIDTH, height, chosen: new Set<number>(), path: { tasks: new Set<number>(), links: new Set<number>() } };
      ctx.scale(RATIO, RATIO);
      paint(ctx, scene);
      paintHead(ctx, scene, chart.headWords);
      if (first === 0) sheets.append(summary(session, count));
      sheets.append(h("section", "plan-sheet", {}, table(session, first, last), canvas));
    }
  });
  addEventListener("afterprint", () => sheets.replaceChildren());
}
