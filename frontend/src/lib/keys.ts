/** What a key asks of a page: one table, pure. */

export type Command =
  | "palette" | "search" | "next" | "previous" | "select" | "range" | "edit" | "panel" | "page" | "new" | "help" | "escape";

export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

const PLAIN: Readonly<Record<string, Command>> = {
  j: "next", k: "previous", x: "select", X: "range", e: "edit", o: "panel", Enter: "panel", n: "new", "/": "search", "?": "help", Escape: "escape",
};

/** The command of a key, or null. While typing only Ctrl-K and Escape are commands; on a control, Enter is its own. */
export function command(pressed: Pressed, typing: boolean, onControl: boolean): Command | null {
  if ((pressed.ctrlKey || pressed.metaKey) && !pressed.altKey && pressed.key.toLowerCase() === "k") return "palette";
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return null;
  if (typing) return pressed.key === "Escape" ? "escape" : null;
  if (pressed.key === "Enter") {
    if (onControl) return null;
    return pressed.shiftKey ? "page" : "panel";
  }
  return PLAIN[pressed.key] ?? null;
}
