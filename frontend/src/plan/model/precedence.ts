/** The critical or driving path as a network: which tasks, in which layer and place each stands, how links run between them. Pure. */
import { drivingPath, isMilestone } from "./geometry";
import { hasParts, type Outline } from "./outline";
import type { PlanStore } from "./store";
import type { Id } from "./types";

export interface Box {
  id: Id;
  row: number;
  layer: number;
  /** The place in its layer, from the top. */
  place: number;
  /** Layers that do not fit beside each other go on in the next band below. */
  band: number;
  x: number;
  y: number;
}

export interface Edge {
  from: Id;
  to: Id;
  kind: string;
  lag: string;
  driving: boolean;
  critical: boolean;
  /** Corners, from the right edge of one box to the left edge of the other. */
  points: [number, number][];
}

export interface Net {
  boxes: Box[];
  edges: Edge[];
  width: number;
  height: number;
  /** Tasks that are left out, since they would be too many. */
  left: number;
}

export const WIDE = 190;
export const HIGH = 88;
const GAP_X = 64;
const GAP_Y = 26;
const EDGE = 16;
/** Between one band of layers and the next. */
const BAND = 40;
/** Boxes that are drawn at most: the earliest. */
export const MOST = 300;

/** The tasks to which a path may be asked for by name: milestones, so many at most, and the one that is asked for now. */
export function endsOf(store: PlanStore, outline: Outline, of: Id | null, most: number): { id: Id; name: string }[] {
  const { tasks } = store;
  const found: { id: Id; name: string }[] = [];
  for (let row = 0; row < store.count && found.length < most; row += 1) {
    if (!hasParts(outline, row) && isMilestone(tasks.kind[row] ?? "", tasks.start[row] ?? null, tasks.finish[row] ?? null)) found.push({ id: tasks.id[row]!, name: tasks.name[row]! });
  }
  const asked = of === null ? -1 : store.row(of);
  return asked < 0 || found.some((one) => one.id === of) ? found : [...found, { id: of!, name: tasks.name[asked]! }];
}

/** The tasks of the network: what drives one task, or all that is critical and not finished. */
export function pathRows(store: PlanStore, outline: Outline, of: Id | null): number[] {
  const { tasks } = store;
  const wanted = of === null ? null : drivingPath(store, of).tasks;
  const rows: number[] = [];
  for (let row = 0; row < store.count; row += 1) {
    if (hasParts(outline, row) || tasks.active[row] === false || tasks.start[row] === null) continue;
    if (wanted ? wanted.has(tasks.id[row]!) : tasks.critical[row] && tasks.actual_finish[row] === null && (tasks.percent[row] ?? 0) < 100) rows.push(row);
  }
  return rows.sort((a, b) => tasks.start[a]! - tasks.start[b]! || (tasks.finish[a] ?? 0) - (tasks.finish[b] ?? 0) || a - b);
}

interface Pair {
  from: Id;
  to: Id;
  at: number;
}

/** How far each task stands from the beginning: one further than what it waits for. A circle, which no plan has, ends the count. */
export function layersOf(ids: readonly Id[], pairs: readonly { from: Id; to: Id }[]): Map<Id, number> {
  const layer = new Map<Id, number>(ids.map((id) => [id, 0]));
  const waits = new Map<Id, number>(ids.map((id) => [id, 0]));
  const next = new Map<Id, Id[]>();
  for (const { from, to } of pairs) {
    waits.set(to, waits.get(to)! + 1);
    next.set(from, [...(next.get(from) ?? []), to]);
  }
  const ready = ids.filter((id) => waits.get(id) === 0);
  for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
    for (const to of next.get(id) ?? []) {
      layer.set(to, Math.max(layer.get(to)!, layer.get(id)! + 1));
      waits.set(to, waits.get(to)! - 1);
      if (waits.get(to) === 0) ready.push(to);
    }
  }
  return layer;
}

/** Order each layer by where its neighbours stand, to and fro, so that few links cross. */
export function ordered(layers: Id[][], pairs: readonly { from: Id; to: Id }[]): Id[][] {
  const before = new Map<Id, Id[]>();
  const after = new Map<Id, Id[]>();
  for (const { from, to } of pairs) {
    before.set(to, [...(before.get(to) ?? []), from]);
    after.set(from, [...(after.get(from) ?? []), to]);
  }
  const found = layers.map((one) => [...one]);
  const place = new Map<Id, number>();
  const seat = () => found.forEach((one) => one.forEach((id, at) => place.set(id, at - (one.length - 1) / 2)));
  const by = (known: Map<Id, Id[]>, id: Id) => {
    const others = known.get(id) ?? [];
    return others.length ? others.reduce((sum, one) => sum + place.get(one)!, 0) / others.length : place.get(id)!;
  };
  seat();
  for (let turn = 0; turn < 6; turn += 1) {
    const known = turn % 2 ? after : before;
    for (const one of turn % 2 ? [...found].reverse() : found) {
      const weight = new Map(one.map((id) => [id, by(known, id)]));
      one.sort((a, b) => weight.get(a)! - weight.get(b)!);
      one.forEach((id, at) => place.set(id, at - (one.length - 1) / 2));
    }
  }
  return found;
}

/** How many layers fit beside each other into a width. */
export function acrossOf(width: number): number {
  return Math.max(2, Math.floor((width - 2 * EDGE + GAP_X) / (WIDE + GAP_X)));
}

/** The network laid out, with at most `across` layers beside each other. */
export function netOf(store: PlanStore, outline: Outline, of: Id | null, across = Infinity): Net {
  const all = pathRows(store, outline, of);
  const rows = all.slice(0, MOST);
  const ids = rows.map((row) => store.tasks.id[row]!);
  const there = new Set(ids);
  const { links } = store;
  const pairs: Pair[] = [];
  links.id.forEach((_, at) => {
    const from = links.predecessor[at]!;
    const to = links.successor[at]!;
    if (there.has(from) && there.has(to)) pairs.push({ from, to, at });
  });
  const layer = layersOf(ids, pairs);
  const layers: Id[][] = [];
  for (const id of ids) (layers[layer.get(id)!] ??= []).push(id);
  const seats = ordered(layers.filter(Boolean), pairs);
  const boxes: Box[] = [];
  const known = new Map<Id, Box>();
  const tops: number[] = [];
  let below = EDGE;
  for (let first = 0, band = 0; first < seats.length; first += across, band += 1) {
    const there = seats.slice(first, first + across);
    const tallest = Math.max(1, ...there.map((one) => one.length));
    tops.push(below);
    there.forEach((one, at) => one.forEach((id, place) => {
      const top = below + ((tallest - one.length) * (HIGH + GAP_Y)) / 2;
      const box = { id, row: store.row(id), layer: first + at, place, band, x: EDGE + at * (WIDE + GAP_X), y: top + place * (HIGH + GAP_Y) };
      boxes.push(box);
      known.set(id, box);
    }));
    below += tallest * (HIGH + GAP_Y) - GAP_Y + BAND;
  }
  const beside = Math.min(seats.length, across);
  const edges = pairs.map(({ from, to, at }): Edge => ({
    from, to, kind: links.kind[at] ?? "FS", lag: links.lag_text[at] ?? "", driving: links.driving[at] === true,
    critical: links.driving[at] === true && store.value(from, "critical") === true && store.value(to, "critical") === true,
    points: cornersOf(known.get(from)!, known.get(to)!, tops),
  }));
  return { boxes, edges, width: Math.max(1, beside) * (WIDE + GAP_X) - (beside < seats.length ? GAP_X / 2 : GAP_X) + 2 * EDGE, height: below - BAND + EDGE, left: all.length - rows.length };
}

/** Out of the right edge of one box and into the left edge of another; past boxes between them by the gap above them, to another band by the gap above that. */
function cornersOf(from: Box, to: Box, tops: readonly number[]): [number, number][] {
  const start: [number, number] = [from.x + WIDE, from.y + HIGH / 2];
  const end: [number, number] = [to.x, to.y + HIGH / 2];
  const out = start[0] + GAP_X / 2;
  if (to.band !== from.band) {
    const gap = tops[to.band]! - BAND / 2 + (from.place % 3) * 4 - 4;
    const aside = to.x - EDGE / 2;
    return [start, [out, start[1]], [out, gap], [aside, gap], [aside, end[1]], end];
  }
  if (to.layer === from.layer + 1) return start[1] === end[1] ? [start, end] : [start, [out, start[1]], [out, end[1]], end];
  const into = end[0] - GAP_X / 3;
  const lane = Math.min(from.y, to.y) - GAP_Y / 2 + (to.layer - from.layer) % 3 * 3;
  return [start, [out, start[1]], [out, lane], [into, lane], [into, end[1]], end];
}

/** The box that an arrow key leads to: along a link where there is one, else to its neighbour in the layer. */
export function boxBeside(net: Net, id: Id, key: string): Id | null {
  const at = net.boxes.find((box) => box.id === id);
  if (!at) return null;
  if (key === "Home") return net.boxes[0]?.id ?? null;
  if (key === "End") return net.boxes.at(-1)?.id ?? null;
  if (key === "ArrowUp" || key === "ArrowDown") {
    const place = at.place + (key === "ArrowUp" ? -1 : 1);
    return net.boxes.find((box) => box.layer === at.layer && box.place === place)?.id ?? null;
  }
  if (key !== "ArrowLeft" && key !== "ArrowRight") return null;
  const ahead = key === "ArrowRight";
  const tied = net.edges.filter((edge) => (ahead ? edge.from : edge.to) === id).sort((a, b) => Number(b.driving) - Number(a.driving));
  const first = tied[0];
  return first ? (ahead ? first.to : first.from) : null;
}
