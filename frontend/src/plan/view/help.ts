/** The list of keys of the plan, in a dialog. */
import { icon } from "../../lib/dom";
import type { Say } from "../words";
import { h, isMac } from "./build";

const held = isMac ? "⌘" : "Ctrl";

const KEYS: readonly [string, string][] = [
  ["F2 / Enter", "help_edit"], ["Esc", "help_drop"], ["Tab", "help_tab"], ["Insert", "help_add"], ["Delete", "help_remove"],
  ["Alt Shift → / ←", "help_level"], ["Alt ↑ / ↓", "help_move"], ["Alt → / ←", "help_shift"], ["Alt . / ,", "help_length"], ["Alt S", "help_split"],
  [`${held} F2`, "help_link"], [`${held} Shift F2`, "help_unlink"], [`${held} D`, "help_fill"], [`${held} C / V`, "help_paste"],
  [`${held} Z / Y`, "help_undo"], ["Shift ↑ ↓", "help_range"], [`${held} Space`, "help_toggle"], ["Space", "help_fold"], ["Alt Enter", "help_detail"],
  ["Alt + / −", "help_zoom"], ["Alt Home", "help_bar"], [`${held} F`, "help_find"], ["Backspace", "help_clear"],
];

export function openHelp(say: Say): void {
  const close = h("button", "icon-button", { type: "button", "aria-label": say("close") }, icon("x"));
  const dialog = h("dialog", "dialog-wide", { "aria-label": say("help") },
    h("div", "dialog-head", {}, h("h2", "", {}, say("help")), close),
    h("div", "dialog-body", {}, h("ul", "keys-table", {}, ...KEYS.map(([key, text]) => h("li", "", {}, say(text), h("span", "", {}, h("kbd", "", {}, key)))))),
    h("div", "dialog-foot"));
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
