/** The list under the fingers: a current row, selection with a bar that counts and sums, edit in place, one key each. */
import htmx from "htmx.org";
import { all, closest, find, isTyping, onClick, onMount, within } from "../lib/dom";
import { move, range, shown, sum, ticked } from "../lib/choice";
import { command } from "../lib/keys";
import { narrow } from "../lib/screen";
import { openDialog } from "./overlays";
import { openPalette } from "./palette";
import { closePanel, markOpen, openPanel, panelIsOpen } from "./panel";

let anchor = -1;
/** The record of the current row, which outlives the row itself when it is swapped. */
let kept = "";

const rows = () => all<HTMLElement>("[data-list] [data-row]").filter((row) => !row.hidden);
const boxOf = (row: Element) => find<HTMLInputElement>("[data-select]", row);
const current = () => rows().findIndex((row) => row.classList.contains("is-current"));

function goTo(place: number): void {
  const list = rows();
  for (const row of list) row.classList.remove("is-current");
  const row = list[place];
  kept = row?.dataset.id ?? "";
  row?.classList.add("is-current");
  row?.scrollIntoView({ block: "nearest" });
}

function paint(): void {
  const list = rows();
  const boxes = list.map((row) => boxOf(row)?.checked ?? false);
  list.forEach((row, index) => {
    if (boxes[index]) row.setAttribute("aria-selected", "true");
    else row.removeAttribute("aria-selected");
  });
  const state = ticked(boxes);
  for (const head of all<HTMLInputElement>("[data-select-all]")) {
    head.checked = state === "all" && boxes.length > 0;
    head.indeterminate = state === "some";
  }
  const chosen = list.filter((_row, index) => boxes[index]);
  for (const bar of all("[data-bulk]")) {
    bar.hidden = chosen.length === 0;
    const locale = document.documentElement.lang || "en";
    for (const place of all("[data-bulk-count]", bar)) place.textContent = shown(String(chosen.length), locale);
    for (const place of all("[data-bulk-sum]", bar)) {
      const values = chosen.map((row) => row.dataset.sum ?? "").filter(Boolean);
      place.textContent = values.length ? `${place.dataset.before ?? ""}${shown(sum(values), locale)}${place.dataset.after ?? ""}` : "";
    }
    for (const whole of all("[data-bulk-all]", bar)) whole.hidden = state !== "all";
    for (const every of all<HTMLInputElement>("[data-bulk-every]", bar)) {
      const label = every.closest("label") ?? every;
      label.hidden = state !== "all";
      if (state !== "all") every.checked = false;
    }
  }
}

function tick(places: number[], on: boolean): void {
  const list = rows();
  for (const place of places) {
    const box = list[place] && boxOf(list[place]);
    if (box) box.checked = on;
  }
  paint();
}

function clear(): void {
  for (const input of all<HTMLInputElement>("[data-bulk] input[name=all]")) input.value = "";
  tick(rows().map((_row, index) => index), false);
  anchor = -1;
}

function edit(row: HTMLElement | undefined): void {
  const url = row?.dataset.editUrl;
  if (row && url && !document.body.hasAttribute("data-read-only")) void htmx.ajax("GET", url, { target: row, source: row, swap: "outerHTML" });
}

function openRow(row: HTMLElement | undefined, whole: boolean): void {
  if (!row) return;
  if (row.dataset.panelUrl && !whole && !narrow.matches) openPanel(row.dataset.panelUrl, row.dataset.id ?? "", row);
  else {
    const href = row.dataset.href ?? find<HTMLAnchorElement>("a.name", row)?.href;
    if (href) location.assign(href);
  }
}

function escape(): boolean {
  const cancel = find("tr.editing :is([data-cancel], [data-row-cancel])");
  if (cancel) cancel.click();
  else if (find("[data-select]:checked")) clear();
  else if (panelIsOpen()) closePanel();
  else return false;
  return true;
}

function keys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const onControl = closest(event.target, "a, button, summary, [role=tab], [role=option]") !== null;
    const asked = command(event, isTyping(event.target), onControl);
    if (!asked) {
      if (own(event, onControl)) event.preventDefault();
      return;
    }
    if (asked !== "palette" && (find("dialog[open]") || find("[popover]:popover-open"))) return;
    const list = rows();
    const here = current();
    switch (asked) {
      case "palette":
        openPalette();
        break;
      case "search": {
        const field = find<HTMLInputElement>("input[data-list-search], [data-list-search] input, input[data-key='/']");
        if (field) field.focus();
        else openPalette();
        break;
      }
      case "help":
        openDialog("keys");
        break;
      case "new": {
        const button = find("[data-new], [data-key=n]");
        if (!button) return;
        button.click();
        break;
      }
      case "escape":
        if (isTyping(event.target) && !closest(event.target, "tr.editing")) return;
        if (!escape()) return;
        break;
      default:
        if (list.length === 0) return;
        act(asked, list, here);
    }
    event.preventDefault();
  });
}

/** A key that a page gives to one of its own buttons. */
function own(event: KeyboardEvent, onControl: boolean): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || event.key === " ") return false;
  if (isTyping(event.target) || (onControl && event.key === "Enter") || find("dialog[open]")) return false;
  const button = find(`[data-key="${CSS.escape(event.key)}"]:not(input)`);
  button?.click();
  return button !== null;
}

function act(asked: string, list: HTMLElement[], here: number): void {
  const row = list[here];
  if (asked === "next" || asked === "previous") {
    const next = move(here, list.length, asked === "next" ? 1 : -1);
    goTo(next);
    const target = list[next];
    if (panelIsOpen() && target?.dataset.panelUrl) openPanel(target.dataset.panelUrl, target.dataset.id ?? "", target);
  } else if (asked === "select" && row) {
    tick([here], !(boxOf(row)?.checked ?? false));
    anchor = here;
  } else if (asked === "range" && row) {
    tick(range(anchor < 0 ? here : anchor, here), true);
  } else if (asked === "edit") edit(row);
  else if (asked === "panel") openRow(row, false);
  else if (asked === "page") openRow(row, true);
}

function pointer(): void {
  document.addEventListener("click", (event) => {
    const row = closest(event.target, "[data-list] [data-row]");
    if (!row || row.matches(".editing")) return;
    const place = rows().indexOf(row);
    const box = closest<HTMLInputElement>(event.target, "[data-select]");
    if (box) {
      if (event.shiftKey && anchor >= 0) tick(range(anchor, place), box.checked);
      anchor = place;
      paint();
      return;
    }
    if (closest(event.target, "a, button, input, select, textarea, label, summary") || String(getSelection() ?? "")) return;
    goTo(place);
    if (row.dataset.panelUrl) openRow(row, false);
  });
  document.addEventListener("dblclick", (event) => {
    const row = closest(event.target, "[data-list] [data-row][data-edit-url]");
    if (row && !row.matches(".editing") && !closest(event.target, "a, button, input")) edit(row);
  });
  document.addEventListener("change", (event) => {
    const head = closest<HTMLInputElement>(event.target, "[data-select-all]");
    if (head) tick(rows().map((_row, index) => index), head.checked);
  });
  // A phone has no room beside the list: the row's page opens, and the way back leads to the list.
  document.addEventListener(
    "click",
    (event) => {
      if (narrow.matches && closest(event.target, "a[data-open]")) event.stopPropagation();
    },
    true,
  );
  onClick("a[data-open]", (link, event) => {
    const row = link.closest<HTMLElement>("[data-row]");
    if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
    goTo(rows().indexOf(row));
    markOpen(row, row.dataset.id ?? "");
  });
  onClick("[data-edit]", (button) => edit(button.closest<HTMLElement>("[data-row]") ?? undefined));
  onClick("[data-bulk-clear]", clear);
  onClick("[data-bulk-all]", (button) => {
    for (const input of all<HTMLInputElement>("input[name=all]", button.closest("[data-bulk]") ?? document)) input.value = "1";
    for (const place of all("[data-bulk-count]")) place.textContent = button.dataset.bulkAll ?? "";
    button.hidden = true;
  });
}

export function list(): void {
  keys();
  pointer();
  onMount((root) => {
    paint();
    if (kept && current() < 0) rows().find((row) => row.dataset.id === kept)?.classList.add("is-current");
    const row = within("tr.editing", root)[0];
    if (!row || root === document) return;
    find<HTMLElement>("[autofocus], [aria-invalid=true], .input:not([readonly]), .select", row)?.focus();
  });
}
