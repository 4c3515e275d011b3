/** Actions at the thumb: on a phone where they do not fit beside each other, all but the last move into a menu, with their words. */
import { all, closest, element, find, icon, onMount, within } from "../lib/dom";
import { narrow } from "../lib/screen";

const ACTION = ":scope > :is(a, button, form)";
/** The actions of every folded bar, in the order in which the page gave them. */
const folded = new WeakMap<HTMLElement, HTMLElement[]>();
let made = 0;

/** What the page itself plays down, such as removing: it stands last in the menu. */
const isQuiet = (action: Element) => action.matches(".button-ghost");

function fold(bar: HTMLElement): void {
  if (folded.has(bar)) return;
  const actions = all<HTMLElement>(ACTION, bar);
  const overflows = () => bar.scrollWidth > bar.clientWidth + 1;
  if (actions.length < 2 || !(overflows() || (actions.length > 2 && actions.some(isQuiet)))) return;
  made += 1;
  const menu = element("div", "menu thumb-menu");
  menu.id = `thumb-menu-${made}`;
  menu.setAttribute("popover", "");
  const opener = element("button", "button button-icon thumb-more");
  opener.setAttribute("type", "button");
  opener.setAttribute("popovertarget", menu.id);
  opener.setAttribute("aria-label", bar.dataset.thumb ?? "");
  opener.append(icon("ellipsis"));
  bar.prepend(opener, menu);
  folded.set(bar, actions);
  const moved = actions.slice(0, -1);
  menu.append(...moved.filter((action) => !isQuiet(action)), ...moved.filter(isQuiet));
}

function unfold(bar: HTMLElement): void {
  const actions = folded.get(bar);
  if (!actions) return;
  folded.delete(bar);
  bar.append(...actions);
  for (const part of all(":scope > :is(.thumb-more, .thumb-menu)", bar)) part.remove();
}

export function thumb(): void {
  const settle = (root: ParentNode) => {
    for (const bar of within("[data-thumb]", root)) if (narrow.matches) fold(bar);
    else unfold(bar);
  };
  onMount(settle);
  narrow.addEventListener("change", () => settle(document));
  void document.fonts.ready.then(() => settle(document));
  // The menu closes before its action acts, so that the focus returns to a place that can be seen.
  document.addEventListener(
    "click",
    (event) => {
      const menu = closest(event.target, ".thumb-menu");
      if (!menu || menu === event.target) return;
      menu.hidePopover();
      find(`[popovertarget="${menu.id}"]`)?.focus();
    },
    true,
  );
}
