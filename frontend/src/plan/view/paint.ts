/** Draws the chart of the rows in view on a canvas of any resolution: screen and paper are drawn by the same hand. */
import { nonWorking } from "../model/calendar";
import { BAR_HEIGHT, BAR_TOP, type Bar, barOf, endsOf, progressAt, route, ROW } from "../model/geometry";
import { hasParts, type Outline, type Shown } from "../model/outline";
import { MINUTES, type Scale, ticks, tiers, xOf } from "../model/scale";
import type { PlanStore } from "../model/store";
import type { Id, Instant, PlanCalendar } from "../model/types";
import type { Theme } from "./theme";

export const HEAD = 40;

export interface Scene {
  store: PlanStore;
  outline: Outline;
  shown: Shown;
  scale: Scale;
  calendar: PlanCalendar | undefined;
  theme: Theme;
  /** Left edge and top of the view within the whole chart, without the head. */
  left: number;
  top: number;
  width: number;
  height: number;
  today: Instant;
  /** The deadline that stands last of all: that of the whole. */
  deadline: Instant | null;
  /** Ids of rows with the soft band of a chosen row; the current one. */
  chosen: ReadonlySet<Id>;
  /** The driving path of the current task. */
  path: { tasks: ReadonlySet<Id>; links: ReadonlySet<number> };
  day(at: Instant): string;
  options: { baseline: boolean; float: boolean; links: boolean; progress: boolean };
  letters: { critical: string; near: string };
}

export interface Pen extends Scene {
  ctx: CanvasRenderingContext2D;
  first: number;
  last: number;
}

export function penOf(ctx: CanvasRenderingContext2D, scene: Scene): Pen {
  const first = Math.max(0, Math.floor(scene.top / ROW));
  const last = Math.min(scene.shown.rows.length - 1, Math.floor((scene.top + scene.height - HEAD) / ROW));
  return { ...scene, ctx, first, last };
}

export function paint(ctx: CanvasRenderingContext2D, scene: Scene): void {
  const pen = penOf(ctx, scene);
  ctx.clearRect(0, 0, scene.width, scene.height);
  ctx.save();
  ctx.beginPath();
  ctx.rect(0, HEAD, scene.width, scene.height - HEAD);
  ctx.clip();
  ctx.translate(-scene.left, HEAD - scene.top);
  paintGround(pen);
  paintMarks(pen);
  const bars = new Map<number, Bar>();
  for (let place = pen.first; place <= pen.last; place += 1) {
    const row = scene.shown.rows[place]!;
    const bar = barOf(scene.store, scene.outline, scene.scale, row);
    if (bar) bars.set(place, bar);
  }
  if (scene.options.links) paintLinks(pen);
  for (const [place, bar] of bars) paintBar(pen, place, bar);
  if (scene.options.progress) paintProgress(pen);
  paintLabels(pen, bars);
  ctx.restore();
}

function paintGround(pen: Pen): void {
  const { ctx, scale, theme, left, width } = pen;
  const right = left + width;
  const from = scale.origin + left * scale.perPixel;
  const to = scale.origin + right * scale.perPixel;
  const top = pen.first * ROW;
  const bottom = Math.max((pen.last + 1) * ROW, pen.top + pen.height - HEAD);
  for (let place = pen.first; place <= pen.last; place += 1) {
    const row = pen.shown.rows[place]!;
    const id = pen.store.tasks.id[row]!;
    if (pen.chosen.has(id)) ctx.fillStyle = theme["accent-soft"];
    else if (hasParts(pen.outline, row)) ctx.fillStyle = theme.sunken;
    else continue;
    ctx.fillRect(left, place * ROW, width, ROW);
  }
  if (pen.calendar && scale.perPixel < 1440) {
    ctx.fillStyle = theme["plan-off"];
    // Where a day is narrow, weekends would only be stripes: then no more than longer breaks are shaded.
    const least = scale.perPixel < 1440 / 8 ? 0 : 1440 * 3.5;
    for (const [start, end] of nonWorking(pen.calendar, from, to, scale.perPixel < 20)) {
      if (end - start < least) continue;
      const x = Math.round(xOf(scale, start));
      ctx.fillRect(x, top, Math.max(1, Math.round(xOf(scale, end)) - x), bottom - top);
    }
  }
  const { upper, lower } = tiers(scale.perPixel);
  ctx.fillStyle = theme["plan-grid"];
  if ((MINUTES[lower.unit] * lower.step) / scale.perPixel >= 22 && lower.unit !== "day") for (const at of ticks(from, to, lower)) ctx.fillRect(Math.round(xOf(scale, at)), top, 1, bottom - top);
  for (let place = pen.first; place <= pen.last; place += 1) ctx.fillRect(left, (place + 1) * ROW - 1, width, 1);
  ctx.fillStyle = theme.line;
  for (const at of ticks(from, to, { unit: upper, step: 1 })) ctx.fillRect(Math.round(xOf(scale, at)), top, 1, bottom - top);
}

/** Today, the status date, and the deadline of what is chosen as lines from top to bottom. */
function paintMarks(pen: Pen): void {
  const { ctx, theme, scale } = pen;
  const top = pen.first * ROW;
  const bottom = pen.top + pen.height - HEAD;
  ctx.lineWidth = 1;
  const today = Math.round(xOf(scale, pen.today)) + 0.5;
  ctx.strokeStyle = theme.ink3;
  ctx.setLineDash([1, 3]);
  line(ctx, [today, top, today, bottom]);
  ctx.setLineDash([]);
  const { deadline } = pen;
  if (deadline !== null) {
    const x = Math.round(xOf(scale, deadline)) + 0.5;
    ctx.strokeStyle = theme.red;
    ctx.setLineDash([4, 3]);
    line(ctx, [x, top, x, bottom]);
    ctx.setLineDash([]);
  }
}

export function line(ctx: CanvasRenderingContext2D, points: readonly number[]): void {
  ctx.beginPath();
  ctx.moveTo(points[0]!, points[1]!);
  for (let at = 2; at < points.length; at += 2) ctx.lineTo(points[at]!, points[at + 1]!);
  ctx.stroke();
}

interface Fill {
  strong: string;
  soft: string;
  edge: string;
}

function fillOf(theme: Theme, bar: Bar): Fill {
  if (bar.tone === "critical") return { strong: theme.red, soft: theme["plan-red-soft"], edge: theme.red };
  if (bar.tone === "near") return { strong: theme.amber, soft: theme["plan-amber-soft"], edge: theme["amber-edge"] };
  if (bar.tone === "done") return { strong: theme["plan-done"], soft: theme["plan-done"], edge: theme["series-5"] };
  if (bar.tone === "off") return { strong: theme.line2, soft: theme.hover, edge: theme.line2 };
  return { strong: theme["series-1"], soft: theme["plan-plain-soft"], edge: theme["series-1"] };
}

export function paintBar(pen: Pen, place: number, bar: Bar): void {
  const { ctx, theme, options } = pen;
  const y = place * ROW;
  const right = pen.left + pen.width;
  const farthest = Math.max(bar.to, bar.float ?? bar.to, bar.baseline?.[1] ?? bar.to, bar.deadline ?? bar.to, bar.constraint?.x ?? bar.to) + 16;
  const nearest = Math.min(bar.from, bar.baseline?.[0] ?? bar.from, bar.deadline ?? bar.from, bar.constraint?.x ?? bar.from) - 16;
  if (farthest < pen.left || nearest > right) return;
  if (options.baseline && bar.baseline) paintBaseline(pen, y, bar);
  if (options.float && bar.float !== null) paintFloat(pen, y, bar, bar.float);
  if (bar.kind === "summary") paintSummary(pen, y, bar);
  else if (bar.kind === "milestone") diamond(ctx, bar.from, y + BAR_TOP + BAR_HEIGHT / 2, 6, fillOf(theme, bar).strong, fillOf(theme, bar).edge);
  else paintTask(pen, y, bar);
  if (bar.deadline !== null) paintDeadline(pen, y, bar, bar.deadline);
  if (bar.constraint) paintConstraint(pen, y, bar.constraint);
}

function paintBaseline({ ctx, theme }: Pen, y: number, bar: Bar): void {
  const [from, to] = bar.baseline!;
  ctx.fillStyle = theme["series-5"];
  ctx.globalAlpha = 0.85;
  if (bar.kind === "milestone") diamond(ctx, from, y + BAR_TOP + BAR_HEIGHT + 1, 3, theme["series-5"], theme["series-5"]);
  else ctx.fillRect(Math.round(from), y + BAR_TOP + BAR_HEIGHT + 2, Math.max(2, Math.round(to - from)), 2);
  ctx.globalAlpha = 1;
}

function paintFloat({ ctx, theme }: Pen, y: number, bar: Bar, to: number): void {
  const middle = Math.round(y + BAR_TOP + BAR_HEIGHT / 2) + 0.5;
  ctx.strokeStyle = theme.ink3;
  ctx.lineWidth = 1;
  ctx.setLineDash([1.5, 2.5]);
  line(ctx, [bar.to + (bar.kind === "milestone" ? 7 : 1), middle, to, middle]);
  ctx.setLineDash([]);
  line(ctx, [Math.round(to) + 0.5, middle - 3.5, Math.round(to) + 0.5, middle + 3.5]);
}

function paintSummary({ ctx, theme }: Pen, y: number, bar: Bar): void {
  const from = Math.round(bar.from);
  const to = Math.max(from + 4, Math.round(bar.to));
  const top = y + 6;
  ctx.fillStyle = theme.ink2;
  ctx.beginPath();
  ctx.moveTo(from, top);
  ctx.lineTo(to, top);
  ctx.lineTo(to, top + 8);
  ctx.lineTo(to - 4, top + 4);
  ctx.lineTo(from + 4, top + 4);
  ctx.lineTo(from, top + 8);
  ctx.closePath();
  ctx.fill();
}

function paintTask({ ctx, theme }: Pen, y: number, bar: Bar): void {
  const fill = fillOf(theme, bar);
  const top = y + BAR_TOP;
  const rounded = bar.tone === "critical" ? 0 : 2;
  const gaps = bar.parts.length > 1;
  if (gaps) {
    ctx.strokeStyle = fill.edge;
    ctx.setLineDash([2, 2]);
    ctx.lineWidth = 1;
    line(ctx, [bar.from, Math.round(top + BAR_HEIGHT / 2) + 0.5, bar.to, Math.round(top + BAR_HEIGHT / 2) + 0.5]);
    ctx.setLineDash([]);
  }
  for (const [start, end] of bar.parts) {
    const x = Math.round(start);
    const width = Math.max(2, Math.round(end) - x);
    ctx.beginPath();
    ctx.roundRect(x, top, width, BAR_HEIGHT, rounded);
    ctx.fillStyle = theme.surface;
    ctx.fill();
    ctx.fillStyle = fill.soft;
    ctx.fill();
    const done = Math.min(width, Math.round(bar.done) - x);
    if (done > 0) {
      ctx.save();
      ctx.clip();
      ctx.fillStyle = fill.strong;
      ctx.fillRect(x, top, done, BAR_HEIGHT);
      ctx.restore();
    }
    ctx.strokeStyle = fill.edge;
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.roundRect(x + 0.5, top + 0.5, Math.max(1, width - 1), BAR_HEIGHT - 1, rounded);
    if (bar.tone === "off") ctx.setLineDash([3, 2]);
    ctx.stroke();
    ctx.setLineDash([]);
  }
  // Colour is not the only sign: what is critical has square ends and a thick edge before, what is nearly so a thick edge behind.
  if (bar.tone === "critical") {
    ctx.fillStyle = fill.edge;
    ctx.fillRect(Math.round(bar.from), top - 1, 3, BAR_HEIGHT + 2);
  } else if (bar.tone === "near") {
    ctx.fillStyle = fill.edge;
    ctx.fillRect(Math.round(bar.to) - 3, top, 3, BAR_HEIGHT);
  }
}

function diamond(ctx: CanvasRenderingContext2D, x: number, y: number, reach: number, fill: string, edge: string): void {
  ctx.beginPath();
  ctx.moveTo(x, y - reach);
  ctx.lineTo(x + reach, y);
  ctx.lineTo(x, y + reach);
  ctx.lineTo(x - reach, y);
  ctx.closePath();
  ctx.fillStyle = fill;
  ctx.fill();
  ctx.strokeStyle = edge;
  ctx.lineWidth = 1;
  ctx.stroke();
}

function paintDeadline({ ctx, theme }: Pen, y: number, bar: Bar, x: number): void {
  ctx.strokeStyle = bar.late ? theme.red : theme.ink2;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(x - 4, y + 4);
  ctx.lineTo(x, y + 9);
  ctx.lineTo(x + 4, y + 4);
  ctx.stroke();
  if (bar.late) line(ctx, [x, y + 9, x, y + 15]);
}

function paintConstraint({ ctx, theme }: Pen, y: number, at: { x: number; broken: boolean }): void {
  ctx.fillStyle = at.broken ? theme.red : theme.ink3;
  ctx.fillRect(Math.round(at.x) - 1, y + 3, 2, 13);
  ctx.fillRect(Math.round(at.x) - 3, y + 3, 6, 2);
  if (at.broken) ctx.fillRect(Math.round(at.x) - 3, y + 14, 6, 2);
}

/** The name of a milestone as it stands behind its mark. */
export function labelOf(name: string): string {
  return name.length > 30 ? `${name.slice(0, 29)}… ` : `${name} `;
}

/** Names of milestones behind their marks: all names, then all dates, since changing the font costs more than drawing. */
function paintLabels(pen: Pen, bars: ReadonlyMap<number, Bar>): void {
  const { ctx, theme, store, shown } = pen;
  const labels: { text: string; day: string; x: number; y: number; ground: string }[] = [];
  for (const [place, bar] of bars) {
    const x = bar.from + 11;
    if (bar.kind !== "milestone" || x > pen.left + pen.width || x < pen.left - 320) continue;
    const row = shown.rows[place]!;
    const name = store.tasks.name[row] ?? "";
    const ground = pen.chosen.has(store.tasks.id[row]!) ? theme["accent-soft"] : theme.surface;
    labels.push({ text: labelOf(name), day: pen.day(store.tasks.start[row]!), x, y: place * ROW + BAR_TOP + BAR_HEIGHT / 2 + 0.5, ground });
  }
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  ctx.font = `500 11px ${theme.font}`;
  const ends = labels.map(({ text, x, y, ground }) => {
    const width = ctx.measureText(text).width;
    ctx.fillStyle = ground;
    ctx.fillRect(x - 2, y - 7, width + 2, 13);
    ctx.fillStyle = theme.ink;
    ctx.fillText(text, x, y);
    return x + width;
  });
  ctx.font = `400 11px ${theme.font}`;
  ctx.fillStyle = theme.ink2;
  labels.forEach(({ day, y }, at) => ctx.fillText(day, ends[at]!, y));
}

function paintProgress(pen: Pen): void {
  const status = pen.store.plan.status;
  if (status === null) return;
  const { ctx, theme } = pen;
  const straight = xOf(pen.scale, status);
  const points = [straight, pen.first * ROW];
  const dots: [number, number][] = [];
  for (let place = pen.first; place <= pen.last; place += 1) {
    const x = progressAt(pen.store, pen.outline, pen.scale, pen.shown.rows[place]!, status);
    const middle = place * ROW + BAR_TOP + BAR_HEIGHT / 2;
    if (Math.abs(x - straight) < 0.5) continue;
    points.push(straight, place * ROW - 0.5, x, middle, straight, (place + 1) * ROW - 0.5);
    dots.push([x, middle]);
  }
  points.push(straight, Math.max((pen.last + 1) * ROW, pen.top + pen.height - HEAD));
  ctx.strokeStyle = theme.accent;
  ctx.lineWidth = 1.5;
  ctx.lineJoin = "round";
  line(ctx, points);
  ctx.fillStyle = theme.accent;
  for (const [x, y] of dots) {
    ctx.beginPath();
    ctx.arc(x, y, 2.5, 0, Math.PI * 2);
    ctx.fill();
  }
}

function paintLinks(pen: Pen): void {
  const { store, shown, outline, scale, ctx, theme } = pen;
  const links = store.links;
  const right = pen.left + pen.width;
  const late: number[] = [];
  const draw = (at: number, strong: boolean) => {
    const fromRow = store.row(links.predecessor[at]!);
    const toRow = store.row(links.successor[at]!);
    const fromBar = barOf(store, outline, scale, fromRow);
    const toBar = barOf(store, outline, scale, toRow);
    if (!fromBar || !toBar || Math.min(fromBar.from, toBar.from) > right + 20 || Math.max(fromBar.to, toBar.to) < pen.left - 20) return;
    const ends = endsOf(links.kind[at]!);
    const reach = (bar: Bar, side: 1 | -1) => (side > 0 ? bar.to : bar.from) + (bar.kind === "milestone" ? side * 6 : 0);
    const middle = BAR_TOP + BAR_HEIGHT / 2 + 0.5;
    const path = route(
      { x: Math.round(reach(fromBar, ends.from)) + 0.5, y: shown.place[fromRow]! * ROW + Math.floor(middle) + 0.5, side: ends.from },
      { x: Math.round(reach(toBar, ends.to)) + 0.5, y: shown.place[toRow]! * ROW + Math.floor(middle) + 0.5, side: ends.to },
    );
    const critical = store.tasks.critical[fromRow] && store.tasks.critical[toRow] && links.driving[at];
    ctx.strokeStyle = ctx.fillStyle = strong ? theme.accent : critical ? theme.red : theme["series-5"];
    ctx.lineWidth = strong ? 2 : critical ? 1.5 : 1;
    line(ctx, path.points);
    arrow(ctx, path.points, path.head, strong ? 5 : 4);
  };
  for (let at = 0; at < links.id.length; at += 1) {
    const from = shown.place[store.row(links.predecessor[at]!)] ?? -1;
    const to = shown.place[store.row(links.successor[at]!)] ?? -1;
    if (from < 0 || to < 0 || Math.max(from, to) < pen.first || Math.min(from, to) > pen.last) continue;
    if (pen.path.links.has(at)) late.push(at);
    else draw(at, false);
  }
  for (const at of late) draw(at, true);
}

export function arrow(ctx: CanvasRenderingContext2D, points: readonly number[], head: "right" | "left" | "down" | "up", size: number): void {
  const x = points[points.length - 2]!;
  const y = points[points.length - 1]!;
  const along = head === "right" || head === "left";
  const by = head === "right" || head === "down" ? -size : size;
  ctx.beginPath();
  ctx.moveTo(x, y);
  if (along) {
    ctx.lineTo(x + by, y - size * 0.7);
    ctx.lineTo(x + by, y + size * 0.7);
  } else {
    ctx.lineTo(x - size * 0.7, y + by);
    ctx.lineTo(x + size * 0.7, y + by);
  }
  ctx.closePath();
  ctx.fill();
}
