/** The bar between grid and chart: dragged, or moved by arrow keys. */
import { h } from "./build";

const LEAST = 160;

export interface Splitter {
  element: HTMLElement;
  /** Make the table wider by what a new column takes, up to half of the room, or narrower by one that went. */
  widen(by: number): void;
}

export function splitter(host: HTMLElement, label: string, kept: number | null, usual: number, keep: (width: number) => void, moved: () => void): Splitter {
  const bar = h("div", "plan-split", { role: "separator", "aria-orientation": "vertical", "aria-label": label, tabindex: 0, "aria-valuemin": LEAST });
  let width = kept ?? 0;
  const set = (next: number) => {
    const room = host.clientWidth || innerWidth;
    width = Math.round(Math.min(Math.max(LEAST, next), Math.max(LEAST, room - 160)));
    host.style.setProperty("--split", `${width}px`);
    bar.setAttribute("aria-valuenow", String(width));
    bar.setAttribute("aria-valuemax", String(Math.max(LEAST, room - 160)));
    moved();
  };
  set(kept ?? Math.min(usual, Math.round((host.clientWidth || innerWidth) * 0.48)));
  bar.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    bar.setPointerCapture(event.pointerId);
    const from = event.clientX - width;
    const move = (to: PointerEvent) => set(to.clientX - from);
    bar.addEventListener("pointermove", move);
    bar.addEventListener("lostpointercapture", () => {
      bar.removeEventListener("pointermove", move);
      keep(width);
    }, { once: true });
  });
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -24, ArrowRight: 24, Home: -10_000, End: 10_000 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    set(width + by);
    keep(width);
  });
  const widen = (by: number) => {
    const half = Math.round((host.clientWidth || innerWidth) / 2);
    const next = by > 0 ? Math.max(width, Math.min(width + by, half)) : width + by;
    if (next === width) return;
    set(next);
    keep(width);
  };
  return { element: bar, widen };
}
