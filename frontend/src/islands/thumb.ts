/** Actions at the thumb: on a phone where they do not fit beside each other, all but the last move into a menu, with their words. */
import { all, closest, element, find, icon, onMount, within } from "../lib/dom";
import { narrow } from "../lib/screen";

const ACTION = ":scope > :is(a, button, form)";
/** What a folded bar held: its actions in the order of the page, and what stood in a menu that it had already. */
interface Held {
  actions: HTMLElement[];
  theirs: ChildNode[];
}
const folded = new WeakMap<HTMLElement, Held>();
let made = 0;

/** What the page itself plays down, such as removing: it stands last among the moved. */
const isQuiet = (action: Element) => action.matches(".button-ghost") || find(":scope > .button-ghost", action) !== null;
/** The button of a menu that the page has on every screen: on a phone its items join the others. */
const openerIn = (actions: HTMLElement[]) => actions.find((action) => action.dataset.thumbMore !== undefined);
const menuOf = (opener: HTMLElement | undefined) => document.getElementById(opener?.getAttribute("popovertarget") ?? "");

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
  const own = openerIn(actions);
  const theirs = [...(menuOf(own)?.childNodes ?? [])];
  folded.set(bar, { actions, theirs });
  const moved = actions.slice(0, -1).filter((action) => action !== own);
  menu.append(...moved.filter((action) => !isQuiet(action)), ...moved.filter(isQuiet), ...theirs);
  if (own) own.hidden = true;
}

function unfold(bar: HTMLElement): void {
  const held = folded.get(bar);
  if (!held) return;
  folded.delete(bar);
  const own = openerIn(held.actions);
  menuOf(own)?.append(...held.theirs);
  if (own) own.hidden = false;
  bar.append(...held.actions);
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
