/** The list of keys of the plan, in a dialog. */
import { icon } from "../../lib/dom";
import type { Say } from "../words";
import { h, isMac } from "./build";

const held = isMac ? "⌘" : "Ctrl";
const alt = isMac ? "⌥" : "Alt";

const KEYS: readonly [string, string][] = [
  ["F2 / Enter", "help_edit"], ["Esc", "help_drop"], ["Tab", "help_tab"], ["Insert", "help_add"], ["Delete", "help_remove"],
  [`${alt} Shift → / ←`, "help_level"], [`${alt} ↑ / ↓`, "help_move"], [`${alt} → / ←`, "help_shift"], [`${alt} . / ,`, "help_length"], [`${alt} S`, "help_split"],
  [`${held} F2`, "help_link"], [`${held} Shift F2`, "help_unlink"], [`${held} D`, "help_fill"], [`${held} C / V`, "help_paste"],
  [`${held} Z / Y`, "help_undo"], ["Shift ↑ ↓", "help_range"], [`${held} Space`, "help_toggle"], ["Space", "help_fold"], [`${alt} Enter`, "help_detail"], [`${alt} R`, "help_use"],
  [`${alt} + / −`, "help_zoom"], [`${alt} Home`, "help_bar"], [`${held} F`, "help_find"], ["Backspace", "help_clear"], ["F1 / ?", "help_keys"],
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
