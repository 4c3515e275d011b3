/** The scope picker: the tree of nodes, found by name; a choice goes into the address, the server remembers it. */
import { all, element, find } from "../lib/dom";
import { Lookup } from "../lib/http";
import { step, withParam } from "../lib/choice";

interface Node_ {
  id: number;
  label: string;
  kind: string;
  depth: number;
}

export function scope(): void {
  const box = find("[data-scope]");
  const input = find<HTMLInputElement>("input", box ?? document);
  const list = find(".scope-list", box ?? document);
  if (!box || !input || !list) return;
  let place = -1;

  const address = (id: string) => {
    const query = new URLSearchParams(withParam(location.search, "panel", ""));
    query.delete("page");
    query.delete("at");
    query.set("scope", id);
    return `${location.pathname}?${query}`;
  };
  const option = (id: string, label: string, kind: string, depth: number) => {
    const link = document.createElement("a");
    link.className = "option";
    link.href = address(id);
    link.setAttribute("role", "option");
    link.setAttribute("aria-selected", "false");
    link.style.setProperty("--depth", String(depth));
    link.append(element("span", "", label));
    if (kind) link.append(element("span", "faint", kind));
    return link;
  };
  const draw = (nodes: Node_[]) => {
    const lines = nodes.map((node) => option(String(node.id), node.label, node.kind, input.value ? 0 : node.depth));
    if (!input.value) lines.unshift(option("", box.dataset.all ?? "", "", 0));
    if (lines.length === 0) list.replaceChildren(element("div", "options-note", box.dataset.empty ?? ""));
    else list.replaceChildren(...lines);
    place = -1;
  };
  const lookup = new Lookup<Node_[]>((text) => `${box.dataset.optionsUrl ?? ""}?q=${encodeURIComponent(text)}`);
  const ask = () => lookup.ask(input.value.trim(), draw, () => list.replaceChildren());

  box.addEventListener("toggle", (event) => {
    if ((event as ToggleEvent).newState !== "open") return;
    input.value = "";
    ask();
    input.focus();
  });
  input.addEventListener("input", ask);
  box.addEventListener("keydown", (event) => {
    const lines = all<HTMLAnchorElement>("[role=option]", list);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      lines[place]?.setAttribute("aria-selected", "false");
      place = step(place, lines.length, event.key);
      lines[place]?.setAttribute("aria-selected", "true");
      lines[place]?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && event.target === input) {
      event.preventDefault();
      (lines[place] ?? lines[0])?.click();
    }
  });
}
