/** Draws the two lines of the time scale, and the flags of the status date, of today and of the last deadline. */
import { clock } from "../model/format";
import { MINUTES, ticks, tiers, type Unit, xOf } from "../model/scale";
import type { Instant } from "../model/types";
import { HEAD, type Scene } from "./paint";

export interface HeadWords {
  month(at: Instant): string;
  year(at: Instant): string;
  weekday(at: Instant): string;
  deadline: string;
  quarter: string;
}

function upperLabel(unit: Unit, at: Instant, words: HeadWords, room: number, first: boolean): string {
  if (unit === "year") return words.year(at);
  const date = new Date(at * 60_000);
  if (unit === "day") return room > 120 ? `${words.weekday(at)} ${date.getUTCDate()} ${words.month(at)} ${words.year(at)}` : `${date.getUTCDate()} ${words.month(at)}`;
  const named = date.getUTCMonth() === 0 || first;
  return named && room > 54 ? `${words.month(at)} ${words.year(at)}` : words.month(at);
}

function lowerLabel(unit: Unit, at: Instant, words: HeadWords): string {
  if (unit === "hour") return clock(at);
  const date = new Date(at * 60_000);
  if (unit === "month") return words.month(at);
  if (unit === "quarter") return `${words.quarter}${Math.floor(date.getUTCMonth() / 3) + 1}`;
  if (unit === "year") return words.year(at);
  return String(date.getUTCDate());
}

export function paintHead(ctx: CanvasRenderingContext2D, scene: Scene, words: HeadWords): void {
  const { scale, theme, left, width } = scene;
  const from = scale.origin + left * scale.perPixel;
  const to = from + width * scale.perPixel;
  const { upper, lower } = tiers(scale.perPixel);
  ctx.save();
  ctx.beginPath();
  ctx.rect(0, 0, width, HEAD);
  ctx.clip();
  ctx.fillStyle = theme.surface;
  ctx.fillRect(0, 0, width, HEAD);
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  ctx.lineWidth = 1;
  const flags = flagsOf(scene, words);
  ctx.font = `400 11px ${theme.font}`;
  const room = (MINUTES[lower.unit] * lower.step) / scale.perPixel;
  const centred = lower.unit === "day" || lower.unit === "month" || lower.unit === "quarter" || lower.unit === "year";
  for (const at of ticks(from, to, lower)) {
    const x = Math.round(xOf(scale, at) - left);
    ctx.fillStyle = theme.line2;
    ctx.fillRect(x, HEAD - 4, 1, 4);
    const label = lowerLabel(lower.unit, at, words);
    const middle = centred ? x + room / 2 : x;
    const half = ctx.measureText(label).width / 2;
    if (flags.some((flag) => middle + half > flag.from - 3 && middle - half < flag.to + 3)) continue;
    ctx.fillStyle = theme.ink2;
    ctx.fillText(label, Math.round(middle - half), 29);
  }
  let first = true;
  ctx.font = `500 12px ${theme.font}`;
  const starts = ticks(from, to, { unit: upper, step: 1 });
  starts.forEach((at, index) => {
    const x = Math.round(xOf(scale, at) - left);
    const next = index + 1 < starts.length ? xOf(scale, starts[index + 1]!) - left : width;
    const label = upperLabel(upper, at, words, next - Math.max(x, 0), first);
    ctx.fillStyle = theme.line;
    if (x >= 0) ctx.fillRect(x, 2, 1, HEAD - 2);
    const at12 = Math.max(x, 0) + 6;
    if (ctx.measureText(label).width + 8 > next - Math.max(x, 0)) return;
    first = false;
    ctx.fillStyle = theme.ink;
    ctx.fillText(label, at12, 11);
  });
  for (const flag of flags) flag.draw(ctx);
  ctx.fillStyle = theme.line;
  ctx.fillRect(0, HEAD - 1, width, 1);
  ctx.restore();
}

interface Flag {
  from: number;
  to: number;
  draw(ctx: CanvasRenderingContext2D): void;
}

function flagsOf(scene: Scene, words: HeadWords): Flag[] {
  const { scale, theme, left, width } = scene;
  const flags: Flag[] = [];
  const status = scene.store.plan.status ?? scene.today;
  const x = xOf(scale, status) - left;
  if (x > -30 && x < width + 30) {
    const label = scene.day(status);
    const half = 22 + Math.max(0, label.length - 6) * 3;
    flags.push({
      from: x - half, to: x + half,
      draw(ctx) {
        ctx.fillStyle = theme.accent;
        ctx.beginPath();
        ctx.roundRect(x - half, 20, half * 2, 17, 4);
        ctx.fill();
        ctx.fillStyle = theme["on-accent"];
        ctx.font = `600 11px ${theme.font}`;
        ctx.textAlign = "center";
        ctx.fillText(label, x, 29);
        ctx.textAlign = "left";
      },
    });
  }
  const { deadline } = scene;
  if (deadline === null) return flags;
  const at = xOf(scale, deadline) - left;
  if (at < 20 || at > width + 10) return flags;
  const label = `${words.deadline} ${scene.day(deadline)}`;
  const long = label.length * 6 + 14;
  const free = (from: number, to: number) => from > 0 && to < width && !flags.some((flag) => from < flag.to && to > flag.from);
  const side = free(at - long, at + 6) ? "left" : free(at - 6, at + long) ? "right" : "none";
  flags.push({
    from: side === "left" ? at - long : at - 6, to: side === "right" ? at + long : at + 6,
    draw(ctx) {
      ctx.fillStyle = theme["red-text"];
      ctx.font = `500 11px ${theme.font}`;
      ctx.textAlign = side === "left" ? "right" : "left";
      if (side !== "none") ctx.fillText(label, side === "left" ? at - 8 : at + 8, 29);
      ctx.textAlign = "left";
      ctx.fillStyle = theme.red;
      ctx.beginPath();
      ctx.moveTo(at - 5, 24);
      ctx.lineTo(at + 5, 24);
      ctx.lineTo(at, 33);
      ctx.fill();
    },
  });
  return flags;
}
