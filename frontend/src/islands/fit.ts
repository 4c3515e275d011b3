/** Tabs that do not fit their row stand in a menu at its end; the current one always shows. */
import { all, element, find, onMount, within } from "../lib/dom";
import { fitting } from "../lib/fit";

function arrange(row: HTMLElement): void {
  const items = all<HTMLAnchorElement>("[data-fit-item]", row);
  const more = find("[data-fit-more]", row);
  const rest = find("[data-fit-rest]", row);
  if (!more || !rest) return;
  for (const item of items) item.hidden = false;
  more.hidden = false;
  const gap = Number.parseFloat(getComputedStyle(row).columnGap) || 0;
  const wide = (node: HTMLElement) => node.getBoundingClientRect().width + gap;
  const others = [...row.children].filter((node): node is HTMLElement => node instanceof HTMLElement && !items.includes(node as HTMLAnchorElement) && node !== more && node !== rest);
  const room = row.clientWidth - others.reduce((sum, node) => sum + wide(node), 0);
  const shown = fitting(items.map(wide), room, wide(more), items.findIndex((item) => item.hasAttribute("aria-current")));
  items.forEach((item, index) => (item.hidden = !shown[index]));
  more.hidden = shown.every(Boolean);
  rest.replaceChildren(
    ...items.filter((item) => item.hidden).map((item) => {
      const link = element("a", "menu-item", item.textContent?.trim() ?? "") as HTMLAnchorElement;
      link.href = item.href;
      return link;
    }),
  );
}

export function fit(): void {
  const known = new WeakSet<Element>();
  const watch = new ResizeObserver((entries) => entries.forEach((entry) => arrange(entry.target as HTMLElement)));
  onMount((root) => {
    for (const row of within("[data-fit]", root)) {
      if (known.has(row)) continue;
      known.add(row);
      watch.observe(row);
    }
  });
  // Widths of words are known only when the letters are there.
  void document.fonts?.ready.then(() => all("[data-fit]").forEach(arrange));
}
