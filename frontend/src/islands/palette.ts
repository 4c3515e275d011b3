/** The command palette: one field over everything one may see and do. */
import { all, closest, element, find, icon, onClick } from "../lib/dom";
import { Lookup } from "../lib/http";
import { marked, step } from "../lib/choice";

interface Item {
  label: string;
  detail?: string;
  kind?: string;
  url: string;
  icon?: string;
  /** What the page itself does, in place of an address to go to. */
  run?: () => void;
}
interface Answer {
  groups: { label: string; items: Item[] }[];
}

let open: () => void = () => undefined;

export function openPalette(): void {
  open();
}

/** The words of a link or button, without those of its keys. */
function wordsOf(node: Element): string {
  return [...(find(".nav-label", node) ?? node).childNodes].filter((part) => part.nodeType === 3).map((part) => part.textContent?.trim()).join(" ").trim();
}

/** What the page itself offers: its actions, those in sight first, and the pages of the navigation, as far as they match. */
export function atHand(asked: string, list: HTMLElement): Answer["groups"] {
  const fits = (item: Item) => item.label !== "" && asked.toLowerCase().split(/\s+/).every((word) => item.label.toLowerCase().includes(word));
  const deeds = all(".page-actions :is(a[href], button:not([popovertarget]))").filter((node) => !closest(node, "dialog"));
  deeds.sort((one, other) => Number(closest(one, ".menu") !== null) - Number(closest(other, ".menu") !== null));
  const here = deeds.map((node) => ({ label: wordsOf(node), url: node.getAttribute("href") ?? "", icon: "corner-down-left", run: () => node.click() }));
  const pages = all("#nav .nav-list a[href]").map((node) => ({ label: wordsOf(node), url: node.getAttribute("href") ?? "", icon: "arrow-right" }));
  return [
    { label: list.dataset.here ?? "", items: here.filter(fits) },
    { label: list.dataset.pages ?? "", items: pages.filter((item, index) => fits(item) && pages.findIndex((other) => other.url === item.url) === index) },
  ];
}

function line(item: Item, asked: string, id: string): HTMLAnchorElement {
  const link = document.createElement("a");
  link.className = "palette-item";
  link.id = id;
  link.href = item.url || "#";
  if (item.run)
    link.addEventListener("click", (event) => {
      event.preventDefault();
      closest<HTMLDialogElement>(link, "dialog")?.close();
      item.run?.();
    });
  link.tabIndex = -1;
  link.setAttribute("role", "option");
  link.setAttribute("aria-selected", "false");
  link.append(icon(item.icon || "arrow-right"));
  const name = element("span", "name");
  for (const piece of marked(item.label, asked)) name.append(piece.hit ? element("mark", "", piece.text) : piece.text);
  link.append(name);
  if (item.detail) link.append(element("span", "quiet", item.detail));
  if (item.kind) link.append(element("span", "kind", item.kind));
  return link;
}

export function palette(): void {
  const dialog = find<HTMLDialogElement>("#palette");
  const input = find<HTMLInputElement>(".palette-input", dialog ?? document);
  const list = find("#palette-list");
  if (!dialog || !input || !list) return;
  const chip = find("[data-palette-scope]", dialog);
  let place = -1;

  const select = (next: number) => {
    const items = all("[role=option]", list);
    items[place]?.setAttribute("aria-selected", "false");
    place = next;
    const chosen = items[place];
    chosen?.setAttribute("aria-selected", "true");
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) input.setAttribute("aria-activedescendant", chosen.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const note = (text: string) => {
    list.replaceChildren(element("div", "palette-note", text));
    place = -1;
    input.removeAttribute("aria-activedescendant");
  };
  const draw = (answer: Answer) => {
    const groups = [...answer.groups, ...atHand(input.value.trim(), list)].filter((group) => group.items.length > 0);
    if (groups.length === 0) {
      note((input.value ? list.dataset.nothing : list.dataset.wait) ?? "");
      return;
    }
    let count = 0;
    list.replaceChildren(
      ...groups.map((group) => {
        const part = element("div");
        part.setAttribute("role", "group");
        part.setAttribute("aria-label", group.label);
        part.append(element("div", "palette-group", group.label));
        // The heading says what they are; a line says it again only where it differs.
        for (const { kind, ...item } of group.items) part.append(line(kind && kind !== group.label ? { ...item, kind } : item, input.value, `palette-${count++}`));
        return part;
      }),
    );
    place = -1;
    select(0);
  };

  const lookup = new Lookup<Answer>((text) => {
    const query = new URLSearchParams({ q: text });
    if (chip && chip.getAttribute("aria-pressed") === "true") query.set("scope", chip.dataset.paletteScope ?? "");
    return `${dialog.dataset.optionsUrl ?? ""}?${query}`;
  });
  const ask = () => lookup.ask(input.value.trim(), draw, () => note(list.dataset.fault ?? ""));

  open = () => {
    if (dialog.open) return;
    input.value = "";
    dialog.showModal();
    input.focus();
    ask();
  };
  onClick("[data-palette-open]", open);
  onClick("[data-palette-scope]", (button) => {
    button.hidden = true;
    button.setAttribute("aria-pressed", "false");
    ask();
    input.focus();
  });
  input.addEventListener("input", ask);
  input.addEventListener("keydown", (event) => {
    const items = all<HTMLAnchorElement>("[role=option]", list);
    if (event.key === "Enter") {
      const chosen = items[place];
      if (!chosen) return;
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) window.open(chosen.href, "_blank", "noopener");
      else chosen.click();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp" || event.key === "Tab") {
      event.preventDefault();
      const key = event.key === "Tab" ? (event.shiftKey ? "ArrowUp" : "ArrowDown") : event.key;
      select(step(place, items.length, key));
    }
  });
}
