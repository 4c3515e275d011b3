/** What a key asks of the plan: one table for the grid, one for the field in which a cell is typed. Pure. */
import type { Pressed as Held } from "../../lib/keys";
import type { Direction } from "./select";

/** A key as the browser tells it. `code` is its place on the board: with Alt, a Mac writes another sign. */
export interface Pressed extends Held {
  code?: string;
}

export type Action =
  | { act: "go"; to: Direction; extend: boolean }
  | { act: "type"; text: string }
  | { act: "edit" | "add" | "remove" | "undo" | "redo" | "indent" | "outdent" | "move-up" | "move-down" | "earlier" | "later" | "longer" | "shorter"
      | "link" | "unlink" | "fill" | "select-all" | "toggle" | "fold" | "unfold" | "detail" | "clear" | "escape" | "zoom-in" | "zoom-out" | "show-bar" | "find" | "split" | "use" | "help" };

const GO: Readonly<Record<string, Direction>> = {
  ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right", PageUp: "page-up", PageDown: "page-down", Home: "row-first", End: "row-last",
};
const ALT: Readonly<Record<string, Action["act"]>> = {
  ArrowUp: "move-up", ArrowDown: "move-down", ArrowLeft: "earlier", ArrowRight: "later", ".": "longer", ",": "shorter", Enter: "detail", Home: "show-bar",
  s: "split", r: "use", "+": "zoom-in", "=": "zoom-in", "-": "zoom-out",
};
const ALT_PLACE: Readonly<Record<string, Action["act"]>> = {
  Period: "longer", Comma: "shorter", KeyS: "split", KeyR: "use", Equal: "zoom-in", NumpadAdd: "zoom-in", Minus: "zoom-out", NumpadSubtract: "zoom-out",
};
const COMMAND: Readonly<Record<string, Action["act"]>> = {
  z: "undo", y: "redo", d: "fill", a: "select-all", "]": "indent", "[": "outdent", f: "find",
};

/** The action of a key in the grid, or null where it is the browser's or the page's. */
export function gridKey(pressed: Pressed): Action | null {
  const { key, shiftKey: shift } = pressed;
  if (pressed.altKey && shift && !pressed.ctrlKey && (key === "ArrowRight" || key === "ArrowLeft")) return { act: key === "ArrowRight" ? "indent" : "outdent" };
  const alt = pressed.altKey && !pressed.ctrlKey && !pressed.metaKey && !shift ? (ALT[key] ?? ALT_PLACE[pressed.code ?? ""]) : undefined;
  if (alt) return { act: alt } as Action;
  if ((pressed.ctrlKey || pressed.metaKey) && !pressed.altKey) return commandKey(key, shift);
  if (pressed.altKey) return null;
  if (key in GO) return { act: "go", to: GO[key]!, extend: shift };
  if (key === "F2") return { act: shift ? "detail" : "edit" };
  if (key === "Enter") return { act: "edit" };
  if (key === "Insert") return { act: "add" };
  if (key === "Delete") return { act: "remove" };
  if (key === "Backspace") return { act: "clear" };
  if (key === "Escape") return { act: "escape" };
  if (key === " ") return shift ? { act: "toggle" } : { act: "fold" };
  if (key === "F1" || key === "?") return { act: "help" };
  return [...key].length === 1 ? { act: "type", text: key } : null;
}

function commandKey(key: string, shift: boolean): Action | null {
  if (key === "Home" || key === "End") return { act: "go", to: key === "Home" ? "first" : "last", extend: shift };
  if (key === " ") return { act: "toggle" };
  if (key === "F2") return { act: shift ? "unlink" : "link" };
  if (key === "Insert" || key === "Enter") return { act: "add" };
  if (key === "ArrowLeft" || key === "ArrowRight") return { act: key === "ArrowLeft" ? "fold" : "unfold" };
  const lower = key.toLowerCase();
  if (shift) return lower === "z" ? { act: "redo" } : null;
  return lower in COMMAND ? ({ act: COMMAND[lower] } as Action) : null;
}

export type EditorAction = { act: "keep"; go: Direction | null } | { act: "drop" };

/** The action of a key in the field of a cell; null: it goes into the text. */
export function editorKey(pressed: Pressed, composing: boolean): EditorAction | null {
  if (composing) return null;
  if (pressed.key === "Escape") return { act: "drop" };
  if (pressed.key === "Enter") return { act: "keep", go: pressed.shiftKey ? "up" : "down" };
  if (pressed.key === "Tab") return { act: "keep", go: pressed.shiftKey ? "left" : "right" };
  if (pressed.key === "F2") return { act: "keep", go: null };
  return null;
}
