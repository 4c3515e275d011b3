/** The side panel: loaded beside the list, named in the address, closed without losing one's place. */
import htmx from "htmx.org";
import { all, find, onClick } from "../lib/dom";
import { withParam } from "../lib/choice";
import { narrow } from "../lib/screen";

export function panelIsOpen(): boolean {
  const panel = find("#panel");
  return panel !== null && panel.childElementCount > 0 && panel.dataset.inline === undefined && !panel.matches(".panel-inline");
}

function name(id: string): void {
  history.replaceState(history.state, "", location.pathname + withParam(location.search, "panel", id) + location.hash);
}

/** Below this width the navigation makes room while the panel is open. */
const ROOMY = "(min-width: 1680px)";

/** Fold the navigation for as long as the panel is open; the reader's own choice comes back with the list. */
function makeRoom(open: boolean): void {
  const body = document.body;
  if (open && body.dataset.nav === "open" && !matchMedia(ROOMY).matches) {
    body.dataset.nav = "rail";
    body.dataset.navKept = "open";
  } else if (!open && body.dataset.navKept) {
    if (body.dataset.nav === "rail") body.dataset.nav = body.dataset.navKept;
    delete body.dataset.navKept;
  }
}

/** Mark the row that the panel shows and put it into the address. */
export function markOpen(row: Element | null, id: string): void {
  for (const other of all("tr.is-open")) other.classList.remove("is-open");
  row?.classList.add("is-open");
  makeRoom(true);
  name(id);
}

/** Load a record into the panel; `id` is what the address keeps. */
export function openPanel(url: string, id: string, row: Element | null): void {
  const panel = find("#panel");
  if (!panel) return;
  markOpen(row, id);
  void htmx.ajax("GET", url, { target: panel, source: panel, swap: "innerHTML" });
}

export function closePanel(): void {
  const panel = find("#panel");
  if (!panel) return;
  if (find("form[data-dirty]", panel) && !confirmLeaving(panel)) return;
  panel.replaceChildren();
  makeRoom(false);
  name("");
  const row = find("tr.is-open");
  row?.classList.remove("is-open");
  find<HTMLElement>("[data-list]")?.focus({ preventScroll: true });
}

function confirmLeaving(panel: Element): boolean {
  const words = find<HTMLElement>("[data-guard]", panel)?.dataset.guard || document.body.dataset.guardWords;
  return window.confirm(words ?? "");
}

export function panel(): void {
  onClick("a[data-panel], button[data-panel]", (link, event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const url = link.dataset.panel || link.getAttribute("href");
    if (!url) return;
    event.preventDefault();
    const row = link.closest<HTMLElement>("[data-row]");
    openPanel(url, link.dataset.panelId ?? row?.dataset.id ?? "", row);
  });
  // An address that was kept or sent to somebody opens what it showed.
  const named = new URLSearchParams(location.search).get("panel");
  const row = named && !narrow.matches ? find(`[data-row][data-id="${CSS.escape(named)}"]`) : null;
  if (named && row?.dataset.panelUrl) openPanel(row.dataset.panelUrl, named, row);
  onClick("[data-panel-close]", closePanel);
  onClick("[data-panel-step]", (button) => {
    const rows = all<HTMLElement>("[data-row][data-panel-url]");
    const here = rows.findIndex((row) => row.classList.contains("is-open"));
    const row = rows[here + Number(button.dataset.panelStep)];
    if (row?.dataset.panelUrl) openPanel(row.dataset.panelUrl, row.dataset.id ?? "", row);
  });
}
