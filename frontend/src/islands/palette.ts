/** The command palette: one field over everything one may see and do. */
import { all, element, find, icon, onClick } from "../lib/dom";
import { Lookup } from "../lib/http";
import { marked, step } from "../lib/choice";

interface Item {
  label: string;
  detail?: string;
  kind?: string;
  url: string;
  icon?: string;
}
interface Answer {
  groups: { label: string; items: Item[] }[];
}

let open: () => void = () => undefined;

export function openPalette(): void {
  open();
}

/** What the page itself offers: its actions, and the pages of the navigation, as far as they match. */
export function atHand(asked: string, list: HTMLElement): Answer["groups"] {
  const fits = (label: string) => asked.toLowerCase().split(/\s+/).every((word) => label.toLowerCase().includes(word));
  const items = (selector: string, drawing: string): Item[] =>
    all<HTMLAnchorElement>(selector)
      .map((link) => ({ label: (link.querySelector(".nav-label") ?? link).childNodes, url: link.getAttribute("href") ?? "" }))
      .map(({ label, url }) => ({ label: [...label].filter((node) => node.nodeType === 3).map((node) => node.textContent?.trim()).join(" "), url, icon: drawing }))
      .filter((item, index, whole) => item.label && item.url && fits(item.label) && whole.findIndex((other) => other.url === item.url) === index);
  return [
    { label: list.dataset.here ?? "", items: items(".page-actions a[href]", "corner-down-left") },
    { label: list.dataset.pages ?? "", items: items("#nav .nav-list a[href]", "arrow-right") },
  ];
}

function line(item: Item, asked: string, id: string): HTMLAnchorElement {
  const link = document.createElement("a");
  link.className = "palette-item";
  link.id = id;
  link.href = item.url;
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
        for (const item of group.items) part.append(line(item, input.value, `palette-${count++}`));
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
      else location.assign(chosen.href);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp" || event.key === "Tab") {
      event.preventDefault();
      const key = event.key === "Tab" ? (event.shiftKey ? "ArrowUp" : "ArrowDown") : event.key;
      select(step(place, items.length, key));
    }
  });
}
