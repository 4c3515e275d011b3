/** Dialogs opened by a button, popovers placed beside theirs, toasts that leave after six seconds. */
import htmx from "htmx.org";
import { all, closest, find, onClick, onMount, within } from "../lib/dom";
import { place } from "../lib/place";
import { narrow } from "../lib/screen";

const LINGER = 6000;

export function openDialog(id: string): void {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

export function toast(node: Node): void {
  const region = find("#toasts");
  region?.append(node);
}

/** Say that the server did not answer; what was typed is still there. */
export function fault(): void {
  const template = find<HTMLTemplateElement>("#toast-fault");
  if (!template) return;
  const copy = template.content.cloneNode(true) as DocumentFragment;
  for (const text of all("[data-text]", copy)) text.textContent = text.dataset.text ?? "";
  if (!find("#toasts .toast-red [data-text]")) toast(copy);
}

function dialogs(): void {
  onClick("[data-dialog-open]", (button) => openDialog(button.dataset.dialogOpen ?? ""));
  onClick("[data-dialog-close]", (button) => button.closest("dialog")?.close());
  document.addEventListener("click", (event) => {
    const dialog = event.target;
    if (!(dialog instanceof HTMLDialogElement)) return;
    const box = dialog.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside && !find("form[data-dirty]", dialog)) dialog.close();
  });
}

function popovers(): void {
  document.addEventListener(
    "toggle",
    (event) => {
      const box = event.target;
      if (!(box instanceof HTMLElement) || !box.hasAttribute("popover")) return;
      if ((event as ToggleEvent).newState !== "open") {
        // A place that is left over would be copied by whatever is swapped in, which the content policy refuses.
        box.removeAttribute("style");
        return;
      }
      const name = CSS.escape(box.id);
      const opener = find(`[popovertarget="${name}"], [data-pop="${name}"]`);
      if (!opener) return;
      const around = opener.parentElement?.closest<HTMLElement>("[popover]:popover-open");
      const edge = opener.getBoundingClientRect();
      const anchor = around ? { left: around.getBoundingClientRect().right - 2, top: edge.top - 12, width: 0, height: 0 } : edge;
      const spot = place(anchor, { width: box.offsetWidth, height: box.offsetHeight }, { width: innerWidth, height: innerHeight });
      box.style.left = `${spot.left}px`;
      box.style.top = `${spot.top}px`;
    },
    true,
  );
  // A link that leads to a page of its own shows the gist of it in a popover where there is room.
  onClick("a[data-pop]", (link, event) => {
    const box = document.getElementById(link.dataset.pop ?? "");
    if (!box || narrow.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (box.matches(":popover-open")) {
      box.hidePopover();
      return;
    }
    const url = box.dataset.loadUrl;
    const open = () => {
      box.showPopover();
      find<HTMLElement>("a[href], button", box)?.focus({ preventScroll: true });
    };
    if (url) void htmx.ajax("GET", url, { target: box, source: box, swap: "innerHTML" }).then(open, fault);
    else open();
  });
  // A menu that only offers files stays no longer than its choice.
  onClick("[popover] a[data-menu-close]", (link) => link.closest<HTMLElement>("[popover]")?.hidePopover());
  addEventListener("resize", () => {
    for (const box of all<HTMLElement>("[popover]:popover-open")) box.hidePopover();
  });
}

function toasts(): void {
  const timers = new WeakMap<Element, ReturnType<typeof setTimeout>>();
  const leave = (item: Element) => timers.set(item, setTimeout(() => item.remove(), LINGER));
  const watch = (item: Element) => {
    if (timers.has(item)) return;
    leave(item);
    const stay = () => clearTimeout(timers.get(item));
    item.addEventListener("pointerenter", stay);
    item.addEventListener("focusin", stay);
    item.addEventListener("pointerleave", () => leave(item));
    item.addEventListener("focusout", () => leave(item));
  };
  const region = find("#toasts");
  if (!region) return;
  for (const item of all("[data-toast]", region)) watch(item);
  new MutationObserver(() => all("[data-toast]", region).forEach(watch)).observe(region, { childList: true });
  onClick("[data-toast-close]", (button) => button.closest("[data-toast]")?.remove());
}

/** Local tabs: buttons with role=tab show the panel they control and hide their siblings'. */
function tabs(): void {
  const show = (tab: HTMLElement) => {
    const list = tab.closest("[role=tablist]");
    if (!list) return;
    for (const other of all("[role=tab]", list)) {
      const chosen = other === tab;
      other.setAttribute("aria-selected", String(chosen));
      other.tabIndex = chosen ? 0 : -1;
      const panel = document.getElementById(other.getAttribute("aria-controls") ?? "");
      if (panel) panel.hidden = !chosen;
    }
  };
  onClick("[role=tab][aria-controls]", show);
  document.addEventListener("keydown", (event) => {
    const tab = closest(event.target, "[role=tab][aria-controls]");
    if (!tab || (event.key !== "ArrowRight" && event.key !== "ArrowLeft")) return;
    const list = all("[role=tab]", tab.closest("[role=tablist]") ?? document);
    const by = event.key === "ArrowRight" ? 1 : list.length - 1;
    const next = list[(list.indexOf(tab) + by) % list.length];
    if (next) {
      show(next);
      next.focus();
    }
  });
}

/** Buttons that fold the rows or part they control. */
function folds(): void {
  onClick("[data-fold]", (button) => {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    const name = button.dataset.fold ?? "";
    for (const part of all(`[data-in~="${CSS.escape(name)}"]`)) part.hidden = !open;
  });
  onClick(".chart-switch", (button) => {
    const shown = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(shown));
    const table = document.getElementById(button.getAttribute("aria-controls") ?? "");
    if (table) table.hidden = !shown;
  });
}

/** What scrolls sideways and holds nothing to focus can be scrolled by keyboard all the same. */
function scrollables(): void {
  const reach = (root: ParentNode) => {
    for (const box of within(".stage-line, .chart, .raci-scroll, .heat-scroll, .orgchart, .card, .chart-table, .list-scroll:not([role])", root)) {
      const needed = box.scrollWidth > box.clientWidth + 1 && !find("a[href], button, input, select, textarea", box);
      if (needed) box.tabIndex = 0;
      else if (box.getAttribute("tabindex") === "0") box.removeAttribute("tabindex");
    }
  };
  onMount(reach);
  addEventListener("resize", () => reach(document));
}

export function overlays(): void {
  scrollables();
  dialogs();
  popovers();
  toasts();
  tabs();
  folds();
  onMount((root) => {
    for (const dialog of within<HTMLDialogElement>("dialog[data-open-now]", root)) if (!dialog.open) dialog.showModal();
  });
}
